"""The inbox on the site: what has come in, and what of it is read."""

from django.db.models import QuerySet

from outbox.clock import Now
from outbox.models import Notice
from people.models import User


def notices_of(person: User) -> QuerySet[Notice]:
    """The person's notices, newest first."""
    return Notice.objects.filter(recipient=person).order_by("-pk")


def count_unread(person: User) -> int:
    """How many notices the person has not opened yet."""
    return Notice.objects.filter(recipient=person, read_at=None).count()


def mark_read(person: User, notice_id: int) -> Notice | None:
    """The notice, read from now on; None if the person has no such notice."""
    own = Notice.objects.filter(pk=notice_id, recipient=person)
    own.filter(read_at=None).update(read_at=Now())
    return own.first()


def mark_all_read(person: User, up_to: int) -> int:
    """Mark what the person has seen in the list as read, and nothing newer; say how many."""
    unread = Notice.objects.filter(recipient=person, read_at=None, pk__lte=up_to)
    return unread.update(read_at=Now())

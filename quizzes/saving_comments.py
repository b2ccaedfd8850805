"""Sentences an instructor writes often: kept, used again, thrown away."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from people.models import User
from quizzes.models import SavedComment

MOST = 50


class TooManyComments(Exception):
    """There is room for so many; one has to go first."""


def saved_by(person: User) -> QuerySet[SavedComment]:
    """The person's own saved comments, those used last first."""
    return SavedComment.objects.filter(owner=person).order_by("-used_at", "-pk")[:MOST]


@transaction.atomic
def keep_comment(*, owner: User, text: str) -> SavedComment:
    """The saved comment; the same text is kept once. Raises TooManyComments."""
    # The row of the person is the turnstile: of two tabs at once one waits and counts anew.
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    found = SavedComment.objects.filter(owner=owner, text=text).first()
    if found is not None:
        return found
    if SavedComment.objects.filter(owner=owner).count() >= MOST:
        raise TooManyComments
    return SavedComment.objects.create(owner=owner, text=text)


def note_used(*, owner: User, texts: Iterable[str]) -> int:
    """Move the saved comments among these texts to the top; how many there were."""
    used = SavedComment.objects.filter(owner=owner, text__in=list(texts))
    return used.update(used_at=timezone.now())

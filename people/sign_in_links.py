"""One-use ways in, for people without a password or a mailbox.

The link carries 256 random bits; we keep their hash. Opening it shows a page with a button and
changes nothing, because messengers open links to preview them; the button signs in, once.
"""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from people import auditing
from people.duties import people_reached_by, with_duty_beyond
from people.models import SignInLink, User
from people.signing_in import may_sign_in

LIFE = timedelta(hours=24)


class MayNotIssueLink(Exception):
    """This person may not issue a link for that person."""


def may_issue_link(issuer: User, person: User) -> bool:
    """Instructors for trainees their duties reach; admins for trainees and instructors.

    A trainee who manages another class is an admin's to help: the link would open that, too.
    """
    if not may_sign_in(issuer) or not may_sign_in(person) or issuer == person or person.is_admin:
        return False
    if issuer.is_admin:
        return True
    if not issuer.is_instructor or person.is_instructor:
        return False
    reached = people_reached_by(issuer).filter(pk=person.pk)
    beyond = with_duty_beyond(User.objects.all(), issuer)
    return reached.exclude(pk__in=beyond.values("pk")).exists()


@transaction.atomic
def issue_link(*, issuer: User, person: User) -> str:
    """A new link for the person, as an address; the older ones stop working."""
    if not may_issue_link(issuer, person):
        raise MayNotIssueLink
    token = secrets.token_urlsafe(32)
    person.sign_in_links.filter(used_at=None).delete()
    link = SignInLink.objects.create(
        token_hash=_hash(token),
        person=person,
        issued_by=issuer,
        expires_at=timezone.now() + LIFE,
    )
    auditing.record(issuer, "sign_in_link_issued", person, after={"link": link.pk})
    return settings.SITE_URL + reverse("people:use_link", args=[token])


def open_link(token: str) -> SignInLink | None:
    """The link, if it would let somebody in now."""
    link = (
        SignInLink.objects.filter(token_hash=_hash(token))
        .select_related("person", "issued_by")
        .first()
    )
    if link is None or not link.is_open_at(timezone.now()):
        return None
    # Whoever lost the right to issue it, or rose above it, has taken the link with them.
    return link if may_issue_link(link.issued_by, link.person) else None


@transaction.atomic
def use_link(token: str) -> User | None:
    """The person to sign in; None if the link is over. Of two at once, one gets the person."""
    link = open_link(token)
    if link is None:
        return None
    now = timezone.now()
    unused = SignInLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=now)
    if unused.update(used_at=now) != 1:
        return None
    auditing.record(link.person, "sign_in_link_used", link.person, after={"link": link.pk})
    return link.person


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

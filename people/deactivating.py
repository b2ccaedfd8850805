"""Shutting somebody out, at once and everywhere, and letting them in again."""

from django.db import transaction
from django.utils import timezone

from people import auditing
from people.models import Invitation, SignInLink, User
from people.sessions import end_sessions


class NotOneself(Exception):
    """Nobody deactivates themselves: somebody has to be left who can undo it."""


@transaction.atomic
def deactivate(person: User, *, by: User) -> bool:
    """Shut the person out. False if they were shut out already. Raises NotOneself.

    Sessions end; sign-in links for and from the person are gone; invitations they made are
    revoked and stay so. Memberships and all work stay. Messages that wait are cancelled when
    they would be sent (the outbox asks whether its recipient is still here).
    """
    if person == by:
        raise NotOneself
    if not User.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
        return False
    person.is_active = False
    ended = end_sessions(person)
    SignInLink.objects.filter(person=person, used_at=None).delete()
    SignInLink.objects.filter(issued_by=person, used_at=None).delete()
    invitations = Invitation.objects.filter(made_by=person, revoked_at=None)
    revoked = invitations.update(revoked_at=timezone.now())
    auditing.record(
        by,
        "person_deactivated",
        person,
        before={"is_active": True},
        after={"is_active": False, "sessions": ended, "invitations": revoked},
    )
    return True


@transaction.atomic
def reactivate(person: User, *, by: User) -> bool:
    """Let the person in again, with the password they had. False if they were not shut out."""
    if not User.objects.filter(pk=person.pk, is_active=False, erased_at=None).update(
        is_active=True
    ):
        return False
    person.is_active = True
    end_sessions(person)  # one that was just being made when the others ended
    auditing.record(
        by, "person_reactivated", person, before={"is_active": False}, after={"is_active": True}
    )
    return True

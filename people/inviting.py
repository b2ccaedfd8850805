"""Invitations: a link or QR code with which people join a cohort, newcomers included.

As with sign-in links, the link carries 256 random bits and we keep their hash; it is found by
the hash, so no comparison takes longer the more of it is right. It dies with its maker's right.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone

from people import auditing
from people.models import Cohort, CohortStaff, Invitation, User
from people.organising import enter
from people.signing_in import may_sign_in
from people.teaming import cohorts_taught_by

MOST_DAYS = 60
MOST_USES = 500
ROLES = (User.Role.TRAINEE, User.Role.INSTRUCTOR)  # admins are never made by a link


class MayNotInvite(Exception):
    """This person may not invite into that cohort, or not with that role."""


class NoLongerOpen(Exception):
    """The invitation has been used up, revoked, or has run out by now."""


class NotForYou(Exception):
    """It is bound to another e-mail address, or gives a role the person has not got."""


class _IsInAlready(Exception):
    """The person was brought in by another tap a moment ago."""


@dataclass(frozen=True)
class Made:
    """A new invitation, and its address, which is known only now."""

    invitation: Invitation
    link: str


def may_invite(inviter: User, cohort: Cohort, role: str) -> bool:
    """Instructors into cohorts they teach, admins into all; never above their own role."""
    if role not in ROLES or cohort.archived_at is not None or not may_sign_in(inviter):
        return False
    return inviter.is_instructor and cohorts_taught_by(inviter).filter(pk=cohort.pk).exists()


@transaction.atomic
def invite(*, cohort: Cohort, role: str, days: int, uses: int, email: str = "", by: User) -> Made:
    """A new invitation. Raises MayNotInvite."""
    if not may_invite(by, cohort, role):
        raise MayNotInvite
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        token_hash=_hash(token),
        cohort=cohort,
        role=role,
        email=email.lower(),
        expires_at=timezone.now() + timedelta(days=days),
        uses_left=uses,
        made_by=by,
    )
    auditing.record(
        by,
        "invitation_made",
        invitation,
        after={"cohort": cohort.pk, "role": role, "uses": uses, "days": days},
    )
    return Made(invitation, settings.SITE_URL + reverse("organisation:join", args=[token]))


@transaction.atomic
def revoke(invitation: Invitation, *, by: User) -> None:
    """Let nobody else in by it; who has come stays."""
    live = Invitation.objects.filter(pk=invitation.pk, revoked_at=None)
    if live.update(revoked_at=timezone.now()):
        auditing.record(by, "invitation_revoked", invitation)


def open_invitation(token: str) -> Invitation | None:
    """The invitation, if it would let somebody in now."""
    invitation = (
        Invitation.objects.filter(token_hash=_hash(token))
        .select_related("cohort", "made_by")
        .first()
    )
    if invitation is None or not is_open(invitation, timezone.now()):
        return None
    allowed = may_invite(invitation.made_by, invitation.cohort, invitation.role)
    return invitation if allowed else None


def is_open(invitation: Invitation, now: datetime) -> bool:
    """Whether uses and days are left and nobody has revoked it."""
    return (
        invitation.revoked_at is None and invitation.uses_left > 0 and now < invitation.expires_at
    )


@transaction.atomic
def join_as_newcomer(token: str, person: User, password: str) -> User:
    """Store the new person and bring them into the cohort; returns the person.

    Raises NoLongerOpen; IntegrityError where staff number, phone or mail are somebody's by now.
    Either way nothing is stored and no use is lost.
    """
    invitation = _claim(token)
    if invitation.email and invitation.email != (person.email or ""):
        raise NotForYou
    person.role = invitation.role
    person.set_password(password)
    person.save(force_insert=True)
    _bring_in(invitation, person)
    auditing.record(person, "invitation_used", invitation, after={"person": person.pk, "new": True})
    return person


@transaction.atomic
def join_as_known(token: str, person: User) -> Cohort:
    """Bring somebody who has an account into the cohort; returns it.

    Who is in it already uses nothing up. A link raises nobody's role. Raises NoLongerOpen or
    NotForYou.
    """
    invitation = open_invitation(token)
    if invitation is None:
        raise NoLongerOpen
    if not fits(invitation, person):
        raise NotForYou
    if is_in(invitation, person):
        return invitation.cohort
    try:
        with transaction.atomic():  # a second tap at once gives its use back
            if not _bring_in(_claim(token), person):
                raise _IsInAlready
            auditing.record(person, "invitation_used", invitation, after={"person": person.pk})
    except _IsInAlready:
        pass
    return invitation.cohort


def fits(invitation: Invitation, person: User) -> bool:
    """Whether the invitation is for this person: their address, and no role above their own."""
    if invitation.email and invitation.email != (person.email or "").lower():
        return False
    return invitation.role == User.Role.TRAINEE or person.is_instructor


def is_in(invitation: Invitation, person: User) -> bool:
    """Whether the person already is what the invitation would make them."""
    if invitation.role == User.Role.TRAINEE:
        return invitation.cohort.memberships.filter(person=person, left_at=None).exists()
    duty = CohortStaff.Duty.INSTRUCTOR
    return invitation.cohort.staff.filter(person=person, duty=duty).exists()


def invitations_of(cohort: Cohort) -> QuerySet[Invitation]:
    """The cohort's invitations, newest first."""
    return cohort.invitations.select_related("made_by").order_by("-made_at", "-pk")


def live_ones_of(person: User) -> QuerySet[Invitation]:
    """The invitations that the person has made and that are open."""
    return Invitation.objects.filter(
        made_by=person, revoked_at=None, uses_left__gt=0, expires_at__gt=timezone.now()
    )


def _claim(token: str) -> Invitation:
    """Take one use of the invitation; of two who want the last one, one gets it."""
    invitation = open_invitation(token)
    if invitation is None:
        raise NoLongerOpen
    left = Invitation.objects.filter(
        pk=invitation.pk, uses_left__gt=0, revoked_at=None, expires_at__gt=timezone.now()
    )
    if left.update(uses_left=F("uses_left") - 1) != 1:
        raise NoLongerOpen
    return invitation


def _bring_in(invitation: Invitation, person: User) -> bool:
    """A trainee becomes a member; an instructor gets the duty. False if they were it already."""
    if invitation.role == User.Role.TRAINEE:
        return enter(invitation.cohort, person)[1]
    duty = CohortStaff.Duty.INSTRUCTOR
    return CohortStaff.objects.get_or_create(cohort=invitation.cohort, person=person, duty=duty)[1]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

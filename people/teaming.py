"""Teams: a few people of a cohort who fill worksheets together.

Whoever changes teams holds the lock of the cohort, so that nobody ends up in two of them.
"""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from people import auditing
from people.duties import cohorts_reached_by, people_reached_by
from people.models import Cohort, CohortStaff, Membership, Team, TeamMember, User

# A manager has a duty, too, but sees nobody's texts.
TEACHING = (CohortStaff.Duty.INSTRUCTOR,)


class NameIsTaken(Exception):
    """The cohort has a team of this name already, perhaps an archived one."""


class InAnotherTeam(Exception):
    """Somebody of these is in another team of the cohort by now, or has left the cohort."""


def cohorts_taught_by(person: User) -> QuerySet[Cohort]:
    """The present cohorts that the person teaches, and all below; admins teach all."""
    if not person.is_instructor:
        return Cohort.objects.none()
    return cohorts_reached_by(person, TEACHING)


def people_taught_by(person: User) -> QuerySet[User]:
    """Everybody who is now in a cohort that the person teaches."""
    if not person.is_instructor:
        return User.objects.none()
    return people_reached_by(person, TEACHING)


def teams_of(person: User) -> QuerySet[Team]:
    """The teams the person is in, archived ones too; `is_live(team)` where it may be filled."""
    present = Membership.objects.filter(cohort=OuterRef("cohort"), person=person, left_at=None)
    return (
        Team.objects.filter(members__person=person)
        .annotate(is_live=Q(archived_at=None) & Q(cohort__archived_at=None) & Exists(present))
        .select_related("cohort")
        .order_by("name", "pk")
    )


def is_live(team: Team) -> bool:
    """Whether the member for whom `teams_of` found the team may write for it."""
    return bool(getattr(team, "is_live", False))


def without_a_team(cohort: Cohort) -> QuerySet[User]:
    """The cohort's present people who are in no live team of it, by name."""
    placed = TeamMember.objects.filter(
        person=OuterRef("pk"), team__cohort=cohort, team__archived_at=None
    )
    inside = Membership.objects.filter(person=OuterRef("pk"), cohort=cohort, left_at=None)
    people = User.objects.present().filter(Exists(inside), ~Exists(placed))
    return people.order_by("name", "pk")


@transaction.atomic
def make_team(*, cohort: Cohort, name: str, people: Sequence[User], by: User) -> Team:
    """A new team of these people. Raises NameIsTaken or InAnotherTeam; then nothing is made."""
    _lock(cohort)
    team = _named(Team(cohort=cohort), name)
    _put_in(team, people)
    auditing.record(by, "team_made", team, after={"people": [one.pk for one in people]})
    return team


@transaction.atomic
def rename_team(*, team: Team, name: str) -> Team:
    """The team under another name. Raises NameIsTaken."""
    _lock(team.cohort)
    return _named(team, name)


@transaction.atomic
def put_in(*, team: Team, people: Sequence[User], by: User) -> None:
    """Make these people members. Raises InAnotherTeam; then none of them is."""
    _lock(team.cohort)
    _put_in(team, people)
    auditing.record(by, "team_put_in", team, after={"people": [one.pk for one in people]})


@transaction.atomic
def take_out(*, team: Team, person_id: int, by: User) -> bool:
    """Take the person out; what they wrote stays. False if they were not in it."""
    _lock(team.cohort)
    count, _ = TeamMember.objects.filter(team=team, person_id=person_id).delete()
    if count:
        auditing.record(by, "team_took_out", team, before={"person": person_id})
    return bool(count)


@transaction.atomic
def archive_team(*, team: Team, by: User) -> None:
    """End the team: its members go on reading its sheets, and may be in another one."""
    _lock(team.cohort)
    if Team.objects.filter(pk=team.pk, archived_at=None).update(archived_at=timezone.now()):
        auditing.record(by, "team_archived", team)


@transaction.atomic
def revive_team(*, team: Team, by: User) -> list[User]:
    """Take an archived team up again; those who are in another one by now are taken out of it.

    Returns them.
    """
    _lock(team.cohort)
    if not Team.objects.filter(pk=team.pk).exclude(archived_at=None).update(archived_at=None):
        return []
    elsewhere = TeamMember.objects.filter(
        team__cohort=team.cohort_id, team__archived_at=None, person=OuterRef("person")
    ).exclude(team=team)
    gone = list(TeamMember.objects.filter(Exists(elsewhere), team=team).select_related("person"))
    TeamMember.objects.filter(pk__in=[one.pk for one in gone]).delete()
    auditing.record(by, "team_revived", team, before={"people": [one.person_id for one in gone]})
    return [one.person for one in gone]


def _lock(cohort: Cohort) -> None:
    Cohort.objects.select_for_update().only("pk").get(pk=cohort.pk)


def _named(team: Team, name: str) -> Team:
    team.name = name
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError:
        raise NameIsTaken from None
    return team


def _put_in(team: Team, people: Sequence[User]) -> None:
    free = set(without_a_team(team.cohort).values_list("pk", flat=True))
    if any(one.pk not in free for one in people):
        raise InAnotherTeam
    TeamMember.objects.bulk_create(TeamMember(team=team, person=one) for one in people)

"""The tree of cohorts, who is in them, and who teaches or manages them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from mot_course.web import zone
from people import auditing
from people.duties import cohorts_reached_by
from people.models import Cohort, CohortStaff, Membership, User
from people.sessions import end_sessions
from people.teaming import cohorts_taught_by, people_taught_by

# Where a slug stands in an address, these words mean something else.
RESERVED = {"new", "import", "mine", "edit", "plans", "attempts"}
SIGN_IN = {"username", "email", "phone", "role"}  # whoever has other ones signs in anew
TREE_LOCK = 5_0001  # an advisory lock: two moves at once could close a ring

# UNION, not UNION ALL: a ring in the tree ends instead of turning for ever.
BELOW = """
    WITH RECURSIVE below(id) AS (
        SELECT %s::bigint
        UNION
        SELECT child.id FROM people_cohort child JOIN below ON child.parent_id = below.id
    )
    SELECT id FROM below
"""


class HasCohortsBelow(Exception):
    """A cohort ends only after those below it have ended."""


class CannotTeach(Exception):
    """Only instructors and admins can have the duty of an instructor."""


@dataclass
class Branch:
    """A cohort in the tree, with what the list shows of it."""

    cohort: Cohort
    level: int = 0
    people: int = 0
    staff: list[CohortStaff] = field(default_factory=list)
    below: list["Branch"] = field(default_factory=list)
    opens: bool = False  # the next one in the list stands below it
    closes: range = field(default_factory=lambda: range(0))  # how many lists end after it

    @property
    def people_with_below(self) -> int:
        """How many people are in it and in all below it; who is in two counts twice."""
        return self.people + sum(one.people_with_below for one in self.below)


def tree_for(viewer: User) -> list[Branch]:
    """The present cohorts that the viewer's duties reach, as a tree read from top to bottom.

    Three queries, however many there are.
    """
    cohorts = list(cohorts_reached_by(viewer).order_by("name", "pk"))
    numbers = [one.pk for one in cohorts]
    counts = dict(
        Membership.objects.filter(cohort__in=numbers, left_at=None, person__is_active=True)
        .values("cohort")
        .annotate(n=Count("pk"))
        .values_list("cohort", "n")
    )
    branches = {one.pk: Branch(one, people=counts.get(one.pk, 0)) for one in cohorts}
    duties = CohortStaff.objects.filter(cohort__in=numbers, person__is_active=True)
    for one in duties.select_related("person").order_by("duty", "person__name", "pk"):
        branches[one.cohort_id].staff.append(one)
    tops: list[Branch] = []
    for branch in branches.values():
        above = branches.get(branch.cohort.parent_id or 0)
        (above.below if above else tops).append(branch)
    return _read(tops)


def _read(tops: list[Branch]) -> list[Branch]:
    """The branches in the order in which a page shows them; each knows what it opens and closes."""
    listed: list[Branch] = []
    ahead = [(branch, 0) for branch in reversed(tops)]
    while ahead:
        branch, level = ahead.pop()
        branch.level, branch.opens = level, bool(branch.below)
        listed.append(branch)
        ahead += [(one, level + 1) for one in reversed(branch.below)]
    for branch, following in zip_longest(listed, listed[1:]):
        if not branch.opens:
            branch.closes = range(branch.level - (following.level if following else 0))
    return listed


def with_all_below(cohort_id: int) -> RawSQL:
    """The numbers of the cohort and of all below it, for `cohort__in`."""
    return RawSQL(BELOW, [cohort_id])  # noqa: S611 -- a fixed text; the number is a parameter


def today_in(cohort: Cohort) -> date:
    """The date where the cohort is."""
    return timezone.now().astimezone(zone(cohort.tz)).date()


def people_seen_by(viewer: User) -> QuerySet[User]:
    """Everybody whose page the viewer may open, those who may not sign in any more included.

    Admins see all; others those who are now in a cohort that a duty of theirs reaches.
    """
    people = User.objects.filter(erased_at=None)
    if viewer.is_admin:
        return people
    inside = Membership.objects.filter(
        person=OuterRef("pk"), left_at=None, cohort__in=cohorts_reached_by(viewer)
    )
    return people.filter(Exists(inside))


def may_edit(viewer: User, person: User) -> bool:
    """Admins everybody; instructors the trainees they teach."""
    if viewer.is_admin:
        return True
    return not person.is_instructor and people_taught_by(viewer).filter(pk=person.pk).exists()


def may_be_put_in_by(viewer: User) -> QuerySet[User]:
    """Whom the viewer may put into a cohort of theirs.

    An instructor takes in trainees they teach elsewhere, and those who are in no cohort and were
    in none, or in one of theirs; whoever is or was in somebody else's class comes by an
    invitation or through an admin, because being taught by somebody opens their account to them.
    """
    people = User.objects.present()
    if viewer.is_admin:
        return people
    ever = Membership.objects.filter(person=OuterRef("pk"))
    placed, taught = ever.filter(left_at=None), ever.filter(cohort__in=cohorts_taught_by(viewer))
    is_free = ~Exists(placed) & (Exists(taught) | ~Exists(ever))
    return people.filter(Exists(taught.filter(left_at=None)) | is_free, role=User.Role.TRAINEE)


def found_by(people: QuerySet[User], text: str, *, by: User) -> QuerySet[User]:
    """Those whose name or staff number holds each word; phone and mail, where `by` sees them."""
    taught = Q() if by.is_admin else Q(pk__in=people_taught_by(by).values("pk"))
    for word in text.split()[:6]:
        fits = Q(name__icontains=word) | Q(username__icontains=word)
        if by.is_instructor:
            fits |= taught & (Q(phone__icontains=word) | Q(email__icontains=word))
        people = people.filter(fits)
    return people


def sees_contacts(viewer: User, person: User) -> bool:
    """Admins everybody's; instructors those of the people they teach. Managing is not enough."""
    return viewer.is_admin or people_taught_by(viewer).filter(pk=person.pk).exists()


@transaction.atomic
def save_person(
    person: User,
    *,
    by: User,
    before: dict[str, Any],
    after: dict[str, Any],
    keep: str | None = None,
) -> None:
    """Store a changed person.

    With other rights or another sign-in name every sign-in and open link from before is over,
    but for the session with the key `keep`.
    """
    if not after:
        return
    person.save()
    auditing.record(by, "person_changed", person, before=before, after=after)
    if SIGN_IN.intersection(after):
        end_sessions(person, keep=keep)
        person.sign_in_links.filter(used_at=None).delete()


@transaction.atomic
def save_cohort(cohort: Cohort, *, by: User, before: dict[str, Any] | None = None) -> Cohort:
    """Store a new or changed cohort. Raises ValidationError where it would stand below itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])
    if cohort.parent_id:  # as it stands now, not as the form has read it
        cohort.parent = Cohort.objects.get(pk=cohort.parent_id)
    cohort.clean()
    cohort.save()
    action = "cohort_made" if before is None else "cohort_changed"
    now = {name: getattr(cohort, name) for name in before or {"name": ""}}
    auditing.record(by, action, cohort, before=before, after=now)
    return cohort


@transaction.atomic
def archive_cohort(cohort: Cohort, *, by: User) -> None:
    """End the cohort; its records stay. Raises HasCohortsBelow while there are present ones."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])
    if Cohort.objects.filter(parent=cohort, archived_at=None).exists():
        raise HasCohortsBelow
    present = Cohort.objects.filter(pk=cohort.pk, archived_at=None)
    if present.update(archived_at=timezone.now()):
        auditing.record(by, "cohort_archived", cohort)


@transaction.atomic
def revive_cohort(cohort: Cohort, *, by: User) -> None:
    """Take an archived cohort up again."""
    if Cohort.objects.filter(pk=cohort.pk).exclude(archived_at=None).update(archived_at=None):
        auditing.record(by, "cohort_revived", cohort)


@transaction.atomic
def give_duty(*, cohort: Cohort, person: User, duty: str, by: User) -> CohortStaff:
    """Have the person teach or manage the cohort. Raises CannotTeach."""
    if duty == CohortStaff.Duty.INSTRUCTOR and not person.is_instructor:
        raise CannotTeach
    given, is_new = CohortStaff.objects.get_or_create(cohort=cohort, person=person, duty=duty)
    if is_new:
        auditing.record(by, "duty_given", cohort, after={"person": person.pk, "duty": duty})
    return given


@transaction.atomic
def take_duty(given: CohortStaff, *, by: User) -> None:
    """End a duty of somebody in a cohort."""
    values = {"person": given.person_id, "duty": given.duty}
    if CohortStaff.objects.filter(pk=given.pk).delete()[0]:
        auditing.record(by, "duty_taken", f"cohort:{given.cohort_id}", before=values)


@transaction.atomic
def put_into(*, cohort: Cohort, person: User, by: User) -> Membership:
    """Make the person a member from today on; who is one already stays as they are."""
    membership, is_new = enter(cohort, person)
    if is_new:
        auditing.record(by, "member_added", cohort, after={"person": person.pk})
    return membership


def enter(cohort: Cohort, person: User) -> tuple[Membership, bool]:
    """The person's present membership, and whether it is new; two at once make one."""
    try:
        with transaction.atomic():
            return Membership.objects.get_or_create(
                cohort=cohort, person=person, left_at=None, defaults={"joined_on": today_in(cohort)}
            )
    except IntegrityError:
        return Membership.objects.get(cohort=cohort, person=person, left_at=None), False


@transaction.atomic
def leave(membership: Membership, *, by: User) -> bool:
    """End the membership now; what the person did there stays. False if it had ended."""
    present = Membership.objects.filter(pk=membership.pk, left_at=None)
    if not present.update(left_at=timezone.now()):
        return False
    auditing.record(
        by, "member_left", f"cohort:{membership.cohort_id}", before={"person": membership.person_id}
    )
    return True


@transaction.atomic
def move(membership: Membership, *, to: Cohort, by: User) -> bool:
    """From one cohort into another; all or nothing. False if the membership had ended."""
    if not leave(membership, by=by):
        return False
    put_into(cohort=to, person=membership.person, by=by)
    return True


def reserved(words: Iterable[str]) -> bool:
    """Whether one of the words stands for something else in an address."""
    return any(word.lower() in RESERVED for word in words)

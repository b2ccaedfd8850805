"""How far a duty reaches: down the tree of cohorts, to the people in them."""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from people.models import Cohort, CohortStaff, Membership, User

EVERY_DUTY = tuple(CohortStaff.Duty.values)

# UNION, not UNION ALL: a ring in the tree ends instead of turning for ever.
REACH = """
    WITH RECURSIVE reach(id) AS (
        SELECT cohort_id FROM people_cohortstaff WHERE person_id = %s AND duty = ANY(%s)
        UNION
        SELECT below.id FROM people_cohort below JOIN reach ON below.parent_id = reach.id
    )
    SELECT id FROM reach
"""


def cohorts_reached_by(person: User, duties: Sequence[str] = EVERY_DUTY) -> QuerySet[Cohort]:
    """The present cohorts in which the person has such a duty, and all below; admins reach all."""
    cohorts = Cohort.objects.filter(archived_at=None)
    if person.is_admin:
        return cohorts
    # A fixed text; person and duties are parameters.
    reached = RawSQL(REACH, [person.pk, list(duties)])  # noqa: S611 -- as above
    return cohorts.filter(pk__in=reached)


def people_reached_by(person: User, duties: Sequence[str] = EVERY_DUTY) -> QuerySet[User]:
    """Everybody who is now in a cohort that such duties of the person reach."""
    members = Membership.objects.filter(
        person=OuterRef("pk"), left_at=None, cohort__in=cohorts_reached_by(person, duties)
    )
    return User.objects.present().filter(Exists(members))


def with_duty_beyond(people: QuerySet[User], reader: User) -> QuerySet[User]:
    """Those of them who have a duty that the reader's own do not reach; for admins nobody.

    Whoever could sign in as one of them would see more than they may.
    """
    if reader.is_admin:
        return people.none()
    # A duty in a cohort that has ended opens what still stands below it, and nothing else.
    opens = Q(cohort__archived_at=None) | Q(cohort__children__archived_at=None)
    beyond = CohortStaff.objects.filter(opens, person=OuterRef("pk")).exclude(
        cohort__in=cohorts_reached_by(reader)
    )
    return people.filter(Exists(beyond))


# Who looks after whom, for several at once; UNION, as above.
PAIRS = """
    WITH RECURSIVE reach(person_id, cohort_id) AS (
        SELECT person_id, cohort_id FROM people_cohortstaff WHERE person_id = ANY(%s)
        UNION
        SELECT reach.person_id, below.id
        FROM people_cohort below JOIN reach ON below.parent_id = reach.cohort_id
    )
    SELECT DISTINCT reach.person_id, membership.person_id
    FROM reach JOIN people_membership membership USING (cohort_id)
    WHERE membership.left_at IS NULL AND membership.person_id = ANY(%s)
"""


def pairs_reached(staff: Iterable[int], people: Iterable[int]) -> set[tuple[int, int]]:
    """(who has a duty, whom it reaches now) among these; one query."""
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, [list(staff), list(people)])
        return set(cursor.fetchall())

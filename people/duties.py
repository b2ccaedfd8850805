"""How far a duty reaches: down the tree of cohorts, to the people in them."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet
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

"""The people of a cohort as a table that can be taken in again and then changes nothing."""

from collections import defaultdict

from django.utils.translation import gettext as _

from people.importing.knowing import tree_for
from people.importing.plans import shown
from people.models import Cohort, Membership, MessengerAccount, User


def rows_of(cohort: Cohort, reader: User) -> list[dict[str, str]]:
    """A row for each person now in the cohort, by staff number; four statements."""
    where = tree_for(reader).written(cohort.pk)
    memberships = (
        Membership.objects.filter(cohort=cohort, left_at=None, person__in=User.objects.present())
        .select_related("person")
        .order_by("person__username")
    )
    accounts: dict[int, dict[str, str]] = defaultdict(dict)
    for one in MessengerAccount.objects.filter(
        person__memberships__cohort=cohort, person__memberships__left_at=None
    ):
        accounts[one.person_id][one.channel] = one.account
    rows = []
    for membership in memberships:
        person = membership.person
        rows.append(
            {
                "staff": person.username,
                "name": person.name,
                "phone": person.phone or "",
                "email": person.email or "",
                "language": shown("language", person.language) if person.language else "",
                "tz": person.tz,
                "role": str(_("Admin") if person.is_admin else person.get_role_display()),
                "cohort": where,
                "joined": membership.joined_on.isoformat(),
                "shift": f"{person.shift_at:%H:%M}" if person.shift_at else "",
                **accounts[person.pk],
            }
        )
    return rows

"""Worksheets for the browser tests; more deeds of the clerk."""

from typing import Any

from people.models import Cohort, User
from tests.browser.clerk_world import make_one
from tests.factories import make_cohort
from tests.units.sheet_making import make_team, make_worksheet, numbers
from units.models import Cell, CellChange


def make_sheet_team(language: str = "zh-hans") -> dict[str, Any]:
    """Two people of a team, their instructor, and a worksheet: its slug and `whose` it is."""
    cohort: Cohort = make_cohort()
    people = [make_one("trainee", name, language) for name in ("Anna", "Wei")]
    teacher = make_one("instructor", "Teacher", language)
    User.objects.get(pk=teacher["pk"]).duties.create(cohort=cohort, duty="instructor")
    team = make_team(*User.objects.filter(pk__in=[one["pk"] for one in people]), cohort=cohort)
    slug = make_worksheet(f"sheet-{next(numbers)}").slug
    return {"anna": people[0], "wei": people[1], "teacher": teacher, "team": team.pk,
            "slug": slug, "cohort": cohort.slug}  # fmt: skip


def sheet_texts(slug: str, team: int) -> dict[str, str]:
    """What stands in the team's sheet, by the cells' keys."""
    found = Cell.objects.filter(sheet__worksheet__slug=slug, sheet__team=team)
    return dict(found.values_list("key", "text"))


def sheet_changes(slug: str, team: int) -> list[str]:
    """Every text that was ever acknowledged, in order of the versions."""
    found = CellChange.objects.filter(
        cell__sheet__worksheet__slug=slug, cell__sheet__team=team
    ).order_by("cell", "version")
    return list(found.values_list("text", flat=True))


DEEDS = [make_sheet_team, sheet_texts, sheet_changes]

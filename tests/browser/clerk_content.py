"""Where everything is that the course teaches, and what it is taught from."""

from cases.models import Case
from units.models import Course, Lesson, Reference, Unit, Worksheet


def content_addresses() -> dict[str, list[str]]:
    """The addresses of all content, by what it is."""
    units = list(Unit.objects.filter(archived_at=None).order_by("position"))
    courses = list(Course.objects.filter(archived_at=None).order_by("position"))
    lessons = Lesson.objects.filter(archived_at=None).select_related("unit")
    cases = Case.objects.published().order_by("slug")
    worksheets = Worksheet.objects.filter(archived_at=None)
    return {
        "lessons": [f"/units/{one.unit.slug}/{one.slug}/" for one in lessons],
        "units": [f"/units/{one.slug}/" for one in units],
        "courses": [f"/courses/{one.slug}/" for one in courses],
        "guides": [f"/courses/{one.slug}/guide/" for one in courses if one.guide],
        "cases": [f"/cases/{one.slug}/" for one in cases],
        "worksheets": [f"/worksheets/{one.slug}/mine/" for one in worksheets],
        "cribs": [f"/units/{one.slug}/crib/" for one in units],
        "briefings": [f"/units/{one.slug}/briefing/" for one in units],
        "projectors": [f"/units/{one.slug}/projector/" for one in units],
        "handouts": [f"/units/{one.slug}/handout/" for one in units],
        "references": [f"/{one.slug}/" for one in Reference.objects.exclude(slug="observation")],
    }


DEEDS = [content_addresses]

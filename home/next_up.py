"""Today's list: what comes after the one next thing."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from units.progress import CourseState, UnitState

MOST_OTHERS = 3  # courses beside the present one


@dataclass(frozen=True)
class Row:
    """A line of the list."""

    icon: str
    title: str
    url: str
    note: str = ""
    when: str = ""


def rows_after(current: CourseState, states: list[CourseState]) -> list[Row]:
    """The deeds that follow the next one, the comparison, and other courses."""
    rows = _following_deeds(current)
    if current.comparison_url and current.next.kind != "done":
        rows.append(_comparison(current))
    others = [state for state in states if state is not current]
    return rows + [_course(state) for state in others[:MOST_OTHERS]]


def _following_deeds(current: CourseState) -> list[Row]:
    deed = current.next
    if deed.kind == "done":
        return [_comparison(current)] if current.comparison_url else []
    here = deed.unit
    rows = []
    if deed.kind == "lesson" and here and here.check and not here.check.is_passed:
        rows.append(_check(here))
    following = next(
        (unit for unit in current.units if unit is not here and not unit.is_finished), None
    )
    if following is not None and deed.kind in ("lesson", "check", "pre"):
        rows.append(_unit(following))
    elif current.post and deed.kind in ("lesson", "check") and not current.post.is_submitted:
        quiz = current.post.quiz
        note = _("When the last unit is finished")
        rows.append(Row("quiz", quiz.title, current.post.url, note))
    return rows


def _check(unit: UnitState) -> Row:
    left = len(unit.lessons) - unit.finished_count
    note = ngettext("after %(n)s more lesson", "after %(n)s more lessons", left) % {"n": left}
    return Row("quiz", unit.check.quiz.title, unit.check.url, note)  # type: ignore[union-attr]


def _unit(unit: UnitState) -> Row:
    count = len(unit.lessons)
    note = ngettext("%(n)s lesson", "%(n)s lessons", count) % {"n": count}
    if not unit.minutes_left:
        return Row("learn", unit.unit.title, unit.url, _("Only the check is left"))
    when = _("%(minutes)s min") % {"minutes": unit.minutes_left}
    return Row("learn", unit.unit.title, unit.url, note, when)


def _comparison(state: CourseState) -> Row:
    title = _("Before and after: what changed")
    return Row("undo", title, state.comparison_url, state.course.title)


def _course(state: CourseState) -> Row:
    deed = state.next
    note = deed.title if state.is_started and deed.kind != "done" else _("Another course")
    return Row("learn", state.course.title, deed.url, note)

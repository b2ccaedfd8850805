"""Progress as it was at an earlier moment: what was done later is taken off again, in memory.

When a lesson was first opened is not kept, only when it was last seen and first finished; so what
was finished later counts as not begun. Dates and extensions are those of today.
"""

from datetime import datetime

from units.progress import CourseState, LessonState, QuizState


def rewind(states: list[CourseState], moment: datetime) -> list[CourseState]:
    """The states of courses, as they were then. They must not be saved."""
    for state in states:
        for unit in state.units:
            for lesson in [*unit.lessons, *unit.more]:
                _rewind_lesson(lesson, moment)
            if unit.check:
                _rewind_quiz(unit.check, moment)
        for test in (state.pre, state.post):
            if test:
                _rewind_quiz(test, moment)
    return states


def _rewind_lesson(state: LessonState, moment: datetime) -> None:
    reading = state.reading
    if reading is not None and (reading.finished_at or reading.seen_at) > moment:
        state.reading = None


def _rewind_quiz(state: QuizState, moment: datetime) -> None:
    state.attempts = [one for one in state.attempts if one.started_at <= moment]
    for attempt in state.attempts:
        if attempt.submitted_at is not None and attempt.submitted_at > moment:
            attempt.submitted_at, attempt.score = None, None

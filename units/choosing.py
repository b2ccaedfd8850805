"""Which of several courses a person is in the middle of."""

from datetime import UTC, datetime

from units.progress import CourseState

NEVER = datetime.min.replace(tzinfo=UTC)


def used_at(state: CourseState) -> datetime:
    """When the person last did something in the course."""
    seen = [one.reading.seen_at for one in state.lessons if one.reading]
    tests = [test for test in (state.pre, state.post) if test]
    checks = [unit.check for unit in state.units if unit.check]
    tried = [
        attempt.submitted_at or attempt.started_at
        for quiz in [*tests, *checks]
        for attempt in quiz.attempts
    ]
    return max([*seen, *tried], default=NEVER)


def current_course(states: list[CourseState]) -> CourseState | None:
    """The unfinished course used last, else the first not begun, else the one finished last."""
    if not states:
        return None
    unfinished = [state for state in states if state.next.kind != "done"]
    return max(unfinished or states, key=used_at)

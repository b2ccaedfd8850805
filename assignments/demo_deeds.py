"""What the people of a demo do, through the functions that the pages call, on days gone by."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db import connection
from django.utils import timezone

from assignments import planning
from cases.models import WriteUp
from cases.write_ups import answer_of, climb, hand_in, rename, start_note
from mot_course.web import Json
from outbox.delivering import send_due
from people.models import User
from quizzes.marking import Judgement, give_mark
from quizzes.models import Answer, BankItem, Mark, Quiz, Revision
from quizzes.practising import check_answer
from quizzes.questions import spec_of
from quizzes.starting import start_attempt
from quizzes.submitting import Unsent, submit_attempt
from units.finishing import finish_lesson
from units.models import Lesson, Unit
from units.reading import note_seen

_saves = count(1)
MINUTE = timedelta(minutes=1)
SHIFT = (
    "SELECT set_config('mot.clock_shift', (%s::timestamptz - statement_timestamp())::text, true)"
)


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let it be that moment inside, for Python and for this transaction of the database.

    The functions of the course ask the time themselves. Only a command that does nothing else
    may do this: the clock is moved for the whole process.
    """
    real = timezone.now
    ahead = moment - real()
    timezone.now = lambda: real() + ahead
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('mot.clock_shift', true)")
        (was,) = cursor.fetchone()
        cursor.execute(SHIFT, [moment])
    try:
        yield
    finally:
        timezone.now = real
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('mot.clock_shift', %s, true)", [was or ""])


def plan_and_tell() -> None:
    """The minute pass and the inbox, as the worker would have run them."""
    planning.run_pass()
    send_due("inbox")


def lessons_of(unit: Unit) -> list[Lesson]:
    """The lessons on the unit's way, in order."""
    found = unit.lessons.filter(more=False, archived_at=None, current__isnull=False)
    return list(found.select_related("practice_quiz", "unit").order_by("position"))


def read(person: User, lesson: Lesson, *, wrong: int = 0) -> None:
    """Read to the end, with two exercises practised, wrongly at first where `wrong`."""
    if lesson.step and lesson.practice_quiz is not None:
        for revision in _exercises(lesson.practice_quiz)[:2]:
            for is_right in [False, True] if wrong > 0 else [True]:
                given = response_to(revision, is_right=is_right)
                check_answer(
                    quiz=lesson.practice_quiz,
                    trainee=person,
                    revision=revision,
                    response=given or {},
                )
    finish_lesson(lesson=lesson, trainee=person, now=timezone.now())


def open_at(person: User, lesson: Lesson, block: int) -> None:
    """Read as far as this block and stop there."""
    note_seen(
        trainee=person,
        unit=lesson.unit.slug,
        lesson=lesson.slug,
        block=block,
        now=timezone.now(),
    )


def take(person: User, quiz: Quiz, *, wrong: int = 0) -> None:
    """Take a check or a test, with so many answers wrong."""
    attempt = start_attempt(quiz=quiz, trainee=person)
    unsent: list[Unsent] = []
    for answer in attempt.answers.select_related("revision"):
        is_right = len(unsent) >= wrong
        response = response_to(answer.revision, is_right=is_right)
        unsent.append(Unsent(answer.position, response, None, next(_saves)))
    with clock_at(timezone.now() + 4 * MINUTE):
        submit_attempt(attempt_id=attempt.pk, trainee=person, unsent=unsent)


def _exercises(quiz: Quiz) -> list[Revision]:
    """What of the quiz can be answered here: kinds with a right answer."""
    places = BankItem.objects.filter(bank=quiz.bank_id, exercise__archived_at=None)
    places = places.select_related("exercise__current").order_by("position")
    found = [place.exercise.current for place in places if place.exercise.current]
    return [one for one in found if response_to(one, is_right=True) is not None]


def response_to(revision: Revision, *, is_right: bool) -> Json | None:
    """A right or a wrong answer; None for kinds that are not answered in a demo."""
    spec: Any = spec_of(revision)
    match revision.kind:
        case "true_false":
            return {"answer": spec.answer is is_right}
        case "single_choice":
            return {"choice": next(one.id for one in spec.options if one.correct is is_right)}
        case "multiple_choice":
            return {"choices": sorted(one.id for one in spec.options if one.correct is is_right)}
        case "sorting":
            groups = [one.id for one in spec.groups]
            turned = dict(zip(groups, [*groups[1:], groups[0]], strict=True))
            placed = {one.id: one.group for one in spec.cards}
        case "ordering":
            ids = [one.id for one in spec.items]
            places = [str(n) for n in range(1, len(ids) + 1)]
            turned = dict(zip(places, [*places[1:], places[0]], strict=True))
            placed = dict(zip(ids, places, strict=True))
        case "matching":
            ids = [one.id for one in spec.pairs]
            turned = dict(zip(ids, [*ids[1:], ids[0]], strict=True))
            placed = {one: one for one in ids}
        case _:
            return None
    return {"placed": placed if is_right else {one: turned[to] for one, to in placed.items()}}


def hand_in_case(author: User, title: str, texts: dict[str, str]) -> WriteUp:
    """A case of one's own, written and handed in."""
    write_up = start_note(author=author, lines=texts["note"].split("\n"))
    version = climb(write_up=write_up, author=author)
    answer = answer_of(version.attempt_id)
    if answer is not None:
        versions = (answer.response or {}).get("versions", {})
        answer.response = {"texts": texts, "versions": versions}
        answer.save(update_fields=["response"])
    hand_in(write_up=write_up, author=author)
    rename(write_up=write_up, title=title)
    return write_up


def give_back(write_up: WriteUp, by: User, why: str) -> None:
    """The instructor returns it with a word."""
    version = write_up.versions.latest("number")
    answer: Answer | None = answer_of(version.attempt_id)
    if answer is None:
        return
    criteria = answer.revision.rules.rubric(spec_of(answer.revision))
    judgement = Judgement(
        levels={one.id: 3 if place < 2 else 2 for place, one in enumerate(criteria)},
        outcome=Mark.Outcome.RETURNED,
        why=why,
    )
    give_mark(answer_id=answer.pk, marker=by, seen=0, judgement=judgement)

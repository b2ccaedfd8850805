"""The site's database at the tests' request: a line of JSON in, a line of JSON out.

Run by running_site.Clerk as `python -m tests.browser.clerk` with the site's environment.
"""

import io
import json
import sys
import traceback
from contextlib import redirect_stdout
from itertools import count
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from people.models import User  # noqa: E402
from quizzes.kinds import KINDS  # noqa: E402
from quizzes.models import Answer, Attempt, Bank, BankItem, Exercise, Quiz, Revision  # noqa: E402
from quizzes.questions import Question, spec_of  # noqa: E402
from quizzes.starting import start_attempt  # noqa: E402
from quizzes.submitting import Unsent, submit_attempt  # noqa: E402
from tests.browser import clerk_chain, clerk_classes, clerk_content, clerk_sheets, clerk_world  # noqa: E402
from tests.browser.right_answers import right_answer  # noqa: E402
from tests.quizzes.making import make_exercise  # noqa: E402
from units.finishing import finish_lesson  # noqa: E402
from units.models import Course, Lesson, Unit  # noqa: E402

numbers = count(1)
EVERY_KIND = "every-kind"


def prepare() -> None:
    """What `make run` does before it serves."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("compile_translations")
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("load_course", str(settings.BASE_DIR / "fixtures" / "mot"))
    call_command("load_demo_people")
    _make_quiz_of_every_kind()


def _make_quiz_of_every_kind() -> None:
    """A quiz with one exercise for each kind: of the course if it has one, else the kind's sample.

    Statements with confidence first; of moments the one that asks most.
    """
    bank = Bank.objects.create(slug=EVERY_KIND, title_zh="各种题型", title_en="Every kind")
    current = Exercise.objects.filter(archived_at=None).exclude(current=None).order_by("slug")
    chosen: dict[str, Exercise] = {}
    for exercise in current.select_related("current"):
        revision = exercise.current
        if revision.kind not in chosen or _asks_more(revision, chosen[revision.kind].current):
            chosen[revision.kind] = exercise
    for kind in KINDS:
        chosen.setdefault(kind, make_exercise(kind))
    for position, kind in enumerate(sorted(chosen, reverse=True), start=1):
        BankItem.objects.create(bank=bank, exercise=chosen[kind], position=position)
    Quiz.objects.create(
        slug=EVERY_KIND, title_zh="各种题型", title_en="Every kind", purpose=Quiz.Purpose.CHECK,
        bank=bank, feedback=Quiz.Feedback.SUBMIT,
    )  # fmt: skip


def _asks_more(revision: Revision, than: Revision) -> bool:
    spec = spec_of(revision)
    if revision.kind == "moments":
        return len(spec.names) > len(spec_of(than).names)
    return revision.rules.asks_confidence(spec) and not than.rules.asks_confidence(spec_of(than))


def make_trainee(**fields: Any) -> dict[str, Any]:
    """A new trainee with a session: its key is the value of the session cookie."""
    number = next(numbers)
    fields = {"name": f"Person {number}", "tz": "Asia/Shanghai"} | fields
    person = User.objects.create_user(f"browser{number}", **fields)
    return {"pk": person.pk, "username": person.username, "key": make_session(person.username)}


def make_session(username: str) -> str:
    """The key of a new session of the person, as after signing in on another device."""
    client = Client(headers={"user-agent": "Mozilla/5.0 Chrome"})
    client.force_login(User.objects.get(username=username))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def start(username: str, quiz: str) -> int:
    """The id of the person's open attempt, a new one if there is none."""
    return _start(username, quiz).pk


def _start(username: str, quiz: str) -> Attempt:
    return start_attempt(
        quiz=Quiz.objects.get(slug=quiz), trainee=User.objects.get(username=username)
    )


def answers(attempt: int) -> list[dict[str, Any]]:
    """What is stored, question by question."""
    rows = Answer.objects.filter(attempt=attempt).order_by("position").select_related("revision")
    return [
        {"kind": row.revision.kind, "response": row.response, "confidence": row.confidence,
         "flagged": row.flagged}
        for row in rows
    ]  # fmt: skip


def attempts(username: str, quiz: str) -> list[bool]:
    """For each attempt at the quiz whether it is submitted."""
    rows = Attempt.objects.filter(trainee__username=username, quiz__slug=quiz).order_by("number")
    return [row.is_submitted for row in rows]


def right_fields(attempt: int) -> list[dict[str, Any]]:
    """For each question of an attempt the form's fields of a right answer, by their names."""
    rows = Answer.objects.filter(attempt=attempt).order_by("position")
    return [
        _fields(Question.of(row, row.exercise.slug, reveal=False))
        for row in rows.select_related("revision", "exercise")
    ]


def right_practice(exercise: str) -> dict[str, Any]:
    """The same for an exercise in a lesson."""
    revision = Exercise.objects.select_related("current").get(slug=exercise).current
    return _fields(Question(revision, exercise))


def _fields(question: Question) -> dict[str, Any]:
    posted = question.rules.post_data(question.spec, right_answer(question.revision), question.mask)
    fields = {f"{question.prefix}-{name}": value for name, value in posted.items()}
    if question.rules.asks_confidence(question.spec):
        fields[f"{question.prefix}-confidence"] = "fairly"
    return fields


def finish_units(username: str, but: str) -> None:
    """Read every lesson and pass every check of the course, leaving out one unit."""
    person = User.objects.get(username=username)
    for lesson in Lesson.objects.filter(archived_at=None).exclude(unit__slug=but):
        finish_lesson(lesson=lesson, trainee=person, now=timezone.now())
    for unit in Unit.objects.exclude(slug=but).exclude(check_quiz=None):
        take(username, unit.check_quiz.slug)


def take(username: str, quiz: str, *, right: bool = True) -> int:
    """A submitted attempt with all answers right, or with none given."""
    attempt = _start(username, quiz)
    rows = attempt.answers.select_related("revision")
    given = [
        Unsent(row.position, right_answer(row.revision), "sure", sequence=1)
        for row in rows if right
    ]  # fmt: skip
    submit_attempt(attempt_id=attempt.pk, trainee=attempt.trainee, unsent=given)
    return attempt.pk


def addresses() -> dict[str, str]:
    """Where the course's pages are: the first of everything, by what it is."""
    course = Course.objects.select_related("pre_quiz", "post_quiz").first()
    unit = Unit.objects.filter(places__course=course).order_by("places__position").first()
    lessons = Lesson.objects.filter(unit=unit, more=False, archived_at=None).order_by("position")
    return {
        "course": f"/courses/{course.slug}/",
        "comparison": f"/courses/{course.slug}/comparison/",
        "pre": course.pre_quiz.slug,
        "post": course.post_quiz.slug,
        "unit": f"/units/{unit.slug}/",
        "unit_slug": unit.slug,
        "check": unit.check_quiz.slug,
        "lessons": [f"/units/{unit.slug}/{one.slug}/" for one in lessons],
    }


DEEDS = [
    prepare, make_trainee, make_session, start, answers, attempts, right_fields, right_practice,
    finish_units, take, addresses, *clerk_world.DEEDS, *clerk_sheets.DEEDS,
    *clerk_content.DEEDS, *clerk_classes.DEEDS, *clerk_chain.DEEDS,
]  # fmt: skip


def main() -> None:
    deeds = {deed.__name__: deed for deed in DEEDS}
    for line in sys.stdin:
        name, words = json.loads(line)
        try:
            with redirect_stdout(io.StringIO()):
                reply = {"answer": deeds[name](**words)}
        except Exception:
            reply = {"trouble": traceback.format_exc()}
        print(json.dumps(reply, default=str), flush=True)


if __name__ == "__main__":
    main()

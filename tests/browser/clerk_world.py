"""People of every role, written work and cases for the browser tests; more deeds of the clerk."""

from itertools import count
from typing import Any

from django.conf import settings
from django.test import Client

from cases import write_ups
from cases.models import Case, WriteUp
from people.models import CohortStaff, Membership, User
from quizzes.kinds.dialogue_map import deciding_turn
from quizzes.kinds.dialogue_paths import gained
from quizzes.marking import Judgement, give_mark
from quizzes.models import Answer, Attempt, BankItem, Exercise, Mark, Quiz, Recording
from quizzes.parts import save_part
from quizzes.questions import Question, spec_of
from quizzes.starting import start_attempt
from quizzes.submitting import submit_attempt
from tests.browser.right_answers import every_run, right_answer
from tests.cases.making import make_content, make_published
from tests.factories import make_cohort, make_person
from tests.quizzes.making import make_bank, make_exercise, make_quiz

numbers = count(1)


def with_session(person: User) -> dict[str, Any]:
    """The person as a test knows them: key is the value of the session cookie."""
    client = Client(headers={"user-agent": "Mozilla/5.0 Chrome"})
    client.force_login(person)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"pk": person.pk, "username": person.username, "name": person.name, "key": key}


def make_one(role: str, name: str = "", language: str = "zh-hans") -> dict[str, Any]:
    """A person of that role, with a session."""
    number = next(numbers)
    person = make_person(
        username=f"{role}-{number}", name=name or f"{role} {number}", role=role, language=language
    )
    return with_session(person)


def make_class(
    trainees: int = 1, instructors: int = 1, language: str = "zh-hans"
) -> dict[str, list[dict[str, Any]]]:
    """A class of its own: nobody else's work is in its instructors' queue."""
    cohort = make_cohort(name=f"前厅{next(numbers)}班")
    made = {
        "trainees": [make_one("trainee", language=language) for _ in range(trainees)],
        "instructors": [
            make_one("instructor", name, language) for name in ("周知行", "何以宁")[:instructors]
        ],
    }
    for one in made["trainees"]:
        Membership.objects.create(cohort=cohort, person_id=one["pk"], joined_on="2026-01-05")
    for one in made["instructors"]:
        CohortStaff.objects.create(
            cohort=cohort, person_id=one["pk"], duty=CohortStaff.Duty.INSTRUCTOR
        )
    return made


# --- Cases and their exercises


def case_of(slug: str) -> dict[str, Any]:
    """Where a case's exercises are, and what only the experts may say, in both languages."""
    case = Case.objects.select_related("current", "quiz").get(slug=slug)
    told, better = [], []
    for scene in case.current.content.get("scenes", []):
        for line in scene["lines"]:
            why = (line.get("moment") or {}).get("why") or {}
            told += [text for text in why.values() if len(text) > 6]
            if scene.get("version") == "good":
                better += [text for text in (line.get("text") or {}).values() if len(text) > 12]
    return {
        "title": {"zh": case.title_zh, "en": case.title_en},
        "address": f"/cases/{case.slug}/",
        "quiz": case.quiz.slug,
        "secrets": told,
        "better": better,
    }


def make_case(slug: str, **changes: Any) -> dict[str, Any]:
    """A small published case that the editor may work on."""
    exercise = make_content()["exercises"][0] | {"id": f"{slug}-moments"}
    made = make_published(slug, **({"exercises": [exercise]} | changes))
    return {"slug": made.slug, "quiz": made.quiz.slug if made.quiz else ""}


def case_now(slug: str) -> dict[str, Any]:
    """The published content of a case, its number and its state."""
    case = Case.objects.select_related("current", "quiz").get(slug=slug)
    current = case.current
    return {
        "content": current.content if current else None,
        "number": current.number if current else 0,
        "state": case.state,
        "quiz": case.quiz.slug if case.quiz else "",
        "draft": case.draft.content if hasattr(case, "draft") and case.draft else None,
    }


def two_runs(attempt: int, position: int) -> dict[str, Any]:
    """Two ways through a dialogue, as tokens and as ids; the second parts where the first decided.

    The first is one that costs trust, the second goes as well as it still can.
    """
    row = Answer.objects.select_related("revision", "exercise").get(
        attempt=attempt, position=position
    )
    question = Question.of(row, row.exercise.slug, reveal=False)
    spec = spec_of(row.revision)
    runs = sorted(every_run(spec), key=lambda path: (gained(spec, path), path))
    first = next(run for run in runs if len(run) > 2)
    at = deciding_turn(spec, first)
    other = [
        run for run in runs if run[:at] == first[:at] and run[at : at + 1] != first[at : at + 1]
    ]
    second = other[-1]
    tokens = question.mask.token
    return {
        "ids": [first, second],
        "tokens": [[tokens(one) for one in run] for run in (first, second)],
        "at": at,
    }


def checked(attempt: int) -> list[bool]:
    """Question by question, whether it has had its feedback."""
    rows = Answer.objects.filter(attempt=attempt).order_by("position")
    return [row.checked_at is not None for row in rows]


def recordings(username: str) -> list[dict[str, Any]]:
    """What the site keeps of a person's voice."""
    found = Recording.objects.filter(owner__username=username, deleted_at=None).order_by("pk")
    return [{"pk": one.pk, "sent": bool(one.sent_at)} for one in found]


def start_with(username: str, kind: str, *, feedback: str = "each") -> int:
    """An open attempt at a quiz with one exercise of that kind, of the course if it has one."""
    found = Exercise.objects.filter(
        current__kind=kind, archived_at=None, bank_items__bank__quizzes__purpose=Quiz.Purpose.CASE
    )
    exercise = found.order_by("slug").first() or make_exercise(kind)
    quiz = make_quiz(make_bank(exercise), purpose=Quiz.Purpose.CASE, feedback=feedback)
    return start_attempt(quiz=quiz, trainee=User.objects.get(username=username)).pk


# --- Cases of one's own, and marking

STORY = {
    "short": "晚上十点，一位客人说房间太吵。我先听他说完，再给他换了一间。" * 4,
    "event": "晚上十点，前台只有我一个人。一位客人提着箱子下来，说：“太吵了，我明早六点的飞机。”"
    * 12,
    "demands": "他要的是安静，真正需要的是睡好这一觉。" * 5,
}


def make_note(username: str, text: str = "客人等了一个钟头。他走了。") -> int:
    """A note of one's own case."""
    author = User.objects.get(username=username)
    return write_ups.start_note(author=author, lines=[text, "一位客人", "一直记得"]).pk


def begin_own_case(username: str, **parts: str) -> dict[str, int]:
    """A case being written: its parts filled in; without any, the short one and two of six."""
    author = User.objects.get(username=username)
    note = WriteUp.objects.get(pk=make_note(username))
    version = write_ups.climb(write_up=note, author=author)
    seen = Answer.objects.get(attempt=version.attempt_id).response.get("versions", {})
    for part, text in (parts or STORY).items():
        save_part(
            attempt_id=version.attempt_id, position=1, part=part, trainee=author, text=text,
            version=seen.get(part, 0),
        )  # fmt: skip
    return {"pk": note.pk, "attempt": version.attempt_id}


def hand_in_own_case(username: str, **parts: str) -> dict[str, int]:
    """A case handed in; `answer` is what instructors mark."""
    made = begin_own_case(username, **parts)
    write_up = WriteUp.objects.get(pk=made["pk"])
    write_ups.hand_in(write_up=write_up, author=write_up.author)
    answer = Answer.objects.get(attempt=made["attempt"])
    return made | {"answer": answer.pk}


def judge(write_up: int, instructor: str, outcome: str, why: str = "再写写他的原话。") -> None:
    """A mark on the newest version, with a comment at a passage."""
    version = write_ups.newest_version(WriteUp.objects.get(pk=write_up))
    answer = Answer.objects.select_related("revision").get(attempt=version.attempt_id)
    texts = answer.response["texts"]
    part = "event" if "event" in texts else next(iter(texts))
    quote = texts[part][:8]
    give_mark(
        answer_id=answer.pk,
        marker=User.objects.get(username=instructor),
        seen=answer.marks.count(),
        judgement=Judgement(
            levels={one.id: 3 for one in answer.revision.rules.rubric(spec_of(answer.revision))},
            outcome=outcome,
            why=why,
            comments=[
                {"part": part, "from": 0, "to": len(quote), "quote": quote, "text": "这句写得好。"}
            ],
        ),
    )


def nominate_own_case(username: str, instructor: str) -> int:
    """A case accepted, with its author's consent, nominated for the library."""
    made = hand_in_own_case(username)
    judge(made["pk"], instructor, "accepted")
    found = WriteUp.objects.get(pk=made["pk"])
    write_ups.give_consent(write_up=found)
    write_ups.nominate(
        write_up=WriteUp.objects.get(pk=made["pk"]), by=User.objects.get(username=instructor)
    )
    return made["pk"]


def own_case(write_up: int) -> dict[str, Any]:
    """Where a case of one's own stands: state, note, and the texts of its newest version."""
    found = WriteUp.objects.get(pk=write_up)
    version = write_ups.newest_version(found)
    answer = Answer.objects.get(attempt=version.attempt_id) if version else None
    return {
        "state": found.state,
        "note": found.note,
        "versions": found.versions.count(),
        "texts": ((answer and answer.response) or {}).get("texts", {}),
        "answer": answer.pk if answer else None,
    }


def marks_of(answer: int) -> list[dict[str, Any]]:
    """The marks of an answer, the first first."""
    return [
        {"marker": one.marker.username, "outcome": one.outcome, "levels": one.levels,
         "comments": one.comments, "why": one.why}
        for one in Mark.objects.filter(answer=answer).order_by("number").select_related("marker")
    ]  # fmt: skip


def hand_in_rewrite(username: str) -> int:
    """A sentence said better, handed in; the answer that instructors mark."""
    person = User.objects.get(username=username)
    attempt = Attempt.objects.get(pk=start_with(username, "rewrite"))
    row = attempt.answers.select_related("revision").get()
    row.response = right_answer(row.revision)
    row.save(update_fields=["response"])
    submit_attempt(attempt_id=attempt.pk, trainee=person)
    return row.pk


def bank_items(bank: str) -> int:
    """How many items a bank has."""
    return BankItem.objects.filter(bank__slug=bank).count()


def make_bank_called(slug: str) -> dict[str, Any]:
    """A bank of two statements, asked by a check."""
    bank = make_bank(count=2)
    bank.slug, bank.title_zh, bank.title_en = slug, f"题库 {slug}", f"Bank {slug}"
    bank.save()
    make_quiz(bank, slug=f"{slug}-quiz")
    return {"items": list(bank.items.values_list("exercise__slug", flat=True))}


def exercise_now(slug: str) -> dict[str, Any]:
    """The published content of an exercise."""
    content: dict[str, Any] = (
        Exercise.objects.select_related("current").get(slug=slug).current.content
    )
    return content


DEEDS = [
    make_one, make_class, case_of, make_case, case_now, two_runs, checked, recordings, start_with,
    make_note, begin_own_case, hand_in_own_case, judge, nominate_own_case, own_case, marks_of,
    hand_in_rewrite, bank_items,
    make_bank_called, exercise_now,
]  # fmt: skip

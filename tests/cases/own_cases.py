"""A trainee's own case for tests: the quiz, notes, versions, marks."""

from django.db import transaction
from django.test import Client

from cases import write_ups
from quizzes import neighbours
from quizzes.kinds import KINDS
from quizzes.models import Mark, Quiz
from quizzes.parts import save_part
from tests.factories import make_instructor
from tests.quizzes.making import make_bank, make_exercise, make_quiz

RUNGS = {"note": "note", "short": "short", "event": "full", "insight": "full"}


def make_own_case_quiz():
    content = dict(KINDS["writing"].sample_content)
    content["parts"] = [
        {
            "id": name,
            "rung": rung,
            "title": {"zh": f"{name}（中）", "en": f"The {name}"},
            "hint": {"zh": "提示", "en": "A hint"},
            "aim_to": 20,
            "at_most": 400,
            "needed": name == "event",
        }
        for name, rung in RUNGS.items()
    ]
    exercise = make_exercise("writing", content=content)
    return make_quiz(make_bank(exercise), slug="own-case", purpose=Quiz.Purpose.WRITING)


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def make_note(author, *lines):
    return write_ups.start_note(
        author=author, lines=lines or ["The guest waited. He left.", "", "x"]
    )


def write(version, part, text, number=0):
    return save_part(
        attempt_id=version.attempt_id,
        position=1,
        part=part,
        trainee=version.attempt.trainee,
        text=text,
        version=number,
    )


def make_handed_in(author, text="He waited an hour."):
    """A case that is handed in, and its version."""
    note = make_note(author)
    version = write_ups.climb(write_up=note, author=author)
    write(version, "event", text, 1)
    write_ups.hand_in(write_up=note, author=author)
    note.refresh_from_db()
    return note, version


def mark(version, outcome, *, comments=(), levels=None):
    answer = version.attempt.answers.get()
    with transaction.atomic():
        made = Mark.objects.create(
            answer=answer,
            number=answer.marks.count() + 1,
            marker=make_instructor(name="Instructor Fang"),
            levels=levels or {"event": 3},
            comments=list(comments),
            outcome=outcome,
            why="Clear. Now the process.",
            language="en",
        )
        neighbours.tell_marked(made)


def state_of(write_up):
    write_up.refresh_from_db()
    return write_up.state

"""Taking turns in tests: an attempt at a dialogue, and somebody who plays it."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from mot_course.web import Json
from people.models import User
from quizzes.models import Answer, Attempt, Quiz
from tests.quizzes.dialogues import content
from tests.quizzes.making import make_attempt, make_bank, make_exercise, make_quiz, question_of

PART: Json = {"headers": {"x-part": "1", "accept-language": "en"}}


def talk(
    *, feedback: str = Quiz.Feedback.EACH, given: Json | None = None, others: int = 0
) -> Attempt:
    """An open attempt whose first question is a dialogue."""
    exercises = [make_exercise("dialogue", content=given or content())]
    exercises += [make_exercise("dialogue", content=content()) for _ in range(others)]
    return make_attempt(make_quiz(make_bank(*exercises), feedback=feedback))


def signed_in(person: User) -> Client:
    """A browser in which that person is signed in."""
    client = Client()
    client.force_login(person)
    return client


def choice(answer: Answer, run: int, at: int, said: str) -> str:
    """The value of the button that says it."""
    return f"{run}.{at}.{question_of(answer).mask.token(said)}"


def say(
    client: Client, answer: Answer, said: str, *, run: int = 0, at: int = 0, **extra: Any
) -> HttpResponse:
    """What comes back for one reply."""
    url = reverse("quizzes:turn", args=[answer.attempt_id, answer.position])
    return client.post(url, {"choice": choice(answer, run, at, said)}, **(PART | extra))


def play(client: Client, answer: Answer, *path: str) -> HttpResponse:
    """What comes back for the last of several replies."""
    for at, said in enumerate(path):
        response = say(client, answer, said, at=at)
        assert response.status_code == 200, response.content
    return response


def stored(answer: Answer) -> Json | None:
    """The response as it is in the database."""
    answer.refresh_from_db()
    return answer.response

"""How many statements a page costs, session, user, BEGIN and COMMIT counted; 1 row or many."""

import re
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quizzes.models import Answer, Quiz
from quizzes.starting import start_attempt
from quizzes.submitting import submit_attempt
from tests.factories import make_trainee
from tests.quizzes.making import fields_for, make_bank, make_exercise
from tests.units.packs import write_pack
from units.finishing import finish_lesson
from units.models import Lesson
from units.pack.loading import load_course

# Real transactions: BEGIN and COMMIT are statements, too.
pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def at_most(budget):
    with CaptureQueriesContext(connection) as queries:
        yield queries
    found = "\n".join(query["sql"][:160] for query in queries.captured_queries)
    assert len(queries) <= budget, f"{len(queries)} statements, {budget} allowed:\n{found}"


@pytest.fixture(params=["one row", "many rows"])
def trainee(request, tmp_path, settings):
    """A trainee of a small course who has done nothing, or of the real one who has done a lot."""
    person = make_trainee()
    if request.param == "one row":
        load_course(write_pack(tmp_path))
        return person
    load_course(settings.BASE_DIR / "fixtures" / "mot")
    for lesson in Lesson.objects.select_related("unit__check_quiz", "practice_quiz"):
        finish_lesson(lesson=lesson, trainee=person, now=timezone.now())
    for quiz in Quiz.objects.exclude(purpose="practice"):
        attempt = start_attempt(quiz=quiz, trainee=person)
        submit_attempt(attempt_id=attempt.pk, trainee=person)
    return person


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def first_lesson_url():
    lesson = Lesson.objects.select_related("unit").order_by("unit__position", "position").first()
    return f"/units/{lesson.unit.slug}/{lesson.slug}/"


@pytest.mark.parametrize(
    ("url", "budget"),
    [("/", 11), ("/courses/", 8), ("/cases/", 6), ("/me/", 4), ("/help/", 2)],
)
def test_a_page_keeps_its_budget(trainee, url, budget):
    client = signed_in(trainee)

    with at_most(budget):
        assert client.get(url).status_code == 200


def test_a_lesson_takes_seven(trainee):
    client, url = signed_in(trainee), first_lesson_url()

    with at_most(7):
        assert client.get(url).status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_a_quiz_page_takes_eight_and_a_save_five(count):
    person = make_trainee()
    quiz = Quiz.objects.create(slug="q", purpose="check", bank=make_bank(count=count))
    attempt = start_attempt(quiz=quiz, trainee=person)
    client = signed_in(person)

    with at_most(8):
        page = client.get(f"/quizzes/attempts/{attempt.pk}/")
    ticket = hidden(page, "ticket")
    answer = attempt.answers.select_related("exercise", "revision").first()
    fields = fields_for(answer, {"answer": True})
    url = f"/quizzes/attempts/{attempt.pk}/answers/1/"

    with at_most(5):
        saved = client.post(url, {"ticket": ticket, "n": "1", **fields})
    assert saved.json() == {"saved": True}
    # A save answers in less than 1 kB, headers included; an older one costs no more.
    assert len(saved.content) + sum(len(k) + len(v) + 4 for k, v in saved.headers.items()) < 1024
    with at_most(5):
        older = client.post(url, {"ticket": ticket, "n": "0", **fields})
    assert older.status_code == 409


def test_a_ten_question_quiz_from_start_to_result_takes_ninety():
    person = make_trainee()
    kinds = ["true_false", "single_choice", "multiple_choice", "sorting", "matching"] * 2
    bank = make_bank(*[make_exercise(kind) for kind in kinds])
    quiz = Quiz.objects.create(slug="q", purpose="check", bank=bank, pass_percent=70)
    client = signed_in(person)

    with at_most(90):
        client.get("/quizzes/q/")
        url = client.post("/quizzes/q/").headers["Location"]
        ticket = hidden(client.get(url), "ticket")
        for position, fields in answers_to(url):
            form = {"ticket": ticket, "n": "1", **fields}
            assert client.post(f"{url}answers/{position}/", form).status_code == 200
        form = {"ticket": ticket, "confirmed": "1", "sequences": "-"}
        assert client.post(f"{url}submit/", form).status_code == 302
        result = client.get(url)

    assert quiz.attempts.get().score == 10_000
    assert "10" in result.content.decode()


def answers_to(url):
    """Position and right fields of every question; the test's own look-ups are not counted."""
    was_on, connection.force_debug_cursor = connection.force_debug_cursor, False
    answers = Answer.objects.filter(attempt=int(url.rstrip("/").rsplit("/", 1)[1]))
    found = [
        (answer.position, fields_for(answer, answer.revision.rules.sample_response))
        for answer in answers.select_related("exercise", "revision")
    ]
    connection.force_debug_cursor = was_on
    return found


def hidden(response, name):
    return re.search(rf'name="{name}" value="([^"]+)"', response.content.decode())[1]

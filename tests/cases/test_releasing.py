"""What a case tells before one has tried oneself, and what afterwards."""

import pytest
from django.test import Client
from django.utils.translation import override

from cases.conversation import pairs_of, roles_of, scenes_of
from cases.models import Case
from cases.publishing import publish_case
from quizzes.models import Attempt, Quiz
from quizzes.starting import start_attempt
from quizzes.submitting import submit_attempt
from tests.cases.test_views import GUEST, LIN, both
from tests.factories import make_instructor, make_trainee


def moment(polarity, why, *, required=True):
    return {
        "polarity": polarity,
        "required": required,
        "step": "diagnose",
        "why": both(f"canary-{why}", f"canary-{why}"),
    }


def line(id, who, text, **more):
    return {"id": id, "who": who, "text": both(text, text), **more}


CONTENT = {
    "title": both("没有房", "No room"),
    "summary": both("概要", "Summary"),
    "industry": "hotel",
    "steps": ["diagnose"],
    "origin": "own",
    "source": both("本课所写", "Our own"),
    "situation": both("晚上十点", "Ten at night"),
    "roles": [LIN, GUEST],
    "scenes": [
        {
            "id": "was",
            "version": "bad",
            "lines": [
                line("b1", "b", "there is no room?"),
                line("b2", "a", "not in the system", moment=moment("bad", "system")),
                line("b3", "a", "one moment"),
                {
                    "id": "b4",
                    "who": "a",
                    "phrases": [
                        {"id": "b4a", "text": both("先生，", "Sir,")},
                        {
                            "id": "b4b",
                            "text": both("没有。", "no."),
                            "moment": moment("bad", "no", required=False),
                        },
                    ],
                },
            ],
        },
        {
            "id": "could",
            "version": "good",
            "lines": [
                line("g0", "a", "good evening"),
                line("g2", "a", "better-version", beside="b2", moment=moment("good", "better")),
                line("g3", "b", "thanks"),
            ],
        },
    ],
    "analysis": [{"question": both("为什么？", "Why?"), "answer": both("canary-a", "canary-a")}],
    "exercises": [
        {
            "id": "no-room-mark",
            "kind": "moments",
            "use": ["was"],
            "prompt": both("标一标", "Mark them"),
            "explanation": both("canary-e", "canary-e"),
        }
    ],
}


@pytest.fixture
def case(db):
    publish_case(slug="no-room", content=CONTENT, digest="d")
    return Case.objects.get()


def page_for(person):
    client = Client()
    client.force_login(person)
    return client.get("/cases/no-room/").content.decode()


def test_a_case_makes_its_quiz_with_scenes_from_the_document(case):
    quiz = Quiz.objects.get(slug="case-no-room")
    exercise = quiz.bank.items.get().exercise

    assert (quiz.purpose, quiz.feedback, case.quiz) == ("case", "each", quiz)
    assert [scene["id"] for scene in exercise.current.content["scenes"]] == ["was"]
    assert case.versions == ["bad", "good"]


def test_before_the_exercises_nothing_tells_what_the_experts_think(case):
    page = page_for(make_trainee(language="en"))

    assert "canary" not in page
    assert "better-version" not in page
    assert "Why?" in page
    assert "First you, then the experts" in page


def test_a_begun_attempt_releases_nothing(case):
    trainee = make_trainee(language="en")
    start_attempt(quiz=case.quiz, trainee=trainee)

    page = page_for(trainee)

    assert "canary" not in page
    assert "Go on with the exercises" in page


def test_after_the_exercises_the_two_tellings_stand_line_by_line(case):
    trainee = make_trainee(language="en")
    attempt = start_attempt(quiz=case.quiz, trainee=trainee)
    submit_attempt(attempt_id=attempt.pk, trainee=trainee)

    page = page_for(trainee)

    for told in ("canary-system", "canary-better", "canary-a", "better-version"):
        assert told in page
    assert "Practise again" in page
    assert "canary" not in page_for(make_trainee(language="en"))


def test_whoever_teaches_sees_everything(case):
    assert "canary-better" in page_for(make_instructor(language="en"))
    assert Attempt.objects.count() == 0


def test_good_lines_stand_beside_the_bad_ones_they_answer_to():
    pairs = pairs_of(scenes_of(CONTENT, roles_of(CONTENT)))

    told = [(pair.bad and pair.bad.id, pair.good and pair.good.id) for pair in pairs]
    assert told == [
        (None, "g0"), ("b1", None), ("b2", "g2"), (None, "g3"), ("b3", None), ("b4", None),
    ]  # fmt: skip


def test_a_phrase_is_quoted_at_its_mark():
    with override("zh-hans"):
        scenes = scenes_of(CONTENT, roles_of(CONTENT))

    phrased = scenes[0].lines[3]
    assert phrased.text == "先生，没有。"
    assert [mark.quote for mark in phrased.marks] == ["没有。"]


def test_a_case_page_costs_six_queries_at_most(case, django_assert_max_num_queries):
    client = Client()
    client.force_login(make_trainee())

    with django_assert_max_num_queries(6):
        client.get("/cases/no-room/")

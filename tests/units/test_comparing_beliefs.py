import re

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from quizzes.models import Attempt, Quiz
from quizzes.starting import start_attempt
from quizzes.submitting import submit_attempt
from tests.factories import make_cohort, make_trainee
from tests.units.packs import write_pack
from units.comparing_beliefs import ClassGain, Side, class_gain, comparison_of, t_975
from units.models import Course
from units.pack.loading import load_course

URL = "/courses/core/comparison/"


@pytest.fixture
def course(db, tmp_path):
    load_course(write_pack(tmp_path))
    return Course.objects.select_related("pre_quiz__bank", "post_quiz").get()


def take(quiz, person, **sides):
    """The test submitted with these sides by belief: (right?, confidence), or None left open."""
    attempt = start_attempt(quiz=quiz, trainee=person)
    for answer in attempt.answers.select_related("revision", "exercise"):
        belief = answer.exercise.slug.split("-")[1]
        if sides.get(belief):
            is_right, answer.confidence = sides[belief]
            key = answer.revision.content["answer"]
            answer.response = {"answer": key if is_right else not key}
            answer.save()
    return submit_attempt(attempt_id=attempt.pk, trainee=person)


def states(course, person):
    compared = comparison_of(course, person)
    return {belief.title.en: belief.state for belief in compared.beliefs}


def test_there_is_nothing_before_both_tests_are_submitted(course):
    person = make_trainee()
    client = Client()
    client.force_login(person)

    assert client.get(URL).status_code == 404
    take(course.pre_quiz, person, price=(True, "sure"), product=(False, "sure"))
    assert client.get(URL).status_code == 404
    start_attempt(quiz=course.post_quiz, trainee=person)
    assert client.get(URL).status_code == 404
    take(course.post_quiz, person, price=(True, "sure"), product=(False, "sure"))
    assert client.get(URL).status_code == 200


@pytest.mark.parametrize("feedback", ["never", "after_due"])
def test_there_is_nothing_while_the_key_is_not_released(course, feedback):
    person = make_trainee()
    take(course.pre_quiz, person, price=(True, "sure"))
    take(course.post_quiz, person, price=(True, "sure"))

    Quiz.objects.filter(pk=course.post_quiz_id).update(feedback=feedback)
    course.post_quiz.refresh_from_db()

    assert comparison_of(course, person) is None


@pytest.mark.parametrize(
    ("before", "after", "state"),
    [
        ((False, "sure"), (True, "sure"), "changed"),
        ((False, "sure"), (True, "fairly"), "changed"),
        ((False, "sure"), (True, "guess"), "guessed"),
        ((True, "sure"), (True, "sure"), "kept"),
        ((True, "guess"), (True, "sure"), "kept"),
        ((True, "sure"), (False, "guess"), "slipped"),
        ((False, "guess"), (False, "sure"), "held"),
        (None, (True, "sure"), "open"),
        ((True, "sure"), None, "open"),
    ],
)
def test_what_became_of_a_belief(course, before, after, state):
    person = make_trainee()

    take(course.pre_quiz, person, price=before)
    take(course.post_quiz, person, price=after)

    assert states(course, person) == {"price": state, "product": "open"}


def test_sure_and_wrong_is_a_held_belief_and_a_right_guess_a_guess():
    with override("en"):
        assert Side(False, "sure").words.startswith("a held belief")
        assert Side(True, "guess").words == "guessed"
    assert not Side(False, "fairly").is_held
    assert not Side(True, "sure").is_guessed


def test_a_person_sees_beliefs_and_no_score(course):
    person = make_trainee(language="en")
    take(course.pre_quiz, person, price=(False, "sure"), product=(True, "sure"))
    take(course.post_quiz, person, price=(True, "sure"), product=(False, "sure"))
    client = Client()
    client.force_login(person)

    page = client.get(URL).content.decode()

    assert "Changed for the better" in page
    assert "A myth" in page
    assert "mostly luck" in page
    assert "%" not in re.sub("<head>.*</head>", "", page, flags=re.DOTALL)


def make_scores(course, person, before, after):
    now = timezone.now()
    for quiz, score in ((course.pre_quiz, before), (course.post_quiz, after)):
        Attempt.objects.create(
            quiz=quiz, trainee=person, number=1, started_at=now, submitted_at=now, score=score
        )


def test_four_people_are_too_few_for_a_figure(course):
    cohort = make_cohort()
    people = [make_trainee(cohort=cohort) for _ in range(5)]
    for person in people[:4]:
        make_scores(course, person, 5000, 8000)

    assert class_gain(course, people[0]) is None


def test_a_class_gets_its_mean_gain_with_a_t_interval(course, django_assert_num_queries):
    cohort = make_cohort(name="Front desk")
    people = [make_trainee(cohort=cohort) for _ in range(6)]
    for person, after in zip(people, (6000, 7000, 8000, 9000, 10_000), strict=False):
        make_scores(course, person, 5000, after)

    with django_assert_num_queries(1):
        gain = class_gain(course, people[0])

    # Differences 10 … 50: mean 30, s = 15.811, t(0.975, 4) = 2.776, half = 19.63.
    assert (gain.cohort, gain.count) == ("Front desk", 5)
    assert gain.numbers == {"mean": 30, "low": 10, "high": 50}
    assert not gain.is_luck_possible
    assert gain.drawing.startswith("<svg")


def test_who_has_left_does_not_count(course):
    cohort = make_cohort()
    people = [make_trainee(cohort=cohort) for _ in range(5)]
    for person in people:
        make_scores(course, person, 5000, 8000)
    people[4].memberships.update(left_at=timezone.now())

    assert class_gain(course, people[0]) is None
    assert class_gain(course, people[4]) is None


def test_another_class_is_nobody_elses_business(course):
    cohort = make_cohort()
    for _ in range(5):
        make_scores(course, make_trainee(cohort=cohort), 5000, 8000)

    assert class_gain(course, make_trainee(cohort=make_cohort())) is None


def test_an_interval_below_nothing_is_said_but_not_drawn():
    gain = ClassGain("Front desk", 5, 2.0, -8.0, 12.0)

    assert gain.is_luck_possible
    assert gain.drawing == ""


@pytest.mark.parametrize(
    ("freedom", "table"), [(4, 2.776), (5, 2.571), (9, 2.262), (20, 2.086), (120, 1.980)]
)
def test_the_quantile_agrees_with_the_tables(freedom, table):
    assert t_975(freedom) == pytest.approx(table, abs=0.001)

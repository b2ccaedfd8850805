"""How a class has marked each line: exact with many at once, and proved by a recount."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from quizzes.answering import save_answer
from quizzes.checking import check_in_attempt
from quizzes.models import LineTally, Quiz
from quizzes.practising import check_answer, finish_practice
from quizzes.starting import start_attempt
from quizzes.submitting import submit_attempt
from quizzes.tallying import heat_of, recount
from tests.factories import make_trainee
from tests.quizzes.conversations import RIGHT, marks, usual
from tests.quizzes.making import make_bank, make_exercise, make_quiz
from tests.quizzes.test_races import at_once

EACH = {"purpose": Quiz.Purpose.CASE, "feedback": Quiz.Feedback.EACH}


@pytest.fixture
def exercise(db):
    return make_exercise("moments", content=usual())


@pytest.fixture
def quiz(exercise):
    return make_quiz(make_bank(exercise), **EACH)


def give(quiz, trainee, response, *, sequence=1):
    attempt = start_attempt(quiz=quiz, trainee=trainee)
    save_answer(
        attempt_id=attempt.pk,
        position=1,
        trainee=trainee,
        response=response,
        confidence=None,
        flagged=False,
        sequence=sequence,
    )
    return attempt


def counts(exercise):
    rows = LineTally.objects.filter(revision__exercise=exercise, count__gt=0)
    return {
        (line, polarity, step): n
        for line, polarity, step, n in rows.values_list("line_id", "polarity", "step", "count")
    }


ONE = {
    ("", "", ""): 1,
    ("s1", "bad", "diagnose"): 1,
    ("s3", "good", "solve"): 1,
    ("s6", "bad", "follow-up"): 1,
}


def test_a_checked_answer_counts_once_and_its_submission_does_not_count_it_again(quiz, exercise):
    trainee = make_trainee()
    attempt = give(quiz, trainee, RIGHT)

    check_in_attempt(attempt_id=attempt.pk, position=1, trainee=trainee)
    check_in_attempt(attempt_id=attempt.pk, position=1, trainee=trainee)
    submit_attempt(attempt_id=attempt.pk, trainee=trainee)

    assert counts(exercise) == ONE


def test_a_submitted_answer_counts(quiz, exercise):
    trainee = make_trainee()
    attempt = give(quiz, trainee, RIGHT)

    submit_attempt(attempt_id=attempt.pk, trainee=trainee)
    submit_attempt(attempt_id=attempt.pk, trainee=trainee)

    assert counts(exercise) == ONE


def test_an_answer_never_given_and_a_second_attempt_do_not_count(quiz, exercise):
    trainee = make_trainee()
    first = start_attempt(quiz=quiz, trainee=trainee)
    submit_attempt(attempt_id=first.pk, trainee=trainee)

    second = give(quiz, trainee, RIGHT)
    check_in_attempt(attempt_id=second.pk, position=1, trainee=trainee)

    assert counts(exercise) == {}
    assert recount() == (0, 0)


def test_in_practice_the_first_try_counts(exercise):
    quiz = make_quiz(make_bank(exercise), purpose=Quiz.Purpose.PRACTICE)
    trainee = make_trainee()
    deed = {"quiz": quiz, "trainee": trainee, "revision": exercise.current}

    check_answer(**deed, response=RIGHT)
    check_answer(**deed, response=marks(s2="good"))
    finish_practice(quiz=quiz, trainee=trainee, now=timezone.now())
    check_answer(**deed, response=marks(s4="good"))

    assert counts(exercise) == ONE
    assert recount() == (4, 0)


def test_the_same_exercise_in_another_quiz_counts_once(quiz, exercise):
    trainee = make_trainee()
    submit_attempt(attempt_id=give(quiz, trainee, RIGHT).pk, trainee=trainee)
    other = make_quiz(make_bank(exercise))

    submit_attempt(attempt_id=give(other, trainee, marks(s2="bad")).pk, trainee=trainee)

    assert counts(exercise) == ONE
    assert recount() == (4, 0)


def test_a_recount_mends_what_differs_and_says_so(quiz, exercise):
    trainee = make_trainee()
    submit_attempt(attempt_id=give(quiz, trainee, RIGHT).pk, trainee=trainee)
    LineTally.objects.filter(line_id="s1").update(count=7)
    LineTally.objects.filter(line_id="s3").delete()

    said = StringIO()
    call_command("recount_tallies", stdout=said)
    assert "2 counts were wrong" in said.getvalue()
    assert counts(exercise) == ONE

    said = StringIO()
    call_command("recount_tallies", stdout=said)
    assert "all equal" in said.getvalue()


def test_the_heat_map_takes_one_query_for_all_questions_of_a_page(
    quiz, exercise, django_assert_num_queries
):
    trainee = make_trainee()
    submit_attempt(attempt_id=give(quiz, trainee, RIGHT).pk, trainee=trainee)
    others = [make_exercise("moments", content=usual()).current_id for _ in range(5)]

    with django_assert_num_queries(1):
        heats = heat_of([exercise.current_id, *others])

    assert heats[exercise.current_id].people == 1
    assert heats[exercise.current_id].lines["s1"] == {"bad": 1}
    assert heats[others[0]].people == 0


@pytest.mark.django_db(transaction=True)
def test_twenty_people_at_once_are_counted_exactly():
    exercises = [make_exercise("moments", content=usual()) for _ in range(3)]
    # Two quizzes ask the same exercises in opposite order: a circle of locks, if there were one.
    quizzes = [make_quiz(make_bank(*exercises), **EACH), make_quiz(make_bank(*exercises[::-1]))]
    people = [make_trainee() for _ in range(20)]
    responses = [RIGHT, marks(s6="bad", s1="good", s3="good/solve")]
    attempts = []
    for n, person in enumerate(people):
        attempt = start_attempt(quiz=quizzes[n % 2], trainee=person)
        attempt.answers.update(response=responses[n // 2 % 2], sequence=1)
        attempts.append(attempt)

    at_once(20, lambda n: submit_attempt(attempt_id=attempts[n].pk, trainee=people[n]))

    for exercise in exercises:
        assert counts(exercise) == {
            ("", "", ""): 20,
            ("s1", "bad", "diagnose"): 10,
            ("s1", "good", ""): 10,
            ("s3", "good", "solve"): 20,
            ("s6", "bad", "follow-up"): 10,
            ("s6", "bad", ""): 10,
        }
    assert recount() == (18, 0)

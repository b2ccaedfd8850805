from datetime import timedelta

from django.utils import timezone

from home.mastery import mastery_of
from quizzes.models import Answer, Attempt, Quiz
from quizzes.practising import check_answer
from tests.factories import make_trainee
from tests.quizzes.making import make_bank, make_exercise, make_quiz


def make_exercises(count, *steps):
    made = [make_exercise() for _ in range(count)]
    for exercise in made:
        exercise.steps = list(steps)
        exercise.save(update_fields=["steps"])
    return made


def give(person, exercises, *, right, feedback="submit"):
    """A submitted attempt in which the first `right` answers are right."""
    quiz = make_quiz(make_bank(*exercises), feedback=feedback)
    now = timezone.now()
    attempt = Attempt.objects.create(
        quiz=quiz, trainee=person, number=1, started_at=now, submitted_at=now
    )
    for n, exercise in enumerate(exercises, start=1):
        Answer.objects.create(
            attempt=attempt,
            position=n,
            exercise=exercise,
            revision=exercise.current,
            response={"answer": True},
            saved_at=now + timedelta(seconds=n),
            earned=int(n <= right),
            possible=1,
        )


def percents(person):
    return [one.percent for one in mastery_of(person)]


def test_nothing_is_said_of_fewer_than_three_answers(db):
    person = make_trainee()

    give(person, make_exercises(2, "diagnose"), right=2)

    assert percents(person) == [None, None, None, None, None]


def test_an_answer_counts_for_each_of_its_steps(db):
    person = make_trainee()

    give(person, make_exercises(4, "diagnose", "solve"), right=3)

    assert percents(person) == [None, 75, 75, None, None]


def test_only_the_latest_twenty_count(db):
    person = make_trainee()

    give(person, make_exercises(25, "follow-up"), right=5)

    assert percents(person)[4] == 0


def test_in_practice_the_first_try_counts(db):
    person = make_trainee()
    exercises = make_exercises(3, "solve")
    quiz = make_quiz(make_bank(*exercises), purpose="practice", feedback="each")

    for exercise in exercises:
        for answer in (False, True):
            check_answer(
                quiz=quiz,
                trainee=person,
                revision=exercise.current,
                response={"answer": answer},
            )

    assert percents(person)[2] == 0


def test_a_quiz_that_shows_no_key_shows_nothing_here_either(db):
    person = make_trainee()

    give(person, make_exercises(5, "solve"), right=5, feedback=Quiz.Feedback.NEVER)

    assert percents(person)[2] is None


def test_what_others_answered_does_not_count(db):
    person = make_trainee()

    give(make_trainee(), make_exercises(5, "solve"), right=5)

    assert percents(person)[2] is None

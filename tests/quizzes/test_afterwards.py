"""What others did, shown with the feedback: no names, nothing too early, few queries."""

import pytest
from django.utils import timezone

from quizzes.afterwards import add_afterwards
from quizzes.checking import check_in_attempt
from quizzes.models import Mark, Quiz
from quizzes.practising import check_answer
from quizzes.questions import Question
from quizzes.starting import start_attempt
from quizzes.submitting import submit_attempt
from tests.factories import make_instructor, make_trainee
from tests.quizzes.conversations import RIGHT, marks, rewriting, usual
from tests.quizzes.making import make_bank, make_exercise, make_quiz
from tests.quizzes.test_views import page_of

EACH = {"purpose": Quiz.Purpose.CASE, "feedback": Quiz.Feedback.EACH}
pytestmark = pytest.mark.django_db


@pytest.fixture
def quiz():
    return make_quiz(
        make_bank(
            make_exercise("moments", content=usual()),
            make_exercise("rewrite", content=rewriting()),
        ),
        **EACH,
    )


def hand_in(quiz, text, *, line="s1", response=RIGHT, trainee=None, submits=True):
    """An attempt with a sentence and marks, submitted unless told otherwise."""
    trainee = trainee or make_trainee()
    attempt = start_attempt(quiz=quiz, trainee=trainee)
    attempt.answers.filter(position=1).update(response=response, sequence=1)
    attempt.answers.filter(position=2).update(response={"line": line, "text": text}, sequence=1)
    if submits:
        submit_attempt(attempt_id=attempt.pk, trainee=trainee)
    return attempt


def judge(attempt, **levels):
    given = {"hears": 3, "moves": 3, "sayable": 3} | levels
    answer = attempt.answers.get(position=2)
    return Mark.objects.create(
        answer=answer,
        number=answer.marks.count() + 1,
        marker=make_instructor(),
        levels=given,
        outcome=Mark.Outcome.MARKED,
        language="zh",
    )


def seen_by(attempt, *, reveal=True):
    questions = [
        Question.of(answer, answer.exercise.slug, reveal=reveal)
        for answer in attempt.answers.select_related("revision", "exercise")
    ]
    add_afterwards(questions, attempt.trainee)
    return questions


def peers_of(attempt):
    return [peer.text for peer in seen_by(attempt)[1].afterwards.peers]


def test_two_latest_others_are_shown_and_never_oneself(quiz):
    mine = hand_in(quiz, "mine")
    for text in ("first", "second", "third"):
        hand_in(quiz, text)

    assert peers_of(mine) == ["third", "second"]


def test_marked_ones_go_first_and_level_one_is_never_shown(quiz):
    mine = hand_in(quiz, "mine")
    judge(hand_in(quiz, "marked well"))
    bad = hand_in(quiz, "marked badly")
    judge(bad)
    judge(bad, sayable=1)
    mended = hand_in(quiz, "mended")
    judge(mended, hears=1)
    judge(mended)
    hand_in(quiz, "unmarked")

    assert peers_of(mine) == ["mended", "marked well"]


def test_who_is_gone_or_has_not_handed_in_is_not_shown(quiz):
    mine = hand_in(quiz, "mine")
    hand_in(quiz, "still open", submits=False)
    hand_in(quiz, "left", trainee=make_trainee(is_active=False))
    hand_in(quiz, "erased", trainee=make_trainee(erased_at=timezone.now()))
    hand_in(quiz, "   ")
    checked = hand_in(quiz, "checked", submits=False)
    check_in_attempt(attempt_id=checked.pk, position=2, trainee=checked.trainee)

    assert peers_of(mine) == ["checked"]


def test_of_each_person_the_latest_is_shown(quiz):
    mine, other = hand_in(quiz, "mine"), make_trainee()
    hand_in(quiz, "at first", trainee=other)
    hand_in(quiz, "later", trainee=other)

    assert peers_of(mine) == ["later"]


def test_nobody_is_named(quiz, client):
    for n in range(3):
        hand_in(quiz, f"sentence {n}", trainee=make_trainee(name=f"Canary {n}"))
    mine = hand_in(quiz, "mine")
    client.force_login(mine.trainee)

    page = client.get(page_of(mine)).content.decode()

    assert "sentence 2" in page
    assert "Canary" not in page


def test_before_the_feedback_nothing_is_read_or_shown(quiz, client, django_assert_num_queries):
    for n in range(7):
        hand_in(quiz, f"sentence {n}")
    mine = hand_in(quiz, "mine", submits=False)
    questions = [
        Question.of(answer, answer.exercise.slug, reveal=False)
        for answer in mine.answers.select_related("revision", "exercise")
    ]

    with django_assert_num_queries(0):
        add_afterwards(questions, mine.trainee)

    assert [one.afterwards for one in questions] == [None, None]
    client.force_login(mine.trainee)
    page = client.get(page_of(mine)).content.decode()
    assert "sentence" not in page
    assert 'class="heat"' not in page


def test_the_heat_map_shows_the_others_from_five_on(quiz):
    mine = hand_in(quiz, "mine", response=marks(s2="good"))
    for _ in range(4):
        hand_in(quiz, "x")
    assert seen_by(mine)[0].afterwards.heat is None

    hand_in(quiz, "x", response=marks(s1="good"))

    heat = seen_by(mine)[0].afterwards.heat
    assert heat.people == 5
    assert heat.lines["s1"] == {"bad": 4, "good": 1}
    assert heat.lines["s2"] == {"good": 0}


def test_in_a_second_attempt_ones_own_first_marks_are_not_the_others(quiz):
    trainee = make_trainee()
    hand_in(quiz, "mine", trainee=trainee, response=marks(s2="good"))
    for _ in range(5):
        hand_in(quiz, "x")
    again = hand_in(quiz, "mine", trainee=trainee, response=RIGHT)

    heat = seen_by(again)[0].afterwards.heat

    assert heat.people == 5
    assert heat.lines["s1"] == {"bad": 5}
    assert heat.lines["s2"] == {"good": 0}


def test_in_practice_the_others_are_shown_as_well():
    exercise = make_exercise("moments", content=usual())
    quiz = make_quiz(make_bank(exercise), purpose=Quiz.Purpose.PRACTICE)
    people = [make_trainee() for _ in range(6)]
    for person in people:
        check_answer(quiz=quiz, trainee=person, revision=exercise.current, response=RIGHT)
    asked = Question(exercise.current, exercise.slug, response=RIGHT, reveal=True)

    add_afterwards([asked], people[0])

    assert asked.afterwards.heat.people == 5


def test_an_instructors_marks_come_with_the_answer_the_newest_first(quiz):
    mine = hand_in(quiz, "mine")
    judge(mine, hears=1)
    judge(mine, hears=4)

    found = seen_by(mine)[1].afterwards.marks

    assert [mark.levels["hears"] for mark in found] == [4, 1]


def test_a_page_of_many_costs_no_more_than_one(django_assert_num_queries):
    def made(count):
        exercises = [make_exercise("moments", content=usual()) for _ in range(count)]
        exercises += [make_exercise("rewrite", content=rewriting()) for _ in range(count)]
        quiz = make_quiz(make_bank(*exercises), **EACH)
        attempts = []
        for _ in range(7):
            attempt = start_attempt(quiz=quiz, trainee=make_trainee())
            moments, sentences = range(1, count + 1), range(count + 1, 2 * count + 1)
            attempt.answers.filter(position__in=moments).update(response=RIGHT)
            attempt.answers.filter(position__in=sentences).update(
                response={"line": "s1", "text": "x"}
            )
            submit_attempt(attempt_id=attempt.pk, trainee=attempt.trainee)
            attempts.append(attempt)
        answers = attempts[0].answers.select_related("revision", "exercise")
        questions = [Question.of(one, one.exercise.slug, reveal=True) for one in answers]
        return questions, attempts[0].trainee

    for count in (1, 4):
        questions, reader = made(count)
        with django_assert_num_queries(4):
            add_afterwards(questions, reader)
        assert all(one.afterwards.heat or one.afterwards.peers for one in questions)

"""Recall: what is asked again, in which scene, when, and how much of it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from fsrs import Card, Rating

from quizzes.models import Answer, Attempt, RecallCard
from quizzes.recalling import (
    MOST_A_DAY,
    SCHEDULER,
    Item,
    choose,
    items_of,
    picks_for,
    rating,
    recall_quiz,
)
from quizzes.starting import NoAttemptLeft, start_attempt
from quizzes.submitting import submit_attempt
from tests import clock
from tests.factories import make_trainee
from tests.quizzes.making import make_bank, make_exercise, make_quiz

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=9)


def item(number, objective="", **fields):
    return Item(exercise_id=number, revision_id=number, bank_id=1, objective=objective, **fields)


def card(*, days_ago, mark=Rating.Good):
    return SCHEDULER.review_card(Card(), mark, NOW - timedelta(days=days_ago))[0]


def asked(picks):
    return [pick.asked.exercise_id for pick in picks]


def test_the_nearest_to_forgotten_comes_first_then_what_was_wrong_then_the_unseen():
    items = [
        item(1, seen_at=LONG_AGO),
        item(2, seen_at=LONG_AGO, was_wrong=True),
        item(3, seen_at=LONG_AGO, card=card(days_ago=3)),
        item(4, seen_at=LONG_AGO, card=card(days_ago=9)),
        item(5),
        item(6, is_weak=True),
    ]

    assert asked(choose(items, NOW, 9)) == [4, 3, 2, 6, 5, 1]
    assert asked(choose(items, NOW, 2)) == [4, 3]


def test_what_is_left_over_today_comes_first_tomorrow():
    items = [item(n, seen_at=LONG_AGO, card=card(days_ago=20 + n)) for n in range(8)]
    today = choose(items, NOW, 5)
    left = [one for one in items if one.exercise_id not in asked(today)]

    assert asked(today) == [7, 6, 5, 4, 3]
    assert asked(choose(left, NOW + timedelta(days=1), 5)) == [2, 1, 0]


def test_a_card_that_is_not_due_waits():
    assert choose([item(1, seen_at=LONG_AGO, card=card(days_ago=1))], NOW, 5) == []


def test_what_was_answered_today_is_not_recalled_yet():
    assert choose([item(1, seen_at=NOW - timedelta(hours=3), was_wrong=True)], NOW, 5) == []


def test_an_objective_is_asked_once_and_in_a_scene_the_person_has_not_seen():
    items = [
        item(1, "listen", seen_at=LONG_AGO, was_wrong=True),
        item(2, "listen", seen_at=LONG_AGO - timedelta(days=1), was_wrong=True),
        item(3, "listen"),
        item(4, "greet", seen_at=LONG_AGO, was_wrong=True),
    ]

    picks = choose(items, NOW, 5)

    assert [(pick.item.exercise_id, pick.asked.exercise_id) for pick in picks] == [(1, 3), (4, 4)]


def test_a_scene_seen_more_recently_is_no_other_scene():
    items = [
        item(1, "listen", seen_at=LONG_AGO, was_wrong=True),
        item(2, "listen", seen_at=LONG_AGO + timedelta(days=2)),
    ]

    assert asked(choose(items, NOW, 1)) == [1]


@pytest.mark.parametrize(
    ("earned", "possible", "confidence", "mark"),
    [
        (1, 1, "sure", Rating.Good),
        (1, 1, "guess", Rating.Hard),
        (3, 4, None, Rating.Hard),
        (1, 4, "sure", Rating.Again),
        (0, 1, None, Rating.Again),
    ],
)
def test_how_well_it_was_remembered(earned, possible, confidence, mark):
    assert rating(Answer(earned=earned, possible=possible, confidence=confidence)) == mark


@pytest.fixture
def passed(db):
    """A trainee who passed a check of eight items three days ago, three of them wrongly."""
    trainee = make_trainee(tz="Asia/Shanghai")
    bank = make_bank(*[make_exercise() for _ in range(8)])
    take(make_quiz(bank, draw=6), trainee, wrong=3, at=timezone.now() - timedelta(days=3))
    return trainee


def take(quiz, trainee, *, wrong, at):
    with clock.at(at):
        attempt = start_attempt(quiz=quiz, trainee=trainee)
        for n, answer in enumerate(attempt.answers.select_related("revision")):
            rules = answer.revision.rules
            answer.response = rules.sample_wrong if n < wrong else rules.sample_response
            answer.saved_at = timezone.now()
            answer.save()
        return submit_attempt(attempt_id=attempt.pk, trainee=trainee)


def test_a_session_asks_five_the_wrong_ones_first_and_the_day_has_no_sixth(passed):
    wrong = {one.exercise_id for one in items_of(passed, timezone.now()) if one.was_wrong}
    session = take(recall_quiz(), passed, wrong=2, at=timezone.now())

    questions = list(session.answers.order_by("position"))
    assert len(questions) == MOST_A_DAY
    assert {one.exercise_id for one in questions[:3]} == wrong
    assert picks_for(passed, timezone.now()) == []
    with pytest.raises(NoAttemptLeft):
        start_attempt(quiz=recall_quiz(), trainee=passed)


def test_what_went_well_comes_back_later_than_what_did_not(passed):
    session = take(recall_quiz(), passed, wrong=2, at=timezone.now())
    days = {
        one.exercise_id: round((one.due_at - session.submitted_at) / timedelta(days=1))
        for one in RecallCard.objects.filter(trainee=passed)
    }

    missed, kept = [], []
    for answer in session.answers.all():
        (kept if answer.earned else missed).append(days[answer.exercise_id])
    assert set(missed) == {1}
    assert set(kept) == {2}


def test_whoever_was_away_for_a_month_meets_five_a_day_and_no_more(passed):
    for day in (0, 1):
        take(recall_quiz(), passed, wrong=5, at=timezone.now() + timedelta(days=day))

    asked_on = []
    for day in (40, 41):
        session = take(recall_quiz(), passed, wrong=0, at=timezone.now() + timedelta(days=day))
        asked_on.append(set(session.answers.values_list("exercise", flat=True)))
    assert [len(one) for one in asked_on] == [5, 5]


def test_another_scene_moves_the_card_of_the_one_that_was_wrong(db):
    trainee = make_trainee()
    bank = make_bank(*[make_exercise() for _ in range(2)])
    bank.items.update(objective="listen")
    take(make_quiz(bank, draw=1), trainee, wrong=1, at=timezone.now() - timedelta(days=2))
    first = Attempt.objects.get().answers.get().exercise_id

    session = take(recall_quiz(), trainee, wrong=0, at=timezone.now())

    assert session.answers.get().exercise_id != first
    found = RecallCard.objects.get()
    assert (found.exercise_id, found.reviewed_at, found.asked) == (
        first,
        session.submitted_at,
        None,
    )


def test_a_skipped_question_stays_due(passed):
    attempt = start_attempt(quiz=recall_quiz(), trainee=passed)
    submit_attempt(attempt_id=attempt.pk, trainee=passed)

    assert set(RecallCard.objects.values_list("reviewed_at", flat=True)) == {None}


def test_a_check_passed_today_or_not_passed_is_not_recalled(db):
    trainee = make_trainee()
    take(make_quiz(), trainee, wrong=3, at=timezone.now() - timedelta(hours=2))
    failed = make_quiz(pass_percent=70)
    take(failed, trainee, wrong=3, at=timezone.now() - timedelta(days=2))

    assert items_of(trainee, timezone.now()) == []


def test_the_page_leads_through_a_session_and_says_when_the_next_is_worth_while(passed):
    client = Client(headers={"accept-language": "en"})
    client.force_login(passed)
    assert "5 questions" in client.get("/recall/").content.decode()

    begun = client.post("/recall/")
    assert client.post("/recall/").url == begun.url
    assert "Go on where you stopped" in client.get("/recall/").content.decode()
    assert client.get(begun.url).status_code == 200
    attempt = Attempt.objects.get(quiz=recall_quiz())
    submit_attempt(attempt_id=attempt.pk, trainee=passed)

    assert "enough for today" in client.get("/recall/").content.decode()
    assert client.get("/quizzes/recall/").url == "/recall/"
    assert "Try again" not in client.get(begun.url).content.decode()


def test_the_page_of_somebody_new_says_how_recall_comes_about(db):
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_trainee())

    assert "nothing to recall yet" in client.get("/recall/").content.decode()


def test_the_page_costs_the_same_however_much_was_learnt(
    passed, client, django_assert_max_num_queries
):
    for _ in range(3):
        bank = make_bank(*[make_exercise() for _ in range(12)])
        take(make_quiz(bank), passed, wrong=1, at=timezone.now() - timedelta(days=2))
    client.force_login(passed)

    with django_assert_max_num_queries(9):
        client.get("/recall/")

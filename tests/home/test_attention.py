from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from home.attention import (
    Facts,
    Reason,
    look_first,
    points_of,
    standing_of,
)
from home.attention_words import Known, chip_of, seen_words, why_look
from home.cohort_facts import weekdays_between

NOW = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)  # Wednesday noon in Shanghai
FACTS = Facts(
    person_id=1,
    username="p1",
    name="Emma",
    assignee_id=1,
    is_live=True,
    due_on=date(2026, 3, 20),
    due_at=datetime(2026, 3, 20, 10, 0, tzinfo=UTC),
    zone="Asia/Shanghai",
    seen_at=NOW,
)


def at(days):
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("changes", "status", "count"),
    [
        ({}, "not_begun", 0),
        ({"has_begun": True}, "under_way", 0),
        ({"has_begun": True, "extended_to": date(2026, 3, 20)}, "extended", 0),
        ({"finished_at": at(1), "due_at": at(3)}, "done", 0),
        ({"waived": True, "is_live": False}, "waived", 0),
        ({"due_on": date(2026, 3, 9), "due_at": at(2)}, "overdue", 2),
        ({"due_on": date(2026, 3, 11), "due_at": NOW}, "overdue", 0),
        ({"wrong_count": 3}, "stuck", 3),
        ({"wrong_count": 2}, "not_begun", 0),
        ({"failed_checks": 3}, "stuck", 3),
        ({"has_begun": True, "idle_days": 5}, "stuck", 5),
        ({"has_begun": True, "idle_days": 4}, "under_way", 0),
        ({"idle_days": 9}, "not_begun", 0),
        ({"returned_at": at(4)}, "case", 4),
        ({"returned_at": at(1)}, "not_begun", 0),
        ({"seen_at": at(5)}, "away", 5),
        ({"seen_at": at(4)}, "not_begun", 0),
        ({"seen_at": None}, "not_begun", 0),
        ({"assignee_id": None, "is_live": False}, "free", 0),
        ({"is_live": False}, "free", 0),
        ({"wrong_count": 4, "due_on": date(2026, 3, 9), "due_at": at(2)}, "overdue", 2),
        ({"opens_on": date(2026, 3, 12), "seen_at": at(9)}, "not_begun", 0),
    ],
)
def test_a_status_is_the_first_that_holds(changes, status, count):
    standing = standing_of(replace(FACTS, **changes), NOW)

    assert (standing.status, standing.count) == (status, count)


def test_days_late_are_counted_where_the_class_is():
    late = replace(FACTS, due_on=date(2026, 3, 10), due_at=datetime(2026, 3, 10, 10, tzinfo=UTC))
    evening = datetime(2026, 3, 11, 17, 0, tzinfo=UTC)  # the twelfth has begun in Shanghai

    assert standing_of(late, NOW).count == 1
    assert standing_of(late, evening).count == 2


def test_what_is_said_of_somebody_adds_up():
    both = replace(FACTS, due_on=date(2026, 3, 9), due_at=at(2), wrong_count=3)

    standing = standing_of(both, NOW)

    assert [one.kind for one in standing.reasons] == ["overdue", "wrong"]
    assert standing.score == (40 + 2 * 2) + 35


def test_days_beyond_ten_weigh_no_more():
    assert points_of(Reason("overdue", 10)) == points_of(Reason("overdue", 400))


def test_five_are_looked_at_first_the_worst_first_and_nobody_without_a_reason():
    late = [
        replace(FACTS, person_id=n, name=f"P{n}", due_on=date(2026, 3, 11 - n), due_at=at(n))
        for n in range(1, 8)
    ]
    fine = replace(FACTS, person_id=99)

    found = look_first([standing_of(one, NOW) for one in [fine, *late]])

    assert [one.facts.person_id for one in found] == [7, 6, 5, 4, 3]
    assert look_first([standing_of(fine, NOW)]) == []


def test_reasons_are_said_in_words_and_the_chip_is_not_said_again():
    late = replace(FACTS, due_on=date(2026, 3, 9), due_at=at(2), wrong_count=3, has_begun=True)
    standing = standing_of(late, NOW)

    assert chip_of(standing).words == "Overdue 2 days"
    said = why_look(standing, Known("The room is too dear"), 8)
    assert said == "stopped at “The room is too dear”, the same exercise wrong 3 times"


def test_who_did_well_and_stays_away_seems_to_have_no_time():
    away = standing_of(replace(FACTS, seen_at=at(5)), NOW)

    assert why_look(away, Known("", 92), 8) == "92 in the last check: seems to have no time"
    assert why_look(away, Known("", 60), 8) == "not begun yet"


def test_who_fails_does_not_seem_busy():
    stuck = standing_of(replace(FACTS, seen_at=at(5), wrong_count=3), NOW)

    assert "no time" not in why_look(stuck, Known("", 92), 8)


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "today"), (1, "yesterday"), (6, "6 days ago"), (7, "4 Mar"), (100, "1 Dec 2025")],
)
def test_when_somebody_was_here_is_said_in_words(days, words):
    assert seen_words(replace(FACTS, seen_at=at(days)), NOW) == words
    assert seen_words(replace(FACTS, seen_at=None), NOW) == "never"


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (date(2026, 3, 9), date(2026, 3, 10), 0),
        (date(2026, 3, 6), date(2026, 3, 9), 0),  # a weekend lies between
        (date(2026, 3, 4), date(2026, 3, 11), 4),
        (date(2026, 3, 3), date(2026, 3, 11), 5),
        (date(2020, 1, 1), date(2026, 3, 11), 42),
    ],
)
def test_without_a_calendar_weekdays_are_counted(first, last, count):
    assert weekdays_between(first, last) == count

"""Saving cells: versions, conflicts, races; no acknowledged text is ever lost."""

import pytest
from django.db import transaction

from tests.factories import make_trainee
from tests.quizzes.test_races import at_once
from tests.units.sheet_making import make_team, make_worksheet
from units.filling import (
    NewerCellExists,
    TooLong,
    as_chosen,
    cleaned,
    newer_than,
    save_cell,
    save_page,
)
from units.models import Cell, CellChange, Sheet
from units.sheets import open_desk

pytestmark = pytest.mark.django_db
KEY = "grid.r1.c1"


@pytest.fixture
def anna():
    return make_trainee(name="Anna")


@pytest.fixture
def bo():
    return make_trainee(name="Bo")


@pytest.fixture
def team(anna, bo):
    make_worksheet()
    return make_team(anna, bo)


def desk_of(person, whose="mine"):
    return open_desk(person, "moments", whose)


def put(person, text, seen, whose="mine", key=KEY):
    return save_cell(desk_of(person, whose), key=key, text=text, seen=seen, by=person)


def test_the_first_save_makes_the_sheet_and_each_one_is_noted(anna):
    make_worksheet()
    assert not Sheet.objects.exists()

    assert put(anna, "one", 0) == 1
    assert put(anna, " two\r\n", 1) == 2

    cell = Cell.objects.get()
    assert (cell.text, cell.version, cell.edited_by) == ("two", 2, anna)
    assert list(cell.changes.order_by("version").values_list("version", "text")) == [
        (1, "one"),
        (2, "two"),
    ]


def test_nothing_typed_makes_nothing(anna):
    make_worksheet()

    assert put(anna, "  ", 0) == 0
    assert save_page(desk_of(anna), typed={KEY: ""}, seen={}, by=anna).saved == 0
    assert not Sheet.objects.exists()


def test_a_save_over_a_version_it_has_not_seen_is_refused(team, anna, bo):
    whose = f"team-{team.pk}"
    put(anna, "hers", 0, whose)

    with pytest.raises(NewerCellExists) as first:
        put(bo, "his", 0, whose)
    put(bo, "his, knowingly", 1, whose)
    with pytest.raises(NewerCellExists) as second:
        put(anna, "hers again", 1, whose)

    assert (first.value.cell.text, first.value.cell.edited_by) == ("hers", anna)
    assert second.value.cell.text == "his, knowingly"
    assert Cell.objects.get().version == 2


def test_a_save_whose_answer_got_lost_may_be_repeated(anna):
    make_worksheet()

    assert put(anna, "one", 0) == 1
    assert put(anna, "one", 0) == 1
    assert CellChange.objects.count() == 1


def test_an_emptied_cell_keeps_its_history(anna):
    make_worksheet()
    put(anna, "one", 0)

    assert put(anna, "", 1) == 2
    assert Cell.objects.get().text == ""
    assert CellChange.objects.count() == 2


@pytest.mark.parametrize(
    ("key", "seen"), [("grid.r9.c1", 0), ("nothing", 0), ("", 0), (KEY, 7), ("list.r6.name", 0)]
)
def test_there_are_no_other_cells_and_no_versions_that_never_were(anna, key, seen):
    make_worksheet()
    with pytest.raises(KeyError):
        put(anna, "one", seen, key=key)

    put(anna, "there is a sheet now", 0, key="ask.why.text")
    with pytest.raises(KeyError):
        put(anna, "one", seen, key=key)
    assert Cell.objects.count() == 1


def test_four_thousand_characters_fit_and_one_more_does_not(anna):
    make_worksheet()

    assert put(anna, "字" * 4000, 0) == 1
    with pytest.raises(TooLong) as refused:
        put(anna, "字" * 4001, 1)
    assert refused.value.length == 4001
    assert Cell.objects.get().version == 1


def test_what_cannot_be_stored_is_left_out():
    assert cleaned(" a\r\nb\rc\x00\ud800 \n") == "a\nb\nc"


def test_a_page_stores_what_it_changed_and_leaves_what_others_changed(team, anna, bo):
    whose = f"team-{team.pk}"
    put(anna, "a1", 0, whose)
    put(anna, "b1", 0, whose, key="grid.r1.c2")
    put(anna, "c1", 0, whose, key="grid.r2.c1")
    seen = {KEY: 1, "grid.r1.c2": 1, "grid.r2.c1": 1}
    put(anna, "a2", 1, whose)
    put(anna, "b2", 1, whose, key="grid.r1.c2")

    outcome = save_page(
        desk_of(bo, whose),
        typed={KEY: "a1", "grid.r1.c2": "mine", "grid.r2.c1": "c2", "list.r1.name": "new",
               "ask.why.text": "x" * 4001},
        seen=seen,
        by=bo,
    )  # fmt: skip

    assert (outcome.saved, list(outcome.newer), outcome.too_long) == (
        2, ["grid.r1.c2"], {"ask.why.text": 4001},
    )  # fmt: skip
    texts = dict(Cell.objects.values_list("key", "text"))
    assert texts == {KEY: "a2", "grid.r1.c2": "b2", "grid.r2.c1": "c2", "list.r1.name": "new"}


def test_mine_theirs_or_both_where_two_differ(team, anna):
    whose = f"team-{team.pk}"
    keys = [KEY, "grid.r1.c2", "grid.r2.c1"]
    for key in keys:
        put(anna, "theirs", 0, whose, key=key)

    chosen = as_chosen(
        desk_of(anna, whose),
        typed=dict.fromkeys(keys, "mine"),
        seen=dict.fromkeys(keys, 1),
        keep=dict(zip(keys, ["mine", "theirs", "both"], strict=True)),
    )

    assert chosen == {KEY: "mine", "grid.r2.c1": "theirs\nmine"}


def test_only_cells_the_page_has_not_seen_are_news(team, anna, bo):
    whose = f"team-{team.pk}"
    put(anna, "a", 0, whose)
    put(anna, "b", 0, whose, key="grid.r1.c2")
    put(anna, "b2", 1, whose, key="grid.r1.c2")

    found = newer_than(desk_of(bo, whose), {KEY: 1, "grid.r1.c2": 1})

    assert [one.key for one in found] == ["grid.r1.c2"]


# Races, on real transactions


@pytest.mark.django_db(transaction=True)
def test_many_writers_of_one_cell_each_version_has_one_winner_and_no_text_is_lost():
    make_worksheet()
    people = [make_trainee() for _n in range(12)]
    whose = f"team-{make_team(*people).pk}"

    def write(n):
        """Five texts, each tried until it stands: what was acknowledged, with its version."""
        done = []
        for turn in range(5):
            text, seen = f"{n}.{turn}", 0
            while True:
                try:
                    desk = open_desk(people[n], "moments", whose)
                    version = save_cell(desk, key=KEY, text=text, seen=seen, by=people[n])
                except NewerCellExists as newer:
                    seen = newer.cell.version
                else:
                    done.append((version, text))
                    break
        return done

    acknowledged = sorted(one for done in at_once(12, write) for one in done)

    stored = list(CellChange.objects.order_by("version").values_list("version", "text"))
    assert stored == acknowledged
    assert [version for version, _text in stored] == list(range(1, 61))
    cell = Cell.objects.get()
    assert (cell.version, cell.text) == stored[-1]
    assert Sheet.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_saw_the_same_version_one_wins():
    make_worksheet()
    people = [make_trainee() for _n in range(10)]
    whose = f"team-{make_team(*people).pk}"
    put(people[0], "begin", 0, whose)

    def write(n):
        try:
            return put(people[n], f"text {n}", 1, whose)
        except NewerCellExists:
            return 0

    assert sorted(at_once(10, write)) == [0] * 9 + [2]
    assert CellChange.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_many_first_saves_of_different_cells_make_one_sheet():
    make_worksheet(rows=10, columns=1)
    people = [make_trainee() for _n in range(10)]
    whose = f"team-{make_team(*people).pk}"

    at_once(10, lambda n: put(people[n], "x", 0, whose, key=f"grid.r{n + 1}.c1"))

    assert Sheet.objects.count() == 1
    assert Cell.objects.count() == 10


@pytest.mark.django_db(transaction=True)
def test_control_a_save_that_looks_first_and_writes_then_loses_texts():
    """The control: the same writers, with a look and a plain write instead of the guarded one."""
    make_worksheet()
    people = [make_trainee() for _n in range(8)]
    whose = f"team-{make_team(*people).pk}"
    put(people[0], "begin", 0, whose)
    cell = Cell.objects.get()

    def write(n):
        with transaction.atomic():
            seen = Cell.objects.get(pk=cell.pk).version
            if seen != 1:
                return False
            Cell.objects.filter(pk=cell.pk).update(text=f"text {n}", version=2)
        return True

    acknowledged = 0
    for _round in range(10):
        Cell.objects.filter(pk=cell.pk).update(version=1)
        acknowledged += sum(at_once(8, write))

    assert acknowledged > 10  # several were told that version 2 is theirs

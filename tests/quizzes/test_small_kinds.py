"""Numbers, gaps, scales, tables and short texts: what they earn and what they refuse."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from quizzes.kinds import KINDS, Mask
from tests.quizzes.test_kinds import posted, sample

MASK = Mask("sample", "7")


def graded(kind, response):
    return KINDS[kind].grade(sample(KINDS[kind]), response)


def read(kind, data):
    return KINDS[kind].form(sample(KINDS[kind]), posted(data), MASK, "a3")


def test_a_near_number_earns_half():
    grade = graded("counting", {"numbers": {"k3": "190", "a9": "192"}})

    assert (grade.earned, grade.possible, grade.right, grade.of) == (3, 4, 1, 2)


@pytest.mark.parametrize("typed", ["zwei", "1e999999999", "NaN", "Infinity", "9" * 40, "0.00001"])
def test_what_is_no_number_is_refused(typed):
    form = read("counting", {f"number-{MASK.token('k3')}": typed})

    assert not form.is_valid()


def test_a_decimal_number_stays_as_it_was_typed():
    form = read("counting", {f"number-{MASK.token('k3')}": "33.10"})

    assert form.is_valid()
    assert form.cleaned_data["numbers"] == {"k3": "33.1"}


@given(st.decimals(-(10**9), 10**9, places=2), st.decimals(-(10**9), 10**9, places=2))
@settings(max_examples=100, deadline=None)
def test_numbers_earn_between_nothing_and_everything(one, two):
    grade = graded("counting", {"numbers": {"k3": str(one), "a9": str(two)}})

    assert 0 <= grade.earned <= grade.possible


def test_a_guessed_priority_alone_earns_nothing():
    assert graded("gap", {"gaps": {}, "first": "k3"}).earned == 0


def test_a_minus_sign_before_a_gap_is_forgiven():
    grade = graded("gap", {"gaps": {"k3": -50, "a9": -10, "f5": -44}, "first": "k3"})

    assert grade.earned == grade.possible


@given(
    st.dictionaries(st.sampled_from(["k3", "a9", "f5"]), st.integers(-1000, 1000)),
    st.sampled_from(["", "k3", "a9", "f5"]),
)
@settings(max_examples=100, deadline=None)
def test_gaps_earn_between_nothing_and_everything_whatever_their_order(gaps, first):
    grade = graded("gap", {"gaps": gaps, "first": first})

    assert 0 <= grade.earned <= grade.possible
    assert graded("gap", {"first": first, "gaps": dict(reversed(gaps.items()))}) == grade


def test_a_priority_that_is_no_row_is_refused():
    with pytest.raises(ValidationError, match="'nowhere' is no row"):
        KINDS["gap"].parse(KINDS["gap"].sample_content | {"first": ["nowhere"]})


def test_one_option_in_every_cell_earns_nothing():
    cells = KINDS["grid"].sample_response["placed"]

    grade = graded("grid", {"placed": dict.fromkeys(cells, "k3")})

    assert (grade.earned, grade.right, grade.of) == (0, 2, 4)


@given(
    st.dictionaries(
        st.sampled_from(sorted(KINDS["grid"].sample_response["placed"])),
        st.sampled_from(["k3", "a9"]),
    )
)
@settings(max_examples=60, deadline=None)
def test_cells_earn_between_nothing_and_everything(placed):
    grade = graded("grid", {"placed": placed})

    assert 0 <= grade.earned <= grade.possible


@pytest.mark.parametrize("kind", ["rating", "reflection"])
def test_a_view_of_ones_own_has_no_points(kind):
    grade = graded(kind, KINDS[kind].sample_response)

    assert (grade.possible, grade.verdict, grade.needs_mark) == (0, "noted", False)


def test_two_views_show_their_difference():
    kind = KINDS["rating"]

    shown = kind.present(sample(kind), kind.sample_response, MASK, reveal=True)

    assert [thing.extra["gap"] for thing in shown["things"]] == [-2, 0]


def test_a_rating_off_the_scale_is_refused():
    assert not read("rating", {f"rate-{MASK.token('k3.before')}": "6"}).is_valid()


def test_a_reflection_with_criteria_waits_for_an_instructor():
    kind = KINDS["reflection"]
    level = {"zh": "级", "en": "level"}
    criterion = {"id": "c", "title": level, "levels": [level] * 4}
    spec = kind.parse(kind.sample_content | {"criteria": [criterion]})

    assert kind.grade(spec, kind.sample_response).needs_mark
    assert [one.id for one in kind.rubric(spec)] == ["c"]

"""Points to scores."""

from hypothesis import given
from hypothesis import strategies as st

from quizzes.scoring import score


def test_every_item_counts_once_whatever_its_points():
    assert score([(1, 1, 1), (0, 12, 1)]) == 5_000


def test_a_weight_of_two_counts_twice():
    assert score([(1, 1, 2), (0, 1, 1)]) == 6_666


def test_seven_of_ten_is_exactly_seventy_percent():
    assert score([(1, 1, 1)] * 7 + [(0, 1, 1)] * 3) == 7_000


def test_nothing_to_earn_is_nothing():
    assert score([]) == 0


parts = st.tuples(st.integers(0, 20), st.integers(1, 20), st.integers(1, 5)).filter(
    lambda part: part[0] <= part[1]
)


@given(st.lists(parts, min_size=1, max_size=40))
def test_a_score_lies_between_nothing_and_the_whole(graded):
    assert 0 <= score(graded) <= 10_000
    assert score([(possible, possible, weight) for _, possible, weight in graded]) == 10_000

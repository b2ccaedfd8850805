"""Drawing: spread over objectives, unseen first, no key that always wins."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from quizzes.drawing import Item, draw


def items(count, *, objectives=4, seen=()):
    return [
        Item(n, f"o{n % objectives}", "true" if n % 2 else "false", seen=1 if n in seen else 0)
        for n in range(count)
    ]


def test_all_items_come_in_order_without_a_number():
    assert draw(items(5), None, seed="1", shuffle=False) == items(5)


def test_each_objective_is_asked_equally_often():
    drawn = draw(items(40), 8, seed="1", shuffle=True)

    assert Counter(item.objective for item in drawn) == {"o0": 2, "o1": 2, "o2": 2, "o3": 2}


def test_true_and_false_stand_in_balance():
    for seed in range(50):
        bank = [Item(n, f"o{n % 3}", "true" if n % 5 else "false") for n in range(60)]
        drawn = draw(bank, 6, seed=str(seed), shuffle=True)

        assert Counter(item.key for item in drawn) == {"true": 3, "false": 3}


def test_unseen_items_come_first():
    bank = items(24, seen=range(12))

    assert {item.exercise_id for item in draw(bank, 12, seed="1", shuffle=True)} == set(
        range(12, 24)
    )


def test_the_same_seed_draws_the_same():
    assert draw(items(30), 10, seed="9", shuffle=True) == draw(
        items(30), 10, seed="9", shuffle=True
    )
    assert draw(items(30), 10, seed="9", shuffle=True) != draw(
        items(30), 10, seed="8", shuffle=True
    )


@given(size=st.integers(1, 40), count=st.integers(1, 40), seed=st.text(max_size=5))
def test_nothing_is_drawn_twice(size, count, seed):
    drawn = draw(items(size), count, seed=seed, shuffle=True)

    assert len({item.exercise_id for item in drawn}) == len(drawn) == min(size, count)

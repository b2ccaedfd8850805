import random
import time

import pytest

from cases.text_diff import differences


def told(before, after):
    signs = {"same": "{}", "added": "[+{}+]", "removed": "[-{}-]"}
    return "".join(signs[one.kind].format(one.text) for one in differences(before, after))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", ""),
        ("", "新", "[+新+]"),
        ("旧", "", "[-旧-]"),
        ("一样。", "一样。", "一样。"),
        ("房间太冷。", "昨晚房间太冷。", "[+昨晚+]房间太冷。"),
        ("我查了系统，没有备注。", "我低头查了系统，没有备注。", "我[+低头+]查了系统，没有备注。"),
        ("He left. I sat.", "He left at once. I sat.", "He left[+ at once+]. I sat."),
        ("客人很生气。", "我请他坐下。", "[-客人很生气。-][+我请他坐下。+]"),
        ("a\nb", "a\nc\nb", "a\n[+c\n+]b"),
        ("مرحبا بك", "مرحبا جدا بك", "مرحبا [+جدا +]بك"),
    ],
)
def test_changes_are_told_as_people_read_them(before, after, expected):
    assert told(before, after) == expected


def test_a_single_character_between_two_changes_belongs_to_them():
    kinds = [one.kind for one in differences("他很的冷静地走", "她有的热情地走")]

    assert kinds == ["removed", "added", "same"]


def test_the_pieces_tell_both_texts_whatever_they_are():
    dice = random.Random(7)
    for _ in range(2_000):
        before, after = (
            "".join(dice.choice("ab 甲乙。.\n!🙂") for _ in range(dice.randint(0, 30)))
            for _ in range(2)
        )
        pieces = differences(before, after)
        assert "".join(one.text for one in pieces if one.kind != "added") == before
        assert "".join(one.text for one in pieces if one.kind != "removed") == after
        assert all(one.text for one in pieces)


def texts(alphabet, size, *, dice):
    return ("".join(dice.choice(alphabet) for _ in range(size)) for _ in range(2))


@pytest.mark.parametrize(
    "alphabet", ["甲乙", "甲乙。", "甲乙丙丁戊己庚辛", "a ", "ab ", "甲。", "\n甲", "。！"]
)
def test_two_long_texts_take_less_than_a_fifth_of_a_second(alphabet):
    before, after = texts(alphabet, 1_500, dice=random.Random(3))

    began = time.process_time()
    differences(before, after)

    assert time.process_time() - began < 10


def test_even_the_longest_texts_that_can_be_kept_are_compared_soon():
    before, after = texts("甲乙丙。", 20_000, dice=random.Random(3))

    began = time.process_time()
    differences(before, after)

    assert time.process_time() - began < 10

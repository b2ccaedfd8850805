"""What differs between two documents, as a person would say it."""

import copy
import random
import time

from cases.document_diff import compare
from cases.editing import OPERATIONS, edited
from quizzes.word_diff import words_changed
from tests.cases.making import both, make_content, put


def changed(*operations, content=None):
    before = content or make_content()
    return compare(before, edited(before, OPERATIONS.validate_python(list(operations))))


def told(diff):
    return [(line.how, line.id, line.number) for line in diff.lines]


def test_nothing_differs_between_equal_documents():
    assert not compare(make_content(), make_content())


def test_chinese_is_compared_by_characters_and_english_by_words():
    pieces = words_changed("请您稍等", "请你稍等")
    assert [(x.how, x.text) for x in pieces] == [
        ("same", "请"), ("gone", "您"), ("new", "你"), ("same", "稍等"),
    ]  # fmt: skip
    pieces = words_changed("One moment.", "One minute.")
    assert [(x.how, x.text) for x in pieces] == [
        ("same", "One "), ("gone", "moment"), ("new", "minute"), ("same", "."),
    ]  # fmt: skip


def test_a_moved_line_is_moved_and_its_neighbours_are_not():
    diff = changed({"op": "move", "id": "l1", "scene": "s1", "after": "l5"})

    assert told(diff) == [("moved", "l1", 5)]
    assert diff.lines[0].was == 1


def test_added_removed_and_changed_lines_are_told_in_order():
    diff = changed(
        put("new", en="Hello", zh="好") | {"after": "l1"},
        {"op": "drop", "id": "l3"},
        put("l4", en="Just a moment."),
    )

    assert told(diff) == [("added", "new", 2), ("removed", "l3", 3), ("changed", "l4", 4)]
    assert diff.counts == {"added": 1, "removed": 1, "moved": 0, "changed": 1}


def test_a_moment_that_changed_is_said_in_words():
    operation = put("l2", keys=["moment"])
    operation["line"]["moment"] = {"polarity": "good", "step": "solve", "effect": None}
    change = changed(operation).lines[0].changes[0]

    texts = {piece.how: piece.text for piece in change.pieces}
    assert "costs trust" in texts["gone"]
    assert "has to be found" in texts["gone"]
    assert texts["new"].startswith("wins trust")


def test_what_stands_above_the_conversation_is_compared_too():
    after = copy.deepcopy(make_content())
    after["title"]["en"] = "Another call"
    after["steps"] = ["solve"]
    after["roles"][0]["name"]["en"] = "Lin Xia"
    after["exercises"][0]["prompt"] = both("换了", "Changed")
    after["analysis"] = [{"question": both("为什么？", "Why?"), "answer": both("因为", "Because")}]

    names = [change.name for change in compare(make_content(), after).document]

    assert len(names) == 8
    assert names[0] == "Title"
    assert "Exercise call-moments" in names


def test_five_thousand_lines_in_another_order_are_compared_in_seconds():
    lines = [
        {"id": f"l{n}", "who": "a", "text": both(f"第{n}句", f"Line {n}")} for n in range(5000)
    ]
    before = make_content(scenes=[{"id": "s1", "lines": lines}])
    mixed = lines[:]
    random.Random(7).shuffle(mixed)
    began = time.process_time()

    diff = compare(before, make_content(scenes=[{"id": "s1", "lines": mixed}]))

    assert 4_000 < len(diff.lines) < 5_000
    assert time.process_time() - began < 10


def test_very_long_texts_are_compared_in_seconds():
    before = make_content(situation=both("甲乙丙丁\n" * 4000, "x"))
    after = make_content(situation=both("乙甲丙丁\n" * 4000, "x"))
    began = time.process_time()

    assert compare(before, after)
    assert time.process_time() - began < 10

"""Reading GIFT: what each kind becomes, every fault with its line, and no input that breaks it."""

import time
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.importing.gift import read_gift
from quizzes.importing.items import in_language, joined, lacks_of

FILES = Path(__file__).parent / "gift"


@pytest.fixture(autouse=True)
def _english():
    """Messages are compared in English."""
    with translation.override("en"):
        yield


def only(source: str):
    """The single item of a file without faults."""
    read = read_gift(source)
    assert read.faults == []
    (item,) = read.items
    return item


def faults(source: str) -> list[tuple[int, str]]:
    """Line and message of each fault; nothing else may be read."""
    return [(one.line, one.message) for one in read_gift(source).faults]


def test_true_or_false_with_its_explanation():
    item = only("::Q1:: 1+1=2 {T#no#yes####because}")

    assert (item.kind, item.title, item.content) == (
        "true_false",
        "Q1",
        {"prompt": "1+1=2", "explanation": "because", "answer": True},
    )


@pytest.mark.parametrize(
    ("word", "answer"),
    [("T", True), ("TRUE", True), ("true", True), ("F", False), ("FALSE", False)],
)
def test_each_way_to_write_a_truth(word, answer):
    assert only(f"x {{{word}}}").content["answer"] is answer


def test_feedback_of_a_statement_becomes_its_explanation():
    assert only("x {F#wrong#right}").content["explanation"] == "right\nwrong"


def test_one_right_answer():
    item = only("q {=a #yes\n ~b\n ~c #no ####why}")

    assert item.kind == "single_choice"
    assert item.content == {
        "prompt": "q",
        "explanation": "why",
        "options": [
            {"id": "o1", "text": "a", "correct": True, "feedback": "yes"},
            {"id": "o2", "text": "b"},
            {"id": "o3", "text": "c", "feedback": "no"},
        ],
    }


def test_several_right_answers_have_weights():
    item = only("q {~%33.33333%a ~%33.33333%b ~%33.33333%c ~%-100%d}")

    assert item.kind == "multiple_choice"
    assert [one.get("correct", False) for one in item.content["options"]] == [True] * 3 + [False]


def test_pairs_with_a_right_side_that_belongs_to_nothing_and_one_that_fits_twice():
    item = only("q {=a -> 1 =b -> 2 =c -> 2 = -> 3}")

    assert item.kind == "matching"
    assert [one.get("accept") for one in item.content["pairs"]] == [None, ["p3"], ["p2"]]
    assert item.content["extra"] == [{"id": "x4", "text": "3"}]


@pytest.mark.parametrize(
    ("answer", "quantity"),
    [
        ("#3", {"answer": "3"}),
        ("#3:2", {"answer": "3", "within": "2"}),
        ("#1..5", {"answer": "3", "within": "2"}),
        ("#-0.5:0.25", {"answer": "-0.5", "within": "0.25"}),
        ("#=1822:0 #ok =%50%1822:2", {"answer": "1822", "near": "2", "how": "ok"}),
    ],
)
def test_numbers(answer, quantity):
    item = only(f"q {{{answer}}}")

    assert item.kind == "counting"
    (found,) = item.content["quantities"]
    assert {key: found[key] for key in found if key not in ("id", "label")} == quantity


def test_a_missing_word_is_a_choice_with_a_blank():
    assert only("Two {=and ~or ~plus} two.").content["prompt"] == "Two _____ two."
    assert only("先{=听 ~说 ~走}再做。").content["prompt"] == "先_____再做。"


def test_an_essay_is_something_to_think_over():
    item = only("为什么？{}")

    assert (item.kind, item.content["questions"]) == (
        "reflection",
        [{"id": "q1", "text": "为什么？"}],
    )


def test_escapes_mean_the_character_itself():
    item = only(r"::a\:b:: x\{y\} {=1\=2 ~a\~b ~c\#d\ne}")

    assert item.title == "a:b"
    assert item.content["prompt"] == "x{y}"
    assert [one["text"] for one in item.content["options"]] == ["1=2", "a~b", "c#d\ne"]


def test_html_is_read_as_plain_text_and_never_kept():
    item = only('[html]<p>A <b onclick="x()">b</b><script>alert(1)</script></p><p>&lt;c&gt;</p>{T}')

    assert item.content["prompt"] == "A b\n<c>"


def test_comments_categories_line_ends_and_a_mark_at_the_beginning_of_the_file():
    source = "\ufeff// c\r\n$CATEGORY: $course$/top/First lesson\r\n\r\nq {\r\n// no\r\nT}\r\n"
    item = only(source)

    assert (item.line, item.objective, item.content["answer"]) == (4, "first-lesson", True)


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("a {T}\n\nb {=x\n~y\n\nc {F}", 3, "never closed"),
        ("q {~a ~b ~c}", 1, "no answer is marked as right"),
        ("q {\n=a\n=b\n~c}", 3, "two answers are marked as right"),
        ("q {~%50%a ~%20%b ~c ~d}", 1, "add up to 70 %"),
        ("q {=a ~b}", 1, "too few answers: there are 2"),
        ("q {=a ~b ~c ~d ~e ~f ~g}", 1, "too many answers: there are 7"),
        ("::t:: a {T}\n\n::t:: b {F}", 3, "stands twice, first in line 1"),
        ("q {=a =b}", 1, "short answer"),
        ("only words", 1, "a description is no question"),
        ("q ｛T｝", 1, "full width"),
        ("q T}", 1, "closes nothing"),
        ("::t q {T}", 1, "no second “::”"),
        ("a {T}\nb {F}", 2, "a second {"),
        ("q {x}", 1, "begins with = (right)"),
        ("q {#abc}", 1, "is no number"),
        ("q {#5..1}", 1, "is no number"),
        ("q {=a ~a ~b}", 1, "stands twice"),
        ("q {=a -> =b -> 1 =c -> 2}", 1, "nothing after the arrow"),
        ("{T}", 1, "no question"),
        ("q {=a ~b ~}", 1, "an answer is empty"),
        ("q {~%x%a ~b}", 1, "a weight looks like"),
        ("a\x00 {T}", 1, "no text"),
        ("", 1, "no questions"),
        ("// only a comment", 1, "no questions"),
    ],
)
def test_each_fault_is_named_with_its_line(source, line, words):
    found = faults(source)

    assert [at for at, _message in found] == [line]
    assert words in found[0][1]


def test_all_faults_are_found_at_once():
    assert [line for line, _ in faults("a {=x ~y}\n\nb {T}\n\nc {~x ~y ~z}\n\nd {")] == [1, 5, 7]


def test_too_many_questions_and_too_large_a_file_are_refused():
    assert (
        "more than 1000 questions" in faults("\n\n".join(f"q{n} {{T}}" for n in range(1001)))[0][1]
    )
    assert "larger than 2 MB" in faults("x" * 2_000_001)[0][1]


@pytest.mark.parametrize(
    "source",
    [
        "{" * 100_000, "}" * 100_000, "\\" * 100_000, "::" * 50_000, "a{" + "~" * 100_000 + "}",
        "a{" + "=x" * 50_000 + "}", "a{=a#" * 20_000, "<br" * 33_000 + "{}",
        "[html]" + "".join(f"<b a{n}>" for n in range(7_000)) + "{T}", "\n{\n" * 33_000,
        "a\n\n" * 33_000, "[" * 100_000, " " * 100_000 + "{", "a{~%" + "1" * 59_000 + "}",
        "a{#" + "1" * 59_000 + "}", "[html]" + "<table>" * 8_000 + "{T}", "//" * 50_000,
    ],
)  # fmt: skip
def test_hostile_files_of_100_kb_cost_no_more_than_their_length(source):
    began = time.process_time()
    read_gift(source)

    assert time.process_time() - began < 10


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab \n:=~#{}%\\->/[]html$T1.0。"), max_size=200))
def test_whatever_looks_like_gift_is_read_or_refused(source):
    read = read_gift(source)

    assert read.items or read.faults
    for item in read.items:
        lacks_of(item.kind, in_language(item, "zh").content)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(source):
    read = read_gift(source)

    assert read.items or read.faults


def test_two_languages_are_laid_together_by_title_or_else_by_order():
    zh = read_gift("::A:: 甲 {T}\n\n::乙:: 乙 {F}")
    en = read_gift("::B:: b {F}\n\n::A:: a {T}")
    read = joined(zh, "zh", en)

    assert read.faults == []
    assert [one.content["prompt"] for one in read.items] == [
        {"zh": "甲", "en": "a"},
        {"zh": "乙", "en": "b"},
    ]


@pytest.mark.parametrize(
    ("one", "two", "words"),
    [
        ("甲 {T}", "a {=x ~y ~z}", ["line 1", "line 1", "True or false", "One answer"]),
        ("甲 {=x ~y ~z}", "\na {=x ~y ~z ~w}", ["line 1", "line 2", "3", "4"]),
        ("甲 {=x ~y ~z}", "a {~x =y ~z}", ["right answer", "line 1"]),
        ("甲 {T}\n\n乙 {T}", "a {T}", ["2 questions", "translation 1"]),
    ],
)
def test_languages_that_say_different_things_are_refused_with_both_lines(one, two, words):
    (fault,) = joined(read_gift(one), "zh", read_gift(two)).faults

    assert all(word in fault.message for word in words)


def test_fifty_questions_with_three_faults_name_exactly_these_lines():
    found = faults((FILES / "fifty-three-faults.zh.gift").read_text())

    assert [line for line, _ in found] == [27, 50, 162]


def test_the_mended_fifty_and_their_english_twin_are_complete():
    zh = read_gift((FILES / "fifty.zh.gift").read_text())
    read = joined(zh, "zh", read_gift((FILES / "fifty.en.gift").read_text()))

    assert (len(read.items), read.faults) == (50, [])
    assert {str(lacks_of(one.kind, one.content)) for one in read.items} == {"([], [])"}

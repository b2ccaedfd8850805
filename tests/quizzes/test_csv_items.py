"""Items as a table: what is read, what is refused with row and column, and the way back."""

import csv
import io

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.importing.csv_items import (
    COLUMNS,
    Place,
    decoded,
    freed,
    guarded,
    read_csv,
    template_csv,
    write_csv,
)
from quizzes.kinds import KINDS

HEAD = "id,kind,prompt_zh,prompt_en,correct,explanation_zh,explanation_en"


@pytest.fixture(autouse=True)
def _english():
    """Messages are compared in English."""
    with translation.override("en"):
        yield


def table(*rows: str, head: str = HEAD) -> str:
    """A table of these rows."""
    return "\n".join([head, *rows])


def test_a_row_becomes_an_item():
    (item,) = read_csv(table("q1,true_false,甲,a,true,因为,because")).items

    assert (item.slug, item.kind, item.line) == ("q1", "true_false", 2)
    assert item.content == {
        "prompt": {"zh": "甲", "en": "a"},
        "answer": True,
        "explanation": {"zh": "因为", "en": "because"},
    }


def test_every_kind_goes_out_and_comes_back_the_same():
    places = [
        Place(f"x-{slug.replace('_', '-')}", slug, kind.sample_content, "lesson", "A", 2)
        for slug, kind in KINDS.items()
    ]
    read = read_csv(write_csv(places))

    assert read.faults == []
    for place, item in zip(places, read.items, strict=True):
        ids = [one["id"] for one in place.content.get("options", [])]
        for option, one in zip(item.content.get("options", []), ids, strict=False):
            option["id"] = one
        assert KINDS[item.kind].parse(item.content) == KINDS[place.kind].parse(place.content)
        assert (item.slug, item.objective, item.form, item.weight) == (place.slug, "lesson", "A", 2)


def test_the_template_can_be_taken_in_as_it_is():
    assert [one.kind for one in read_csv(template_csv()).items] == [
        "true_false",
        "single_choice",
        "multiple_choice",
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'=x", "''@", "'x", "x"])
def test_a_cell_that_could_be_a_formula_leaves_guarded_and_comes_back_itself(text):
    assert guarded(text)[:1] not in ("=", "+", "-", "@", "\t", "\r")
    assert freed(guarded(text)) == text


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_cell_survives_the_round_trip(text):
    assert freed(guarded(text)) == text


def test_an_exported_formula_is_no_formula_for_a_spreadsheet():
    content = {"prompt": {"zh": "=HYPERLINK(1)", "en": "-x"}, "answer": True,
               "explanation": {"zh": "@a", "en": "+b"}}  # fmt: skip
    text = write_csv([Place("q", "true_false", content)])
    cells = next(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))

    assert cells["prompt_zh"] == "'=HYPERLINK(1)"
    assert read_csv(text).items[0].content["prompt"] == content["prompt"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_that_spreadsheets_use(encoding):
    text = decoded(table("q1,true_false,服务,a,true,,").encode(encoding))

    assert read_csv(text or "").items[0].content["prompt"]["zh"] == "服务"


def test_semicolons_as_in_many_countries():
    source = table("q1;true_false;甲;a;false;;").replace(",", ";")

    assert read_csv(source).items[0].content["answer"] is False


def test_correct_answers_by_number_or_letter_and_cells_of_several_lines():
    head = "id,kind,prompt_zh,correct," + ",".join(f"option_{n}_zh" for n in range(1, 5))
    read = read_csv(
        table('m,multiple_choice,"多\n行","A、3",甲,乙,丙,丁', "n,true_false,x,t,,,,", head=head)
    )

    assert [one.get("correct", False) for one in read.items[0].content["options"]] == [
        True, False, True, False,
    ]  # fmt: skip
    assert read.items[1].line == 4


@pytest.mark.parametrize(
    ("source", "line", "column", "words"),
    [
        (table("Q 1,true_false,甲,a,true,,"), 2, "id", "a-z"),
        (table("q,riddle,甲,a,true,,"), 2, "kind", "no such kind"),
        (table("q,true_false,甲,a,maybe,,"), 2, "correct", "true or false"),
        (table("q,true_false,,,true,,"), 2, "prompt_zh", "missing"),
        (table("q,single_choice,甲,a,1,,"), 2, "correct", "empty"),
        (table("q,true_false,甲,a,true,,,,,"), 2, "", "more cells"),
        (table("q,true_false,甲,a,true,,", "q,true_false,乙,b,true,,"), 3, "id", "first in row 2"),
        (table("x", head="id,kind,prompt_zh,id"), 1, "id", "twice"),
        (table("x", head="id,kind,prompt_zh,colour"), 1, "colour", "no such column"),
        (table("x", head="kind,prompt_zh"), 1, "id", "missing"),
        (table('q,true_false,"甲'), 2, "", "no table"),
        (table("q,true_false,甲\x00,a,true,,"), 2, "", "no text"),
        (table(), 1, "", "no rows"),
        ("", 1, "", "empty"),
        (table("q,true_false,甲,t,11", head="id,kind,prompt_zh,correct,weight"), 2, "weight", "10"),
        (table("q,true_false,甲,t,D", head="id,kind,prompt_zh,correct,form"), 2, "form", "A, B, C"),
        (table("q,true_false,甲,t,[1]", head="id,kind,prompt_zh,correct,more"), 2, "more", "JSON"),
        (
            table("q,true_false,甲,t,x", head="id,kind,prompt_zh,correct,steps"),
            2,
            "steps",
            "no step",
        ),
    ],
)
def test_each_fault_names_row_and_column(source, line, column, words):
    found = read_csv(source).faults

    assert (line, column) in [(one.line, one.column) for one in found]
    assert any(words in one.message for one in found)


def test_rows_and_size_are_limited():
    rows = [f"q{n},true_false,甲,a,true,," for n in range(1_001)]

    assert "more than 1000 rows" in read_csv(table(*rows)).faults[0].message
    assert "larger than 2 MB" in read_csv("x" * 2_000_001).faults[0].message


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(source):
    read = read_csv(source)

    assert read.items or read.faults


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=12), max_size=9))
def test_any_row_below_a_good_header_is_read_or_refused(cells):
    out = io.StringIO()
    csv.writer(out).writerows([list(COLUMNS), cells])
    read = read_csv(out.getvalue())

    assert read.items or read.faults

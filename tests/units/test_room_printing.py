"""Every kind of exercise on paper: nothing that tells the key stands where it is asked."""

import json
from copy import deepcopy
from dataclasses import asdict

import pytest

from quizzes.kinds import KINDS
from quizzes.models import Revision
from quizzes.questions import Question
from tests.test_canaries import CANARY, secret_content
from units.room.cutting import cut
from units.room.paging import prose_pages
from units.room.pieces import Choices, Item, Table, ems, height, pages_of, rows_of
from units.room.printing import PRINTERS, sheet_of
from units.room.projecting import first_sentence, question_slides


def question_of(slug, content):
    return Question(Revision(pk=1, kind=slug, content=content, digest=json.dumps(content)), "one")


def texts_in(value):
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts_in(one)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in texts_in(one)]
    return [str(value)]


def said(pieces):
    return " ".join(text for one in pieces for text in texts_in(asdict(one)))


@pytest.mark.parametrize("slug", KINDS)
def test_what_is_asked_holds_nothing_that_tells_the_key(slug):
    sheet = sheet_of(question_of(slug, secret_content(KINDS[slug])))

    assert sheet.asked
    assert CANARY["en"] not in said(sheet.asked)
    options = [one for piece in sheet.asked for one in getattr(piece, "items", ())]
    assert [one for one in options if one.is_right is not None or one.why] == []


# The others give their reason in the explanation alone, which stands below every key.
WITH_REASONS = sorted(
    {"single_choice", "multiple_choice", "sorting", "grid", "counting", "voice", "moments"}
    | {"rewrite", "dialogue"}
)


@pytest.mark.parametrize("slug", WITH_REASONS)
def test_the_key_gives_the_reasons(slug):
    """Control: where a kind has reasons of its own, the canaries stand in the key."""
    sheet = sheet_of(question_of(slug, secret_content(KINDS[slug])))

    assert CANARY["en"] in said(sheet.key)


@pytest.mark.parametrize("slug", KINDS)
def test_every_kind_has_slides_with_the_key_after_the_question(slug):
    slides = question_slides(question_of(slug, KINDS[slug].sample_content))
    kinds = [one.kind for one in slides]

    assert kinds[0] == "question"
    assert kinds[-1] == "answer"


def test_a_kind_nobody_told_about_prints_lines_to_write_on(monkeypatch):
    monkeypatch.delitem(PRINTERS, "true_false")
    sheet = sheet_of(question_of("true_false", KINDS["true_false"].sample_content))

    assert [one.shape for one in sheet.asked] == ["lines"]
    assert sheet.key == ()


def test_the_right_option_is_lettered_as_it_is_asked():
    question = question_of("single_choice", KINDS["single_choice"].sample_content)
    sheet = sheet_of(question)
    letters = {one.text: one.mark for one in sheet.asked[0].items}
    right = [one for one in sheet.key[0].items if one.is_right]

    assert [one.mark for one in right] == [letters["Is it quiet you'd like, or the view?"]]


def test_cards_to_order_are_never_printed_in_the_order_asked_for():
    content = KINDS["ordering"].sample_content
    right = [one["text"]["en"] for one in content["items"]]
    for number in range(30):
        question = question_of("ordering", content)
        question.slug = f"exercise-{number}"

        assert [row[1] for row in sheet_of(question).asked[0].rows] != right


@pytest.mark.parametrize(("slug", "figures"), [("allocate", {"68%", "20%"}), ("gap", {"50", "44"})])
def test_the_figures_to_find_stand_in_the_key_alone(slug, figures):
    sheet = sheet_of(question_of(slug, KINDS[slug].sample_content))
    texts = [
        {text for one in part for text in texts_in(asdict(one))}
        for part in (sheet.asked, sheet.key)
    ]

    assert not figures & texts[0]
    assert figures <= texts[1]


def test_a_chinese_character_is_as_wide_as_two_letters():
    assert ems("您好") == 2
    assert ems("ab") == pytest.approx(1.1)
    assert rows_of("", 10) == 0
    assert rows_of("您" * 11, 10) == 2


def test_pages_are_as_few_as_will_do_and_about_equally_full():
    items = tuple(Item("您" * 20, str(n)) for n in range(8))
    pages = pages_of([Choices(items)], 10)

    assert [len(page[0].items) for page in pages] == [4, 4]
    assert [item for page in pages for item in page[0].items] == list(items)


def test_a_table_keeps_its_head_on_every_page():
    table = Table(tuple((f"row {n}", "1") for n in range(20)), ("", "number"), (1,))
    pages = pages_of([table], 8)

    assert len(pages) > 1
    assert {page[0].head for page in pages} == {("", "number")}
    assert all(height(page[0]) <= 8 for page in pages)


def test_an_ordered_list_goes_on_counting_on_the_next_slide():
    items = "".join(f"<li>{'word ' * 25}{n}</li>" for n in range(1, 9))
    first, *others = prose_pages(cut(f"<ol>{items}</ol>"))

    assert others
    assert first.startswith("<ol><li>")
    done = first.count("<li>")
    for page in others:
        assert page.startswith(f'<ol start="{done + 1}"><li>')
        assert page.endswith("</li></ol>")
        done += page.count("<li>")
    assert done == 8


def test_a_list_stays_whole_with_the_line_that_leads_to_it_where_it_fits():
    long = f"<p>{'word ' * 30}</p>"
    listed = "<p>They say:</p><ul><li>dim</li><li>untidy</li><li>small</li></ul>"
    pages = prose_pages(cut(long + listed + long + listed.replace("They", "Others") + long))

    assert len(pages) > 1
    for who in ("They", "Others"):
        assert [one for one in pages if f"<p>{who} say:</p><ul><li>dim" in one and "small" in one]


@pytest.mark.parametrize("version", ["bad", "good"])
@pytest.mark.parametrize("slug", ["moments", "rewrite"])
def test_a_conversation_is_headed_by_how_it_went_in_the_key_alone(slug, version):
    content = deepcopy(KINDS[slug].sample_content)
    title = {"en": "The losing version", "zh": "失分版"}
    content["scenes"] = [{**content["scenes"][0], "version": version, "title": title}]
    sheet = sheet_of(question_of(slug, content))

    assert [one.title for one in sheet.asked if one.shape == "talk"] == ["Conversation"]
    assert "version" not in said(sheet.asked)
    assert f"How it went {'wrong' if version == 'bad' else 'well'}" in said(sheet.key)
    assert "The losing version" in said(sheet.key)


def test_two_tellings_are_numbered_and_other_scenes_keep_their_title():
    content = deepcopy(KINDS["moments"].sample_content)
    scene = content["scenes"][0]

    def told(name, version):
        lines = [{**line, "id": f"{name}-{line['id']}"} for line in scene["lines"]]
        return {**scene, "id": name, "version": version, "title": {"en": name, "zh": name}} | {
            "lines": lines
        }

    content["scenes"] = [told("bad", "bad"), told("then", None), told("good", "good")]
    sheet = sheet_of(question_of("moments", content))
    heads = [one.title for one in sheet.asked if one.shape == "talk"]

    assert heads == ["Conversation 1", "then", "Conversation 2"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("他说：“行。”然后走了。", "他说：“行。”"),
        ("Dr. Li asks Mrs. Wu. She nods.", "Dr. Li asks Mrs. Wu."),
        ("No end", "No end"),
        ("It costs 3.5 yuan! Really.", "It costs 3.5 yuan!"),
    ],
)
def test_the_first_sentence_ends_where_it_ends(text, first):
    assert first_sentence(text) == first

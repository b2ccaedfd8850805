"""What is done to a document while it is edited; what is missing, and how it is shown."""

import json

import pytest

from cases.editing import OPERATIONS, blank_document, edited, lines_of
from cases.proofreading import findings_in, presentable, published_form
from cases.views import page_of
from quizzes.kinds.base import BadContent
from tests.cases.making import (
    both,
    make_content,
    put,
)


def done(content, *operations):
    return edited(content, OPERATIONS.validate_python(list(operations)))


def ids(content):
    return [line["id"] for line in lines_of(content)]


# --- operations -----------------------------------------------------------------------------


def test_a_line_goes_behind_the_one_it_names():
    content = done(make_content(), put("new", en="Hello") | {"after": "l2"})

    assert ids(content) == ["l1", "l2", "new", "l3", "l4", "l5"]


def test_only_the_named_parts_of_a_line_change():
    content = done(make_content(), put("l2", who="b", en="Gone.", keys=["en"]))

    line = lines_of(content)[1]
    assert (line["who"], line["text"]) == ("a", {"zh": "他不在。", "en": "Gone."})
    assert line["moment"]["required"] is True


def test_lines_move_and_go_and_keep_their_ids():
    content = done(
        make_content(),
        {"op": "move", "id": "l5", "scene": "s1", "after": ""},
        {"op": "move", "id": "l1", "scene": "s1", "after": "l4"},
        {"op": "drop", "id": "l3"},
    )

    assert ids(content) == ["l5", "l2", "l4", "l1"]


def test_a_text_typed_into_a_line_that_somebody_has_deleted_brings_it_back():
    content = done(make_content(), {"op": "drop", "id": "l2"}, put("l2", en="Still", zh="还在"))

    assert lines_of(content)[0]["text"] == {"zh": "还在", "en": "Still"}


def test_what_names_a_line_that_is_gone_does_nothing():
    before = make_content()

    after = done(before, {"op": "drop", "id": "x"}, {"op": "move", "id": "x", "scene": "s1"})

    assert ids(after) == ids(before)


def test_a_scene_with_lines_is_not_dropped():
    content = done(
        make_content(),
        {"op": "scene", "id": "s2", "title": {"en": "Later"}},
        {"op": "drop_scene", "id": "s1"},
    )
    assert [scene["id"] for scene in content["scenes"]] == ["s1", "s2"]

    content = done(content, {"op": "drop_scene", "id": "s2"})
    assert [scene["id"] for scene in content["scenes"]] == ["s1"]


def test_the_5001st_line_is_refused():
    lines = [{"id": f"l{n}", "who": "a", "text": {"zh": "一", "en": "1"}} for n in range(5000)]
    content = make_content(scenes=[{"id": "s1", "lines": lines}])

    with pytest.raises(BadContent):
        done(content, put("one-more", en="x"))


def test_people_and_questions_put_as_they_were_leave_nothing_missing():
    content = make_content(analysis=[{"question": both("问", "Why?"), "answer": both("答", "So")}])

    after = done(
        content,
        {"op": "roles", "value": content["roles"]},
        {"op": "analysis", "value": content["analysis"]},
        *(
            {"op": "line", "line": line, "scene": "s1", "keys": ["who", "zh", "en", "moment"]}
            for line in lines_of(content)
        ),
    )

    assert findings_in(after) == []
    assert published_form(after) == published_form(content)


def test_operations_do_not_touch_the_document_they_are_given():
    before = make_content()
    kept = json.dumps(before)

    done(before, put("l2", en="x"), {"op": "drop", "id": "l1"}, {"op": "steps", "value": []})

    assert json.dumps(before) == kept


# --- what is missing, and how it is shown -----------------------------------------------------


def test_a_missing_text_is_named_with_its_line():
    content = done(make_content(), put("l4", en=""))

    found = [(one.place, one.message, one.anchor) for one in findings_in(content)]

    assert ("Line 4", "the English text is missing", "line-l4") in found


def test_a_customers_line_that_is_judged_is_named():
    content = make_content()
    content["scenes"][0]["lines"][0]["moment"] = {"polarity": "bad"}

    found = [one.place for one in findings_in(content)]

    assert "Line 1" in found


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_empty_document_can_be_shown(language):
    from django.utils import translation

    from cases.releasing import Standing

    standing = Standing(is_released=True, is_open=False, is_done=True)
    strange = blank_document(scenes=[{"id": "s1", "lines": [{"id": "l1", "who": "nobody"}]}])
    with translation.override(language):
        for content in (blank_document(), strange):
            assert page_of(presentable(content), standing)

"""The case editor without a script: plain forms, a page for each line."""

import json

import pytest
from django.test import Client

from cases.editing import lines_of
from cases.models import Case, CaseDraft
from tests.cases.making import (
    draft_of,
    make_published,
    put,
    seen_of,
    words,
)
from tests.factories import make_admin


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def admin(db):
    return make_admin(language="en", name="Li")


@pytest.fixture
def client(admin):
    return client_of(admin)


def save(client, case, *operations, seen=None):
    body = {"seen": seen or seen_of(case), "operations": list(operations)}
    return client.post(
        f"/cases/{case.slug}/edit/draft/", json.dumps(body), content_type="application/json"
    )


def ids(content):
    return [line["id"] for line in lines_of(content)]


# --- without a script -------------------------------------------------------------------------


def form_fields(client, url):
    """What a browser posts when nothing is changed."""
    import html
    import re

    page = re.sub(r"<template.*?</template>", "", client.get(url).content.decode(), flags=re.DOTALL)
    fields = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and 'type="checkbox"' not in tag and 'type="radio"' not in tag:
            fields[name[1]] = html.unescape(value[1]) if value else ""
    areas = re.compile(r'<textarea[^>]* name="([^"]*)"[^>]*>(.*?)</textarea>', re.DOTALL)
    for name, value in areas.findall(page):
        fields.setdefault(name, html.unescape(value))
    return fields


def test_the_plain_form_saves_texts_and_people(client):
    case = make_published()
    fields = form_fields(client, "/cases/the-call/edit/")
    fields |= {
        "title_en": "Another call", "industry": "bank", "steps": ["solve"],
        "roles-0-name_en": "Lin Xia", "roles-0-side": "staff", "roles-1-side": "customer",
        "roles-2-side": "staff",
        "scenes-0-title_en": "At the desk", "scenes-0-title_zh": "前台",
        "questions-0-question_en": "Why?",
    }  # fmt: skip

    response = client.post("/cases/the-call/edit/", fields)

    assert response.status_code == 302
    content = draft_of(case)
    assert content["title"] == {"zh": "改行程的电话", "en": "Another call"}
    assert (content["industry"], content["steps"]) == ("bank", ["solve"])
    assert [role["id"] for role in content["roles"]] == ["a", "b"]
    assert content["roles"][0]["name"]["en"] == "Lin Xia"
    assert [role["side"] for role in content["roles"]] == ["staff", "customer"]
    assert content["scenes"][0]["title"]["en"] == "At the desk"
    assert content["analysis"] == [{"question": {"en": "Why?"}}]


def test_the_plain_form_that_is_too_long_keeps_what_was_typed(client):
    case = make_published()
    fields = form_fields(client, "/cases/the-call/edit/")
    fields |= {"title_en": "x" * 130, "summary_en": "Kept", "industry": "bank"}
    fields |= {"roles-0-side": "staff", "roles-1-side": "customer", "roles-2-side": "staff"}

    response = client.post("/cases/the-call/edit/", fields)

    assert response.status_code == 422
    assert "Kept" in response.content.decode()
    assert not CaseDraft.objects.filter(case=case).exists()


def test_one_line_can_be_changed_by_itself(client):
    case = make_published()
    fields = {"seen": seen_of(case), "act": "save", "who": "a", "zh": "等等。", "en": "Wait.",
              "polarity": "good", "step": "solve", "required": "on", "why_en": "Kind",
              "accept_at": "5"}  # fmt: skip

    assert client.post("/cases/the-call/edit/lines/l4/", fields).status_code == 302

    line = lines_of(draft_of(case))[3]
    assert line["text"] == {"zh": "等等。", "en": "Wait."}
    assert line["moment"] == {
        "polarity": "good", "step": "solve", "required": True, "why": {"en": "Kind"},
        "accept_at": ["l5"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("act", "order"),
    [
        ("up", ["l1", "l3", "l2", "l4", "l5"]),
        ("down", ["l1", "l2", "l4", "l3", "l5"]),
        ("delete", ["l1", "l2", "l4", "l5"]),
        ("join", ["l1", "l2", "l3", "l5"]),
    ],
)
def test_a_line_is_moved_deleted_and_joined_without_a_script(client, act, order):
    case = make_published()
    fields = {"seen": seen_of(case), "act": act, "who": "b", "zh": "那怎么办？", "en": "What now?"}

    assert client.post("/cases/the-call/edit/lines/l3/", fields).status_code == 302

    assert ids(draft_of(case)) == order
    if act == "join":
        assert words(case, "l3") == "What now? One moment."


def test_a_line_that_is_wrong_or_too_late_keeps_what_was_typed(client):
    case = make_published()
    seen = seen_of(case)
    fields = {"act": "save", "who": "a", "zh": "等等。", "en": "Typed.", "seen": seen}

    wrong = client.post("/cases/the-call/edit/lines/l4/", fields | {"accept_at": "99"})
    save(client_of(make_admin()), case, put("l1", who="b", en="Theirs"))
    late = client.post("/cases/the-call/edit/lines/l4/", fields)

    assert (wrong.status_code, late.status_code) == (422, 409)
    assert "Typed." in wrong.content.decode()
    assert "Typed." in late.content.decode()
    assert words(case, "l4") == "One moment."


def test_an_unknown_case_or_line_is_404(client):
    make_published()

    assert client.get("/cases/nothing/edit/").status_code == 404
    assert client.get("/cases/the-call/edit/lines/nothing/").status_code == 404


def test_a_case_that_no_trainee_sees_can_be_edited(client):
    case = make_published()
    Case.objects.update(state="archived")

    assert client.get("/cases/the-call/edit/").status_code == 200
    assert save(client, case, put("l4", en="x")).status_code == 200

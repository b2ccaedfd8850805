"""The editor's pages: who may, what is saved, what is refused, and two at once."""

import json

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import CaseDraft
from people.models import AuditEntry
from tests.cases.making import (
    draft_of,
    fresh,
    make_content,
    make_published,
    put,
    seen_of,
    words,
)
from tests.factories import make_admin, make_instructor, make_trainee


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


# --- pages ------------------------------------------------------------------------------------

PAGES = ["", "preview/", "publish/", "history/", "exercises/", "import/", "lines/l2/"]


@pytest.mark.parametrize("page", [*PAGES, "exercises/moments/", "exercises/call-moments/"])
def test_every_page_is_there_for_admins_and_for_nobody_else(db, page):
    make_published()
    url = f"/cases/the-call/edit/{page}"

    assert client_of(make_admin()).get(url).status_code == 200
    assert client_of(make_instructor()).get(url).status_code == 404
    assert client_of(make_trainee()).get(url).status_code == 404
    assert Client().get(url).status_code == 302


@pytest.mark.parametrize("page", ["draft", "compare", "here", "publish", "restore/1"])
def test_nobody_else_can_send_anything(db, page):
    make_published()

    for person in (make_instructor(), make_trainee()):
        assert client_of(person).post(f"/cases/the-call/edit/{page}/").status_code == 404
    assert CaseDraft.objects.count() == 0


def test_opening_pages_writes_nothing(client):
    make_published()
    for page in PAGES:
        client.get(f"/cases/the-call/edit/{page}")

    assert CaseDraft.objects.count() == 0
    assert AuditEntry.objects.filter(action__startswith="case").count() == 0


def test_a_save_is_stored_and_says_what_the_page_has_seen(client, admin):
    case = make_published()

    response = save(client, case, put("l4", en="Just a moment, please."))

    assert response.json()["seen"] == "1.1"
    assert words(case, "l4") == "Just a moment, please."
    assert fresh(case).draft.edited_by == admin
    assert fresh(case).current.number == 1


def test_a_page_that_has_not_seen_the_latest_gets_409_with_it_and_nothing_is_lost(client):
    case = make_published()
    seen = seen_of(case)
    other = client_of(make_admin())

    first = save(other, case, put("l1", who="b", en="Theirs"), seen=seen)
    second = save(client, case, put("l4", en="Mine"), seen=seen)

    assert (first.status_code, second.status_code) == (200, 409)
    assert "Theirs" in json.dumps(second.json()["document"])
    again = save(client, case, put("l4", en="Mine"), seen=second.json()["seen"])
    assert again.status_code == 200
    assert (words(case, "l1"), words(case, "l4")) == ("Theirs", "Mine")


def test_a_page_opened_before_the_pack_published_gets_409(client):
    case = make_published()
    seen = seen_of(case)
    from cases.publishing import publish_revision

    publish_revision(case=fresh(case), content=make_content(source={"zh": "新", "en": "New"}))

    assert save(client, case, put("l4", en="Mine"), seen=seen).status_code == 409


def test_the_conflict_shows_what_the_others_changed(client):
    case = make_published()
    base = draft_of(case)
    save(client_of(make_admin(name="Wang")), case, put("l1", who="b", en="Is Paul there?"))

    page = client.post(
        "/cases/the-call/edit/compare/", json.dumps({"base": base}), content_type="application/json"
    ).content.decode()

    assert "Wang has saved meanwhile" in page
    assert "Is" in page
    assert "Line 1" in page


def test_without_a_base_the_choice_is_offered_all_the_same(client):
    case = make_published()
    save(client_of(make_admin(name="Wang")), case, put("l1", who="b", en="Is Paul there?"))

    response = client.post("/cases/the-call/edit/compare/", "{}", content_type="application/json")

    assert 'data-keep="mine"' in response.content.decode()


@pytest.mark.parametrize(
    "base", [[], {"scenes": 3}, {"scenes": [{"lines": [1]}]}, {"roles": {}}, {"title": "x"}]
)
def test_a_base_that_is_no_document_breaks_nothing(client, base):
    make_published()

    response = client.post(
        "/cases/the-call/edit/compare/", json.dumps({"base": base}), content_type="application/json"
    )

    assert response.status_code in (200, 422)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "state", "value": "published"},
        {"op": "text", "field": "slug", "language": "en", "value": "x"},
        {"op": "text", "field": "title", "language": "en", "value": "x" * 121},
        {"op": "line", "line": {"id": "l1", "who": "a", "digest": "x"}, "scene": "s1"},
        {"op": "line", "line": {"id": "NO ID", "who": "a"}, "scene": "s1"},
        {"op": "industry", "value": "mining"},
        {"op": "steps", "value": ["dance"]},
        {"op": "roles", "value": [{"id": "a", "side": "boss"}]},
        "nonsense",
    ],
)
def test_what_is_no_change_of_a_document_is_refused(client, operation):
    case = make_published()

    assert save(client, case, operation).status_code == 422
    assert CaseDraft.objects.count() == 0


def test_characters_that_cannot_be_stored_are_left_out(client):
    case = make_published()
    body = json.dumps({"seen": seen_of(case), "operations": [put("l4", en="a\x00b\ud800c")]})

    response = client.post("/cases/the-call/edit/draft/", body, content_type="application/json")

    assert (response.status_code, words(case, "l4")) == (200, "abc")


def test_two_megabytes_are_refused_with_413_and_nothing_changes(client):
    case = make_published()
    save(client, case, put("l4", en="Before"))

    response = save(client, case, put("l4", en="x" * 2_000_000))
    page = client.post(
        "/cases/the-call/edit/import/", {"way": "paste", "zh": "甲：" + "好" * 900_000}
    )

    assert response.status_code == 413
    assert page.status_code == 413
    assert "still in the form" in page.content.decode()
    assert words(case, "l4") == "Before"


def test_without_a_form_token_nothing_is_saved(admin):
    case = make_published()
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin)

    assert save(client, case, put("l4", en="x")).status_code == 403
    assert client.post("/cases/the-call/edit/", {"seen": "0.1"}).status_code == 403


def test_a_script_in_a_draft_is_shown_as_text(client):
    case = make_published()
    bad = "<script>x</script> [a](javascript:x)"
    text = {"op": "text", "field": "situation", "language": "en", "value": bad}
    save(client, case, text, put("l4", en="<img src=x onerror=y>"))

    for page in ("", "preview/", "publish/"):
        shown = client.get(f"/cases/the-call/edit/{page}").content.decode()
        assert "<script>x" not in shown
        assert "<img src=x" not in shown
        assert 'href="javascript' not in shown


def test_the_preview_speaks_either_language(client):
    case = make_published()
    save(client, case, put("l4", en="Only a second."))

    english = client.get("/cases/the-call/edit/preview/?language=en", headers={"X-Part": "1"})
    chinese = client.get("/cases/the-call/edit/preview/?language=zh", headers={"X-Part": "1"})

    assert "Only a second." in english.content.decode()
    assert "请稍等。" in chinese.content.decode()
    assert "<html" not in english.content.decode()


def test_others_who_are_there_are_named_for_a_while(client):
    make_published()
    cache.clear()
    other = client_of(make_admin(name="Wang"))

    assert client.post("/cases/the-call/edit/here/").json() == {"others": []}
    assert other.post("/cases/the-call/edit/here/").json() == {"others": ["Li"]}
    assert client.post("/cases/the-call/edit/here/").json() == {"others": ["Wang"]}


def test_more_lines_cost_no_more_queries(client):
    case = make_published()
    save(client, case, put("l4", en="x"))

    def cost():
        client.get("/cases/the-call/edit/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/cases/the-call/edit/")
        return len(queries)

    few = cost()
    lines = [put(f"n{n}", en="x", zh="一", keys=["who", "en", "zh"]) for n in range(100)]
    save(client, case, *lines)

    assert cost() == few
    assert few <= 8

import pytest
from django.test import Client

from cases.models import Case
from cases.publishing import publish_case
from tests.factories import make_trainee


def both(zh, en):
    return {"zh": zh, "en": en}


LIN = {"id": "a", "name": both("小林", "Lin"), "part": both("前台", "desk"), "side": "staff"}
GUEST = {"id": "b", "name": both("客人", "Guest"), "part": both("客", "guest"), "side": "customer"}


def make_case(slug, *, industry="hotel", steps=("diagnose",), line="喂，悉尼"):
    content = {
        "title": both("改行程的电话", "The call"),
        "summary": both("概要", "Summary"),
        "industry": industry,
        "steps": list(steps),
        "origin": "own",
        "source": both("本课所写", "Our own"),
        "situation": both("一个**电话**", "A **call** <script>alert(1)</script>"),
        "roles": [LIN, GUEST],
        "scenes": [
            {
                "id": "s",
                "lines": [
                    {
                        "id": "l1",
                        "who": "a",
                        "text": both(line, "Hello"),
                        "moment": {
                            "polarity": "bad",
                            "step": "diagnose",
                            "action": "explore",
                            "why": both("没有问好", "No greeting"),
                        },
                    },
                    {"id": "l2", "who": "b", "text": both("我找保罗", "Paul, please")},
                ],
            }
        ],
        "analysis": [{"question": both("哪一句？", "Which?"), "answer": both("一", "One")}],
    }
    publish_case(slug=slug, content=content, digest=slug)


@pytest.fixture
def client(db):
    client = Client()
    client.force_login(make_trainee(language="en"))
    return client


def found_by(client, **query):
    return [case.slug for case in client.get("/cases/", query).context["page"]]


def test_an_empty_library_says_what_to_do(client):
    page = client.get("/cases/").content.decode()

    assert "There are no cases yet" in page


def test_every_word_has_to_occur(client):
    make_case("one", line="悉尼的行程")
    make_case("two", line="会议室的行程")

    assert found_by(client, q="行程") == ["one", "two"]
    assert found_by(client, q="悉尼 行程") == ["one"]
    assert found_by(client, q="悉尼 会议室") == []


@pytest.mark.parametrize("words", ["'; --", "!!!", "a' | 'b", "& !", "\\", "\x00", "％"])
def test_a_strange_search_finds_nothing_and_breaks_nothing(client, words):
    make_case("one")

    response = client.get("/cases/", {"q": words})

    assert response.status_code == 200


def test_industry_and_step_narrow_down(client):
    make_case("one", industry="hotel", steps=["diagnose", "solve"])
    make_case("two", industry="bank", steps=["solve"])

    assert found_by(client, industry="bank") == ["two"]
    assert found_by(client, step="diagnose") == ["one"]
    assert found_by(client, industry="bank", step="diagnose") == []
    assert found_by(client, industry="nonsense", step="nonsense") == ["one", "two"]


def test_a_case_can_be_read_with_the_marks_folded(client):
    make_case("one")

    page = client.get("/cases/one/").content.decode()

    assert "<strong>call</strong>" in page
    assert "<script>alert" not in page
    assert '<div class="line us" role="listitem">' in page
    assert page.count('<details class="mark bad">') == 1
    assert "<details open" not in page


@pytest.mark.parametrize("state", ["draft", "review", "archived"])
def test_only_published_cases_can_be_read(client, state):
    make_case("one")
    Case.objects.update(state=state)

    assert client.get("/cases/one/").status_code == 404
    assert found_by(client) == []


def test_one_character_and_the_beginning_of_a_word_find_a_case(client):
    make_case("one", line="请喝热茶")
    make_case("two", line="行李到了")

    assert found_by(client, q="茶") == ["one"]
    assert found_by(client, q="行") == ["one", "two"]  # both titles hold it
    assert found_by(client, q="hel") == ["one", "two"]
    assert found_by(client, q="ell") == []


def test_what_stands_in_the_title_comes_first(client):
    make_case("aaa")
    make_case("zzz")
    Case.objects.filter(slug="zzz").update(title_zh="悉尼来电", title_en="Zebra Hello")

    assert found_by(client, q="Hello") == ["zzz", "aaa"]


def test_version_origin_and_length_narrow_down(client):
    make_case("one")
    make_case("two")
    Case.objects.filter(slug="two").update(versions=["bad", "good"], origin="trainee", length=21)

    assert found_by(client, version="good") == ["two"]
    assert found_by(client, origin="own") == ["one"]
    assert found_by(client, length="short") == ["one"]
    assert found_by(client, length="long", origin="trainee") == ["two"]


def test_more_cases_cost_no_more_queries(client, django_assert_num_queries):
    make_case("one")
    with django_assert_num_queries(5):
        client.get("/cases/")
    for n in range(40):
        make_case(f"more-{n}")

    with django_assert_num_queries(5):
        page = client.get("/cases/").content.decode()
    assert "page=2" in page

"""New cases: empty ones, and those a colleague has told with consent."""

import pytest
from django.test import Client

from cases.drafting import (
    ConsentWithdrawn,
    change_draft,
    publish_draft,
)
from cases.models import Case, WriteUp
from cases.starting_from_write_up import NotNominated, start_from_write_up
from tests.cases.making import (
    both,
    draft_of,
    fresh,
    make_content,
    make_published,
    seen_of,
)
from tests.factories import make_admin, make_trainee


def publish(case, by, note="", **known):
    return publish_draft(case_id=case.pk, by=by, seen=seen_of(case), note=note, **known)


@pytest.fixture
def admin(db):
    return make_admin(language="en", name="Li")


@pytest.fixture
def client(admin):
    client = Client()
    client.force_login(admin)
    return client


def test_a_new_case_needs_a_title_and_an_address_of_its_own(client):
    make_published()

    for slug in ("mine", "the-call", "Bad Slug", ""):
        response = client.post("/cases/new/", {"title_en": "Kept title", "slug": slug})
        assert response.status_code == 422
        assert "Kept title" in response.content.decode()
    assert client.post("/cases/new/", {"slug": "fine"}).status_code == 422
    assert client.post("/cases/new/", {"slug": "fine", "title_en": "A"}).status_code == 302
    case = Case.objects.get(slug="fine")
    assert (case.state, case.current, draft_of(case)["title"]["en"]) == ("draft", None, "A")


def make_nominated(**fields):
    from django.utils import timezone

    defaults = {
        "author": make_trainee(name="Xiao Zhou"), "title": "退房的那天", "language": "zh",
        "state": WriteUp.State.NOMINATED, "consent_at": timezone.now(),
    }  # fmt: skip
    return WriteUp.objects.create(**(defaults | fields))


def test_a_nominated_case_becomes_a_draft_and_is_named_only_if_wanted(client):
    told = make_nominated()
    assert "退房的那天" in client.get("/cases/new/").content.decode()

    response = client.post(f"/cases/new/?from={told.pk}", {"title_zh": "退房", "slug": "checkout"})

    assert response.status_code == 302
    case = Case.objects.get(slug="checkout")
    content = draft_of(case)
    assert case.from_write_up == told
    assert content["origin"] == "trainee"
    assert content["source"]["en"] == "A case by a colleague, told with consent."
    assert "退房的那天" not in client.get("/cases/new/").content.decode()
    assert client.get(f"/cases/new/?from={told.pk}").status_code == 404


def test_without_consent_nothing_is_begun_or_published(admin):
    told = make_nominated()
    case = start_from_write_up(
        write_up_id=told.pk, slug="x", title=both("题", "T"), by=admin, names_author=True
    )
    assert "Xiao Zhou" in draft_of(case)["source"]["en"]
    change_draft(case_id=case.pk, by=admin, seen=seen_of(case), change=lambda _now: make_content())
    WriteUp.objects.filter(pk=told.pk).update(state="accepted", consent_at=None)

    with pytest.raises(ConsentWithdrawn):
        publish(case, admin)
    with pytest.raises(NotNominated):
        start_from_write_up(
            write_up_id=told.pk, slug="y", title=both("题", "T"), by=admin, names_author=False
        )
    assert fresh(case).current is None

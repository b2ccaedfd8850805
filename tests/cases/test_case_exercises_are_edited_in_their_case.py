"""An exercise of a case lives in the case's document, so that is where it is edited."""

import pytest
from django.test import Client

from cases.publishing import publish_case
from tests.cases.test_releasing import CONTENT
from tests.factories import make_admin

pytestmark = pytest.mark.django_db


def test_the_editor_of_exercises_leads_to_the_case():
    publish_case(slug="no-room", content=CONTENT, digest="d")
    client = Client()
    client.force_login(make_admin())

    seen = client.get("/items/exercises/no-room-mark/edit/")
    published = client.post("/items/exercises/no-room-mark/edit/publish/", {"seen": "x"})

    assert (seen.status_code, seen["Location"]) == (302, "/cases/no-room/")
    assert published.status_code == 404

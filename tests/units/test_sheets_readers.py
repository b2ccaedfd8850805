"""Who reads a sheet, who writes in it, and who may say something about it."""

import pytest
from django.test import Client
from django.utils import timezone

from people.models import CohortStaff, Team, TeamMember
from tests.factories import make_admin, make_instructor, make_trainee
from tests.units.sheet_making import (
    KEY,
    Class,
    make_worksheet,
    put,
    signed_in,
)
from units.models import Cell, Sheet, SheetComment

pytestmark = pytest.mark.django_db
MINE = "/worksheets/moments/mine/"


@pytest.fixture
def room():
    return Class()


def test_whoever_is_signed_out_is_told_so(room):
    for name in ("cell/", "news/"):
        assert Client().post(MINE + name, {"key": KEY, "seen": "0"}).status_code == 401
    for name in ("", "moments/", "moments/mine/", "handbook/"):
        assert Client().get(f"/worksheets/{name}").status_code == 302


def test_a_team_sheet_is_for_its_members_and_whoever_teaches_them(room):
    url = f"/worksheets/moments/team-{room.team.pk}/"
    manager = make_instructor(language="en")
    CohortStaff.objects.create(cohort=room.cohort, person=manager, duty="manager")
    put(room.anna, "ours", f"team-{room.team.pk}")
    strangers = [room.alone, room.chen, room.other_teacher, manager, make_trainee()]

    for person in strangers:
        client = signed_in(person)
        for page in ("", "print/", "docx/", "markdown/"):
            assert client.get(url + page).status_code == 404
        assert client.post(url, {f"cell-{KEY}": "x", "seen": "{}"}).status_code == 404
        for name, form in (("cell/", {"key": KEY, "text": "x", "seen": "1"}), ("news/", {}),
                           ("share/", {}), ("comment/", {"text": "x"})):  # fmt: skip
            assert client.post(url + name, form).status_code == 404
        assert client.get(f"/worksheets/handbook/team-{room.team.pk}/").status_code == 404
    for person in (room.teacher, make_admin()):
        client = signed_in(person)
        page = client.get(url).content.decode()
        assert "ours" in page
        assert "cell-grid" not in page
        assert client.post(url, {f"cell-{KEY}": "x", "seen": "{}"}).status_code == 404
        sent = {"key": KEY, "text": "x", "seen": "1"}
        assert client.post(f"{url}cell/", sent).status_code == 404
    assert Cell.objects.get().text == "ours"


def test_an_own_sheet_is_shown_only_of_ones_own_accord_and_can_be_taken_back(room):
    put(room.anna, "secret words")
    url = f"/worksheets/moments/person-{room.anna.pk}/"
    anna, teacher = signed_in(room.anna), signed_in(room.teacher)

    assert teacher.get(url).status_code == 404
    assert anna.post(f"{MINE}share/", {"act": "show"}).status_code == 302
    assert "secret words" in teacher.get(url).content.decode()
    assert teacher.post(f"{url}comment/", {"key": KEY, "text": "Well put"}).status_code == 302
    assert teacher.post(f"{url}share/", {"act": "hide"}).status_code == 404
    for person in (room.bo, room.other_teacher):
        assert signed_in(person).get(url).status_code == 404

    anna.post(f"{MINE}share/", {"act": "hide"})
    assert teacher.get(url).status_code == 404
    assert teacher.post(f"{url}comment/", {"text": "x"}).status_code == 404
    assert "Well put" in anna.get(MINE).content.decode()


def test_nothing_can_be_shown_before_it_is_begun(room):
    assert signed_in(room.alone).post(f"{MINE}share/", {"act": "show"}).status_code == 404


def test_comments_stand_at_the_sheet_or_at_a_cell(room):
    whose = f"team-{room.team.pk}"
    url = f"/worksheets/moments/{whose}/"
    teacher = signed_in(room.teacher)
    assert teacher.post(f"{url}comment/", {"text": "too early"}).status_code == 404
    put(room.anna, "ours", whose)

    assert teacher.post(f"{url}comment/", {"text": "On the whole <i>good</i>"}).status_code == 302
    at_cell = teacher.post(f"{url}comment/", {"key": KEY, "text": "Word for word?"})
    assert at_cell.headers["Location"].endswith("#c-grid--r1--c1")
    page = signed_in(room.bo).get(url).content.decode()
    assert "On the whole &lt;i&gt;good&lt;/i&gt;" in page
    assert "Word for word?" in page
    assert signed_in(room.bo).post(f"{url}comment/", {"text": "x"}).status_code == 404


@pytest.mark.parametrize(("text", "status"), [("", 422), ("x" * 4001, 422)])
def test_a_comment_that_says_nothing_or_too_much_is_refused_and_kept(room, text, status):
    whose = f"team-{room.team.pk}"
    put(room.anna, "ours", whose)
    answer = signed_in(room.teacher).post(
        f"/worksheets/moments/{whose}/comment/", {"key": KEY, "text": text}
    )

    assert answer.status_code == status
    assert f"{text}</textarea>" in answer.content.decode()
    assert not SheetComment.objects.exists()
    other = {"key": "grid.r9.c9", "text": "x"}
    url = f"/worksheets/moments/{whose}/comment/"
    assert signed_in(room.teacher).post(url, other).status_code == 400


def test_an_ended_team_reads_what_it_wrote_and_begins_nothing(room):
    whose = f"team-{room.team.pk}"
    put(room.anna, "ours", whose)
    make_worksheet("another")
    Team.objects.filter(pk=room.team.pk).update(archived_at=timezone.now())
    client = signed_in(room.anna)

    page = client.get(f"/worksheets/moments/{whose}/").content.decode()
    assert "ours" in page
    assert "<textarea" not in page
    sent = {"key": KEY, "text": "x", "seen": "1"}
    assert client.post(f"/worksheets/moments/{whose}/cell/", sent).status_code == 404
    assert client.get(f"/worksheets/another/{whose}/").status_code == 404
    assert "team ended" in client.get("/worksheets/").content.decode()


def test_whoever_is_taken_out_finds_nothing_any_longer(room):
    whose = f"team-{room.team.pk}"
    put(room.anna, "ours", whose)
    TeamMember.objects.filter(team=room.team, person=room.anna).delete()

    client = signed_in(room.anna)
    assert client.get(f"/worksheets/moments/{whose}/").status_code == 404
    sent = {"key": KEY, "text": "x", "seen": "1"}
    assert client.post(f"/worksheets/moments/{whose}/cell/", sent).status_code == 404


def test_an_archived_worksheet_is_read_where_it_was_begun(room):
    put(room.anna, "kept")
    room.worksheet.archived_at = timezone.now()
    room.worksheet.save()

    page = signed_in(room.anna).get(MINE).content.decode()
    assert "kept" in page
    assert "<textarea" not in page
    assert signed_in(room.bo).get(MINE).status_code == 404


def test_whoever_teaches_sees_the_cohorts_sheets_and_nothing_that_was_not_shown(room):
    put(room.anna, "ours", f"team-{room.team.pk}")
    put(room.anna, "mine")
    put(room.bo, "his")
    Sheet.objects.filter(person=room.bo).update(shared_at=timezone.now())
    url = f"/worksheets/cohorts/{room.cohort.slug}/"
    page = signed_in(room.teacher).get(url).content.decode()

    assert f"/worksheets/moments/team-{room.team.pk}/" in page
    assert f"/worksheets/moments/person-{room.bo.pk}/" in page
    assert f"person-{room.anna.pk}" not in page
    for person in (room.anna, room.other_teacher):
        assert signed_in(person).get(url).status_code == 404
    handbook = signed_in(room.teacher).get(f"/worksheets/handbook/cohort-{room.cohort.pk}/")
    assert "ours" in handbook.content.decode()
    assert "his" in handbook.content.decode()
    assert "mine" not in handbook.content.decode().split("<main", 1)[1].split("chapter", 1)[1]

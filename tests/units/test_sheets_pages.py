"""The pages of worksheets: what they show, what forms and the script get back."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import make_admin, make_cohort, make_trainee
from tests.units.packs import write_pack
from tests.units.sheet_making import (
    KEY,
    Class,
    both,
    content,
    make_team,
    make_worksheet,
    put,
    signed_in,
)
from units.models import Cell, CellChange, Sheet, SheetComment
from units.pack.loading import load_course

pytestmark = pytest.mark.django_db
MINE = "/worksheets/moments/mine/"


@pytest.fixture
def room():
    return Class()


def seen_by(page):
    return page.context["seen_json"]


def test_the_list_says_how_far_each_sheet_has_come(room):
    put(room.anna, "mine")
    put(room.bo, "ours", f"team-{room.team.pk}")
    put(room.anna, "ours, too", f"team-{room.team.pk}", key="grid.r1.c2")
    page = signed_in(room.anna).get("/worksheets/").content.decode()

    assert "1 of 15 fields" in page
    assert "2 of 15 fields" in page
    assert "Early shift" in page
    assert "Your cohorts" not in page
    assert "Your cohorts" in signed_in(room.teacher).get("/worksheets/").content.decode()


def test_without_a_team_the_worksheet_opens_at_once_else_there_is_a_choice(room):
    alone = signed_in(room.alone).get("/worksheets/moments/")
    choice = signed_in(room.anna).get("/worksheets/moments/")

    assert 'id="sheet"' in alone.content.decode()
    assert 'id="sheet"' not in choice.content.decode()
    for whose in ("mine", f"team-{room.team.pk}"):
        assert f"/worksheets/moments/{whose}/" in choice.content.decode()
    assert signed_in(room.anna).get("/worksheets/nothing/").status_code == 404


def test_looking_makes_nothing(room):
    client = signed_in(room.anna)
    for page in ("", "moments/", "moments/mine/", f"moments/team-{room.team.pk}/",
                 "moments/mine/?models=grid", "moments/print/", "handbook/"):  # fmt: skip
        assert client.get(f"/worksheets/{page}").status_code == 200

    assert not Sheet.objects.exists()


def test_a_page_sent_whole_is_stored(room):
    client = signed_in(room.alone)
    answer = client.post(MINE, {f"cell-{KEY}": "first", "cell-list.r2.name": "Ms Li", "seen": "{}"})

    assert (answer.status_code, answer.headers["Location"]) == (302, MINE)
    assert dict(Cell.objects.values_list("key", "text")) == {KEY: "first", "list.r2.name": "Ms Li"}
    page = client.get(MINE)
    assert "2 fields saved." in page.content.decode()
    client.post(MINE, {f"cell-{KEY}": "second", "seen": seen_by(page)})
    assert CellChange.objects.filter(cell__key=KEY).count() == 2


def test_a_text_that_is_too_long_is_refused_and_kept_the_others_are_stored(room):
    answer = signed_in(room.alone).post(
        MINE, {f"cell-{KEY}": "fine", "cell-ask.why.text": "k" * 4001, "seen": ""}
    )
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "k" * 4001 in page
    assert "At most 4,000 characters; these are 4001." in page
    assert Cell.objects.get().text == "fine"


def test_two_who_send_the_same_field_see_both_texts_and_choose(room):
    whose = f"team-{room.team.pk}"
    url = f"/worksheets/moments/{whose}/"
    put(room.anna, "begin", whose)
    anna, bo = signed_in(room.anna), signed_in(room.bo)
    seen = seen_by(bo.get(url))
    anna.post(url, {f"cell-{KEY}": "hers <b>", "seen": seen})

    refused = bo.post(url, {f"cell-{KEY}": "his", "seen": seen})
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Anna wrote meanwhile" in page
    assert "hers &lt;b&gt;" in page
    assert "his</textarea>" in page

    form = {f"cell-{KEY}": "his", "seen": seen_by(refused), f"keep-{KEY}": "both"}
    assert bo.post(url, form).status_code == 302
    assert Cell.objects.get().text == "hers <b>\nhis"
    assert list(CellChange.objects.values_list("text", flat=True).order_by("version")) == [
        "begin", "hers <b>", "hers <b>\nhis",
    ]  # fmt: skip


def test_choosing_theirs_changes_nothing(room):
    whose = f"team-{room.team.pk}"
    url = f"/worksheets/moments/{whose}/"
    put(room.anna, "hers", whose)
    form = {f"cell-{KEY}": "his", "seen": json.dumps({KEY: 1}), f"keep-{KEY}": "theirs"}

    assert signed_in(room.bo).post(url, form).status_code == 302
    assert Cell.objects.get().version == 1


@pytest.mark.parametrize("seen", ["x", "[]", '{"a": -1}', '{"a": "1"}', '{"a": true}', "[" * 9999])
def test_versions_that_are_none_are_refused(room, seen):
    client = signed_in(room.alone)

    assert client.post(MINE, {f"cell-{KEY}": "x", "seen": seen}).status_code == 400
    assert client.post(f"{MINE}news/", {"seen": seen}).status_code == 400
    assert not Cell.objects.exists()


def test_the_script_saves_a_cell_and_learns_of_what_is_newer(room):
    url = f"/worksheets/moments/team-{room.team.pk}/"
    anna, bo = signed_in(room.anna), signed_in(room.bo)

    saved = anna.post(f"{url}cell/", {"key": KEY, "text": "hers", "seen": "0"}).json()
    assert (saved["saved"], saved["version"]) == (True, 1)
    late = bo.post(f"{url}cell/", {"key": KEY, "text": "his", "seen": "0"})
    assert (late.status_code, late.json()["cell"]["text"]) == (409, "hers")
    long = bo.post(f"{url}cell/", {"key": KEY, "text": "x" * 4001, "seen": "1"})
    assert (long.status_code, long.json()["length"]) == (422, 4001)

    told = bo.post(f"{url}news/", {"seen": "{}"}).json()
    assert [(one["key"], one["text"], one["by"]) for one in told["cells"]] == [
        (KEY, "hers", "Anna")
    ]
    assert told["here"] == []
    again = anna.post(f"{url}news/", {"seen": json.dumps({KEY: 1})}).json()
    assert (again["cells"], again["here"]) == ([], ["Bo"])


@pytest.mark.parametrize(
    "fields",
    [{"key": "grid.r9.c9", "seen": "0"}, {"key": KEY, "seen": "-1"}, {"key": KEY, "seen": "9"},
     {"key": KEY}, {"seen": "0"}, {"key": "x" * 300, "seen": "0"}],
)  # fmt: skip
def test_what_the_script_does_not_send_is_refused(room, fields):
    answer = signed_in(room.alone).post(f"{MINE}cell/", {"text": "x", **fields})

    assert answer.status_code == 400
    assert not Sheet.objects.exists()


def test_model_answers_come_once_something_stands_in_their_section(room):
    client = signed_in(room.alone)
    for section in ("grid", "ask"):
        page = client.get(f"{MINE}?models={section}").content.decode()
        assert "MODEL" not in page
        part = client.get(f"{MINE}?models={section}", headers={"X-Part": "models"})
        assert "MODEL" not in part.content.decode()
    put(room.alone, "something", key="grid.r2.c2")

    assert "MODEL" not in client.get(MINE).content.decode()
    assert "MODEL-GRID" in client.get(f"{MINE}?models=grid").content.decode()
    part = client.get(f"{MINE}?models=grid", headers={"X-Part": "models"}).content.decode()
    assert "MODEL-GRID" in part
    assert "<html" not in part
    assert "MODEL" not in client.get(f"{MINE}?models=ask").content.decode()
    put(room.alone, "", key="grid.r2.c2", seen=1)
    assert "MODEL" not in client.get(f"{MINE}?models=grid").content.decode()


def test_a_sheet_keeps_the_questions_it_began_with(room):
    put(room.anna, "kept")
    put(room.bo, "", key=KEY)
    newer = make_worksheet("newer", rows=3)
    revision = newer.current
    revision.pk, revision.worksheet, revision.number = None, room.worksheet, 2
    revision.save(force_insert=True)
    room.worksheet.current = revision
    room.worksheet.save()

    assert "of 15 fields" in signed_in(room.anna).get(MINE).content.decode()
    assert "of 17 fields" in signed_in(room.bo).get(MINE).content.decode()


def count_of(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_many_sheets_teams_cells_and_comments_cost_no_more_statements(room):
    whose = f"team-{room.team.pk}"
    put(room.anna, "x", whose)
    put(room.anna, "x")
    anna, teacher = signed_in(room.anna), signed_in(room.teacher)
    urls = [(anna, "/worksheets/"), (anna, "/worksheets/moments/"), (anna, MINE),
            (anna, f"/worksheets/moments/{whose}/"), (anna, "/worksheets/handbook/"),
            (anna, f"/worksheets/moments/{whose}/print/"),
            (anna, f"/worksheets/handbook/{whose}/"),
            (teacher, f"/worksheets/moments/{whose}/"),
            (teacher, f"/worksheets/cohorts/{room.cohort.slug}/"),
            (teacher, f"/worksheets/handbook/cohort-{room.cohort.pk}/")]  # fmt: skip
    before = [count_of(*one) for one in urls]

    keys = ["grid.r1.c2", "grid.r2.c1", "list.r1.name", "ask.why.text"]
    for number in range(3):
        slug = make_worksheet(f"more-{number}").slug
        for where in (whose, "mine"):
            for key in keys:
                put(room.anna, "x", where, key=key, slug=slug)
    for key in keys:
        put(room.bo, "x", whose, key=key)
        put(room.anna, "x", key=key)
        for _n in range(3):
            SheetComment.objects.create(
                sheet=Sheet.objects.get(team=room.team, worksheet=room.worksheet), key=key,
                author=room.teacher, text="x", made_at=timezone.now(),
            )  # fmt: skip
    make_team(room.anna, cohort=make_cohort())
    Sheet.objects.filter(person=room.anna).update(shared_at=timezone.now())
    after = [count_of(*one) for one in urls]

    assert after == before
    assert max(after) <= 12


def test_a_save_takes_no_more_statements_in_a_full_sheet(room):
    client = signed_in(room.alone)

    def cost(seen, key=KEY):
        with CaptureQueriesContext(connection) as queries:
            form = {"key": key, "text": f"text {seen}", "seen": str(seen)}
            assert client.post(f"{MINE}cell/", form).status_code == 200
        return len(queries)

    cost(0)
    first = cost(1)
    for row in range(1, 6):
        cost(0, f"list.r{row}.name")

    assert cost(2) == first
    assert first <= 8


def test_a_lesson_shows_the_card_of_a_worksheet_for_one_more_statement(tmp_path):
    folder = write_pack(tmp_path)
    person = make_trainee(language="en")
    load_course(folder)
    client = signed_in(person)
    before = count_of(client, "/units/first/one/")
    (folder / "worksheets").mkdir()
    for slug in ("first-sheet", "second-sheet"):
        file = {"title": both(slug), **{k: v for k, v in content().items() if k != "title"}}
        (folder / f"worksheets/{slug}.yaml").write_text(json.dumps(file), encoding="utf-8")
        for key in ("zh", "en"):
            with (folder / f"units/01-first/01-one.{key}.md").open("a", encoding="utf-8") as text:
                text.write(f"\n\n::: worksheet {slug} :::\n")
    load_course(folder)

    page = client.get("/units/first/one/").content.decode()
    for slug in ("first-sheet", "second-sheet"):
        assert f'href="/worksheets/{slug}/"' in page
    assert count_of(client, "/units/first/one/") == before + 1
    assert client.get("/worksheets/first-sheet/").status_code == 200
    admin = signed_in(make_admin())
    for page in ("edit/", "edit/preview/", "edit/publish/"):
        assert admin.get(f"/units/first/one/{page}").status_code == 200
    assert "first-sheet" in admin.get("/units/first/one/edit/preview/").content.decode()

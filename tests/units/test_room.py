"""What a trainer teaches from: who may see it, what stands on it, what it costs."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import make_admin, make_instructor, make_trainee
from tests.units.packs import write_pack
from tests.units.rooms import add_lesson, write_room
from units.models import Course, Unit
from units.pack.loading import load_course

FOR_TRAINERS = [
    "/courses/core/guide/",
    "/units/first/projector/",
    "/units/first/projector/one/",
    "/cases/a-case/projector/",
    "/units/first/handout/",
]
FOR_ALL = ["/units/first/crib/", "/units/first/briefing/", "/briefings/"]


@pytest.fixture
def pack(db, tmp_path):
    folder = write_room(tmp_path)
    load_course(folder)
    return folder


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def instructor(pack):
    return client_of(make_instructor(language="en"))


@pytest.fixture
def trainee(pack):
    return client_of(make_trainee(language="en"))


def body(response):
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("make", [make_instructor, make_admin])
def test_who_teaches_finds_every_page_in_both_languages(pack, make, language):
    client = client_of(make(language=language))

    for url in FOR_TRAINERS + FOR_ALL:
        assert client.get(url).status_code == 200, url


@pytest.mark.parametrize("url", FOR_TRAINERS)
def test_trainees_do_not_find_what_holds_the_keys(trainee, url):
    assert trainee.get(url).status_code == 404


@pytest.mark.parametrize("url", FOR_ALL)
def test_trainees_find_cribs_and_cards(trainee, url):
    assert trainee.get(url).status_code == 200


@pytest.mark.parametrize("url", FOR_TRAINERS + FOR_ALL)
def test_strangers_are_led_to_the_sign_in(pack, url):
    response = Client().get(url)

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("url", FOR_TRAINERS + FOR_ALL)
def test_pages_to_read_take_no_posts(instructor, url):
    assert instructor.post(url).status_code == 405


def test_what_is_not_written_is_not_there_and_not_linked(db, tmp_path):
    load_course(write_pack(tmp_path))
    client = client_of(make_instructor(language="en"))

    for url in ("/courses/core/guide/", "/units/first/crib/", "/units/first/briefing/"):
        assert client.get(url).status_code == 404, url
    for page in ("/units/first/", "/courses/core/", "/courses/"):
        links = re.findall(r'href="([^"]+)"', body(client.get(page)))
        assert [one for one in links if re.search("crib|briefing|guide", one)] == []
    assert "There are no cards yet" in body(client.get("/briefings/"))


@pytest.mark.parametrize(
    "url",
    [
        "/courses/gone/guide/", "/units/gone/projector/", "/units/first/projector/gone/",
        "/cases/gone/projector/", "/units/gone/crib/", "/units/gone/briefing/",
        "/units/gone/handout/",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(instructor, url):
    assert instructor.get(url).status_code == 404


def test_what_was_taken_away_is_not_found(instructor):
    Unit.objects.update(archived_at="2026-01-01T00:00Z")
    Course.objects.update(archived_at="2026-01-01T00:00Z")

    for url in [*FOR_TRAINERS[:3], FOR_TRAINERS[4], *FOR_ALL[:2]]:
        assert instructor.get(url).status_code == 404, url
    assert "/units/first/briefing/" not in body(instructor.get("/briefings/"))


# --- the guide -----------------------------------------------------------------------------------


def times(page):
    return re.findall(r"<time>([\d:]+)</time>", page.split('class="guide-body"')[1])


def test_the_guide_runs_by_the_clock(instructor):
    page = body(instructor.get("/courses/core/guide/"))

    assert times(page) == ["09:00", "09:00", "09:10", "09:30", "10:00", "10:00"]
    for text in (
        "Everybody speaks", "Ask them to stand up", "Why do you stand here?", "It is warmer",
        "Do not judge", "Raise hands instead", "Use the handout", "Print the handout", "Pens",
    ):  # fmt: skip
        assert text in page
    for url in (
        "/units/first/projector/one/", "/cases/a-case/projector/", "/units/first/projector/",
        "/units/first/handout/", "/units/first/crib/", "/cases/a-case/",
    ):  # fmt: skip
        assert f'href="{url}"' in page


def test_another_start_moves_every_time(instructor):
    page = body(instructor.get("/courses/core/guide/?start=08:30"))

    assert times(page) == ["08:30", "08:30", "08:40", "09:00", "09:30", "09:30"]
    assert 'value="08:30"' in page


def test_a_start_late_in_the_evening_goes_on_past_midnight(instructor):
    page = body(instructor.get("/courses/core/guide/?start=23:30"))

    assert times(page)[-2:] == ["00:30", "00:30"]


@pytest.mark.parametrize("start", ["soon", "25:00", "08:30:00", "<b>"])
def test_a_start_that_is_no_time_is_refused_and_the_times_stay(instructor, start):
    page = body(instructor.get("/courses/core/guide/", {"start": start}))

    assert times(page)[0] == "09:00"
    assert "Give the time as 08:30." in page


def test_a_guide_says_what_is_gone_without_a_link(instructor):
    Unit.objects.update(archived_at="2026-01-01T00:00Z")
    page = body(instructor.get("/courses/core/guide/"))

    assert "/units/first/" not in page
    assert "/cases/a-case/" in page


# --- slides --------------------------------------------------------------------------------------


def kinds(page):
    return re.findall(r'<section class="slide k-(\w+)', page)


def test_a_lesson_becomes_slides_with_the_key_after_the_question(instructor):
    page = body(instructor.get("/units/first/projector/one/"))

    assert kinds(page) == [
        "title",
        "text",
        "figure",
        "question",
        "answer",
        "keep",
        "door",
        "activity",
    ]
    question, answer = page.split('<section class="slide ')[4:6]
    assert "The feeling is theirs" not in question.split("<aside")[0]
    assert "The feeling is theirs" in question.split("<aside")[1]  # for the trainer
    assert "The feeling is theirs" in answer


PROSE = "Mr. Li stays where he is. " + "He waits for a word that nobody says to him. " * 6


def slides_of(instructor, pack, text):
    for language in ("zh", "en"):
        path = pack / f"units/01-first/01-one.{language}.md"
        path.write_text(text + path.read_text())
    load_course(pack)
    return body(instructor.get("/units/first/projector/one/")).split('<section class="slide ')[1:]


@pytest.mark.parametrize("after", ["", "::: keep\nKeep that.\n:::\n\n"])
def test_a_heading_with_prose_alone_has_a_slide_with_its_first_sentence(instructor, pack, after):
    slide = slides_of(instructor, pack, f"## The last thrust\n\n{PROSE}\n\n{after}")[1]
    wall, notes = slide.split("<aside", 1)

    assert "<h2>The last thrust</h2>" in wall
    assert "<p>Mr. Li stays where he is.</p>" in wall
    assert "He waits" not in wall
    assert "He waits" in notes


def test_a_heading_with_prose_alone_stands_over_the_figure_that_follows(instructor, pack):
    text = f"## The last thrust\n\n{PROSE}\n\n::: exercise lesson-one-true :::\n\n## Next\n\n"
    path = pack / "units/01-first/01-one.en.md"
    path.write_text(path.read_text().replace("::: exercise lesson-one-true :::\n\n", ""))
    path = pack / "units/01-first/01-one.zh.md"
    path.write_text(path.read_text().replace("::: exercise lesson-one-true :::\n\n", ""))
    slide = slides_of(instructor, pack, text)[1]

    assert slide.startswith("k-question")
    assert '<p class="on-top">The last thrust</p>' in slide


def test_the_classroom_block_is_for_the_trainer_alone(instructor):
    page = body(instructor.get("/units/first/projector/one/"))
    activity = page.split('<section class="slide k-activity')[1]
    wall, notes = activity.split("<aside", 1)

    assert "Before: pairs." not in wall
    assert "Before: pairs." in notes


def test_a_unit_becomes_slides_without_what_is_beside_the_way(instructor, pack):
    add_lesson(pack, "extra", more=True)
    load_course(pack)
    page = body(instructor.get("/units/first/projector/"))

    assert kinds(page)[:3] == ["title", "list", "title"]
    assert kinds(page)[-2:] == ["keep", "tomorrow"]
    assert "Lesson extra" not in page
    assert "Lesson extra" in body(instructor.get("/units/first/projector/extra/"))


def test_a_case_is_told_before_it_is_judged(instructor):
    page = body(instructor.get("/cases/a-case/projector/"))

    assert kinds(page) == ["title", "text", "talk", "question", "answer"]
    assert page.count("data-step>") == 2


# --- crib, card, handout -------------------------------------------------------------------------


def test_the_crib_holds_the_unit_on_one_page(trainee, pack):
    add_lesson(pack, "extra", more=True)
    load_course(pack)
    page = body(trainee.get("/units/first/crib/"))

    for text in (
        "You can do it", "When somebody comes, I look up first", "First sentence", "Greet",
        "Keep this.", "Look up three times",
    ):  # fmt: skip
        assert text in page
    assert "Keep extra." not in page


def test_the_card_says_what_a_shift_leader_does(trainee):
    page = body(trainee.get("/units/first/briefing/"))

    for text in (
        "A guest knocks on the desk.", "What could we do?", "Say a word", "Look up first.",
        "When did you look up?",
    ):  # fmt: skip
        assert text in page
    assert "What could we do?" in body(trainee.get("/briefings/"))


def test_the_handout_keeps_its_key_apart(instructor, pack):
    add_lesson(pack, "extra", exercises=2, more=True)
    load_course(pack)
    page = body(instructor.get("/units/first/handout/?all=1"))
    asked, key = page.split('id="key"')

    assert "The guest judges" in asked
    assert asked.count('class="asked"') == 3
    assert "The feeling is theirs" not in asked
    assert key.count('class="key-of"') == 3
    assert "The feeling is theirs" in key


def test_the_handout_prints_the_lessons_on_the_way_and_more_when_asked(instructor, pack):
    assert "?all=1" not in body(instructor.get("/units/first/handout/"))
    add_lesson(pack, "extra", exercises=2, more=True)
    load_course(pack)
    page = body(instructor.get("/units/first/handout/"))

    assert "The guest judges" in page
    assert "Lesson extra" not in page
    assert 'href="?all=1"' in page
    assert "Lesson extra" in body(instructor.get("/units/first/handout/?all=1"))


@pytest.mark.parametrize("lesson", ["one", "extra"])
def test_the_handout_prints_one_lesson_alone(instructor, pack, lesson):
    add_lesson(pack, "extra", exercises=2, more=True)
    load_course(pack)
    assert f'href="?lesson={lesson}"' in body(instructor.get("/units/first/handout/?all=1"))
    page = body(instructor.get(f"/units/first/handout/?lesson={lesson}"))

    assert ("The guest judges" in page) == (lesson == "one")
    assert ("Statement extra-true-0" in page) == (lesson == "extra")
    assert 'href="?lesson=' not in page


@pytest.mark.parametrize("lesson", ["gone", "no slug", "<b>"])
def test_a_handout_of_no_lesson_is_not_found(instructor, lesson):
    assert instructor.get("/units/first/handout/", {"lesson": lesson}).status_code == 404


# --- ways to them --------------------------------------------------------------------------------


def links(page):
    return set(re.findall(r'href="([^"#?]+)"', page))


def test_everybody_finds_crib_and_card_and_trainers_slides_and_handout(instructor, trainee):
    for_all = {"/units/first/crib/", "/units/first/briefing/"}
    for_trainers = {"/units/first/projector/", "/units/first/handout/"}

    assert for_all | for_trainers <= links(body(instructor.get("/units/first/")))
    assert for_all <= links(body(trainee.get("/units/first/")))
    assert not for_trainers & links(body(trainee.get("/units/first/")))


def test_the_course_page_says_what_one_gets_and_leads_trainers_to_the_guide(instructor, trainee):
    page = body(trainee.get("/courses/core/"))

    for text in ("Look up", "in a room, with a trainer", "All units, and a case of your own"):
        assert text in page
    assert "/courses/core/guide/" not in links(page)
    assert "/courses/core/guide/" in links(body(instructor.get("/courses/core/")))
    assert "/courses/core/guide/" in links(body(instructor.get("/courses/")))
    assert "/courses/core/guide/" not in links(body(trainee.get("/courses/")))


# --- what it costs -------------------------------------------------------------------------------


def statements(client, url):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("url", FOR_TRAINERS + FOR_ALL)
def test_forty_exercises_cost_as_many_statements_as_one(instructor, pack, url):
    instructor.get(url)
    few = statements(instructor, url)
    add_lesson(pack, "extra", exercises=20)
    add_lesson(pack, "further", exercises=20)
    load_course(pack)

    assert statements(instructor, url) == few
    assert few <= 9

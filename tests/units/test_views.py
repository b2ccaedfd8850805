import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from quizzes.models import Answer, Attempt, Revision
from quizzes.practising import check_answer
from tests.factories import make_admin, make_instructor, make_trainee
from tests.units.packs import change, write_pack
from units.finishing import finish_lesson
from units.models import Completion, Lesson, LessonRevision, Reading
from units.pack.loading import load_course

LESSON_FILES = ("01-one.yaml", "01-one.zh.md", "01-one.en.md")
URL = "/units/first/one/"


@pytest.fixture
def pack(db, tmp_path):
    folder = write_pack(tmp_path)
    load_course(folder)
    return folder


def add_lesson(folder, name):
    """A second, third … lesson of the unit: the first one's text with another id."""
    for file in LESSON_FILES:
        text = (folder / "units/01-first" / file).read_text()
        text = text.replace("lesson-one", f"lesson-{name}")
        text = text.replace("Lesson one", f"Lesson {name}")
        (folder / "units/01-first" / file.replace("01-one", name)).write_text(text)
    load_course(folder)


@pytest.fixture
def person(pack):
    return make_trainee(language="en")


@pytest.fixture
def client(person):
    return client_of(person)


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def body(response):
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("url", ["/courses/", "/courses/core/", "/units/first/", URL])
def test_every_page_is_there_in_both_languages(pack, url, language):
    page = body(client_of(make_trainee(language=language)).get(url))

    assert f'<html lang="{"en" if language == "en" else "zh-Hans"}">' in page
    assert len(re.findall("<h1", page)) == 1


def test_reading_a_page_writes_nothing(client):
    client.get(URL)

    assert not Reading.objects.exists()
    assert not Attempt.objects.exists()


def test_a_lesson_shows_its_blocks_in_order(client):
    page = body(client.get(URL))

    blocks = re.findall(r'<section[^>]* id="b(\d)" data-block="(\d)">', page)
    assert blocks == [(str(n), str(n)) for n in range(len(blocks))]
    assert page.index('id="figure-leaving"') < page.index('id="ex-lesson-one-true"')
    assert 'href="/cases/a-case/"' in page
    assert 'data-seen-url="/units/first/one/seen/"' in page


def test_an_unpublished_case_is_left_out(client):
    from cases.models import Case

    Case.objects.update(state="archived")

    assert "/cases/a-case/" not in body(client.get(URL))


def check_first(person, *, answer):
    lesson = Lesson.objects.get(slug="one")
    revision = Revision.objects.get(exercise__slug="lesson-one-true")
    return check_answer(
        quiz=lesson.practice_quiz, trainee=person, revision=revision, response={"answer": answer}
    )


def test_an_answer_of_the_open_practice_is_shown_with_its_feedback(client, person):
    assert "The feeling is theirs" not in body(client.get(URL))

    check_first(person, answer=False)

    assert "The feeling is theirs" in body(client.get(URL))
    assert "The feeling is theirs" not in body(client_of(make_trainee()).get(URL))


def test_after_finishing_the_practice_begins_anew(client, person):
    check_first(person, answer=False)

    client.post(f"{URL}finish/")

    assert "The feeling is theirs" not in body(client.get(URL))


def test_an_answer_stays_with_the_revision_it_was_given_to(client, person, pack):
    check_first(person, answer=False)

    change(pack, "units/01-first/01-one.yaml", "en: The guest judges", "en: Guests judge us")
    load_course(pack)

    assert "The guest judges" in body(client.get(URL))
    assert "Guests judge us" in body(client_of(make_trainee(language="en")).get(URL))


def test_a_longer_unit_costs_no_more_queries(client, person, pack, django_assert_max_num_queries):
    add_lesson(pack, "02-two")
    add_lesson(pack, "03-three")
    check_first(person, answer=True)

    with django_assert_max_num_queries(7):
        page = body(client.get(URL))

    assert "1&nbsp;/&nbsp;3" in page
    assert "about 15 min left" in page


def test_finishing_leads_to_the_next_unfinished_lesson_then_to_the_check(client, person, pack):
    add_lesson(pack, "02-two")
    add_lesson(pack, "03-three")
    finish_lesson(lesson=Lesson.objects.get(slug="two"), trainee=person, now=timezone.now())

    first = client.post(f"{URL}finish/")
    last = client.post("/units/first/three/finish/")

    assert first.headers["Location"] == "/units/first/three/"
    assert last.headers["Location"] == "/quizzes/check-first/"
    assert "You have read all lessons" in body(client.get("/quizzes/check-first/"))


def test_the_last_deed_leads_to_the_unit_and_says_so(client, person):
    unit = Lesson.objects.get(slug="one").unit
    now = timezone.now()
    Attempt.objects.create(
        quiz=unit.check_quiz,
        trainee=person,
        number=1,
        started_at=now,
        submitted_at=now,
        score=10_000,
    )

    response = client.post(f"{URL}finish/", follow=True)

    assert response.redirect_chain == [("/units/first/", 302)]
    assert "Unit finished: Unit one." in response.content.decode()
    assert Completion.objects.get().unit == unit


def test_the_place_is_remembered(client, person):
    assert client.post(f"{URL}seen/", {"block": "2"}).status_code == 204

    reading = Reading.objects.get()
    assert (reading.trainee, reading.block, reading.finished_at) == (person, 2, None)
    assert 'data-block="2"' in re.search("<main[^>]*>", body(client.get(URL)))[0]
    assert f'{URL}#b2"' in body(client.get("/units/first/"))


def test_remembering_the_place_is_one_statement(client, django_assert_num_queries):
    with django_assert_num_queries(3):  # session, user, reading
        client.post(f"{URL}seen/", {"block": "1"})


def test_remembering_the_place_never_unfinishes(client, person):
    client.post(f"{URL}finish/")
    finished_at = Reading.objects.get().finished_at

    client.post(f"{URL}seen/", {"block": "1"})

    assert Reading.objects.get().finished_at == finished_at


@pytest.mark.parametrize(
    ("block", "status"),
    [("4", 204), ("5", 404), ("9999", 404), ("99999", 400), ("-1", 400), ("", 400), ("٣", 400)],
)
def test_a_block_that_is_not_there_is_refused(client, block, status):
    blocks = LessonRevision.objects.get().blocks_zh
    assert len(blocks) == 5

    assert client.post(f"{URL}seen/", {"block": block}).status_code == status


def test_a_stranger_gets_401_where_a_script_asks(pack):
    assert Client().post(f"{URL}seen/", {"block": "1"}).status_code == 401


def test_an_archived_lesson_is_gone(client):
    Lesson.objects.update(archived_at=timezone.now())

    assert client.get(URL).status_code == 404
    assert client.post(f"{URL}finish/").status_code == 404
    assert client.post(f"{URL}seen/", {"block": "1"}).status_code == 404
    assert not Reading.objects.exists()


@pytest.mark.parametrize("make", [make_instructor, make_admin])
def test_who_teaches_or_edits_may_look_at_another_revision(pack, make):
    change(pack, "units/01-first/01-one.en.md", "A paragraph.", "Other words.")
    load_course(pack)
    client = client_of(make(language="en"))

    old = body(client.get(f"{URL}?revision=1"))

    assert "A paragraph." in old
    assert "Other words." not in old
    assert "Preview of revision 1" in old
    assert "data-seen-url" not in old
    assert 'id="finish"' not in old
    assert "<fieldset disabled>" in old
    assert client.get(f"{URL}?revision=3").status_code == 404


@pytest.mark.parametrize("number", ["1", "x", "", "99999999999999999999"])
def test_nobody_else_may(client, number):
    assert client.get(f"{URL}?revision={number}").status_code == 404


def test_the_post_test_waits_for_the_units(client):
    page = body(client.get("/courses/core/"))

    assert 'href="/quizzes/pre-core/"' in page
    assert 'href="/quizzes/post-core/"' not in page


def test_a_unit_shows_how_far_one_is(client, person):
    client.post(f"{URL}finish/")

    page = body(client.get("/units/first/"))

    assert page.count('<li class="done">') == 1
    assert '<li class="test now">' in page


def test_answers_of_an_earlier_practice_stay_as_they_were(client, person):
    check_first(person, answer=False)
    client.post(f"{URL}finish/")
    check_first(person, answer=True)

    answers = Answer.objects.order_by("id").values_list("earned", flat=True)
    assert list(answers) == [0, 1]
    assert "The feeling is theirs" in body(client.get(URL))


def test_today_knows_which_course_was_used_last(pack):
    from units.choosing import current_course
    from units.progress import course_states

    person = make_trainee()
    courses = pack / "courses"
    second = (courses / "core.yaml").read_text().replace("en: Course", "en: Second")
    units = pack / "units"
    (courses / "second.yaml").write_text(second.replace("[first]", "[other]"))
    (units / "02-other").mkdir()
    for file in ("unit.yaml", *LESSON_FILES):
        text = (units / "01-first" / file).read_text().replace("lesson-one", "other-one")
        (units / "02-other" / file).write_text(text)
    load_course(pack)
    for n, slug in enumerate(["other", "first"]):
        lesson = Lesson.objects.get(unit__slug=slug)
        Reading.objects.create(
            trainee=person, lesson=lesson, seen_at=timezone.now() - timedelta(hours=n)
        )

    assert current_course(course_states(person)).course.slug == "second"

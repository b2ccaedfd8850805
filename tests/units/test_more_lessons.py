"""Lessons beside the way through a unit, and what a course in a room opens earlier."""

import pytest
from django.test import Client
from django.utils import timezone

from quizzes.models import Attempt, Quiz
from quizzes.starting import start_attempt
from quizzes.submitting import submit_attempt
from tests.factories import make_trainee
from tests.units.packs import change, write_pack
from tests.units.rooms import add_lesson
from units.finishing import finish_lesson
from units.models import Completion, Course, Lesson
from units.pack.loading import load_course
from units.pack.reading import PackIsBroken, read_pack
from units.progress import course_states

pytestmark = pytest.mark.django_db
MAP = """\
models:
- id: ice
  step: diagnose
  title: {zh: 冰山, en: Iceberg}
  says: {zh: 下面, en: Below}
  lesson: first/one
"""


@pytest.fixture
def pack(tmp_path):
    folder = write_pack(tmp_path)
    add_lesson(folder, "deeper", more=True)
    (folder / "map.yaml").write_text(MAP, encoding="utf-8")
    load_course(folder)
    return folder


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def finish(person, slug):
    lesson = Lesson.objects.select_related("unit", "practice_quiz").get(slug=slug)
    finish_lesson(lesson=lesson, trainee=person, now=timezone.now())


def test_a_unit_is_finished_without_what_stands_beside_its_way(pack):
    person = make_trainee(language="en")
    Attempt.objects.all().delete()
    check = Quiz.objects.get(purpose="check")
    check.pass_percent = 0
    check.save()
    finish(person, "one")
    submit_attempt(attempt_id=start_attempt(quiz=check, trainee=person).pk, trainee=person)

    assert Completion.objects.filter(trainee=person, unit__slug="first").exists()
    (state,) = course_states(person)
    assert [one.lesson.slug for one in state.units[0].lessons] == ["one"]
    assert [one.lesson.slug for one in state.units[0].more] == ["deeper"]
    assert state.units[0].minutes == 5


def test_the_unit_lists_it_apart_and_the_lesson_says_what_it_is(pack):
    client = client_of(make_trainee(language="en"))
    unit = client.get("/units/first/").content.decode()
    lesson = client.get("/units/first/deeper/").content.decode()

    assert unit.index("Lesson one") < unit.index("More on this") < unit.index("Lesson deeper")
    assert "More on this · " in lesson
    assert "min left" not in lesson


def test_finishing_it_leads_back_to_the_way(pack):
    client = client_of(make_trainee(language="en"))

    assert client.post("/units/first/deeper/finish/").url == "/units/first/one/"
    assert client.post("/units/first/one/finish/").url.startswith("/quizzes/check-")


def test_the_way_does_not_lead_into_it(pack):
    assert client_of(make_trainee()).post("/units/first/one/finish/").url.startswith("/quizzes/")


def test_a_check_cannot_ask_for_it(pack):
    change(
        pack,
        "banks/check-one.yaml",
        "- objective: one\n  id: check-one-01",
        "- objective: deeper\n  id: check-one-01",
    )

    with pytest.raises(PackIsBroken) as broken:
        read_pack(pack)
    assert "“more on this”" in "\n".join(map(str, broken.value.problems))


def test_practice_recalls_only_what_comes_earlier(pack):
    change(pack, "units/01-first/01-one.yaml", "  answer: true", "  answer: true\n  recalls: first")

    with pytest.raises(PackIsBroken) as broken:
        read_pack(pack)
    assert "'first' is no unit before 'first'" in "\n".join(map(str, broken.value.problems))


def test_a_lesson_shows_its_place_on_the_map_and_loses_it_with_the_map(pack):
    client = client_of(make_trainee(language="en"))
    assert 'href="/map/#ice"' in client.get("/units/first/one/").content.decode()
    assert "/map/#" not in client.get("/units/first/deeper/").content.decode()

    change(pack, "map.yaml", "lesson: first/one", "lesson: first/deeper")
    load_course(pack)

    assert "/map/#" not in client.get("/units/first/one/").content.decode()
    assert 'href="/map/#ice"' in client.get("/units/first/deeper/").content.decode()


def test_a_link_into_the_glossary_has_to_lead_somewhere(pack):
    change(pack, "units/01-first/01-one.zh.md", "一段话。", "一段[话](/glossary/#nothing)。")

    with pytest.raises(PackIsBroken) as broken:
        read_pack(pack)
    assert "the glossary has no 'nothing'" in str(broken.value.problems[0])


@pytest.mark.parametrize(("setting", "is_open"), [("room", True), ("alone", False)])
def test_in_a_room_the_test_afterwards_opens_with_the_day(pack, setting, is_open):
    person = make_trainee(language="en")
    course = Course.objects.get()
    course.content = course.content | {"setting": setting}
    course.save()
    pre = start_attempt(quiz=course.pre_quiz, trainee=person)
    submit_attempt(attempt_id=pre.pk, trainee=person)

    page = client_of(person).get("/courses/core/").content.decode()

    assert (f'href="/quizzes/{course.post_quiz.slug}/"' in page) is is_open

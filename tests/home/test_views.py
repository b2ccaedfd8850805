import re

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from home import readiness
from people.models import AuditEntry, User
from quizzes.models import Quiz
from tests.factories import make_person, make_trainee
from tests.units.packs import write_pack
from units.finishing import finish_lesson
from units.models import Course, Lesson
from units.pack.loading import load_course

SETTINGS = {"language": "en", "theme": "dark", "tz": "Asia/Tokyo", "email": ""}


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def test_a_stranger_is_led_to_sign_in(db):
    response = Client().get("/")

    assert response.status_code == 302
    assert response.headers["Location"] == "/accounts/login/?next=/"


def test_without_a_course_today_says_what_to_do(db):
    page = client_of(make_trainee(language="en")).get("/").content.decode()

    assert "There is no course yet" in page
    assert page.count('class="button"') == 1


def test_today_has_one_next_thing(db, tmp_path):
    load_course(write_pack(tmp_path))
    Course.objects.update(pre_quiz=None)
    person = make_trainee(language="en", name="Emma Clarke")

    page = client_of(person).get("/").content.decode()

    assert "Emma</h1>" in page
    assert page.count('class="button"') == 1
    assert "Lesson one" in page


def test_a_new_person_begins_with_the_pre_test(db, tmp_path):
    load_course(write_pack(tmp_path))
    quiz = Quiz.objects.get(purpose="pre")

    page = client_of(make_trainee(language="en")).get("/").content.decode()

    assert f'class="button" href="/quizzes/{quiz.slug}/"' in page
    assert "nobody marks it" in page


def test_after_the_lessons_comes_the_check(db, tmp_path):
    load_course(write_pack(tmp_path))
    Course.objects.update(pre_quiz=None)
    person = make_trainee(language="en")
    for lesson in Lesson.objects.all():
        finish_lesson(lesson=lesson, trainee=person, now=timezone.now())

    page = client_of(person).get("/").content.decode()

    assert re.search(r'class="button" href="/quizzes/check-[a-z]+/"', page)


def test_settings_are_saved_and_seen_at_once(db):
    person = make_trainee(language="zh-hans")
    client = client_of(person)

    response = client.post("/me/", SETTINGS, follow=True)

    page = response.content.decode()
    assert response.redirect_chain == [("/me/", 302)]
    assert '<html lang="en" class="dark">' in page
    assert "Your settings are saved." in page
    person.refresh_from_db()
    assert (person.language, person.theme, person.tz) == ("en", "dark", "Asia/Tokyo")


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "nonsense"), ("tz", "Mars/Olympus"), ("language", "fr"), ("theme", "pink")],
)
def test_a_refused_setting_changes_nothing_and_keeps_what_was_typed(db, field, value):
    person = make_trainee(language="en")

    response = client_of(person).post(
        "/me/", {**SETTINGS, "email": "typed@mot.example", field: value}
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "Nothing is saved yet" in page
    assert 'value="dark" checked' in page or field == "theme"
    assert '<html lang="en">' in page
    assert User.objects.get(pk=person.pk).theme == ""


def test_nobody_takes_the_address_of_somebody_else(db):
    make_trainee(email="mine@mot.example")
    person = make_trainee(language="en")

    response = client_of(person).post("/me/", {**SETTINGS, "email": "MINE@mot.example"})

    assert response.status_code == 422
    assert "Somebody already uses this address." in response.content.decode()


def test_another_address_asks_for_the_password_again(db):
    person = make_person(password="three quiet rivers", language="en")

    response = client_of(person).post("/me/", {**SETTINGS, "email": "new@mot.example"})

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/reauthenticate/")
    person.refresh_from_db()
    assert person.email is None


def test_another_address_is_noted_in_the_security_log(db):
    person = make_trainee(language="en")  # came by a link: has no password to ask for

    response = client_of(person).post("/me/", {**SETTINGS, "email": "New@mot.example"})

    assert response.status_code == 302
    person.refresh_from_db()
    assert person.email == "new@mot.example"
    assert AuditEntry.objects.get().action == "email_changed"


def test_extra_fields_change_nothing(db):
    person = make_trainee(language="en")

    client_of(person).post("/me/", {**SETTINGS, "role": "admin", "username": "x", "name": "X"})

    found = User.objects.get(pk=person.pk)
    assert (found.role, found.username, found.name) == ("trainee", person.username, person.name)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_help_is_open_to_strangers_in_both_languages(db, language):
    response = Client(headers={"accept-language": language}).get("/help/")

    assert response.status_code == 200


def test_a_process_that_is_up_says_so_without_a_database():
    assert Client().get("/healthz").content == b"ok\n"


def test_ready_with_all_migrations(db):
    response = Client().get("/readyz")

    assert (response.status_code, response.content) == (200, b"ready\n")


def test_not_ready_says_why(db, monkeypatch):
    monkeypatch.setitem(readiness._known, "is_migrated", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'units'")

    response = Client().get("/readyz")

    assert response.status_code == 503
    assert response.content.decode().startswith("Migrations are missing: units.")

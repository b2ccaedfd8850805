import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from assignments.models import FollowUp, Reminder
from cases.models import WriteUp
from people.models import AuditEntry, CohortStaff
from tests.clock import at
from tests.factories import make_admin, make_instructor, make_person
from tests.home.class_making import NOW, TODAY, finish, make_class, make_unit
from units.finishing import finish_lesson
from units.models import Course, CourseUnit


@pytest.fixture(autouse=True)
def _noon(db):
    with at(NOW):
        yield


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def open_day(client, cohort, person, on=TODAY):
    """The page of the day, through its door."""
    url = f"/cohorts/{cohort.slug}/as/{person.username}/"
    response = client.post(url, {"on": on.isoformat()}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_only_who_teaches_the_class_may_look_and_only_at_its_people():
    cohort, instructor, (trainee, other), _assignment = make_class()
    manager = make_person()
    CohortStaff.objects.create(cohort=cohort, person=manager, duty="manager")
    url = f"/cohorts/{cohort.slug}/as/{trainee.username}/"

    def status(person, address=url):
        client = client_of(person)
        found = {client.get(address).status_code, client.post(address, {"on": TODAY}).status_code}
        return found

    assert status(instructor) == {200, 302}
    assert status(make_admin()) == {200, 302}
    for stranger in (manager, make_instructor(), other, trainee):
        assert status(stranger) == {404}
    other.memberships.update(left_at=NOW)
    assert status(instructor, f"/cohorts/{cohort.slug}/as/{other.username}/") == {404}


def test_looking_is_noted_and_without_the_note_there_is_only_the_door():
    cohort, instructor, (trainee, other), _assignment = make_class()
    client = client_of(instructor)
    url = f"/cohorts/{cohort.slug}/as/{trainee.username}/?on={TODAY}"

    assert "noted in the security log" in client.get(url).content.decode()
    assert not AuditEntry.objects.filter(action="viewed_as").exists()
    page = open_day(client, cohort, trainee)

    entry = AuditEntry.objects.get(action="viewed_as")
    assert (entry.actor, entry.object) == (instructor, f"user:{trainee.pk}")
    assert "as-banner" in page
    # Of somebody else the door is closed still; and after half an hour this one is, too.
    door = client.get(f"/cohorts/{cohort.slug}/as/{other.username}/").content.decode()
    assert "as-banner" not in door
    with at(NOW + timedelta(minutes=31)):
        assert "as-banner" not in client.get(url).content.decode()


def test_the_page_changes_nothing_of_the_trainee_and_holds_nothing_to_press():
    cohort, instructor, (trainee, _other), _assignment = make_class()
    client = client_of(instructor)
    open_day(client, cohort, trainee)

    def rows():
        found = []
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names():
                if table == "django_session":
                    continue
                cursor.execute(
                    f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{table}\" t"
                )
                found.append((table, cursor.fetchone()))
        return found

    before = rows()
    page = client.get(f"/cohorts/{cohort.slug}/as/{trainee.username}/?on={TODAY}").content.decode()

    assert rows() == before
    main = page[page.index("<main") : page.index("</main>")]
    assert "<form" not in main
    links = re.findall(r'<a [^>]*href="([^"]+)"', main)
    assert all(one.startswith(("?on=", f"/cohorts/{cohort.slug}/")) for one in links), links
    assert client.session["_auth_user_id"] == str(instructor.pk)


def test_it_shows_the_day_as_it_was():
    unit = make_unit()
    course = Course.objects.create(slug="c", title_zh="c", title_en="Course", content={}, minutes=1)
    CourseUnit.objects.create(course=course, unit=unit, position=1)
    cohort, instructor, (trainee, _other), _assignment = make_class(unit=unit)
    for n, lesson in enumerate(unit.lessons.order_by("position")[:2]):
        finish_lesson(lesson=lesson, trainee=trainee, now=NOW - timedelta(days=4 - 2 * n))
    client = client_of(instructor)

    now = open_day(client, cohort, trainee)
    then = open_day(client, cohort, trainee, TODAY - timedelta(days=3))

    assert "<h2>Lesson 3</h2>" in now
    assert "in 3 days" in now
    assert "<h2>Lesson 2</h2>" in then
    assert "in 6 days" in then
    assert "As it was at nine in the morning" in then


def test_what_was_finished_later_was_open_then():
    unit = make_unit()
    cohort, instructor, (trainee, _other), _assignment = make_class(unit=unit)
    finish(trainee, unit, NOW - timedelta(days=1))
    client = client_of(instructor)

    assert "Done" in open_day(client, cohort, trainee)
    assert "Done" not in open_day(client, cohort, trainee, TODAY - timedelta(days=3))


def test_a_coming_day_tells_what_will_be_overdue():
    cohort, instructor, (trainee, _other), _assignment = make_class()

    page = open_day(client_of(instructor), cohort, trainee, TODAY + timedelta(days=5))

    assert "Overdue 2 days" in page
    assert "As it will be" in page


def test_reminders_of_the_day_are_those_there_and_those_the_planner_will_make():
    from assignments.models import Plan, Rule

    plan = Plan.objects.create(title_zh="p", title_en="p")
    rule = Rule.objects.create(plan=plan, position=1, days=-1, working=False, at="10:00")
    cohort, instructor, (trainee, _other), assignment = make_class()
    assignment.plan = plan
    assignment.save()
    client = client_of(instructor)
    day_before_due = TODAY + timedelta(days=2)

    page = open_day(client, cohort, trainee, day_before_due)
    assert "10:00" in page[page.index("Told on that day") :]
    assert "No reminder that day." in open_day(client, cohort, trainee, TODAY)
    Reminder.objects.create(
        assignee=assignment.assignees.get(person=trainee), rule=rule, due_on=TODAY,
        recipient=trainee, day=TODAY, send_at=NOW, told_at=NOW,
    )  # fmt: skip
    assert "told" in open_day(client, cohort, trainee, TODAY)


def test_nothing_that_the_trainee_wrote_is_shown():
    cohort, instructor, (trainee, _other), assignment = make_class()
    WriteUp.objects.create(
        author=trainee, title="CANARY title", note="CANARY note", state="returned", language="en"
    )
    FollowUp.objects.create(
        person=trainee, kind="intention", unit=assignment.unit, occurrence=2, due_on=TODAY,
        response={"kept": "CANARY"},
    )  # fmt: skip

    page = open_day(client_of(instructor), cohort, trainee)

    assert "CANARY" not in page
    assert "Your if–then line" in page


@pytest.mark.parametrize("on", ["nonsense", "2026-02-31", "1999-01-01", "2099-01-01", ""])
def test_a_day_that_is_none_is_refused(on):
    cohort, instructor, (trainee, _other), _assignment = make_class()
    url = f"/cohorts/{cohort.slug}/as/{trainee.username}/"

    response = client_of(instructor).post(url, {"on": on})

    assert response.status_code == 422
    assert not AuditEntry.objects.filter(action="viewed_as").exists()

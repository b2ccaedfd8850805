"""The form that assigns: its preview, what it refuses, who may, and twice at once."""

import re
from datetime import date, timedelta
from threading import Thread

import pytest
from django.db import connection
from django.test import Client

from assignments.models import Assignee, Assignment, Plan, Rule
from assignments.presets import make_presets
from outbox.clock import database_now
from people.models import Membership
from tests.assignments.making import make_unit
from tests.factories import make_cohort, make_instructor, make_trainee
from units.models import Course, CourseUnit

pytestmark = pytest.mark.django_db
KEY = "k" * 32


def signed_in(person):
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def soon():
    return database_now().date() + timedelta(days=20)


@pytest.fixture
def class_():
    cohort = make_cohort(name="Front desk")
    trainee = make_trainee(cohort=cohort, name="Ada", email="ada@mot.example")
    return cohort, trainee, make_instructor(cohort=cohort)


def form(unit, cohort, **more):
    make_presets(Plan.objects, Rule.objects)  # a test that empties all tables takes them away
    standard = Plan.objects.get(preset="standard")
    return {
        "key": KEY,
        "what": f"unit:{unit.pk}",
        "cohorts": [cohort.pk],
        "when": "fixed",
        "due_on": soon().isoformat(),
        "due_time": "18:00",
        "grace_days": "2",
        "plan": standard.pk,
        "mandatory": "1",
        "note": "Before the season",
    } | more


def test_assigning_a_unit_to_a_cohort_makes_the_assignment_and_leads_to_it(class_):
    cohort, trainee, instructor = class_
    unit = make_unit()

    response = signed_in(instructor).post("/assignments/new/", form(unit, cohort))

    made = Assignment.objects.get()
    assert response.url == f"/assignments/{made.pk}/"
    assert (made.unit, made.due_on, made.grace_days, made.note) == (
        unit, soon(), 2, "Before the season",
    )  # fmt: skip
    assert [one.person for one in made.assignees.all()] == [trainee]


def test_the_same_form_sent_again_leads_to_the_same_assignment(class_):
    cohort, _trainee, instructor = class_
    client, data = signed_in(instructor), form(make_unit(), cohort)

    first, second = client.post("/assignments/new/", data), client.post("/assignments/new/", data)

    assert first.url == second.url
    assert Assignment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_assign_once():
    cohort = make_cohort()
    make_trainee(cohort=cohort)
    instructor = make_instructor(cohort=cohort)
    data, urls = form(make_unit(), cohort), []

    def send():
        try:
            urls.append(signed_in(instructor).post("/assignments/new/", data).url)
        finally:
            connection.close()

    clicks = [Thread(target=send) for _ in range(4)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()

    assert len(urls) == 4
    assert len(set(urls)) == 1
    assert Assignment.objects.count() == 1


def test_a_preview_shows_each_day_and_leaves_nothing_behind(class_):
    cohort, trainee, instructor = class_

    response = signed_in(instructor).post(
        "/assignments/new/", form(make_unit(), cohort, act="preview")
    )

    assert response.status_code == 200
    page = response.content.decode()
    assert trainee.name in page
    assert 'class="happening due"' in page
    assert page.count('class="happening reminder"') >= 4
    assert Assignment.objects.count() == Assignee.objects.count() == 0


def test_a_preview_for_htmx_is_the_part_alone_with_the_heads_of_the_steps(class_):
    cohort, _trainee, instructor = class_

    response = signed_in(instructor).post(
        "/assignments/new/",
        form(make_unit(), cohort, act="preview"),
        headers={"HX-Request": "true"},
    )

    page = response.content.decode()
    assert page.count("hx-swap-oob") == 4
    assert "<html" not in page
    assert "18:00" in re.search(r'id="said-when"[^>]*>([^<]*)', page)[1]


def test_a_refused_form_keeps_what_was_typed(class_):
    cohort, _trainee, instructor = class_
    data = form(make_unit(), cohort, due_on="2020-01-01")

    response = signed_in(instructor).post("/assignments/new/", data)

    page = response.content.decode()
    assert response.status_code == 422
    assert "This day is past." in page
    assert "Before the season" in page
    assert re.search(rf'name="cohorts" value="{cohort.pk}" checked', page)
    assert Assignment.objects.count() == 0


def test_nothing_and_nobody_chosen_is_said_in_words(class_):
    _cohort, _trainee, instructor = class_

    response = signed_in(instructor).post("/assignments/new/", {"key": KEY, "when": "none"})

    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose what is to be done." in page
    assert "Choose a cohort or a person." in page


def test_a_cohort_that_somebody_does_not_teach_cannot_be_assigned_to(class_):
    cohort, trainee, _instructor = class_
    stranger = make_instructor(cohort=make_cohort())

    by_cohort = signed_in(stranger).post("/assignments/new/", form(make_unit(), cohort))
    by_person = signed_in(stranger).post(
        "/assignments/new/", form(make_unit(), cohort, cohorts=[], people=[trainee.pk])
    )

    assert (by_cohort.status_code, by_person.status_code) == (422, 422)
    assert Assignment.objects.count() == 0


def test_a_relative_date_after_joining_needs_its_days(class_):
    cohort, _trainee, instructor = class_
    data = form(make_unit(), cohort, when="relative", due_days="", anchor="joined", working="1")
    client = signed_in(instructor)

    refused = client.post("/assignments/new/", data)
    accepted = client.post("/assignments/new/", data | {"due_days": "7"})

    assert (refused.status_code, accepted.status_code) == (422, 302)
    made = Assignment.objects.get()
    assert (made.due_days, made.anchor, made.working, made.due_on) == (7, "joined", True, None)


def test_a_course_in_rhythm_is_assigned_unit_after_unit(class_):
    cohort, trainee, instructor = class_
    course = Course.objects.create(
        slug="rhythm", title_zh="课程", title_en="Course", content={}, minutes=60
    )
    units = [make_unit() for _ in range(3)]
    for n, unit in enumerate(units):
        CourseUnit.objects.create(course=course, unit=unit, position=n)
    data = form(units[0], cohort, what=f"course:{course.pk}", rhythm="units", rhythm_days="5")

    client = signed_in(instructor)
    shown = client.post("/assignments/new/", data | {"act": "preview", "due_on": ""})
    response = client.post("/assignments/new/", data | {"rhythm_working": "1", "due_on": ""})

    assert (shown.status_code, response.status_code) == (200, 302)
    assert shown.content.decode().count('class="happening due"') == 3
    whole = Assignment.objects.get(course=course)
    parts = list(Assignment.objects.filter(part_of=whole).order_by("pk"))
    assert [one.unit for one in parts] == units
    assert [one.after for one in parts] == [None, parts[0], parts[1]]
    assert {one.due_days for one in parts} == {5}
    assert whole.plan is None
    assert signed_in(trainee).get("/assignments/").content.decode().count("<h2>") == 3


def test_people_are_found_by_name_and_only_those_one_teaches(class_):
    _cohort, trainee, instructor = class_
    make_trainee(cohort=make_cohort(), name="Ada Elsewhere")

    found = signed_in(instructor).get("/assignments/new/people/?find_people=ada").content.decode()

    assert f'value="{trainee.pk}"' in found
    assert "Elsewhere" not in found


def test_a_find_button_without_script_keeps_the_form(class_):
    cohort, trainee, instructor = class_
    data = form(make_unit(), cohort, act="find", find_people="ada")

    page = signed_in(instructor).post("/assignments/new/", data).content.decode()

    assert f'name="people" value="{trainee.pk}"' in page
    assert "Before the season" in page


def test_trainees_assign_nothing(class_):
    _cohort, trainee, _instructor = class_

    assert signed_in(trainee).get("/assignments/new/").status_code == 404
    assert signed_in(trainee).post("/assignments/new/", {}).status_code == 404


def test_the_preview_names_those_whom_only_the_inbox_reaches_and_a_blackout(class_):
    cohort, _trainee, instructor = class_
    from people.models import Blackout, Calendar
    from people.working_days import rebuild

    calendar = Calendar.objects.create(name="Shops")
    Blackout.objects.create(
        calendar=calendar, first_on=soon() - timedelta(1), last_on=soon(), why="Stocktaking"
    )
    rebuild(calendar)
    cohort.calendar = calendar
    cohort.save()
    make_trainee(cohort=cohort, name="Nobody Reaches")

    page = (
        signed_in(instructor)
        .post("/assignments/new/", form(make_unit(), cohort, act="preview"))
        .content.decode()
    )

    assert "lies in a blackout" in page
    assert "Stocktaking" in page
    assert "inbox: Nobody Reaches." in page


def test_the_form_costs_the_same_for_one_cohort_and_many(class_, django_assert_max_num_queries):
    cohort, _trainee, instructor = class_
    for _ in range(20):
        below = make_cohort(parent=cohort)
        Membership.objects.create(cohort=below, person=make_trainee(), joined_on=date(2026, 1, 5))
        make_unit()
    client = signed_in(instructor)

    with django_assert_max_num_queries(24):
        client.get("/assignments/new/")

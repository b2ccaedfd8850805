import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assignments.assigning import Dates, assign
from assignments.models import Assignee, FieldNote, FollowUp
from outbox.models import Notice
from outbox.posting import new_message
from people.models import CohortStaff
from tests.clock import at
from tests.factories import make_cohort, make_instructor, make_person, make_trainee
from tests.home.class_making import NOW, TODAY, add_people, finish, make_class, make_unit
from units.models import Course, CourseUnit


@pytest.fixture(autouse=True)
def _noon(db):
    with at(NOW):
        yield


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def today_of(person):
    response = client_of(person).get("/")
    assert response.status_code == 200
    return response.content.decode()


def in_course(*units):
    course = Course.objects.create(slug="c", title_zh="c", title_en="Course", content={}, minutes=1)
    for n, unit in enumerate(units, start=1):
        CourseUnit.objects.create(course=course, unit=unit, position=n)


def give_notice(person, count=1):
    for n in range(count):
        message = new_message(
            key=f"n{person.pk}-{n}", kind="x", recipient_id=person.pk, channel="inbox"
        )
        message.save(force_insert=True)
        Notice.objects.create(message=message, recipient=person, kind="x", title="t")


def test_what_is_due_next_leads_though_the_course_would_go_on_elsewhere():
    first, second = make_unit(), make_unit()
    in_course(first, second)
    _cohort, _instructor, (person, _other), _assignment = make_class(unit=second)

    page = today_of(person)

    assert page.count('class="button"') == 1
    assert "Due Sat 14 Mar 18:00" in page
    assert "in 3 days · Shanghai time" in page
    assert f'class="button" href="/units/{second.slug}/l1/"' in page
    assert "Next in your course" in page


def test_an_overdue_one_is_said_calmly():
    unit = make_unit()
    in_course(unit)
    _cohort, _instructor, (person, _other), _assignment = make_class(unit=unit, due_in=-2)

    page = today_of(person)

    assert "Was due Mon 9 Mar 18:00" in page
    assert "you can still do it" in page
    assert "Overdue" not in page


def test_an_extension_says_until_when():
    _cohort, _instructor, (person, _other), _assignment = make_class()
    Assignee.objects.filter(person=person).update(extended_to=TODAY + timedelta(days=9))

    assert "You have until Fri 20 Mar 18:00" in today_of(person)


def test_what_is_not_open_done_excused_or_ended_does_not_stand_there():
    cohort, instructor, (person, _other), done = make_class()
    finish(person, done.unit)
    later = assign(
        what=make_unit(), cohorts=[cohort], by=instructor,
        dates=Dates(opens_on=TODAY + timedelta(days=1), due_on=TODAY + timedelta(days=2)),
    )  # fmt: skip
    waived = assign(what=make_unit(), cohorts=[cohort], by=instructor, dates=Dates(due_on=TODAY))
    Assignee.objects.filter(assignment=waived).update(waived_at=NOW)
    ended = assign(what=make_unit(), cohorts=[cohort], by=instructor, dates=Dates(due_on=TODAY))
    ended.cancelled_at = NOW
    ended.save()

    page = today_of(person)

    assert [one.title for one in (done, later, waived, ended) if one.title in page] == []


def test_follow_ups_that_are_due_stand_beneath_with_their_minutes():
    _cohort, _instructor, (person, _other), assignment = make_class()
    for kind, days in (("recall", 0), ("note", -3), ("retention", 4)):
        FollowUp.objects.create(
            person=person, kind=kind, unit=assignment.unit, occurrence=2,
            due_on=TODAY + timedelta(days=days),
        )  # fmt: skip

    page = today_of(person)

    assert "Recall: Unit" in page
    assert "A note from the field" in page
    assert "A month later" not in page
    assert "2 minutes" in page


def test_unread_messages_are_counted():
    person = make_trainee(language="en")
    give_notice(person, 2)

    assert "2 new messages" in today_of(person)


def test_an_instructor_sees_classes_first_then_their_own_course():
    cohort, instructor, people, assignment = make_class(due_in=-2)
    note = FollowUp.objects.create(
        person=people[0], kind="note", unit=assignment.unit, occurrence=14, due_on=TODAY
    )
    FieldNote.objects.create(follow_up=note, met=True, text="t", language="en")
    unit = make_unit()
    in_course(unit)

    page = today_of(instructor)

    assert page.index(cohort.name) < page.index("Lesson 1")
    assert "2 overdue" in page
    assert "1 field note waits for your word" in page


def test_a_manager_who_is_a_trainee_sees_their_people():
    cohort, _instructor, _people, _assignment = make_class()
    manager = make_person(language="en")
    CohortStaff.objects.create(cohort=cohort, person=manager, duty="manager")

    assert cohort.name in today_of(manager)
    assert cohort.name not in today_of(make_trainee())


def test_navigation_is_by_role_and_the_bell_is_everybodys():
    instructor = today_of(make_instructor(language="en"))
    trainee = today_of(make_trainee(language="en"))

    def tabs(page):
        nav = page[page.index('<nav class="tabs"') : page.index("</nav>")]
        return re.findall(r"<span>([^<]+)</span>", nav)

    assert tabs(trainee) == ["Today", "Learn", "Cases", "Me"]
    assert tabs(instructor) == ["Classes", "Assign", "Marking", "Case library", "Learn", "Me"]
    assert trainee.count('href="/inbox/"') == instructor.count('href="/inbox/"') == 1


def statements(person):
    client = client_of(person)
    client.get("/")
    with CaptureQueriesContext(connection) as found:
        assert client.get("/").status_code == 200
    # In a test everything is one transaction; outside, each request has no statements of its own.
    return [one["sql"] for one in found if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]


@pytest.mark.parametrize("role", ["trainee", "instructor", "manager"])
@pytest.mark.parametrize("many", [False, True])
def test_today_takes_eleven_statements_for_anybody(role, many):
    unit = make_unit()
    in_course(unit)
    cohort, instructor, (trainee, _other), assignment = make_class(unit=unit)
    manager = make_trainee(cohort=cohort)
    CohortStaff.objects.create(cohort=cohort, person=manager, duty="manager")
    person = {"trainee": trainee, "instructor": instructor, "manager": manager}[role]
    if many:
        give_notice(person, 5)
        add_people(cohort, assignment, 60)
        for n in range(6):
            more = make_cohort()
            if role != "trainee":
                CohortStaff.objects.create(cohort=more, person=person, duty="instructor")
            assign(what=make_unit(), people=[person], by=instructor,
                   dates=Dates(due_on=TODAY + timedelta(days=n)))  # fmt: skip
            FollowUp.objects.create(
                person=person, kind="observation", occurrence=n, due_on=TODAY,
                subject=f"person:{trainee.pk}",
            )  # fmt: skip

    found = statements(person)

    assert len(found) <= 11, "\n".join(one[:120] for one in found)

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assignments.models import Assignee
from cases.models import WriteUp
from people.models import Calendar, CalendarDay, CohortStaff
from quizzes.models import Answer, Attempt, Quiz, Try
from quizzes.starting import start_attempt
from tests.clock import at
from tests.factories import make_admin, make_cohort, make_instructor, make_person, make_trainee
from tests.home.class_making import NOW, TODAY, add_people, finish, make_class, make_unit
from tests.quizzes.making import make_bank
from units.finishing import finish_lesson
from units.models import Course, CourseUnit, Reading


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture(autouse=True)
def _noon(db):
    with at(NOW):
        yield


def page_of(person, cohort, query=""):
    response = client_of(person).get(f"/cohorts/{cohort.slug}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def names_in(page):
    return re.findall(r'<th scope="row">(?:<a [^>]+>)?([^<]+)', page)


def chip_in(page, name):
    row = re.search(rf'<th scope="row">(?:<a [^>]+>)?{name}<.*?</tr>', page, re.DOTALL)[0]
    return re.sub(r"<[^>]+>", "", re.search(r'<span class="chip.*?</span>', row)[0])


def queries(person, url):
    client = client_of(person)
    client.get(url)
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


# --- who may -----------------------------------------------------------------------------


def test_only_whom_a_duty_reaches_the_class_sees_it():
    region = make_cohort()
    cohort, instructor, (trainee, _other), _assignment = make_class(parent=region)
    manager = make_person()
    CohortStaff.objects.create(cohort=region, person=manager, duty="manager")

    def status(person):
        return client_of(person).get(f"/cohorts/{cohort.slug}/").status_code

    assert [status(one) for one in (instructor, manager, make_admin())] == [200, 200, 200]
    assert [status(one) for one in (trainee, make_instructor())] == [404, 404]
    assert Client().get(f"/cohorts/{cohort.slug}/").status_code == 302


def test_a_manager_looks_and_changes_nothing():
    cohort, _instructor, (trainee, _other), _assignment = make_class()
    manager = make_person(language="en")
    CohortStaff.objects.create(cohort=cohort, person=manager, duty="manager")
    client = client_of(manager)

    page = page_of(manager, cohort)

    assert 'type="checkbox"' not in page
    for name in ("message", "extend", f"as/{trainee.username}", "told"):
        assert client.get(f"/cohorts/{cohort.slug}/{name}/").status_code == 404
        assert f"/{name}/" not in page


# --- the list ------------------------------------------------------------------------------


def test_the_list_is_a_tree_with_what_is_so_below():
    region = make_cohort(name="North")
    _cohort, instructor, _people, _assignment = make_class(parent=region, name="Hall", due_in=-2)
    CohortStaff.objects.create(cohort=region, person=instructor, duty="instructor")

    page = client_of(instructor).get("/cohorts/").content.decode()

    assert re.findall(r'class="depth-(\d)".*?<b>(\w+)</b>', page) == [("0", "North"), ("1", "Hall")]
    assert page.count("2 overdue") == 2
    assert page.count("2 people") == 2


def test_the_list_costs_the_same_for_one_class_and_many():
    _cohort, instructor, _people, assignment = make_class()
    before = queries(instructor, "/cohorts/")
    for _n in range(4):
        more = make_cohort()
        CohortStaff.objects.create(cohort=more, person=instructor, duty="instructor")
        add_people(more, assignment, 3)

    assert queries(instructor, "/cohorts/") == before <= 7


def test_without_a_class_the_list_says_so_and_trainees_have_none():
    page = client_of(make_instructor(language="en")).get("/cohorts/").content.decode()

    assert "No class yet" in page
    assert client_of(make_trainee()).get("/cohorts/").status_code == 404


# --- the class -----------------------------------------------------------------------------


def test_the_head_says_what_is_running_until_when_and_by_which_clock():
    cohort, instructor, _people, assignment = make_class()

    page = page_of(instructor, cohort)

    assert f"now on “{assignment.title}”, due Sat 14 Mar 18:00" in page
    assert "Shanghai time" in page


def test_every_status_is_derived_from_rows():
    unit = make_unit()
    cohort, instructor, people, _assignment = make_class(people=6, unit=unit)
    done, extended, stuck, returned, away, waived = people
    finish(done, unit)
    Assignee.objects.filter(person=extended).update(extended_to=TODAY + timedelta(days=9))
    Assignee.objects.filter(person=waived).update(waived_at=NOW)
    lesson = unit.lessons.first()
    answer = start_attempt(quiz=lesson.practice_quiz, trainee=stuck).answers.get()
    for number in (1, 2, 3):
        Try.objects.create(answer=answer, number=number, response={}, earned=0, possible=1, at=NOW)
    WriteUp.objects.create(author=returned, title="t", state="returned", language="en")
    WriteUp.objects.update(changed_at=NOW - timedelta(days=4))
    Reading.objects.create(trainee=away, lesson=lesson, seen_at=NOW - timedelta(days=6))
    type(away).objects.filter(pk=away.pk).update(last_login=NOW - timedelta(days=6))

    page = page_of(instructor, cohort)

    said = [chip_in(page, one.name) for one in people]
    assert said == [
        "Done", "Extended to Fri 20 Mar", "Stuck", "Case waits 4 days", "6 days not seen",
        "Excused",
    ]  # fmt: skip
    assert "stopped at “Lesson 1”, the same exercise wrong 3 times" in page


def test_what_was_right_in_the_end_is_not_stuck():
    unit = make_unit()
    cohort, instructor, people, _assignment = make_class(people=1, unit=unit)
    answer = start_attempt(quiz=unit.lessons.first().practice_quiz, trainee=people[0]).answers.get()
    for number, earned in ((1, 0), (2, 0), (3, 0), (4, 1)):
        Try.objects.create(
            answer=answer, number=number, response={}, earned=earned, possible=1, at=NOW
        )

    assert chip_in(page_of(instructor, cohort), people[0].name) == "Not begun"


def test_standing_still_is_counted_in_working_days_of_the_calendar():
    unit = make_unit()
    cohort, instructor, (person,), _assignment = make_class(people=1, unit=unit)
    Reading.objects.create(
        trainee=person, lesson=unit.lessons.first(), seen_at=NOW,
        finished_at=NOW - timedelta(days=6),
    )  # fmt: skip
    calendar = Calendar.objects.create(name="holiday week", is_default=False)
    cohort.calendar = calendar
    cohort.save()

    def days(free):
        CalendarDay.objects.all().delete()
        number = 0
        for n in range(12):
            day = TODAY - timedelta(days=8 - n)
            working = day not in free
            number += working
            CalendarDay.objects.create(
                calendar=calendar, day=day, working=working, number=number,
                clear_next=day, open_next=day, open_prev=day,
            )  # fmt: skip

    days(free=())
    assert chip_in(page_of(instructor, cohort), person.name) == "Stuck"
    days(free=(date(2026, 3, 8),))
    assert chip_in(page_of(instructor, cohort), person.name) == "Under way"


def test_progress_counts_lessons_and_the_check():
    unit = make_unit(lessons=2)
    unit.check_quiz = Quiz.objects.create(
        slug="c", purpose="check", bank=make_bank(), pass_percent=70
    )
    unit.save()
    cohort, instructor, (person, _other), _assignment = make_class(unit=unit)
    finish_lesson(lesson=unit.lessons.first(), trainee=person, now=NOW)
    Attempt.objects.create(
        quiz=unit.check_quiz, trainee=person, number=1, started_at=NOW, submitted_at=NOW, score=9000
    )

    page = page_of(instructor, cohort)

    assert re.findall(r"<span>(\d / \d)</span>", page).count("2 / 3") == 1
    assert re.findall(r"<span>(\d / \d)</span>", page).count("0 / 3") == 1


def test_the_next_due_is_in_focus_until_another_is_chosen():
    cohort, instructor, people, assignment = make_class(due_in=-3)
    from assignments.assigning import Dates, assign

    later = assign(what=make_unit(), cohorts=[cohort], by=instructor, dates=Dates(due_on=TODAY))

    assert f"now on “{later.title}”" in page_of(instructor, cohort)
    page = page_of(instructor, cohort, f"?of={assignment.pk}")
    assert f"now on “{assignment.title}”" in page
    assert chip_in(page, people[0].name) == "Overdue 3 days"
    assert f"now on “{later.title}”" in page_of(instructor, cohort, "?of=999999")


@pytest.mark.parametrize("sort", ["name", "-name", "status", "progress", "seen", "-seen", "solve"])
def test_heads_sort_by_what_they_say(sort):
    cohort, instructor, people, _assignment = make_class(people=3)

    found = names_in(page_of(instructor, cohort, f"?sort={sort}"))

    names = sorted(one.name for one in people)
    assert sorted(found) == names
    if sort.endswith("name"):
        assert found == (names[::-1] if sort.startswith("-") else names)


def test_nonsense_in_the_address_is_left_out():
    cohort, instructor, people, _assignment = make_class()

    page = page_of(instructor, cohort, "?sort=password&status=x&of=٣&page=zz&q=%00")

    assert len(names_in(page)) == len(people)


def test_people_are_found_by_status_name_and_number():
    cohort, instructor, people, assignment = make_class(people=3)
    finish(people[0], assignment.unit)

    assert names_in(page_of(instructor, cohort, "?status=done")) == [people[0].name]
    assert names_in(page_of(instructor, cohort, f"?q={people[1].name.upper()}")) == [people[1].name]
    assert names_in(page_of(instructor, cohort, f"?q={people[2].username}")) == [people[2].name]
    assert "Nobody found" in page_of(instructor, cohort, "?q=nobody-like-this")


def test_a_name_is_shown_as_it_was_typed():
    cohort, instructor, (person, _other), _assignment = make_class()
    person.name = "<b>Emma & Söhne</b>"
    person.save()

    page = page_of(instructor, cohort)

    assert "&lt;b&gt;Emma &amp; Söhne&lt;/b&gt;" in page
    assert "<b>Emma" not in page


def test_who_left_or_is_deactivated_is_not_in_the_class():
    cohort, instructor, (gone, closed), _assignment = make_class()
    gone.memberships.update(left_at=NOW)
    closed.is_active = False
    closed.save()

    assert "Nobody is in this class yet" in page_of(instructor, cohort)


def test_a_hundred_stand_on_a_page():
    cohort, instructor, _people, assignment = make_class()
    add_people(cohort, assignment, 118)

    assert len(names_in(page_of(instructor, cohort))) == 100
    assert len(names_in(page_of(instructor, cohort, "?page=2"))) == 20


def test_from_five_people_on_the_class_sees_its_gain():
    unit = make_unit()
    cohort, instructor, people, _assignment = make_class(people=5, unit=unit)
    bank = make_bank(count=2)
    myth = {"zh": "满意就会回来", "en": "The satisfied come back"}
    bank.objectives = [{"id": "o1", "title": myth, "holds": myth, "myth": myth}]
    bank.save()
    bank.items.update(objective="o1")
    pre = Quiz.objects.create(slug="pre", purpose="pre", bank=bank)
    post = Quiz.objects.create(slug="post", purpose="post", bank=bank)
    course = Course.objects.create(
        slug="c", title_zh="c", title_en="c", content={}, minutes=1, pre_quiz=pre, post_quiz=post
    )
    CourseUnit.objects.create(course=course, unit=unit, position=1)
    for n, person in enumerate(people):
        for quiz, score in ((pre, 3000), (post, 5000 + 100 * n)):
            attempt = Attempt.objects.create(
                quiz=quiz, trainee=person, number=1, started_at=NOW, submitted_at=NOW, score=score
            )
            item = bank.items.select_related("exercise").first()
            Answer.objects.create(
                attempt=attempt, position=1, exercise=item.exercise,
                revision=item.exercise.current, earned=0, possible=1,
            )  # fmt: skip

    page = page_of(instructor, cohort)

    assert "5 of 5 took both tests. Of 100 points they gained 22 on average" in page
    assert "(95% interval 20 to 24)" in page
    assert "Hardest to change: “The satisfied come back”, still held by 5." in page


# --- what it costs ---------------------------------------------------------------------------


def test_the_class_costs_the_same_for_forty_and_for_four_hundred():
    cohort, instructor, _people, assignment = make_class(people=1, due_in=-2)
    url = f"/cohorts/{cohort.slug}/"
    add_people(cohort, assignment, 39)
    forty = queries(instructor, url)
    add_people(cohort, assignment, 360)

    assert queries(instructor, url) == forty <= 15
    assert queries(instructor, f"{url}?sort=diagnose&page=2") <= 15

"""The lists of assignments, one assignment and its people, and one person's timeline."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assignments.models import Assignment, Plan
from outbox.clock import database_now
from tests.assignments.making import make_assignment, make_plan, make_unit
from tests.factories import make_admin, make_cohort, make_instructor, make_trainee

pytestmark = pytest.mark.django_db


def signed_in(person):
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def in_days(n):
    return database_now().date() + timedelta(days=n)


@pytest.fixture
def world():
    cohort = make_cohort(name="Front desk")
    instructor = make_instructor(cohort=cohort)
    trainee = make_trainee(cohort=cohort, name="Ada")
    made = make_assignment(
        what=make_unit(title_en="The first word"),
        cohort=cohort,
        by=instructor,
        plan=make_plan(-3, -1, 1),
        due_on=in_days(10),
    )
    return cohort, instructor, trainee, made


def test_the_list_names_what_whom_and_by_when(world):
    _cohort, instructor, _trainee, _made = world

    page = signed_in(instructor).get("/assignments/").content.decode()

    assert "The first word" in page
    assert "Front desk" in page
    assert "<b>1</b> to do" in page


def test_an_empty_list_leads_to_assigning():
    page = signed_in(make_instructor()).get("/assignments/").content.decode()

    assert "Nothing is assigned yet" in page
    assert "/assignments/new/" in page


def test_what_is_to_come_and_what_has_ended_stand_apart(world):
    cohort, instructor, _trainee, made = world
    make_assignment(
        what=make_unit(title_en="Later"), cohort=cohort, by=instructor,
        opens_on=in_days(5), due_on=in_days(20),
    )  # fmt: skip
    client = signed_in(instructor)
    client.post(f"/assignments/{made.pk}/end/")

    pages = {
        state: client.get(f"/assignments/?state={state}").content.decode()
        for state in ("running", "upcoming", "ended")
    }

    assert "The first word" in pages["ended"]
    assert "Later" in pages["upcoming"]
    assert "The first word" not in pages["running"]
    assert Assignment.objects.get(pk=made.pk).cancelled_at is not None


def test_a_filter_finds_by_title(world):
    cohort, instructor, _trainee, _made = world
    make_assignment(what=make_unit(title_en="Second thing"), cohort=cohort, due_on=in_days(3))

    page = signed_in(instructor).get("/assignments/?q=first").content.decode()

    assert "The first word" in page
    assert "Second thing" not in page


def test_trainees_see_their_own_in_words(world):
    _cohort, _instructor, trainee, _made = world
    stranger = make_trainee()

    own = signed_in(trainee).get("/assignments/").content.decode()
    other = signed_in(stranger).get("/assignments/").content.decode()

    assert "The first word" in own
    assert "10 days left" in own or "9 days left" in own
    assert "Nothing is assigned to you" in other


def test_strangers_get_404_everywhere(world):
    _cohort, _instructor, trainee, made = world
    elsewhere = make_instructor(cohort=make_cohort())
    addresses = ["", "told/", "change/", "end/", f"people/{trainee.username}/"]

    for person in (elsewhere, trainee):
        client = signed_in(person)
        found = {client.get(f"/assignments/{made.pk}/{one}").status_code for one in addresses}
        assert found == {404}


def test_the_pages_of_an_assignment_open(world):
    _cohort, instructor, trainee, made = world
    addresses = ["", "told/", "change/", "end/", f"people/{trainee.username}/"]

    for person in (instructor, make_admin()):
        client = signed_in(person)
        assert {client.get(f"/assignments/{made.pk}/{one}").status_code for one in addresses} == {
            200
        }


def test_an_extension_needs_a_reason_and_keeps_what_was_typed(world):
    _cohort, instructor, _trainee, made = world
    client, one = signed_in(instructor), made.assignees.get()
    data = {"picked": [one.pk], "act": "extend", "days": "3", "why": ""}

    refused = client.post(f"/assignments/{made.pk}/", data)
    accepted = client.post(f"/assignments/{made.pk}/", data | {"why": "Ill"})

    assert refused.status_code == 422
    assert f'value="{one.pk}" aria-label="Ada" checked' in refused.content.decode()
    assert accepted.status_code == 302
    one.refresh_from_db()
    assert (one.extended_to, one.why, one.changed_by) == (in_days(13), "Ill", instructor)


def test_people_are_excused_and_taken_back(world):
    _cohort, instructor, _trainee, made = world
    client, one = signed_in(instructor), made.assignees.get()
    here = f"/assignments/{made.pk}/"

    client.post(here, {"picked": [one.pk], "act": "waive", "why": "On leave"})
    one.refresh_from_db()
    was = one.waived_at
    client.post(here, {"picked": [one.pk], "act": "unwaive"})
    one.refresh_from_db()

    assert was is not None
    assert one.waived_at is None


def test_people_of_another_cohort_cannot_be_extended_by_number(world):
    _cohort, instructor, _trainee, made = world
    other = make_assignment(cohort=make_cohort(), people=[make_trainee()], due_on=in_days(5))
    one = other.assignees.get()

    response = signed_in(instructor).post(
        f"/assignments/{made.pk}/", {"picked": [one.pk], "act": "waive", "why": "x"}
    )

    one.refresh_from_db()
    assert response.status_code == 422
    assert one.waived_at is None


def test_a_persons_timeline_tells_what_is_to_come(world):
    _cohort, instructor, trainee, made = world

    page = (
        signed_in(instructor)
        .get(f"/assignments/{made.pk}/people/{trainee.username}/")
        .content.decode()
    )

    assert page.count('class="happening reminder"') == 3
    assert page.count('class="happening due"') == 1


def test_changing_the_dates_holds_for_everybody_and_refuses_the_past(world):
    _cohort, instructor, _trainee, made = world
    client, here = signed_in(instructor), f"/assignments/{made.pk}/change/"
    data = {"act": "dates", "when": "fixed", "due_time": "12:00", "grace_days": "0"}

    refused = client.post(here, data | {"due_on": "2020-05-05"})
    client.post(here, data | {"due_on": in_days(30).isoformat()})

    made.refresh_from_db()
    assert refused.status_code == 422
    assert made.due_on == in_days(30)
    assert made.assignees.get().due.due_on == in_days(30)


def test_a_copy_goes_to_another_cohort_that_one_teaches(world):
    _cohort, instructor, _trainee, made = world
    mine, foreign = make_cohort(), make_cohort()
    mine.staff.create(person=instructor, duty="instructor")
    client = signed_in(instructor)

    client.post(f"/assignments/{made.pk}/copy/", {"cohort": foreign.pk})
    client.post(f"/assignments/{made.pk}/copy/", {"cohort": mine.pk})

    copy = Assignment.objects.exclude(pk=made.pk).get()
    assert [one.cohort for one in copy.targets.all()] == [mine]
    assert copy.unit == made.unit


def test_a_change_for_a_whole_region_is_not_for_one_class_to_make():
    region = make_cohort()
    below = make_cohort(parent=region)
    make_trainee(cohort=below)
    made = make_assignment(cohort=region, by=make_admin(), due_on=in_days(5))
    instructor = make_instructor(cohort=below)
    client = signed_in(instructor)

    assert client.get(f"/assignments/{made.pk}/").status_code == 200
    assert client.get(f"/assignments/{made.pk}/change/").status_code == 404
    assert client.post(f"/assignments/{made.pk}/end/").status_code == 404
    ticked = client.post("/assignments/", {"picked": [made.pk], "act": "shift", "days": "3"})
    assert ticked.status_code == 422
    made.refresh_from_db()
    assert made.due_on == in_days(5)


def test_several_are_moved_given_another_plan_and_cancelled_at_once(world):
    cohort, instructor, _trainee, made = world
    other = make_assignment(what=make_unit(), cohort=cohort, by=instructor, due_on=in_days(4))
    client = signed_in(instructor)
    picked, gentle = [made.pk, other.pk], Plan.objects.get(preset="gentle")

    client.post("/assignments/", {"picked": picked, "act": "shift", "days": "7"})
    client.post("/assignments/", {"picked": picked, "act": "plan", "plan": gentle.pk})
    refused = client.post("/assignments/", {"picked": picked, "act": "cancel"})
    made.refresh_from_db()
    was = made.cancelled_at
    client.post("/assignments/", {"picked": picked, "act": "cancel", "sure": "1"})

    made.refresh_from_db()
    other.refresh_from_db()
    assert (made.due_on, other.due_on) == (in_days(17), in_days(11))
    assert made.plan == other.plan == gentle
    assert (refused.status_code, was) == (422, None)
    assert made.cancelled_at
    assert other.cancelled_at


def statements(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_lists_cost_the_same_for_one_and_many(world):
    cohort, instructor, trainee, made = world
    client, mine = signed_in(instructor), signed_in(trainee)
    few = [
        statements(client, "/assignments/"),
        statements(client, f"/assignments/{made.pk}/"),
        statements(client, f"/assignments/{made.pk}/told/"),
        statements(mine, "/assignments/"),
    ]
    for _ in range(15):
        make_trainee(cohort=cohort)
    for n in range(6):
        make_assignment(what=make_unit(), cohort=cohort, by=instructor, due_on=in_days(n + 2))
    from assignments.joining import join

    join()

    many = [
        statements(client, "/assignments/"),
        statements(client, f"/assignments/{made.pk}/"),
        statements(client, f"/assignments/{made.pk}/told/"),
        statements(mine, "/assignments/"),
    ]

    assert many == few
    assert many[0] <= 16
    assert many[3] <= 8
    assert made.assignees.count() == 16


def test_a_day_is_said_with_its_weekday_in_both_languages():
    from django.utils import translation

    from assignments.saying import said_day

    with translation.override("zh-hans"):
        zh = said_day(date(2026, 12, 4))
    assert (said_day(date(2026, 12, 4)), zh) == ("Fri 4 Dec", "12 月 4 日 周五")

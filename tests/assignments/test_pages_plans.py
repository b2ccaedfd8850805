"""Reminder plans: presets to read and copy, own ones to change, and what is said about them."""

from datetime import time

import pytest
from django.test import Client

from assignments.forms_plans import leaves_at
from assignments.models import Plan, Reminder
from tests.assignments.making import make_assignment, make_plan, make_unit
from tests.factories import make_admin, make_instructor, make_trainee

pytestmark = pytest.mark.django_db


def signed_in(person):
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def row(key, **more):
    usual = {
        "anchor": "due", "side": "before", "count": "3", "working": "on", "clock": "time",
        "at": "09:00", "channels": ["email"], "audience": "trainee", "text_zh": "", "text_en": "",
    }  # fmt: skip
    return {f"{key}-{name}": value for name, value in (usual | more).items()}


def form(*keys, **more):
    head = {
        "title_zh": "旺季", "title_en": "", "quiet_from": "21:00", "quiet_to": "08:00",
        "max_count": "5", "act": "save", "row": list(keys),
    }  # fmt: skip
    return head | more


def test_a_copy_of_a_preset_is_kept_as_an_own_plan():
    instructor = make_instructor()
    strict = Plan.objects.get(preset="strict")
    client = signed_in(instructor)

    page = client.get(f"/assignments/plans/new/?from={strict.pk}").content.decode()
    response = client.post(
        f"/assignments/plans/new/?from={strict.pk}",
        form("n1", "n2") | row("n1") | row("n2", side="on", count=""),
    )

    assert page.count('name="row"') == strict.rules.count()
    made = Plan.objects.get(preset="", made_by=instructor)
    assert response.url == f"/assignments/plans/{made.pk}/"
    assert (made.title_zh, made.title_en) == ("旺季", "旺季")
    assert [one.days for one in made.rules.all()] == [-3, 0]


def test_presets_are_read_and_never_changed():
    standard = Plan.objects.get(preset="standard")
    client = signed_in(make_admin())

    assert client.get(f"/assignments/plans/{standard.pk}/").status_code == 200
    assert client.post(f"/assignments/plans/{standard.pk}/", form()).status_code == 404


def test_a_plan_is_its_makers_and_admins_alone():
    made = make_plan(-1, made_by=make_instructor())
    here = f"/assignments/plans/{made.pk}/"

    assert signed_in(make_instructor()).get(here).status_code == 404
    assert signed_in(make_trainee()).get("/assignments/plans/").status_code == 404
    assert signed_in(make_admin()).get(here).status_code == 200
    assert signed_in(made.made_by).get(here).status_code == 200


def test_rows_are_added_moved_and_removed_without_script_and_nothing_is_kept_yet():
    client = signed_in(make_instructor())
    data = form("n1", "n2") | row("n1", text_en="First") | row("n2", text_en="Second")

    added = client.post("/assignments/plans/new/", data | {"act": "add"}).content.decode()
    moved = client.post("/assignments/plans/new/", data | {"act": "up:n2"}).content.decode()
    fewer = client.post("/assignments/plans/new/", data | {"act": "remove:n1"}).content.decode()

    assert added.count('name="row"') == 3
    assert moved.index('value="n2"') < moved.index('value="n1"')
    assert 'value="n1"' not in fewer
    assert Plan.objects.filter(preset="").count() == 0


def test_what_cannot_be_is_said_in_words_and_kept():
    client = signed_in(make_instructor())
    data = form("n1", "n2", "n3", title_zh="")
    data |= row("n1", anchor="finished", text_en="Well done") | row("n2") | row("n3")

    response = client.post("/assignments/plans/new/", data)

    page = response.content.decode()
    assert response.status_code == 422
    assert "Nobody knows beforehand when somebody will finish." in page
    assert "This says the same as reminder 2." in page
    assert "Give the plan a name." in page
    assert "Well done" in page


def test_a_time_in_the_quiet_hours_is_said_with_the_time_it_will_leave():
    client = signed_in(make_instructor())
    data = form("n1", act="preview") | row("n1", at="07:00")

    page = client.post("/assignments/plans/new/", data).content.decode()

    assert "07:00 lies in the quiet hours, it will leave at 08:00." in page


def test_quiet_hours_move_a_time_as_the_planner_moves_it():
    night = Plan(quiet_from=time(21), quiet_to=time(8))
    noon = Plan(quiet_from=time(12), quiet_to=time(14))

    found = [leaves_at(night, time(hour)) for hour in (7, 8, 20, 22)]

    assert found == [time(8), time(8), time(20), time(20, 45)]
    assert [leaves_at(noon, time(hour)) for hour in (11, 13)] == [time(11), time(14)]


def test_a_removed_rule_leaves_what_it_has_told_in_the_record():
    instructor = make_instructor()
    made = make_plan(-3, -1, made_by=instructor)
    assigned = make_assignment(what=make_unit(), people=[make_trainee()], plan=made, by=instructor)
    first, second = made.rules.all()
    one = assigned.assignees.get()
    told = Reminder.objects.create(
        assignee=one, rule=first, due_on="2026-03-10", recipient=one.person, day="2026-03-07",
        send_at="2026-03-07T01:00Z", told_at="2026-03-07T01:00Z",
    )  # fmt: skip

    key = f"r{second.pk}"
    signed_in(instructor).post(f"/assignments/plans/{made.pk}/", form(key) | row(key, count="2"))

    made.refresh_from_db()
    told.refresh_from_db()
    assert [(rule.pk, rule.days) for rule in made.rules.all()] == [(second.pk, -2)]
    assert told.rule.plan.archived_at is not None


def test_a_plan_in_use_cannot_be_put_away():
    instructor = make_instructor()
    used, unused = make_plan(-1, made_by=instructor), make_plan(-1, made_by=instructor)
    make_assignment(what=make_unit(), plan=used, by=instructor)
    client = signed_in(instructor)

    for one in (used, unused):
        client.post(f"/assignments/plans/{one.pk}/", {"act": "archive"})

    used.refresh_from_db()
    unused.refresh_from_db()
    assert used.archived_at is None
    assert unused.archived_at is not None


def test_the_list_of_plans_costs_the_same_for_few_and_many(django_assert_num_queries):
    instructor = make_instructor()
    client = signed_in(instructor)
    client.get("/assignments/plans/")
    for _ in range(8):
        make_plan(-3, -1, made_by=instructor)

    with django_assert_num_queries(4):
        client.get("/assignments/plans/")

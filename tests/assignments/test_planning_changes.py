"""What is planned follows what changes: outages, digests, extensions, ends; and whom it tells."""

from datetime import time

import pytest

from assignments.assigning import Dates, cancel, change_dates, change_plan, extend, waive
from assignments.models import Plan, Reminder, Rule
from assignments.presets import make_presets
from outbox.models import Message
from people.models import CalendarDay, Membership, User
from tests.assignments.making import (
    assigned,
    day,
    days_by_passes,
    finish,
    keys_of,
    make_assignment,
    make_plan,
    moment,
    pass_at,
    sent,
    told,
    told_on,
    waiting,
)
from tests.clock import at
from tests.factories import make_cohort, make_instructor, make_trainee

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _every_day_is_a_working_day():
    """But for those who are in a cohort with a calendar of its own."""
    CalendarDay.objects.all().delete()


# --- once, and not too late ---------------------------------------------------------------------


def test_after_an_outage_what_is_late_comes_in_waking_hours_and_after_two_days_not_at_all():
    trainee, _ = assigned(-3, -1)
    pass_at("2026-03-05 09:00")

    pass_at("2026-03-09 23:00")  # both were missed; the first two and a half days ago

    assert waiting(trainee) == [(day("2026-03-10"), "03-10 08:00")]


def test_passes_again_and_again_make_the_same_rows():
    _trainee, _ = assigned(-1, 0)
    days_by_passes("2026-03-08", "2026-03-08")
    first = list(Reminder.objects.values()), list(Message.objects.values())

    changed = pass_at("2026-03-09 05:00")

    assert not any(changed.values())
    assert (list(Reminder.objects.values()), list(Message.objects.values())) == first


def test_several_things_of_a_day_make_one_message_at_the_earliest_hour():
    trainee, _ = assigned({"days": -1, "at": time(11)}, person=make_trainee(email="a@mot.example"))
    assigned({"days": -1, "at": time(10)}, person=trainee)

    pass_at("2026-03-08 20:00")

    assert Reminder.objects.count() == 2
    assert keys_of(trainee) == [
        f"reminders:{trainee.pk}:2026-03-09:{channel}" for channel in ("email", "inbox")
    ]
    assert {one.send_at for one in Message.objects.all()} == {moment("2026-03-09 10:00")}


def test_an_earlier_thing_that_arises_later_brings_the_days_message_forward():
    trainee, _ = assigned({"days": -1, "at": time(11)})
    pass_at("2026-03-08 20:00")
    assigned({"days": -1, "at": time(10)}, person=trainee)

    pass_at("2026-03-08 20:01")

    assert Message.objects.get().send_at == moment("2026-03-09 10:00")
    assert Message.objects.get().next_try_at == moment("2026-03-09 10:00")


def test_what_arises_after_the_days_message_has_gone_comes_the_next_open_day():
    cohort = make_cohort()
    trainee, _ = assigned(-1, cohort=cohort, calendar={}, due_on=day("2026-03-07"))
    pass_at("2026-03-06 08:00")
    with at(moment("2026-03-06 09:00:30")):
        assert sent(trainee) == 1

    with at(moment("2026-03-06 10:00")):
        make_assignment(cohort=cohort, plan=make_plan({"anchor": "opens", "days": 0}))
    pass_at("2026-03-06 10:01")
    pass_at("2026-03-06 10:02")

    assert waiting(trainee) == [(day("2026-03-09"), "03-09 10:00")]  # Monday
    assert Reminder.objects.exclude(told_at=None).count() == 1
    assert len(keys_of(trainee)) == 2
    # And it stays there, however many passes come before.
    pass_at("2026-03-07 12:00")
    pass_at("2026-03-08 12:00")
    assert waiting(trainee) == [(day("2026-03-09"), "03-09 10:00")]


def test_a_message_that_was_cancelled_waits_again_when_something_new_arises():
    trainee, _ = assigned(-1)
    pass_at("2026-03-09 08:00")
    Message.objects.update(state="cancelled", reason="nothing is left to remind of")
    Reminder.objects.update(dropped_because="finished")
    assigned(-1, person=trainee)

    pass_at("2026-03-09 08:30")

    assert Message.objects.get().state == "queued"


def test_the_count_of_a_plan_is_kept_whatever_the_rules_say():
    plan = make_plan(-3, -2, -1, 0, 1, 2, max_count=3)
    trainee, _ = assigned(plan=plan)

    days_by_passes("2026-03-05", "2026-03-13")

    assert told_on(trainee) == ["2026-03-07", "2026-03-08", "2026-03-09"]
    assert len(keys_of(trainee)) == 3


# --- stops --------------------------------------------------------------------------------------


def dropped():
    return list(Reminder.objects.order_by("pk").values_list("dropped_because", flat=True))


def test_an_extension_drops_what_waits_and_reminds_of_the_new_day():
    trainee, assignment = assigned(-1)
    pass_at("2026-03-08 20:00")
    with at(moment("2026-03-08 20:10")):
        extend(assignment.assignees.all(), day("2026-03-20"), why="ill", by=make_instructor())

    pass_at("2026-03-08 20:11")
    assert dropped() == ["extended"]

    pass_at("2026-03-19 08:00")
    assert waiting(trainee) == [(day("2026-03-19"), "03-19 09:00")]


def test_an_extension_taken_back_lets_the_reminder_wait_again():
    _trainee, assignment = assigned(-1)
    boss = make_instructor()
    pass_at("2026-03-08 20:00")
    extend(assignment.assignees.all(), day("2026-03-20"), by=boss)
    pass_at("2026-03-08 20:11")
    extend(assignment.assignees.all(), None, by=boss)
    pass_at("2026-03-08 20:12")

    assert dropped() == [""]


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        (lambda one, boss: waive(one.assignees.all(), by=boss), "waived"),
        (lambda one, boss: cancel([one], by=boss), "cancelled"),
        (lambda one, boss: change_plan(one, None, by=boss), "plan"),
        (lambda one, boss: change_dates(one, Dates(due_on=day("2026-04-10")), by=boss), "moved"),
        (lambda one, boss: Membership.objects.update(left_at="2026-03-08T00:00Z"), "left"),
        (lambda one, boss: User.objects.filter(role="trainee").update(is_active=False), "deactivated"),  # noqa: E501
    ],
)  # fmt: skip
def test_what_is_over_is_dropped_with_its_reason(deed, reason):
    _trainee, assignment = assigned(-1, cohort=make_cohort())
    pass_at("2026-03-08 20:00")

    deed(assignment, make_instructor())
    pass_at("2026-03-08 20:11")

    assert dropped() == [reason]


def test_what_is_finished_is_planned_no_more():
    trainee, assignment = assigned(-1, 1)
    finish(assignment, trainee, moment("2026-03-05 10:00"))

    days_by_passes("2026-03-07", "2026-03-12")

    assert Reminder.objects.count() == 0


def test_a_day_after_it_is_finished():
    trainee, assignment = assigned({"anchor": "finished", "days": 1}, -1)
    finish(assignment, trainee, moment("2026-03-05 23:00"))

    days_by_passes("2026-03-05", "2026-03-07")

    assert told(trainee) == [("2026-03-06", "03-06 09:00")]


def test_a_rule_that_is_changed_moves_what_waits():
    trainee, assignment = assigned(-1)
    pass_at("2026-03-08 20:00")
    assignment.plan.rules.update(at=time(17, 30))

    pass_at("2026-03-08 20:01")

    assert waiting(trainee) == [(day("2026-03-09"), "03-09 17:30")]
    assert Message.objects.get().send_at == moment("2026-03-09 17:30")

    assignment.plan.rules.update(days=1)
    pass_at("2026-03-08 20:02")
    assert waiting(trainee) == []
    days_by_passes("2026-03-09", "2026-03-11")
    assert told(trainee) == [("2026-03-11", "03-11 17:30")]


# --- escalations --------------------------------------------------------------------------------


def test_the_nearest_instructors_and_managers_are_told_of_whoever_is_late():
    region = make_cohort()
    shop = make_cohort(parent=region)
    above, near = make_instructor(cohort=region), make_instructor(cohort=shop, tz="Europe/Berlin")
    boss = make_instructor()
    region.staff.create(person=boss, duty="manager")
    rules = ({"days": 1, "audience": "instructor"}, {"days": 1, "audience": "manager"})
    trainee, _ = assigned(*rules, cohort=shop)
    _other, done = assigned(*rules, cohort=shop)
    for one in done.assignees.all():
        finish(done, one.person, moment("2026-03-09 10:00"))

    days_by_passes("2026-03-10", "2026-03-12")

    assert keys_of(near) == [f"escalations:{near.pk}:2026-03-11:inbox"]
    assert Message.objects.get(recipient=near).send_at == moment(
        "2026-03-11 09:00", "Europe/Berlin"
    )
    assert keys_of(boss) == [f"escalations:{boss.pk}:2026-03-11:inbox"]
    assert keys_of(above) == keys_of(trainee) == []


# --- channels -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "mandatory", "cadence", "expected"),
    [
        ([], True, None, {"inbox", "email"}),
        (["email"], True, None, {"inbox", "email"}),
        (["messenger"], True, None, {"inbox", "email"}),  # no messenger reaches: e-mail instead
        (["email"], False, "never", {"inbox"}),
        (["email"], False, "daily", {"inbox"}),
        (["email"], False, "immediate", {"inbox", "email"}),
        (["email"], True, "never", {"inbox", "email"}),
    ],
)
def test_channels(named, mandatory, cadence, expected):
    trainee = make_trainee(email="m@mot.example")
    if cadence:
        trainee.preferences.create(kind="reminder", channel="email", cadence=cadence)
    with at(moment("2026-02-02 08:00")):
        make_assignment(
            people=[trainee], plan=make_plan({"days": -1, "channels": named}), mandatory=mandatory
        )

    pass_at("2026-03-09 08:00")

    assert set(Message.objects.values_list("channel", flat=True)) == expected


def test_messages_have_ids_of_their_own():
    assigned(-1, person=make_trainee(email="m@mot.example"))
    pass_at("2026-03-09 08:00")

    ids = list(Message.objects.values_list("message_id", flat=True))
    assert len(set(ids)) == 2
    assert all(one.startswith("<") and one.endswith("@mot.example>") for one in ids)


# --- presets ------------------------------------------------------------------------------------


def test_the_three_presets_are_there():
    make_presets(Plan.objects, Rule.objects)  # a test that empties all tables takes them away
    plans = {one.preset: one for one in Plan.objects.exclude(preset="")}

    assert {name: plan.max_count for name, plan in plans.items()} == {
        "gentle": 4, "standard": 8, "strict": 10,
    }  # fmt: skip
    assert [one.days for one in plans["strict"].rules.all()] == [
        0, -7, -3, -2, -1, 0, 1, 2, 3, 5, 1, 5,
    ]  # fmt: skip
    assert str(plans["standard"].title_zh) == "标准"
    assert (plans["gentle"].quiet_from, plans["gentle"].quiet_to) == (time(21), time(8))

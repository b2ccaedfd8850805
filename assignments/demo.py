"""A demo with life in it: two classes under way, told relative to the day of the first start.

`make run` calls it once the course and the demo people are there. Each of the first class stands
somewhere else, so that every page has something to show.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone, translation

from assignments import field_notes, observing
from assignments.assigning import Dates, Draft, assign, extend, waive
from assignments.checklist import ENCOUNTERS, NO_OCCASION, NOT_SEEN, SEEN, checklist
from assignments.demo_deeds import (
    clock_at,
    give_back,
    hand_in_case,
    lessons_of,
    open_at,
    plan_and_tell,
    read,
    take,
)
from assignments.following_up import Kind
from assignments.models import Assignee, Assignment, FollowUp, Plan
from assignments.rhythm import assign_once, units_of
from cases.models import Case
from mot_course.web import zone
from people import public_holidays
from people.models import Calendar, Cohort, Membership, SpecialDay, User
from people.working_days import Week, rebuild
from units.models import Course, Unit

COURSE = "mot-core"
CASE = "meeting-room-price"
NOW_AT = 6  # the unit the first class is at, from 0: `solve`
PACE = 2  # working days to a unit
BEGAN = 16  # days ago
LOOKED_BACK = 5  # days on which the planner is run: what came earlier nobody looks at
DUE_TIME = time(18)
KEY = "demo"

WRITTEN = {
    "note": "旺季满房，客人到店没有房。\n我一个人在前台。\n他说：“我订了三个月。”",
    "short": (
        "晚上十点，一位先生拖着两个箱子来办入住，系统里没有空房了。我一上来就说“系统显示满房”，"
        "他的脸一下就沉了。后来我请他坐下，倒了水，打了三个电话，给他换到隔壁酒店的套房。"
    ),
    "event": (
        "上周六晚上十点，一位先生拖着两个箱子到前台，说三个月前就订了房。系统显示满房。我先说：“系统里"
        "没有房了。”他说：“我订了三个月，你跟我说没有？”我停了一下，放下键盘，请他先坐下，"
        "倒了一杯水，说：“换成我也着急。我姓陈，今晚您住哪儿，我来办好。”我打了三个电话，"
        "隔壁酒店还有一间套房。他问：“那明天早餐呢？”我说我去问，十分钟后给他回话。"
    ),
    "demands": "他要的是一间房；他真正要的是今晚不用再操心。我猜他第二天一早有会。",
}
RETURNED_BECAUSE = (
    "事情写得很清楚，他那句原话也在。第三部分还空着：没办到的是哪一样，卡在哪条规则上？"
    "再补上第二天您是怎么跟进的，就可以交了。"
)
NOTE_5 = (
    "早上退房高峰，一位女士把房卡往台上一放：“你们的空调吵了一夜。”我没有先解释，先说“那您一夜没睡好”，"
    "她的声音马上就低了。后来给她升级了早餐，她走的时候还问了我的名字。"
)
NOTE_4 = (
    "A guest came back for the umbrella he had left the day before. I said it back to him, colour"
    " and all, and rang housekeeping while he stood there. He had expected a form to fill in."
)
REPLY_4 = (
    "You said it back before you rang: that is the half minute that counts."
    " What did he say when he left?"
)
LATE_HIRE = "调岗过来，前六个单元在杭州店学过"
AWAY_TRIP = "出差到新加坡，下周回来再补"


@dataclass(frozen=True)
class World:
    """Who and what the story is about."""

    today: date
    tz: str
    week: Week
    people: dict[str, User]
    units: list[Unit]
    course: Course
    cohorts: dict[str, Cohort]

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        """The moment so many days from today, where the demo people are."""
        there = datetime.combine(self.today + timedelta(days=day), time(hour, minute))
        return there.replace(tzinfo=zone(self.tz))

    def workday(self, day: date, n: int) -> date:
        """The n-th working day after the day, or before it."""
        step = timedelta(days=1 if n > 0 else -1)
        while n:
            day += step
            n -= step.days if self.week.works_on(day) else 0
        return day


Deed = tuple[datetime, Callable[[], Any]]


def load_demo_life() -> bool:
    """Tell the story where nothing is assigned yet; whether it was told now."""
    if not settings.DEMO:
        raise ImproperlyConfigured("The demo comes to life only with DEMO=1.")
    if Assignment.objects.exists() or not Course.objects.filter(slug=COURSE).exists():
        return False
    with translation.override("zh-hans"), transaction.atomic():
        world = _world()
        with clock_at(world.at(-BEGAN, 8)):
            _assign(world)
            plan_and_tell()
            _observe(world)
        for moment, do in sorted(_deeds(world), key=lambda deed: deed[0]):
            with clock_at(min(moment, timezone.now())):
                do()
        plan_and_tell()
    return True


def _world() -> World:
    tz = User.objects.get(username="instructor").tz
    today = timezone.now().astimezone(zone(tz)).date()
    calendar = Calendar.objects.get(is_default=True)
    for year in (today.year, today.year + 1):
        days = public_holidays.special_days_of(year) if year in public_holidays.CHINA else {}
        SpecialDay.objects.bulk_create(
            (
                SpecialDay(calendar=calendar, day=day, working=working, why=why)
                for day, (working, why) in days.items()
            ),
            ignore_conflicts=True,
        )
    rebuild(calendar)
    course = Course.objects.get(slug=COURSE)
    special = dict(calendar.special_days.values_list("day", "working"))
    return World(
        today=today,
        tz=tz,
        week=Week(frozenset(calendar.weekdays), special),
        people=User.objects.in_bulk(field_name="username"),
        units=units_of(course),
        course=course,
        cohorts=Cohort.objects.in_bulk(["front-desk-1", "front-desk-2"], field_name="slug"),
    )


def _assign(world: World) -> None:
    """To the first class: the course a unit at a time, by dates, and one case."""
    Membership.objects.filter(cohort__in=world.cohorts.values()).update(
        joined_on=world.today - timedelta(days=60)
    )
    instructor = world.people["instructor"]
    plans = {plan.preset: plan for plan in Plan.objects.exclude(preset="")}
    first = world.cohorts["front-desk-1"]
    whole = assign(what=world.course, cohorts=[first], by=instructor)
    now_due = world.workday(world.today, 1)
    for place, unit in enumerate(world.units):
        due = world.workday(now_due, (place - NOW_AT) * PACE)
        assign(
            what=unit,
            cohorts=[first],
            plan=plans["standard"],
            dates=Dates(
                opens_on=world.workday(due, -2 * PACE), due_on=due, due_time=DUE_TIME, grace_days=7
            ),
            part_of=whole,
            by=instructor,
        )
    assign(
        what=Case.objects.get(slug=CASE),
        cohorts=[first],
        plan=plans["gentle"],
        dates=Dates(due_on=world.workday(now_due, 4), due_time=DUE_TIME),
        note="看完把您觉得最关键的那一句标出来，周会上一起聊。",
        mandatory=False,
        by=instructor,
    )


def _assign_second(world: World) -> None:
    """The course unit by unit, each with five working days from the one before."""
    plan = Plan.objects.get(preset="gentle")
    dates = Dates(due_days=5, working=True, due_time=DUE_TIME)
    pace = Draft(world.course, (world.cohorts["front-desk-2"],), plan=plan, dates=dates)
    assign_once(key=KEY, draft=pace, in_rhythm=True, by=world.people["instructor"])


def _observe(world: World) -> None:
    """Before the course: the shift leader watched the first six of them, and they themselves."""
    items = checklist()
    asked = FollowUp.objects.filter(kind=Kind.OBSERVATION, occurrence=0)
    first_six = {world.people[f"trainee{n}"].pk: n for n in range(1, 7)}
    for one in asked.select_related("course"):
        n = first_six.get(observing.observed_of(one))
        if n is None:
            continue
        words = (NOT_SEEN, SEEN, SEEN if one.person_id in first_six else NO_OCCASION)
        seen = {
            item.id: [words[(n + place + turn) % 3] for turn in ENCOUNTERS]
            for place, item in enumerate(items)
        }
        observing.save(follow_up=one, seen=seen, note="", version=0, finish=True)


def _deeds(world: World) -> list[Deed]:
    """Everything that happened since, with its moment."""
    deeds: list[Deed] = [(world.at(day, 9, 5), plan_and_tell) for day in range(-LOOKED_BACK, 0)]
    deeds += _first_class(world) + _second_class(world) + _around(world)
    return deeds


def _first_class(world: World) -> list[Deed]:
    """Who has finished how many units of the first class, and where they are since."""
    # Wrong answers in each check: who is surer of which step.
    story: dict[int, tuple[int, Sequence[int], int]] = {
        1: (6, (1, 2, 0, 1, 1, 2), -1),
        2: (6, (2, 2, 2, 1, 2, 2), -2),
        3: (5, (2, 1, 2, 1, 2), -5),
        4: (8, (0, 1, 0, 0, 1, 0, 1, 0), 0),
        5: (7, (1, 0, 1, 2, 0, 1, 2), 0),
        6: (6, (1, 1, 0, 1, 1, 1), -6),
        7: (6, (2, 2, 1, 1, 1, 2), -3),
    }
    deeds: list[Deed] = []
    for n, (units, wrong, last) in story.items():
        person = world.people[f"trainee{n}"]
        deeds += _begin(world, person, -BEGAN)
        days = BEGAN - 1 + last
        for place, unit in enumerate(world.units[:units]):
            day = -BEGAN + 1 + days * place // max(units - 1, 1)
            deeds += _finish_unit(world, person, unit, day, 9 + n, wrong[place])
    return deeds + _where_they_are(world)


def _begin(world: World, person: User, day: int) -> list[Deed]:
    """The test before the course."""
    quiz = world.course.pre_quiz
    if quiz is None:
        return []
    return [(world.at(day, 12, person.pk % 50), lambda: take(person, quiz, wrong=4))]


def _finish_unit(
    world: World, person: User, unit: Unit, day: int, hour: int, wrong: int
) -> list[Deed]:
    lessons = lessons_of(unit)
    deeds: list[Deed] = [
        (world.at(day, hour, 7 * place), partial(read, person, lesson, wrong=wrong - 1))
        for place, lesson in enumerate(lessons)
    ]
    check = unit.check_quiz
    if check is not None:
        deeds.append((world.at(day, hour, 40), lambda: take(person, check, wrong=wrong)))
    return deeds


def _where_they_are(world: World) -> list[Deed]:
    """What each has begun and not finished."""
    people, units = world.people, world.units
    diagnose, solve = lessons_of(units[5]), lessons_of(units[6])
    check = units[6].check_quiz
    stuck = people["trainee2"]
    deeds: list[Deed] = [
        (world.at(-1, 20), lambda: read(people["trainee1"], solve[0])),
        (world.at(-1, 20, 12), lambda: open_at(people["trainee1"], solve[1], 6)),
        (world.at(-4, 19), lambda: read(people["trainee3"], diagnose[0], wrong=2)),
        (world.at(-3, 19), lambda: open_at(people["trainee3"], diagnose[1], 5)),
        (world.at(-2, 13), lambda: read(people["trainee7"], solve[0], wrong=1)),
    ]
    for place, lesson in enumerate(solve):
        moment = world.at(-2, 20, 8 * place)
        deeds.append((moment, partial(read, stuck, lesson, wrong=2)))
    if check is not None:
        for day, hour, wrong in ((-2, 21, 6), (-1, 13, 5), (-1, 21, 4)):
            moment = world.at(day, hour)
            deeds.append((moment, partial(take, stuck, check, wrong=wrong)))
    return deeds


def _second_class(world: World) -> list[Deed]:
    """At their own pace: one is through the first unit, one in it, one waits for the check."""
    people, unit = world.people, world.units[0]
    lessons = lessons_of(unit)
    deeds: list[Deed] = [(world.at(-5, 9), lambda: _assign_second(world))]
    deeds += _begin(world, people["trainee9"], -5)
    deeds += _begin(world, people["trainee10"], -3)
    deeds += _begin(world, people["trainee12"], -4)
    deeds += _finish_unit(world, people["trainee9"], unit, -4, 15, 1)
    deeds.append((world.at(-2, 16), lambda: read(people["trainee10"], lessons[0])))
    deeds += [
        (world.at(-2, 17, 9 * place), partial(read, people["trainee12"], lesson))
        for place, lesson in enumerate(lessons)
    ]
    return deeds


def _around(world: World) -> list[Deed]:
    """Dates that were changed, a case that came back, notes, and what was kept up meanwhile."""
    people, instructor = world.people, world.people["instructor"]

    def give_more_time() -> None:
        later = world.workday(world.today, 6)
        extend(_of(world, 7, NOW_AT, NOW_AT + 1), later, why=AWAY_TRIP, by=instructor)

    def excuse() -> None:
        waive(_of(world, 8, 0, NOW_AT), why=LATE_HIRE, by=instructor)

    def return_case() -> None:
        write_up = people["trainee3"].write_ups.get()
        give_back(write_up, instructor, RETURNED_BECAUSE)

    def answer_note() -> None:
        note = people["trainee4"].follow_ups.filter(note__isnull=False).get().note
        field_notes.answer(note=note, instructor=instructor, text=REPLY_4)

    return [
        (world.at(-BEGAN, 10), excuse),
        (world.at(-4, 17), give_more_time),
        (world.at(-5, 20), lambda: hand_in_case(people["trainee3"], "满房那一晚", WRITTEN)),
        (world.at(-3, 17), return_case),
        *[(world.at(day, 19, 30), lambda: _keep_up(world)) for day in range(-LOOKED_BACK, 0)],
        (world.at(-1, 19), lambda: _write(people["trainee4"], ["diagnose"], NOTE_4)),
        (world.at(-1, 19, 5), lambda: _write(people["trainee5"], ["set-the-tone"], NOTE_5)),
        (world.at(0, 8), answer_note),
    ]


def _of(world: World, n: int, first: int, end: int) -> list[Assignee]:
    """What of these units is assigned to the person."""
    units = world.units[first:end]
    person = world.people[f"trainee{n}"]
    return list(Assignee.objects.filter(person=person, assignment__unit__in=units))


def _keep_up(world: World) -> None:
    """What came up is done the same evening: not by who is away, nor a recall of the first."""
    keeps = [world.people[f"trainee{n}"] for n in (1, 2, 3, 4, 5, 7, 9)]
    now = timezone.now()
    today = now.astimezone(zone(world.tz)).date()
    came_up = FollowUp.objects.filter(person__in=keeps, due_on__lte=today, done_at=None)
    recalls = came_up.filter(kind=Kind.RECALL).exclude(person=world.people["trainee1"])
    recalls.update(done_at=now)
    came_up.filter(kind=Kind.INTENTION).update(done_at=now, response={"kept": "yes"})


def _write(person: User, steps: list[str], text: str) -> None:
    """The field note that is asked for first."""
    asked = person.follow_ups.filter(kind=Kind.NOTE, done_at=None).order_by("due_on").first()
    if asked is not None:
        field_notes.write(follow_up=asked, met=True, steps=steps, text=text)

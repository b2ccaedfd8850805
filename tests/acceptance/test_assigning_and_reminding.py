"""An instructor takes in a class of forty, assigns a unit, and each is reminded in their own day.

The unit is due on Wednesday 2026-04-01. On the way lie the Sundays on which New York (8 March)
and Paris (29 March) put their clocks forward, two days on which nobody is written to, a Saturday
that people work to make up for the Monday off after it is due. Whom a message should reach when is
worked out here in a few lines of Python, from the promise and not from our SQL.
"""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from assignments.models import Assignment, Plan
from outbox.models import Notice
from people.models import Cohort, User
from tests.acceptance.days import (
    a_minute_passes,
    arrival_of,
    browser_of,
    finish_unit,
    hidden,
    mails_to,
    plain_of,
    text_of,
)
from tests.assignments.making import make_calendar
from tests.clock import at
from tests.factories import make_admin, make_cohort, make_instructor
from tests.people.import_tables import csv_of, upload
from tests.quizzes.making import make_quiz
from units.models import Unit

pytestmark = pytest.mark.django_db(transaction=True)

DUE = date(2026, 4, 1)
LEFT_ALONE = {date(2026, 3, 24), date(2026, 3, 25)}
MAKE_UP, DAY_OFF = date(2026, 3, 28), date(2026, 4, 6)
FIRST, LAST = datetime(2026, 3, 5, 2, 0, tzinfo=UTC), datetime(2026, 4, 9, tzinfo=UTC)
# Nine o'clock in Shanghai; in Paris and New York with and without summer time; nights as well.
HOURS = (1, 2, 7, 8, 13, 14, 20)
ZONES = ("Asia/Shanghai",) * 20 + ("Europe/Paris",) * 10 + ("America/New_York",) * 10
HEADER = ("工号", "姓名", "邮箱", "语言", "时区")
FINISHED, WAIVED, CLOSED, EXTENDED, BUSY = "S001", "S002", "S003", "S004", "S005"
ONE = timedelta(days=1)


def rows():
    """Forty people; three of the rows cannot be taken in as they are."""
    found = [
        [f"S{n:03}", f"学员䶮{n}", f"s{n:03}@mot.example", "English", ZONES[n - 1]]
        for n in range(1, 41)
    ]
    found[6][1] = ""
    found[21][4] = "Europe/Pariss"
    found[32][2] = "s033.mot.example"
    return found


MENDED = {"name": "学员七", "tz": "Europe/Paris", "email": "s033@mot.example"}


# --- the promise, in plain Python -----------------------------------------------------------------


def works(day):
    return day == MAKE_UP or (day.isoweekday() <= 5 and day != DAY_OFF)


def working_days_from(day, count):
    step = ONE if count > 0 else -ONE
    while count:
        day += step
        if works(day):
            count -= 1 if step == ONE else -1
    return day


def open_day(day, step):
    while not works(day) or day in LEFT_ALONE:
        day += step
    return day


def promised():
    """The days on which somebody who does nothing is reminded: six at most, by the plan."""
    before = [open_day(working_days_from(DUE, n), -ONE) for n in (-7, -3, -1, 0)]
    after = [open_day(working_days_from(DUE, n), ONE) for n in (1, 3)]
    return [date(2026, 3, 5), *before, *after][:6]


PROMISED = promised()


def test_the_promise_is_what_a_calendar_on_the_wall_says():
    days = ["03-05", "03-23", "03-28", "03-31", "04-01", "04-02"]
    assert [f"{day:%m-%d}" for day in PROMISED] == days


# --- what the instructor does ---------------------------------------------------------------------


def take_in(browser, cohort):
    """Upload, mend the three rows on the page, take all of it in."""
    data = csv_of(*rows(), header=HEADER).encode("gb18030")
    start = upload(browser, data, cohort=cohort.pk)
    dry = browser.get(start.url)
    assert "3 rows to mend" in text_of(dry)
    assert "read as GB18030" in text_of(dry)
    assert User.objects.filter(username__startswith="S0").count() == 0
    cells = re.findall(r'name="(cell-\d+-(\w+))"', dry.content.decode())
    assert len(cells) == 3
    browser.post(start.url, {"act": "mend"} | {name: MENDED[slug] for name, slug in cells})
    dry = browser.get(start.url)
    assert "Take in 40 people" in text_of(dry)
    taken = browser.post(start.url, {"act": "take", "seen": hidden(dry, "seen")}, follow=True)
    assert "All of it is taken in." in text_of(taken)


def assign(browser, what, **whom):
    """Choose what, who, when and the standard plan, look at the preview, assign."""
    form = browser.get("/assignments/new/")
    data = whom | {
        "key": hidden(form, "key"),
        "what": what,
        "when": "fixed",
        "due_on": DUE.isoformat(),
        "due_time": "18:00",
        "plan": Plan.objects.get(preset="standard").pk,
        "mandatory": "1",
    }
    preview = browser.post("/assignments/new/", data | {"act": "preview"})
    made = browser.post("/assignments/new/", data | {"act": "assign"})
    return preview, Assignment.objects.get(pk=int(made.url.strip("/").split("/")[-1]))


def person(number):
    return User.objects.get(username=number)


def deeds_of(scene):
    """What people do on the way, by the moment at which they do it."""
    unit = scene.assignment.pk

    def change(number, **data):
        def deed():
            page = f"/assignments/{unit}/people/{number}/"
            assert browser_of(scene.teacher).post(page, data).status_code == 302

        return deed

    def close():
        browser_of(scene.admin).post(f"/people/{CLOSED}/deactivate/")

    day = datetime(2026, 3, 27, 4, tzinfo=UTC)
    return {
        day: [
            lambda: finish_unit(browser_of(person(FINISHED)), "first"),
            change(WAIVED, act="waive", why="On leave"),
            close,
        ],
        day + 3 * ONE: [change(EXTENDED, act="extend", to="2026-04-30", why="Night shifts")],
        # The day before the plan's seventh reminder, of which it allows six.
        datetime(2026, 4, 6, 4, tzinfo=UTC): [
            lambda: scene.seen.append(
                text_of(browser_of(scene.teacher).get(f"/assignments/{unit}/people/S010/"))
            )
        ],
    }


def live(deeds):
    """Let five weeks go by."""
    moments = {
        datetime(day.year, day.month, day.day, hour, 5, tzinfo=UTC): []
        for day in (FIRST.date() + n * ONE for n in range((LAST - FIRST).days + 1))
        for hour in HOURS
    }
    for moment, some in sorted((moments | deeds).items()):
        if moment < FIRST:
            continue
        with at(moment):
            for deed in some:
                deed()
            a_minute_passes()


@pytest.fixture
def scene(course, post):
    """The class, taken in and assigned at ten o'clock on 5 March, five weeks later."""
    scene = SimpleNamespace(post=post, seen=[])
    with at(FIRST):
        cohort = make_cohort(name="前厅一班", tz="Asia/Shanghai")
        cohort.calendar = make_calendar(
            holidays=(str(DAY_OFF),),
            make_up=(str(MAKE_UP),),
            blackouts=((str(min(LEFT_ALONE)), str(max(LEFT_ALONE))),),
        )
        cohort.save()
        scene.admin = make_admin(language="en")
        scene.teacher = make_instructor(cohort=cohort, email="teacher@mot.example")
        browser = browser_of(scene.teacher)
        take_in(browser, cohort)
        in_paris = person("S021").pk
        scene.preview, scene.assignment = assign(
            browser, f"unit:{Unit.objects.get().pk}", cohorts=[cohort.pk], who=in_paris
        )
        assign(browser, f"quiz:{make_quiz().pk}", people=[person(BUSY).pk])
    live(deeds_of(scene))
    return scene


def mails_of(scene, number):
    return mails_to(scene.post, f"{number.lower()}@mot.example")


def arrived(scene, number):
    """On which day and in which hour the mails about the unit came, by the person's own clock."""
    tz = ZONES[int(number[1:]) - 1]
    about = [mail for mail in mails_of(scene, number) if "ue " in plain_of(mail)]
    return [(when.date(), when.hour) for when in (arrival_of(mail, tz) for mail in about)]


def test_each_of_forty_is_reminded_in_their_own_day_and_whoever_need_not_is_left_alone(scene):
    preview = text_of(scene.preview)
    assert "40 people will get it" in preview
    assert "by the clock of Paris" in preview
    assert "blackout" in preview
    assert "make-up day" in preview
    assert scene.preview.content.count(b'class="happening reminder"') == 6

    usual = set(ONE_BY_ONE) - {FINISHED, WAIVED, CLOSED, EXTENDED}
    for number in usual:
        first = 10 if ZONES[int(number[1:]) - 1] == "Asia/Shanghai" else 9
        hours = [first, 9, 9, 9, 9, 9]
        assert arrived(scene, number) == list(zip(PROMISED, hours, strict=True)), number
    for number in (FINISHED, WAIVED, CLOSED):
        assert [day for day, _ in arrived(scene, number)] == PROMISED[:2], number
    assert [day for day, _ in arrived(scene, EXTENDED)] == PROMISED[:3]


ONE_BY_ONE = [f"S{n:03}" for n in range(1, 41)]

"""An instructor takes in a class of forty, assigns a unit, and each is reminded in their own day.

The unit is due on Wednesday 2026-04-01. On the way lie the Sundays on which New York (8 March)
and Paris (29 March) put their clocks forward, two days on which nobody is written to, a Saturday
that people work to make up for the Monday off after it is due. When a message should reach whom
is worked out here in a few lines of Python, from the promise and not from our SQL.
"""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from assignments.models import Assignment, Plan
from outbox.models import Notice
from people.models import User
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
# In a fortnight in which nobody should hear anything, twice a day is enough.
HOURS, SILENT, HOURS_OF_SILENCE = (1, 7, 8, 13, 14, 20), range(9, 20), (1, 13)
ZONES = ("Asia/Shanghai",) * 20 + ("Europe/Paris",) * 10 + ("America/New_York",) * 10
HEADER = ("工号", "姓名", "邮箱", "语言", "时区")
FINISHED, WAIVED, CLOSED, EXTENDED = "S001", "S002", "S003", "S004"
BUSY, WITHOUT_MAIL = "S005", "S040"  # has something else due on the same day; has only the inbox
NUMBERS = [f"S{n:03}" for n in range(1, 41)]
ZONE_OF = dict(zip(NUMBERS, ZONES, strict=True))
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
    found[39][2] = ""
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
    """The days on which somebody who does nothing is reminded by the standard plan."""
    before = [open_day(working_days_from(DUE, n), -ONE) for n in (-7, -3, -1, 0)]
    after = [open_day(working_days_from(DUE, n), ONE) for n in (1, 3)]
    return [date(2026, 3, 5), *before, *after]


PROMISED = promised()


def test_the_promise_is_what_a_calendar_on_the_wall_says():
    days = ["03-05", "03-23", "03-28", "03-31", "04-01", "04-02", "04-07"]
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
    finish = partial(finish_unit, unit="first")
    return {
        FIRST + timedelta(minutes=5): [],
        day: [
            lambda: finish(browser_of(person(FINISHED))),
            change(WAIVED, act="waive", why="On leave"),
            close,
        ],
        day + 3 * ONE: [change(EXTENDED, act="extend", to="2026-04-30", why="Night shifts")],
    }


def live(deeds):
    """Let five weeks go by."""
    days = [FIRST.date() + n * ONE for n in range((LAST - FIRST).days + 1)]
    moments = {
        datetime(day.year, day.month, day.day, hour, 5, tzinfo=UTC): []
        for day in days
        for hour in (HOURS_OF_SILENCE if day.month == 3 and day.day in SILENT else HOURS)
    }
    for moment, some in sorted((moments | deeds).items()):
        if moment >= FIRST:
            with at(moment):
                for deed in some:
                    deed()
                a_minute_passes()


@pytest.fixture
def scene(course, post):
    """The class, taken in and assigned at ten o'clock on 5 March, five weeks later."""
    scene = SimpleNamespace(post=post)
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


# --- what arrived ---------------------------------------------------------------------------------


def mails_of(scene, number):
    return mails_to(scene.post, f"{number.lower()}@mot.example")


def arrived(scene, number):
    """On which day and in which hour each mail came, by the person's own clock."""
    moments = [arrival_of(mail, ZONE_OF[number]) for mail in mails_of(scene, number)]
    return [(when.date(), when.hour) for when in moments]


def in_inbox(number):
    """The same of the notices in the inbox."""
    here = ZoneInfo(ZONE_OF[number])
    found = Notice.objects.filter(recipient__username=number).order_by("at")
    return [(one.at.astimezone(here).date(), one.at.astimezone(here).hour) for one in found]


def expected(number, days):
    """At nine; on the first day at once, because by ten in Shanghai nine was over there."""
    first = 10 if ZONE_OF[number] == "Asia/Shanghai" else 9
    return [(day, 9 if place else first) for place, day in enumerate(days)]


def test_forty_people_are_reminded_each_in_their_own_day(scene):
    the_preview_showed_it_beforehand(scene)
    for number in NUMBERS:
        if number not in (FINISHED, WAIVED, CLOSED, EXTENDED):
            assert in_inbox(number) == expected(number, PROMISED), number
            mails = [] if number == WITHOUT_MAIL else expected(number, PROMISED)
            assert arrived(scene, number) == mails, number
    whoever_need_not_hears_no_more(scene)
    nobody_is_woken_and_nobody_told_twice_a_day(scene)
    the_instructor_is_told_once(scene)
    the_pages_say_why_not(scene)


def the_preview_showed_it_beforehand(scene):
    preview = text_of(scene.preview)
    assert "40 people will get it" in preview
    assert "In their own day, by the clock of Paris." in preview
    assert "1 person has neither mail nor messenger here" in preview
    shown = re.findall(r'datetime="([\d-]+)"', scene.preview.content.decode())
    assert set(shown) == {str(day) for day in [*PROMISED, DUE]}
    assert "moved here from Tue 24 Mar" in preview
    assert "Sat 28 Mar make-up day Reminder 09:00" in preview
    assert "7 reminders at most, if it stays undone." in preview


def whoever_need_not_hears_no_more(scene):
    for number in (WAIVED, CLOSED):
        assert arrived(scene, number) == in_inbox(number) == expected(number, PROMISED[:2])
    assert arrived(scene, EXTENDED) == expected(EXTENDED, PROMISED[:3])
    # Whoever is done hears of recalling what was learned, on day 2 and on day 7, and that is all.
    after = mails_of(scene, FINISHED)[2:]
    assert arrived(scene, FINISHED)[:2] == expected(FINISHED, PROMISED[:2])
    assert [mail["Subject"] for mail in after] == ["Recall: Unit one"] * 2
    assert not any("Due" in plain_of(mail) or "due" in plain_of(mail) for mail in after)


def nobody_is_woken_and_nobody_told_twice_a_day(scene):
    for number in NUMBERS:
        all_of_it = arrived(scene, number)
        assert all(8 <= hour < 21 for _day, hour in all_of_it + in_inbox(number)), number
        assert max(Counter(day for day, _hour in all_of_it).values(), default=0) <= 1, number
    digest = plain_of(mails_of(scene, BUSY)[0])
    assert mails_of(scene, BUSY)[0]["Subject"] == "2 things for you"
    assert "- Unit one\n" in digest
    assert "- Quiz\n" in digest
    assert digest.count("Due Wed 1 Apr, 18:00 (Asia/Shanghai)") == 2


def the_instructor_is_told_once(scene):
    (mail,) = mails_to(scene.post, "teacher@mot.example")
    when = arrival_of(mail, "Asia/Shanghai")
    assert (when.date(), when.hour) == (PROMISED[-1], 9)
    assert mail["Subject"] == "36 people may need a hand"
    assert Notice.objects.filter(recipient=scene.teacher, kind="escalation").count() == 1
    for number in (FINISHED, WAIVED, CLOSED, EXTENDED):
        assert person(number).name + ":" not in plain_of(mail)


def the_pages_say_why_not(scene):
    page = f"/assignments/{scene.assignment.pk}/"
    with at(LAST):
        browser = browser_of(scene.teacher)
        pages = [text_of(browser.get(f"{page}told/?page={n}")) for n in range(1, 8)]
    for number, why in {
        FINISHED: "It was finished already.",
        WAIVED: "The person was excused from it.",
        CLOSED: "The person’s account was closed.",
        EXTENDED: "The person was given more time.",
    }.items():
        name = re.escape(person(number).name)
        line = rf"{name} \d working days? before it is due[^.]*{why} not told"
        assert any(re.search(line, text) for text in pages), (number, why)
        with at(LAST):
            assert why in text_of(browser.get(f"{page}people/{number}/"))
    assert "told Wed 1 Apr 09:05" in " ".join(pages)

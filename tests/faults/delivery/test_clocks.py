"""Experiment 17: the database's clock jumps, summer time begins and ends, a leap day comes.

Real assignments, the real planner and sender as a process of their own; the ledger says what came
to whom, the test knows what the database's clock said when it came.
"""

import random
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.faults.delivery import ledger
from tests.faults.delivery.harness import SEEDS, N

pytestmark = pytest.mark.faults
ZONES = (
    "Asia/Shanghai", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo", "Australia/Lord_Howe",
    "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Pago_Pago",
    "America/New_York", "America/St_Johns", "America/Sao_Paulo", "Europe/Berlin",
    "Europe/London", "Africa/Cairo",
)  # fmt: skip
DAYS = (-1, 0, 1)  # around the due date, at nine
EACH = -(-N // (len(ZONES) * len(DAYS)))  # people in a zone
STEP = timedelta(hours=4)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PREPARE = """
import django; django.setup()
from datetime import date, datetime
from people.models import CalendarDay
from tests.assignments.making import make_assignment, make_plan
from tests.clock import at
from tests.factories import make_trainee
CalendarDay.objects.all().delete()
with at(datetime.fromisoformat("{begin}")):
    people = [make_trainee(username=f"{name}-{{z}}-{{n}}", tz=tz, language="en",
                           email=f"{name}-{{z}}-{{n}}@faults.example")
              for z, tz in enumerate({zones}) for n in range({each})]
    make_assignment(people=people, plan=make_plan(*{days}), due_on=date.fromisoformat("{due}"))
"""
full = pytest.mark.faults_full
BACK_AND_FORTH = (-HOUR, -DAY, HOUR)
DUE = [
    ("2026-03-29", BACK_AND_FORTH),  # summer time begins in Europe
    pytest.param("2026-10-25", BACK_AND_FORTH, marks=full),  # and ends
    pytest.param("2026-03-08", BACK_AND_FORTH, marks=full),  # begins in America
    pytest.param("2026-10-04", BACK_AND_FORTH, marks=full),  # begins on Lord Howe, half an hour
    pytest.param("2028-02-29", BACK_AND_FORTH, marks=full),
]


class Walk:
    """The days around a due date, step by step; notes when each mail came, by the moved clock."""

    def __init__(self, post):
        self.post = post
        self.came = []  # (address, moment)
        self.process = post.start(
            "walker", [sys.executable, "-m", "tests.faults.delivery.walker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout.readline() == "ready\n", post.said("walker")

    def step(self, moment):
        """Move the database's clock there and let planner and sender work."""
        shift = moment - datetime.now(UTC)
        self.post.sql(
            f"ALTER DATABASE {self.post.name} SET mot.clock_shift = '{shift.total_seconds()} s'"
        )
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline(), self.post.said("walker")
        for line in self.post.lines[len(self.came) :]:
            self.came.append((line.recipient, datetime.fromtimestamp(line.at, UTC) + shift))

    def all(self, due, jumps, chance):
        moment = datetime.combine(due, datetime.min.time(), UTC) - 1.5 * DAY
        steps = int(4 * DAY / STEP)
        at = dict(zip(chance.sample(range(1, steps), len(jumps)), jumps, strict=True))
        for number in range(steps):
            self.step(moment + number * STEP)
            if number in at:
                self.step(moment + number * STEP + at[number])

    def local_days(self, name):
        """(address, day) of each mail, by its reader's clock; none before nine."""
        days = []
        for address, moment in self.came:
            local = moment.astimezone(ZoneInfo(ZONES[int(address.split("-")[-2])]))
            assert local.hour >= 8, (address, local)
            assert address.startswith(name)
            days.append((address, local.date()))
        return days


def prepare(post, name, due):
    post.sql("TRUNCATE assignments_assignment, assignments_plan CASCADE")
    begin = datetime.combine(due, datetime.min.time(), UTC) - 20 * DAY
    post.base.python(
        PREPARE.format(
            begin=begin.isoformat(), name=name, zones=ZONES, each=EACH, days=DAYS, due=due
        )
    )
    people = [f"{name}-{z}-{n}@faults.example" for z in range(len(ZONES)) for n in range(EACH)]
    return {(person, due + days * DAY) for person in people for days in DAYS}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("due", "jumps"), DUE)
def test_17_each_reminder_comes_once_on_its_own_local_day(lay_out, due, jumps, seed):
    post = lay_out(mail_log=False)
    name = f"z{due}s{seed}"
    due = date.fromisoformat(due)
    wanted = prepare(post, name, due)

    walk = Walk(post)
    walk.all(due, jumps, random.Random(seed))

    days = walk.local_days(name)
    result = ledger.Count(len(wanted), len(wanted - set(days)), len(days) - len(set(days)))
    ledger.report(
        f"17 clock -1 h, -1 day, +1 h around {due}", seed, result,
        ambiguous=post.were_ambiguous(), late=len(set(days) - wanted),
        seconds=time.time() - post.begun, note=f"{len(ZONES)} zones, {EACH * len(ZONES)} people",
    )  # fmt: skip
    assert set(days) == wanted
    assert len(days) == len(wanted)


@full
@pytest.mark.parametrize("seed", SEEDS)
def test_17_a_clock_that_was_a_day_ahead_for_a_while_tells_nobody_twice(lay_out, seed):
    due = date(2026, 6, 10)
    post = lay_out(mail_log=False)
    name = f"ahead{seed}"
    wanted = prepare(post, name, due)

    walk = Walk(post)
    walk.all(due, (DAY, -DAY, DAY), random.Random(seed))

    # By a clock that is wrong a mail may come on another day: but each once, and to everybody.
    mails = Counter(line.message_id for line in post.lines)
    people = Counter(address for address, _ in walk.came)
    few = sum(people[person] < len(DAYS) - 1 for person in {person for person, _ in wanted})
    twice = sum(mails.values()) - len(mails)
    late = len(wanted - set(walk.local_days(name)))
    ledger.report(
        "17 clock +1 day and back", seed, ledger.Count(len(wanted), few, twice),
        ambiguous=post.were_ambiguous(), late=late, seconds=time.time() - post.begun,
        note="late: on another day than it would have been by a right clock",
    )  # fmt: skip
    assert (few, twice) == (0, 0)
    assert max(people.values()) <= len(DAYS)

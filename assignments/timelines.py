"""A timeline to look at: days with what happens on them, and the quiet days in between. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assignments.saying import said_day

ONE = timedelta(days=1)
LONGEST_STRIP = 28  # so many quiet days are drawn one by one; more are said
WORKING, WEEKEND, HOLIDAY, MAKE_UP, BLACKOUT = "working", "weekend", "holiday", "makeup", "blackout"


@dataclass(frozen=True)
class Look:
    """What kind of day it is in somebody's calendar, and why where it differs from the week."""

    kind: str
    why: str = ""

    @property
    def words(self) -> str:
        """Said beside the day where it is no ordinary working day."""
        name = {
            WORKING: "",
            WEEKEND: _("day off"),
            HOLIDAY: _("holiday"),
            MAKE_UP: _("make-up day"),
            BLACKOUT: _("blackout"),
        }[self.kind]
        return f"{name} · {self.why}" if name and self.why else name


@dataclass(frozen=True)
class Happening:
    """Something on a day: it opens, somebody is told, it is due."""

    day: date
    kind: str  # opens | reminder | escalation | due | closes | done | extended | told | dropped …
    title: str
    at: str = ""  # 18:00, or empty
    detail: str = ""
    tone: str = ""  # good | bad | warn, as a chip's
    icon: str = "mail"
    body: str = ""  # an own line, as written
    order: int = 5


@dataclass
class Stop:
    """A day on the line."""

    day: date
    said: str
    look: Look
    happenings: list[Happening] = field(default_factory=list)
    is_today: bool = False
    is_due: bool = False
    is_past: bool = False


@dataclass
class Gap:
    """Quiet days between two stops."""

    first: date
    looks: list[Look]
    count: int

    @property
    def said(self) -> str:
        """How many days, and which of them are off."""
        text = ngettext("%(n)s quiet day", "%(n)s quiet days", self.count) % {"n": self.count}
        whys = dict.fromkeys(
            look.words for look in self.looks if look.kind in (HOLIDAY, BLACKOUT, MAKE_UP)
        )
        return " · ".join([text, *whys])

    @property
    def is_strip(self) -> bool:
        return self.count <= LONGEST_STRIP


def draw(
    happenings: Iterable[Happening], looks: Mapping[date, Look], *, today: date
) -> list[Stop | Gap]:
    """The happenings by day, with today and the quiet days between, from top to bottom."""
    by_day: dict[date, list[Happening]] = {}
    for one in happenings:
        by_day.setdefault(one.day, []).append(one)
    days = sorted({*by_day, today}) if by_day else []
    drawn: list[Stop | Gap] = []
    last: date | None = None
    for day in days:
        if last is not None and (day - last).days > 1:
            drawn.append(_gap(last + ONE, (day - last).days - 1, looks))
        drawn.append(_stop(day, by_day.get(day, []), looks, today))
        last = day
    return drawn


def _stop(day: date, some: list[Happening], looks: Mapping[date, Look], today: date) -> Stop:
    return Stop(
        day,
        said_day(day, this_year=today.year),
        looks.get(day) or _by_week(day),
        sorted(some, key=lambda one: (one.order, one.at)),
        is_today=day == today,
        is_due=any(one.kind == "due" for one in some),
        is_past=day < today,
    )


def _gap(first: date, count: int, looks: Mapping[date, Look]) -> Gap:
    days = [first + n * ONE for n in range(count)]
    return Gap(first, [looks.get(day) or _by_week(day) for day in days], count)


def _by_week(day: date) -> Look:
    return Look(WEEKEND if day.isoweekday() > 5 else WORKING)


def clock(moment: datetime) -> str:
    """The time of day of a moment that stands in the wanted zone already."""
    return f"{moment:%H:%M}"

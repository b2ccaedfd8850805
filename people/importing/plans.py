"""What taking a table in would do: a row for each person, with changes and faults. Pure."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from people.importing.columns import BY_SLUG
from people.models import User

OUTCOMES = ("new", "changed", "moved", "left", "same", "wrong")


@dataclass(frozen=True)
class Options:
    """What whoever imports has chosen beside the file."""

    cohort_id: int | None = None
    absent: str = "keep"  # or "leave"
    make_cohorts: bool = False
    ignore_unknown: bool = False


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell, and what to do. An empty column is the row as a whole."""

    column: str
    value: str
    what: str
    advice: str

    @property
    def label(self) -> Any:
        return BY_SLUG[self.column].label if self.column else ""


@dataclass(frozen=True)
class Change:
    """A field of a person, as it is and as it will be."""

    column: str
    old: Any
    new: Any

    @property
    def label(self) -> Any:
        return _("active") if self.column == "active" else BY_SLUG[self.column].label

    @property
    def before(self) -> str:
        return shown(self.column, self.old)

    @property
    def after(self) -> str:
        return shown(self.column, self.new)


@dataclass
class RowPlan:
    """What becomes of one person. Number 0: not in the file, but in the cohort."""

    number: int
    cells: dict[str, str]
    outcome: str = "same"
    staff: str = ""
    name: str = ""
    person: User | None = None
    values: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)  # columns of User to write
    accounts: dict[str, str] = field(default_factory=dict)  # messenger accounts to write
    join: Any = None  # an id, or the key of a cohort to be made
    leave: int | None = None  # a membership that ends
    joined_on: date | None = None
    rejoin: int | None = None  # a membership that gets another first day
    where: str = ""
    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def fault(self, column: str, what: str, advice: str = "") -> None:
        """Note what is wrong with a cell; the first fault of a cell is enough."""
        if all(one.column != column for one in self.faults):
            self.faults.append(Fault(column, self.cells.get(column, ""), what, advice))

    @property
    def details(self) -> list[str]:
        """What is known of somebody new, in the reader's words."""
        hidden = ("staff", "name", "cohort", "left")
        known = [self.where] if self.where else []
        return known + [shown(*one) for one in self.values.items() if one[0] not in hidden]

    @property
    def summary(self) -> list[Any]:
        """What to compare when it is asked whether anything has changed since it was shown."""
        return [
            self.number,
            self.person.pk if self.person else None,
            self.outcome,
            self.staff,
            sorted((name, str(value)) for name, value in self.fields.items()),
            sorted(self.accounts.items()),
            str(self.join),
            self.leave,
            str(self.joined_on),
            self.rejoin,
            [[one.column, str(one.old), str(one.new)] for one in self.changes],
        ]


@dataclass
class Plan:
    """All of it; nothing may happen while a row is wrong or a header is not confirmed."""

    rows: list[RowPlan] = field(default_factory=list)
    new_cohorts: dict[Any, str] = field(default_factory=dict)  # key -> its path
    blocked: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have each outcome."""
        found = Counter(row.outcome for row in self.rows)
        return {name: found.get(name, 0) for name in OUTCOMES}

    @property
    def wrong(self) -> list[RowPlan]:
        return [row for row in self.rows if row.outcome == "wrong"]

    @property
    def todo(self) -> list[RowPlan]:
        """The rows that change something."""
        return [row for row in self.rows if row.outcome in ("new", "changed", "moved", "left")]

    @property
    def is_ready(self) -> bool:
        return bool(self.todo) and not self.blocked and not self.wrong


def shown(column: str, value: Any) -> str:
    """A value in the reader's words."""
    if value is None or value == "":
        return "–"
    if column == "language":
        return str(dict(settings.LANGUAGES).get(value, value))
    if column == "role":
        return str(dict(User.Role.choices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value)

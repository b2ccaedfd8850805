"""Takes a checked table in: all of it or nothing, and only what was shown."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from json import dumps
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.text import slugify
from pypinyin import lazy_pinyin

from mot_course.web import zone
from outbox.clock import database_now
from people import auditing
from people.importing.checking import FIELDS, digest_of, plan_for
from people.importing.columns import ACCOUNTS
from people.importing.plans import Options, Plan, RowPlan
from people.importing.reading import Table
from people.models import Cohort, ImportChange, ImportRun, Membership, MessengerAccount, User
from people.models.persons import default_time_zone

# One for imports and their undoing; any number will do.
LOCK = 7_203_411
STORED = ("name", "phone", "email", "language", "tz", "role", "shift_at", "is_active")
_UPDATE = """
    UPDATE people_user AS person SET
        name = new.name, phone = new.phone, email = new.email, language = new.language,
        tz = new.tz, role = new.role, shift_at = new.shift_at, is_active = new.is_active
    FROM jsonb_to_recordset(%s::jsonb) AS new(
        id bigint, name text, phone text, email text, language text, tz text, role text,
        shift_at time, is_active boolean
    )
    WHERE person.id = new.id
"""


class ChangedSince(Exception):
    """What would happen is not what was shown; `plan` says what would happen now."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("changed since it was shown")
        self.plan = plan


def take_in(
    *, importer: User, table: Table, options: Options, out: Iterable[int] = (), seen: str
) -> ImportRun:
    """Do what the dry run with the digest `seen` has shown. Raises ChangedSince."""
    out = set(out)
    try:
        return _take_in(importer, table, options, out, seen)
    except IntegrityError:  # somebody else took a number or phone in this very moment
        raise ChangedSince(plan_for(importer, table, options, out=out)) from None


@transaction.atomic
def _take_in(importer: User, table: Table, options: Options, out: set[int], seen: str) -> ImportRun:
    lock_imports()
    plan = plan_for(importer, table, options, out=out, lock=True)
    if digest_of(table, options, plan) != seen or not plan.is_ready:
        raise ChangedSince(plan)
    now = database_now()
    today = timezone.localdate(now, zone(importer.tz))
    cohorts = _make_cohorts(plan)
    before = {row.number or -row.person.pk: _before(row) for row in plan.todo if row.person}
    changed = [row for row in plan.todo if row.person is not None]
    store_fields({row.person.pk: row.fields for row in changed if row.person and row.fields})
    _make_people([row for row in plan.todo if row.person is None], cohorts)
    _store_accounts(plan.todo)
    joined = _store_memberships(plan.todo, cohorts, now, today)
    run = ImportRun.objects.create(
        by=importer, file_name=auditing.one_line(table.file_name)[:120], digest=seen, at=now
    )
    ImportChange.objects.bulk_create(
        (
            ImportChange(
                run=run,
                person=row.person,
                before=before.get(row.number or -(row.person.pk if row.person else 0)),
                after=_after(row, joined.get(position), now),
            )
            for position, row in enumerate(plan.todo)
        ),
        batch_size=1000,
    )
    _audit(importer, run, plan)
    return run


def lock_imports() -> None:
    """Wait until no other import or undoing is under way; until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def storable(value: Any) -> Any:
    """A value as JSON keeps it."""
    return value if value is None or isinstance(value, bool | int | str) else value.isoformat()


def store_fields(changes: dict[int, dict[str, Any]]) -> None:
    """Write these fields of people. Phones and e-mails may change hands among them."""
    people = User.objects.in_bulk(changes)
    rows = []
    for pk, fields in changes.items():
        new = {name: storable(getattr(people[pk], name)) for name in STORED} | {
            name: storable(value) for name, value in fields.items()
        }
        rows.append(new | {"id": pk, "phone": new["phone"] or None, "email": new["email"] or None})
    phones = [pk for pk, fields in changes.items() if "phone" in fields]
    emails = [pk for pk, fields in changes.items() if "email" in fields]
    User.objects.filter(pk__in=phones).update(phone=None)
    User.objects.filter(pk__in=emails).update(email=None)
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [dumps(rows)])


def store_accounts(changes: dict[int, dict[str, str | None]]) -> None:
    """Write these messenger accounts of people; None takes one away."""
    for channel in ACCOUNTS:
        touched = [pk for pk, accounts in changes.items() if channel in accounts]
        MessengerAccount.objects.filter(person__in=touched, channel=channel).delete()
    MessengerAccount.objects.bulk_create(
        MessengerAccount(person_id=pk, channel=channel, account=account)
        for pk, accounts in changes.items()
        for channel, account in accounts.items()
        if account
    )


def _make_cohorts(plan: Plan) -> dict[Any, Cohort]:
    """The cohorts that are missing, level by level, and those that rows name by number."""
    wanted = {row.join for row in plan.todo if isinstance(row.join, int)}
    found: dict[Any, Cohort] = {}
    keys = sorted(plan.new_cohorts, key=lambda key: len(key.names))
    wanted |= {key.above for key in keys}
    found.update(Cohort.objects.in_bulk(wanted))
    by_names: dict[Any, Cohort] = {}
    # A path of which only the last part is named by a row needs the parts above, too.
    every = {
        (key.above, key.names[:length]): key
        for key in keys
        for length in range(1, len(key.names) + 1)
    }
    for depth in range(1, max((len(names) for _a, names in every), default=0) + 1):
        level = [one for one in every if len(one[1]) == depth]
        made = []
        for above, names in level:
            parent = by_names.get((above, names[:-1])) or found[above]
            made.append(Cohort(slug=_slug(names[-1]), name=names[-1], parent=parent, tz=parent.tz))
        Cohort.objects.bulk_create(made)
        by_names.update(zip(level, made, strict=True))
    return found | {key: by_names[key.above, key.names] for key in keys}


def _slug(name: str) -> str:
    words = slugify(" ".join(lazy_pinyin(name)))[:36].strip("-") or "cohort"
    return f"{words}-{secrets.token_hex(4)}"


def _make_people(rows: list[RowPlan], cohorts: dict[Any, Cohort]) -> None:
    for row in rows:
        cohort = cohorts.get(row.join)
        fields = {"tz": cohort.tz if cohort else default_time_zone()} | row.fields
        row.fields = fields
        row.person = User(username=row.staff, password=make_password(None))
        for name, value in fields.items():
            setattr(row.person, name, value)
    User.objects.bulk_create((row.person for row in rows if row.person), batch_size=1000)


def _store_accounts(rows: list[RowPlan]) -> None:
    store_accounts({row.person.pk: dict(row.accounts) for row in rows if row.person})


def _store_memberships(
    rows: list[RowPlan], cohorts: dict[Any, Cohort], now: datetime, today: date
) -> dict[int, Membership]:
    """End, begin and date memberships; those begun, by the position of their row."""
    leaving = [row.leave for row in rows if row.leave is not None]
    Membership.objects.filter(pk__in=leaving).update(left_at=now)
    joined = {
        position: Membership(
            cohort=cohorts[row.join], person=row.person, joined_on=row.joined_on or today
        )
        for position, row in enumerate(rows)
        if row.join is not None
    }
    Membership.objects.bulk_create(joined.values(), batch_size=1000)
    dated = [row for row in rows if row.rejoin is not None]
    memberships = Membership.objects.in_bulk([row.rejoin for row in dated])
    for row in dated:
        memberships[row.rejoin].joined_on = row.joined_on  # type: ignore[assignment]
    Membership.objects.bulk_update(memberships.values(), ["joined_on"], batch_size=500)
    return joined


def _before(row: RowPlan) -> dict[str, Any]:
    """What the row changes, as it is now."""
    was: dict[str, Any] = {}
    accounts: dict[str, str | None] = {}
    for change in row.changes:
        if change.column in ACCOUNTS:
            accounts[change.column] = change.old or None
        elif change.column in FIELDS:
            was[FIELDS[change.column]] = storable(change.old)
        elif change.column == "active":
            was["is_active"] = change.old
        elif change.column == "joined":
            was["joined_on"] = storable(change.old)
    joined_on = was.pop("joined_on", None)
    return {"fields": was, "accounts": accounts, "joined_on": joined_on}


def _after(row: RowPlan, joined: Membership | None, now: datetime) -> dict[str, Any]:
    fields = {name: storable(value) for name, value in row.fields.items()}
    return {
        "outcome": row.outcome,
        "fields": fields,
        "accounts": row.accounts,
        "joined": joined.pk if joined else None,
        "joined_on": storable(joined.joined_on if joined else row.joined_on),
        "left": row.leave,
        "left_at": now.isoformat() if row.leave is not None else None,
        "rejoined": row.rejoin,
    }


def _audit(importer: User, run: ImportRun, plan: Plan) -> None:
    after = {name: count for name, count in plan.counts.items() if count}
    auditing.record(importer, "people_imported", run, after=after)
    for row in plan.todo:
        if row.person is None or "role" not in row.fields:
            continue
        old = next((change.old for change in row.changes if change.column == "role"), None)
        if row.fields["role"] != User.Role.TRAINEE or old is not None:
            auditing.record(
                importer,
                "role_given_by_import",
                row.person,
                before={"role": old} if old else None,
                after={"role": row.fields["role"]},
            )

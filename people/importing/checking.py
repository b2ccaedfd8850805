"""A table of people held against those who are here: what would happen, row by row."""

from collections.abc import Iterable
from hashlib import sha256
from json import dumps
from typing import Any

from django.utils.translation import gettext as _

from people.importing.columns import ACCOUNTS, BY_SLUG
from people.importing.knowing import Here, Known, what_is_here
from people.importing.moving import place
from people.importing.plans import Change, Options, Plan, RowPlan
from people.importing.reading import Table
from people.importing.wrong import Wrong
from people.models import User
from people.signing_in import phone_in

# What a column is called in the table of people.
FIELDS = {
    "name": "name",
    "phone": "phone",
    "email": "email",
    "language": "language",
    "tz": "tz",
    "role": "role",
    "shift": "shift_at",
}
CONTACTS = ("phone", "email", *ACCOUNTS)


def plan_for(
    importer: User, table: Table, options: Options, *, out: Iterable[int] = (), lock: bool = False
) -> Plan:
    """What taking the table in would do, in a fixed number of statements. Changes nothing."""
    left_out = set(out)
    rows = [row for row in parsed(table) if row.number not in left_out]
    here = what_is_here(importer, rows, options, lock=lock)
    plan = Plan(rows)
    if table.unknown and not options.ignore_unknown:
        plan.blocked.append("unknown")
    _find_doubles(rows)
    for row in rows:
        known = here.by_staff.get(row.values.get("staff", "").lower())
        if known is not None and known.row is None:
            known.row = row
        _plan_row(row, known, here, options, plan)
    _check_taken(rows, here)
    if options.absent == "leave" and options.cohort_id in here.tree.reached:
        plan.rows = rows + _absent(here, options, rows)
    for row in plan.rows:
        row.outcome = "wrong" if row.faults else row.outcome
    used = {row.join for row in plan.todo}
    plan.new_cohorts = {key: path for key, path in plan.new_cohorts.items() if key in used}
    return plan


def digest_of(table: Table, options: Options, plan: Plan) -> str:
    """Short for all that a dry run has shown; taking in asks whether it is still the same."""
    seen = [
        table.header,
        [options.cohort_id, options.absent, options.make_cohorts, options.ignore_unknown],
        [row.summary for row in plan.rows],
        sorted(plan.new_cohorts.values()),
    ]
    return sha256(dumps(seen, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()


def parsed(table: Table) -> list[RowPlan]:
    """The table's rows with what their cells mean, or what is wrong with them."""
    columns = [(position, slug) for position, slug in enumerate(table.columns) if slug]
    rows = []
    for number, cells in table.rows:
        row = RowPlan(number, {slug: cells[position] for position, slug in columns})
        for slug, cell in row.cells.items():
            if not cell.strip():
                continue
            try:
                row.values[slug] = BY_SLUG[slug].read(cell)
            except Wrong as wrong:
                row.fault(slug, wrong.what, wrong.advice)
        if "staff" not in row.values:
            row.fault("staff", _("The staff number is missing."), _("Fill it in."))
        row.staff = row.values.get("staff", "")
        row.name = row.values.get("name", "")
        rows.append(row)
    return rows


def _find_doubles(rows: list[RowPlan]) -> None:
    """What has to be somebody's alone stands once in the file."""
    said = {
        "staff": _("Row %(row)d has the same staff number."),
        "phone": _("Row %(row)d has the same phone."),
        "email": _("Row %(row)d has the same e-mail."),
    }
    for column in ("staff", *CONTACTS):
        first: dict[str, RowPlan] = {}
        what = said.get(column) or _("Row %(row)d has the same account.")
        for row in rows:
            if column not in row.values:
                continue
            other = first.setdefault(row.values[column].lower(), row)
            if other is not row:
                advice = _("Keep it in one of the two rows.")
                row.fault(column, what % {"row": other.number}, advice)
                other.fault(column, what % {"row": row.number}, advice)


def _plan_row(row: RowPlan, known: Known | None, here: Here, options: Options, plan: Plan) -> None:
    _check_role(row, known, here.importer)
    if known is None:
        _plan_new(row, here, options, plan)
        return
    if not (known.is_reached or known.is_former or known.is_revivable):
        _refuse_stranger(row, known, here.importer)
        return
    user = row.person = known.user
    row.name = row.name or user.name
    for column, field in FIELDS.items():
        if column in row.values:
            _compare(row, column, field, getattr(user, field), row.values[column])
    for channel in ACCOUNTS:
        old, new = known.accounts.get(channel, ""), row.values.get(channel)
        if new and new != old:
            row.accounts[channel] = new
            row.changes.append(Change(channel, old, new))
    if known.is_revivable:
        row.fields["is_active"] = True
        row.changes.append(Change("active", False, True))
    if row.changes:
        row.outcome = "changed"
    place(row, known, here, options, plan)
    _protect(row, known, here.importer)


def _compare(row: RowPlan, column: str, field: str, old: Any, new: Any) -> None:
    before = old.strip() if isinstance(old, str) else old
    if column == "email" and before:
        before = before.lower()
    if before != new:
        row.fields[field] = new
        row.changes.append(Change(column, old, new))


def _plan_new(row: RowPlan, here: Here, options: Options, plan: Plan) -> None:
    row.outcome = "new"
    if row.values.get("left"):
        what = _("Nobody has this staff number, so nobody can leave.")
        row.fault("left", what, _("Look at the number, or leave this row out."))
    if not row.name:
        row.fault("name", _("The name is missing."), _("New people need a name."))
    if padded := here.unpadded.get(row.staff):
        said = _("%(number)s is here already. Has the spreadsheet dropped the zeros in front?")
        row.notes.append(said % {"number": padded})
    if here.by_phone.get(phone_in(row.staff)) is not None:
        _refuse_taken(row)
    for column, field in FIELDS.items():
        if column in row.values:
            row.fields[field] = row.values[column]
    row.accounts = {channel: row.values[channel] for channel in ACCOUNTS if channel in row.values}
    place(row, None, here, options, plan)


def _check_role(row: RowPlan, known: Known | None, importer: User) -> None:
    role = row.values.get("role")
    if role is None or (known is not None and known.user.role == role):
        return
    if role == User.Role.ADMIN:
        row.fault(
            "role",
            _("An import makes nobody an admin."),
            _("Give this role on the person's own page."),
        )
    elif role != User.Role.TRAINEE and not importer.is_admin:
        row.fault("role", _("You can import trainees only."), _("Write trainee 学员."))


def _refuse_stranger(row: RowPlan, known: Known, importer: User) -> None:
    if importer.is_admin and known.user.erased_at is None:
        row.fault(
            "staff",
            _("This person is deactivated."),
            _("Activate them on their page first, or leave this row out."),
        )
        return
    _refuse_taken(row)


def _refuse_taken(row: RowPlan) -> None:
    row.fault(
        "staff",
        _("This staff number is taken."),
        _("Look at the number. If it is right, ask an admin."),
    )


def _protect(row: RowPlan, known: Known, importer: User) -> None:
    """Who is more than a trainee is changed by admins; an admin by no import."""
    if row.outcome == "same":
        return
    if known.user.role == User.Role.ADMIN:
        what = _("An import changes no admin.")
        row.fault("staff", what, _("Change them on their page, and leave this row out."))
    elif importer.is_admin:
        return
    elif known.user.role != User.Role.TRAINEE:
        row.fault("staff", _("Only an admin changes an instructor."), _("Leave this row out."))
    elif known.is_former:
        _keep_contacts(
            row,
            _("This person had left, and so keeps the contacts they have."),
            _("Leave the cell empty; change it once they are back."),
        )
    elif known.manages_elsewhere:
        # Contacts are ways in, and would open the other class, too.
        _keep_contacts(
            row,
            _("This person looks after a class out of your reach, and so keeps their contacts."),
            _("Leave the cell empty, or ask an admin."),
        )


def _keep_contacts(row: RowPlan, what: str, advice: str) -> None:
    for change in row.changes:
        if change.column in CONTACTS:
            row.fault(change.column, what, advice)


def _check_taken(rows: list[RowPlan], here: Here) -> None:
    """What has to be somebody's alone belongs to nobody who keeps it."""
    for row in rows:
        for column in CONTACTS:
            if column not in row.values:
                continue
            value = row.values[column]
            if column == "phone":
                owner = here.by_phone.get(value)
            elif column == "email":
                owner = here.by_email.get(value)
            else:
                owner = here.by_account.get((column, value))
            if owner is None or (row.person is not None and owner.user.pk == row.person.pk):
                continue
            theirs = owner.row.values.get(column) if owner.row is not None else None
            if theirs is not None and theirs != value:
                continue  # they get another one by this same file
            _fault_taken(row, column, owner, here.importer)


def _fault_taken(row: RowPlan, column: str, owner: Known, importer: User) -> None:
    if owner.is_reached or importer.is_admin:
        what = _("%(name)s (%(number)s) has this already.")
        what = what % {"name": owner.user.name, "number": owner.user.username}
    else:
        what = _("Somebody has this already.")
    row.fault(column, what, _("Look at both, or leave the cell empty."))


def _absent(here: Here, options: Options, rows: list[RowPlan]) -> list[RowPlan]:
    """Trainees of the cohort who are not in the file leave it."""
    named = {row.staff.lower() for row in rows}
    cohort = here.tree.by_id[options.cohort_id] if options.cohort_id else None
    found = []
    for known in here.people.values():
        inside = [one for one in known.memberships if one.cohort_id == options.cohort_id]
        user = known.user
        if not inside or not known.is_reached or user.username.lower() in named:
            continue
        if user.role != User.Role.TRAINEE:
            continue
        row = RowPlan(0, {}, "left", user.username, user.name, user)
        row.leave = inside[0].pk
        row.where = str(cohort)
        row.changes.append(Change("cohort", here.tree.path(inside[0].cohort_id), ""))
        found.append(row)
    return sorted(found, key=lambda row: row.staff)

"""Where a row puts its person: into a cohort, from one to another, or out. Pure."""

from django.utils.translation import gettext as _

from people.importing.knowing import Here, Known
from people.importing.placing import Missing
from people.importing.plans import Change, Options, Plan, RowPlan
from people.importing.wrong import Wrong
from people.models import User


def place(row: RowPlan, known: Known | None, here: Here, options: Options, plan: Plan) -> None:
    """Say in the row which membership begins, ends or gets another first day."""
    row.joined_on = row.values.get("joined")
    try:
        target = _target(row, known, here, options)
    except Wrong as wrong:
        row.fault("cohort", wrong.what, wrong.advice)
        return
    if isinstance(target, Missing) and not row.faults:
        _note_new(target, here, plan)
    if row.values.get("left"):
        if known is not None:
            _leave(row, known, target, here)
    elif known is None:
        _join_new(row, target, here)
    elif target is None:
        if len(known.memberships) == 1:
            _stay(row, known, 0)
    else:
        _move(row, known, target, here)


def _target(
    row: RowPlan, known: Known | None, here: Here, options: Options
) -> int | Missing | None:
    if "cohort" in row.values:
        return here.tree.find(row.values["cohort"], may_make=options.make_cohorts)
    role = row.values.get("role") or (known.user.role if known else User.Role.TRAINEE)
    if role != User.Role.TRAINEE or options.cohort_id not in here.tree.reached:
        return None  # an instructor is put into a cohort only where the file says so
    return options.cohort_id


def _note_new(target: Missing, here: Here, plan: Plan) -> None:
    path = here.tree.path(target.above)
    for length in range(1, len(target.names) + 1):
        key = Missing(target.above, target.names[:length])
        plan.new_cohorts[key] = "/".join([path, *key.names])


def _path(target: int | Missing, here: Here) -> str:
    if isinstance(target, Missing):
        return "/".join([here.tree.path(target.above), *target.names])
    return here.tree.path(target)


def _join_new(row: RowPlan, target: int | Missing | None, here: Here) -> None:
    if target is None:
        if row.values.get("role", User.Role.TRAINEE) != User.Role.TRAINEE:
            return
        row.fault(
            "cohort",
            _("No cohort is given."),
            _("Fill it in, or choose a cohort for all rows without one."),
        )
        return
    row.join, row.where = target, _path(target, here)


def _leave(row: RowPlan, known: Known, target: int | Missing | None, here: Here) -> None:
    inside = [one for one in known.memberships if target in (None, one.cohort_id)]
    if len(inside) > 1:
        what = _("This person is in several cohorts; which one do they leave?")
        row.fault("cohort", what, _("Fill the cohort in."))
    elif inside and inside[0].cohort_id not in here.tree.reached:
        row.fault("cohort", _("This person is in a cohort out of your reach."), _("Ask an admin."))
    elif inside:
        row.leave, row.outcome = inside[0].pk, "left"
        row.where = here.tree.path(inside[0].cohort_id)
        row.changes.append(Change("cohort", row.where, ""))


def _stay(row: RowPlan, known: Known, position: int) -> None:
    membership = known.memberships[position]
    if row.joined_on is not None and row.joined_on != membership.joined_on:
        row.rejoin = membership.pk
        row.changes.append(Change("joined", membership.joined_on, row.joined_on))
        row.outcome = "changed"


def _move(row: RowPlan, known: Known, target: int | Missing, here: Here) -> None:
    row.where = _path(target, here)
    inside = [one.cohort_id for one in known.memberships]
    if target in inside:
        _stay(row, known, inside.index(target))
        return
    if len(inside) > 1:
        row.fault(
            "cohort",
            _("This person is in several cohorts; which one do they leave?"),
            _("Move them on their page, and leave this row out."),
        )
        return
    if inside and inside[0] not in here.tree.reached:
        row.fault("cohort", _("This person is in a cohort out of your reach."), _("Ask an admin."))
        return
    row.join, row.outcome = target, "moved" if inside else "changed"
    if inside:
        row.leave = known.memberships[0].pk
    old = here.tree.path(inside[0]) if inside else ""
    row.changes.append(Change("cohort", old, row.where))

"""Everybody who is here already and whom a table touches, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import CharField, Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Lower

from people.duties import with_duty_beyond
from people.importing.columns import ACCOUNTS
from people.importing.placing import Tree
from people.importing.plans import Options, RowPlan
from people.models import Cohort, ImportChange, Membership, MessengerAccount, User
from people.signing_in import phone_in
from people.teaming import cohorts_taught_by, people_taught_by


@dataclass
class Known:
    """Somebody who is here: where they are, and what the importer may do with them."""

    user: User
    memberships: list[Membership] = field(default_factory=list)
    accounts: dict[str, str] = field(default_factory=dict)
    is_reached: bool = False
    is_former: bool = False  # has left a cohort within reach, and is in none now
    is_revivable: bool = False  # an undone import had made them
    manages_elsewhere: bool = False  # has a duty that the importer's do not reach
    row: RowPlan | None = None  # the row of the table that is about them


@dataclass
class Here:
    """What there is, as far as the table touches it."""

    importer: User
    tree: Tree
    people: dict[int, Known]
    by_staff: dict[str, Known]
    by_phone: dict[str, Known]
    by_email: dict[str, Known]
    by_account: dict[tuple[str, str], Known]
    unpadded: dict[str, str]  # "123" -> "00123", where somebody within reach is called so


def tree_for(importer: User) -> Tree:
    """The cohorts with those that the importer teaches."""
    cohorts = Cohort.objects.filter(archived_at=None).only("slug", "name", "parent", "tz")
    reached = cohorts_taught_by(importer).values_list("pk", flat=True)
    return Tree(cohorts, list(reached))


def what_is_here(
    importer: User, rows: Iterable[RowPlan], options: Options, *, lock: bool = False
) -> Here:
    """Everybody with a staff number, phone, e-mail or account of the rows; locked if asked."""
    rows = list(rows)
    tree = tree_for(importer)
    accounts = {
        channel: {row.values[channel] for row in rows if channel in row.values}
        for channel in ACCOUNTS
    }
    owners = MessengerAccount.objects.filter(_any_account(accounts)).values_list(
        "person_id", flat=True
    )
    wanted = _users(rows) | Q(pk__in=list(owners))
    if options.absent == "leave" and options.cohort_id is not None:
        inside = Membership.objects.filter(cohort=options.cohort_id, left_at=None)
        wanted |= Q(pk__in=list(inside.values_list("person_id", flat=True)))
    users = User.objects.filter(wanted).order_by("pk")
    if lock:
        users = users.select_for_update()
    people = {user.pk: Known(user) for user in users}
    _add_places(importer, tree, people)
    return Here(
        importer=importer,
        tree=tree,
        people=people,
        by_staff={known.user.username.lower(): known for known in people.values()},
        by_phone={known.user.phone: known for known in people.values() if known.user.phone},
        by_email={known.user.email.lower(): known for known in people.values() if known.user.email},
        by_account={
            (channel, account): known
            for known in people.values()
            for channel, account in known.accounts.items()
        },
        unpadded=_unpadded(importer, rows),
    )


def _any_account(accounts: dict[str, set[str]]) -> Q:
    found = Q()
    for channel, names in accounts.items():
        found |= Q(channel=channel, account__in=names)
    return found


def _users(rows: Collection[RowPlan]) -> Q:
    def values(column: str) -> set[str]:
        return {row.values[column] for row in rows if column in row.values}

    # Two subqueries instead of annotations, so that rows can be locked.
    names = User.objects.annotate(lower=Lower("username")).filter(
        lower__in={name.lower() for name in values("staff")}
    )
    mails = User.objects.annotate(lower=Lower("email")).filter(lower__in=values("email"))
    # A staff number must be nobody's phone: at the sign-in page it would go before it.
    phones = values("phone") | {phone_in(name) for name in values("staff")}
    return Q(pk__in=names.values("pk")) | Q(pk__in=mails.values("pk")) | Q(phone__in=phones)


def _add_places(importer: User, tree: Tree, people: dict[int, Known]) -> None:
    for account in MessengerAccount.objects.filter(person__in=people):
        people[account.person_id].accounts[account.channel] = account.account
    present = Membership.objects.filter(
        person__in=people, left_at=None, cohort__archived_at=None
    ).order_by("pk")
    for membership in present:
        people[membership.person_id].memberships.append(membership)
    last = (
        Membership.objects.filter(person__in=people)
        .exclude(left_at=None)
        .order_by("person", "-left_at")
        .distinct("person")
        .values_list("person", "cohort")
    )
    last_left = dict(last)
    undone = ImportChange.objects.filter(
        person__in=people,
        before__isnull=True,
        person__is_active=False,
        person__last_login=None,
    ).exclude(run__undone_at=None)
    # Whom a later import has brought in, and an admin shut out since, is not let in again.
    standing = ImportChange.objects.filter(person=OuterRef("person"), run__undone_at=None)
    undone = undone.filter(~Exists(standing))
    if not importer.is_admin:
        undone = undone.filter(run__by=importer)
    revivable = set(undone.values_list("person", flat=True))
    beyond = with_duty_beyond(User.objects.filter(pk__in=people), importer)
    managing = set(beyond.values_list("pk", flat=True))
    for pk, known in people.items():
        user = known.user
        known.manages_elsewhere = pk in managing
        is_present = user.is_active and user.erased_at is None
        if not is_present:
            known.is_revivable = pk in revivable and user.erased_at is None
        if importer.is_admin:
            known.is_reached = is_present
        elif is_present:
            inside = [one.cohort_id for one in known.memberships]
            known.is_reached = any(cohort in tree.reached for cohort in inside)
            known.is_former = not inside and last_left.get(pk) in tree.reached


def _unpadded(importer: User, rows: Iterable[RowPlan]) -> dict[str, str]:
    bare = {
        row.values["staff"]
        for row in rows
        if row.values.get("staff", "").isdigit() and not row.values["staff"].startswith("0")
    }
    within = User.objects.present() if importer.is_admin else people_taught_by(importer)
    short = Func(F("username"), Value("0"), function="ltrim", output_field=CharField())
    found = within.filter(username__startswith="0").annotate(short=short).filter(short__in=bare)
    names: dict[str, list[str]] = defaultdict(list)
    for name in found.values_list("username", flat=True):
        names[name.lstrip("0")].append(name)
    return {short: found[0] for short, found in names.items() if len(found) == 1}

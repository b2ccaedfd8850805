"""Takes an import back: everything as it was, or nothing where somebody has changed since."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from outbox.clock import database_now
from people import auditing
from people.duties import with_duty_beyond
from people.importing.applying import lock_imports, storable, store_accounts, store_fields
from people.models import ImportChange, ImportRun, Membership, MessengerAccount, User
from people.teaming import cohorts_taught_by

# Where it shows that somebody has begun to learn. Asked by name: these apps lie above this one.
LEARNING = {"quizzes", "cases", "units"}


@dataclass(frozen=True)
class Trouble:
    """Why one person cannot be put back as they were."""

    person: User
    why: str


@dataclass(frozen=True)
class Hand:
    """Whom somebody may change: their cohorts, and who of these people manages other ones."""

    by: User
    reached: set[int]
    beyond: set[int]


class NotUndone(Exception):
    """Nothing was taken back; `troubles` says because of whom."""

    def __init__(self, troubles: list[Trouble]) -> None:
        super().__init__("changed since")
        self.troubles = troubles


class AlreadyUndone(Exception):
    """It was taken back before."""


def last_run_of(importer: User) -> ImportRun | None:
    """The importer's last import, undone or not."""
    return ImportRun.objects.filter(by=importer).order_by("-pk").first()


def may_undo(person: User, run: ImportRun) -> bool:
    """Whoever made it may undo their last import; admins any."""
    if run.undone_at is not None:
        return False
    return person.is_admin or (run.by_id == person.pk and last_run_of(person) == run)


@transaction.atomic
def undo(*, run: ImportRun, by: User) -> int:
    """Put everybody back as they were before the run; say how many people that are.

    Raises AlreadyUndone, or NotUndone where somebody has changed since.
    """
    lock_imports()
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if run.undone_at is not None:
        raise AlreadyUndone
    changes = list(run.changes.order_by("pk"))
    people = {
        person.pk: person
        for person in User.objects.filter(pk__in=[one.person_id for one in changes])
        .order_by("pk")
        .select_for_update()
    }
    if troubles := troubles_with(changes, people, by):
        raise NotUndone(troubles)
    _put_back(changes)
    ImportRun.objects.filter(pk=run.pk).update(undone_at=database_now(), undone_by=by)
    auditing.record(by, "import_undone", run, after={"people": len(changes)})
    return len(changes)


def troubles_with(changes: list[ImportChange], people: dict[int, User], by: User) -> list[Trouble]:
    """Who is no longer as the import left them, or no longer anybody whom `by` may change.

    In a fixed number of statements.
    """
    accounts: dict[int, dict[str, str]] = defaultdict(dict)
    for one in MessengerAccount.objects.filter(person__in=people):
        accounts[one.person_id][one.channel] = one.account
    memberships: dict[int, dict[int, Membership]] = defaultdict(dict)
    for membership in Membership.objects.filter(person__in=people):
        memberships[membership.person_id][membership.pk] = membership
    learnt = _have_learnt([one.person_id for one in changes if _is_new(one)])
    taken = _taken_since(changes)
    hand = _hand_of(by, people)
    found = []
    for change in changes:
        person = people[change.person_id]
        why = (
            _fields_differ(person, change.after["fields"])
            or _accounts_differ(accounts[person.pk], change.after["accounts"])
            or _memberships_differ(memberships[person.pk], change)
            or taken.get(person.pk, "")
            or _is_out_of_hand(person, memberships[person.pk], change, hand)
        )
        if not why and _is_new(change):
            if person.last_login is not None:
                why = _("has signed in since")
            elif person.pk in learnt:
                why = _("has begun to learn")
        if why:
            found.append(Trouble(person, why))
    return found


def _hand_of(by: User, people: Iterable[int]) -> Hand:
    beyond = with_duty_beyond(User.objects.filter(pk__in=list(people)), by)
    return Hand(
        by,
        set(cohorts_taught_by(by).values_list("pk", flat=True)),
        set(beyond.values_list("pk", flat=True)),
    )


def _is_new(change: ImportChange) -> bool:
    """Whether this import made the person."""
    return change.before is None


def _fields_differ(person: User, after: dict[str, Any]) -> str:
    if not person.is_active or person.erased_at is not None:
        return _("was deactivated since")
    for name, value in after.items():
        if (storable(getattr(person, name)) or None) != (value or None):
            return _("was edited since")
    return ""


def _is_out_of_hand(
    person: User, memberships: dict[int, Membership], change: ImportChange, hand: Hand
) -> str:
    """Undoing takes the same rights as importing: else an old import would be a way in later."""
    if person.is_admin:
        return _("is an admin by now")
    if hand.by.is_admin:
        return ""
    if person.is_instructor:
        return _("is an instructor by now")
    before, after = change.before or {"fields": {}, "accounts": {}}, change.after
    contacts = before["accounts"] or before["fields"].keys() & {"phone", "email"}
    if contacts and person.pk in hand.beyond:
        return _("looks after a class out of your reach")
    touched = {after["joined"], after["left"], after["rejoined"]} & memberships.keys()
    present = {one.cohort_id for one in memberships.values() if one.left_at is None}
    is_reached = bool(present & hand.reached) or (not present and after["left"] is not None)
    if not is_reached or not {memberships[pk].cohort_id for pk in touched} <= hand.reached:
        return _("is in no class of yours by now")
    return ""


def _accounts_differ(present: dict[str, str], after: dict[str, str]) -> str:
    if any(present.get(channel) != account for channel, account in after.items()):
        return _("was edited since")
    return ""


def _memberships_differ(present: dict[int, Membership], change: ImportChange) -> str:
    after, moved = change.after, _("has moved or left since")
    if (joined := after["joined"]) is not None:
        made = present.get(joined)
        if made is None or made.left_at is not None:
            return moved
        if made.joined_on.isoformat() != after["joined_on"]:
            return _("was edited since")
    if (rejoined := after["rejoined"]) is not None:
        dated = present.get(rejoined)
        if dated is None or dated.left_at is not None:
            return moved
        if dated.joined_on.isoformat() != after["joined_on"]:
            return _("was edited since")
    if (left := after["left"]) is not None:
        ended = present.get(left)
        if ended is None or ended.left_at != datetime.fromisoformat(after["left_at"]):
            return moved
        others = [one for pk, one in present.items() if pk not in (left, joined)]
        if any(one.left_at is None and one.cohort_id == ended.cohort_id for one in others):
            return moved
    if change.before is None and any(
        one.left_at is None and pk != joined for pk, one in present.items()
    ):
        return moved
    return ""


def _have_learnt(people: Iterable[int]) -> set[int]:
    """Those of whom any table of learning knows; one statement a table."""
    people, found = list(people), set()
    if not people:
        return set()
    for relation in User._meta.related_objects:
        if relation.related_model._meta.app_label not in LEARNING:
            continue
        column = relation.field.attname
        rows = relation.related_model._base_manager.filter(Q((f"{column}__in", people)))
        found |= set(rows.values_list(column, flat=True).distinct())
    return found


def _taken_since(changes: list[ImportChange]) -> dict[int, str]:
    """Whose former phone, e-mail or account somebody outside the import has by now."""
    old: dict[str, dict[str, int]] = {"phone": {}, "email": {}}
    accounts: dict[tuple[str, str], int] = {}
    people = {change.person_id for change in changes}
    for change in changes:
        before = change.before or {"fields": {}, "accounts": {}}
        for name in old:
            if value := before["fields"].get(name):
                old[name][value.lower()] = change.person_id
        for channel, account in before["accounts"].items():
            if account:
                accounts[channel, account] = change.person_id
    owners = User.objects.exclude(pk__in=people)
    phones = owners.filter(phone__in=old["phone"]).values_list("phone", flat=True)
    emails = owners.filter(email__in=old["email"]).values_list("email", flat=True)
    others = (
        MessengerAccount.objects.filter(account__in={account for _c, account in accounts})
        .exclude(person__in=people)
        .values_list("channel", "account")
    )
    why = _("somebody else has the former phone, e-mail or account by now")
    found = {old["phone"][phone]: why for phone in phones if phone}
    found |= {old["email"][email.lower()]: why for email in emails if email}
    return found | {accounts[pair]: why for pair in others if pair in accounts}


def _put_back(changes: list[ImportChange]) -> None:
    fields: dict[int, dict[str, Any]] = {}
    accounts: dict[int, dict[str, str | None]] = {}
    made: list[int] = []
    ended: list[int] = []
    dated: dict[int, date] = {}
    for change in changes:
        after = change.after
        if after["joined"] is not None:
            made.append(after["joined"])
        if after["left"] is not None:
            ended.append(after["left"])
        if change.before is None:
            # Deactivated, never deleted; contacts are set free for whoever they belong to.
            fields[change.person_id] = {"is_active": False, "phone": None, "email": None}
            accounts[change.person_id] = dict.fromkeys(after["accounts"])
            continue
        if change.before["fields"]:
            fields[change.person_id] = change.before["fields"]
        if change.before["accounts"]:
            accounts[change.person_id] = change.before["accounts"]
        if after["rejoined"] is not None:
            dated[after["rejoined"]] = date.fromisoformat(change.before["joined_on"])
    Membership.objects.filter(pk__in=made).delete()
    Membership.objects.filter(pk__in=ended).update(left_at=None)
    memberships = Membership.objects.in_bulk(dated)
    for pk, joined_on in dated.items():
        memberships[pk].joined_on = joined_on
    Membership.objects.bulk_update(memberships.values(), ["joined_on"], batch_size=500)
    store_fields(fields)
    store_accounts(accounts)

"""From items to exercises of a bank: first what would happen, then all of it or nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from mot_course.web import Json
from people import auditing
from people.models import User
from quizzes.canonical import digest, exercise_form
from quizzes.drafting import empty_draft
from quizzes.importing.items import Fault, Item, lacks_of
from quizzes.kinds import KINDS
from quizzes.models import Bank, BankItem, Exercise, ExerciseDraft
from quizzes.revising import revise_exercise

_LISTS = ("options", "pairs", "extra", "quantities", "questions")


@dataclass(frozen=True)
class Planned:
    """What an item would become. `outcome`: new, changes or same."""

    item: Item
    slug: str
    content: Json
    outcome: str
    lacks: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        return not self.lacks

    @property
    def kind_label(self) -> object:
        return KINDS[self.item.kind].label


@dataclass
class Plan:
    """What taking in would do to a bank; nothing may happen while there are faults."""

    bank: Bank
    rows: list[Planned] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def count(self, outcome: str) -> int:
        """How many items have that outcome."""
        return sum(row.outcome == outcome for row in self.rows)

    @property
    def new(self) -> int:
        return self.count("new")

    @property
    def changes(self) -> int:
        return self.count("changes")

    @property
    def same(self) -> int:
        return self.count("same")

    @property
    def drafts(self) -> int:
        """How many of those that are taken in become drafts."""
        return sum(not row.is_complete for row in self.rows if row.outcome != "same")

    @property
    def todo(self) -> int:
        return len(self.rows) - self.same


def slug_for(bank: str, title: str) -> str:
    """The exercise's id, the same for the same title each time."""
    words = slugify(title)[:40].strip("-")
    if not words or not title.isascii() or slugify(title) != words:
        words = "-".join(filter(None, [words[:24], sha256(title.encode()).hexdigest()[:8]]))
    return f"{bank[:36].strip('-')}-{words}"


def plan_for(bank: Bank, items: Iterable[Item]) -> Plan:
    """What would become of each item, in four statements however many there are."""
    items = list(items)
    plan = Plan(bank)
    wanted = [_slugs(bank, item) for item in items]
    known = {
        one.slug: one
        for one in Exercise.objects.filter(
            slug__in={slug for slugs in wanted for slug in slugs}
        ).select_related("current", "draft")
    }
    places = {place.exercise_id: place for place in BankItem.objects.filter(bank=bank) if bank.pk}
    elsewhere = set(
        BankItem.objects.filter(exercise__in=[one.pk for one in known.values()])
        .exclude(bank=bank)
        .values_list("exercise_id", flat=True)
    )
    taken: dict[str, Item] = {}
    forms = {
        (place.form, place.objective): place.exercise_id for place in places.values() if place.form
    }
    for item, slugs in zip(items, wanted, strict=True):
        slug = next((one for one in slugs if one in known), slugs[0])
        if slug in taken:
            message = _("this gives the same id as line %(line)d; give it another title")
            plan.faults.append(
                Fault(0, item.line, message % {"line": taken[slug].line}, item.title)
            )
            continue
        taken[slug] = item
        exercise = known.get(slug)
        if exercise is not None and exercise.pk not in places:
            owner = _draft_content(exercise).get("bank")
            if exercise.current is not None or owner != bank.slug or exercise.pk in elsewhere:
                message = _("the id %(id)s belongs to an exercise elsewhere in the course")
                plan.faults.append(Fault(0, item.line, message % {"id": slug}, item.title, "id"))
                continue
        if item.form:
            asked = forms.setdefault((item.form, item.objective), exercise.pk if exercise else 0)
            if asked != (exercise.pk if exercise else 0) or (asked == 0 and _twice(item, items)):
                message = _("form %(form)s asks the objective %(objective)s twice")
                names = {"form": item.form, "objective": item.objective or "–"}
                plan.faults.append(Fault(0, item.line, message % names, item.title, "form"))
                continue
        place = places.get(exercise.pk) if exercise else None
        row = _planned(item, slug, exercise, place)
        if isinstance(row, Fault):
            plan.faults.append(row)
        else:
            plan.rows.append(row)
    return plan


def _twice(item: Item, items: list[Item]) -> bool:
    same = [one for one in items if (one.form, one.objective) == (item.form, item.objective)]
    return same[0] is not item


def _slugs(bank: Bank, item: Item) -> list[str]:
    if item.slug:
        return [item.slug]
    titles = dict.fromkeys(filter(None, [item.title, item.other_title]))
    return [slug_for(bank.slug, title) for title in titles]


def _draft_content(exercise: Exercise) -> Json:
    draft = getattr(exercise, "draft", None)
    return draft.content if draft is not None else {}


def _planned(
    item: Item, slug: str, exercise: Exercise | None, place: BankItem | None
) -> Planned | Fault:
    draft = _draft_content(exercise) if exercise else {}
    current = exercise.current if exercise else None
    present = (
        draft if draft else {"kind": current.kind, "content": current.content} if current else {}
    )
    content = _with_ids(item, present)
    missing, wrong = lacks_of(item.kind, content)
    if wrong:
        return Fault(0, item.line, "; ".join(wrong), item.title)
    if exercise is None:
        return Planned(item, slug, content, "new", tuple(missing))
    taken = draft.get("taken")
    if missing:
        if draft and taken is None:
            message = _("somebody is writing this exercise: publish or discard that draft first")
            return Fault(0, item.line, message, item.title)
        # Somebody may have written on since; the same file again does not undo that.
        same = taken == taken_of(item)
    else:
        form = exercise_form(item.kind, KINDS[item.kind].parse(content))
        same = (
            current is not None
            and current.digest == digest(form)
            and place is not None
            and (place.objective, place.form, place.weight)
            == (item.objective or place.objective, item.form, item.weight)
        )
    return Planned(item, slug, content, "same" if same else "changes", tuple(missing))


def taken_of(item: Item) -> str:
    """Short for the item as its file has it; a draft keeps it."""
    return digest([item.kind, item.content])[:16]


def _with_ids(item: Item, present: Json) -> Json:
    """The content with the ids its parts have already: answers and tallies name them."""
    content, before = dict(item.content), present.get("content") or {}
    if present.get("kind") != item.kind:
        return content
    for name in _LISTS:
        old, new = before.get(name), content.get(name)
        if not (isinstance(old, list) and isinstance(new, list) and len(old) == len(new)):
            continue
        if not all(isinstance(one, dict) for one in (*old, *new)):
            continue
        names = {one.get("id"): two.get("id") for one, two in zip(new, old, strict=True)}
        renamed = []
        for one in new:
            part = one | {"id": names.get(one.get("id"))}
            if "accept" in one:
                part["accept"] = [names.get(other, other) for other in one["accept"]]
            renamed.append(part)
        content[name] = renamed
    return content


@transaction.atomic
def take_in(*, bank: Bank, items: Iterable[Item], by: User) -> Plan:
    """Take the items into the bank as they would be now; all, or none where one has a fault.

    Twice the same changes nothing. What lacks something becomes a draft.
    """
    bank = Bank.objects.select_for_update().get(pk=bank.pk)  # two imports take turns
    plan = plan_for(bank, items)
    if plan.faults or not plan.todo:
        return plan
    places = {place.exercise_id: place for place in BankItem.objects.filter(bank=bank)}
    last = max((place.position for place in places.values()), default=0)
    drafts = {
        draft.exercise_id: draft
        for draft in ExerciseDraft.objects.filter(
            exercise__slug__in=[row.slug for row in plan.rows]
        )
    }
    fresh: list[BankItem] = []
    for row in plan.rows:
        if row.outcome == "same":
            continue
        if not row.is_complete:
            _store_draft(row, bank, by)
            continue
        exercise, _new = revise_exercise(
            slug=row.slug, kind=row.item.kind, content=row.content, author=by
        )
        # A draft that came from a file is completed by this; what somebody writes by hand stays.
        draft = drafts.get(exercise.pk)
        if draft is not None and "taken" in draft.content:
            draft.refresh_from_db()  # as it is now that the exercise is locked
            empty_draft(draft, by=by)
        place = places.get(exercise.pk)
        if place is None:
            place = BankItem(bank=bank, exercise=exercise, position=last + len(fresh) + 1)
            fresh.append(place)
        place.objective = row.item.objective or place.objective
        place.form, place.weight = row.item.form, row.item.weight
        if place.pk is not None:
            place.save()
    BankItem.objects.bulk_create(fresh)
    after = {"new": plan.new, "changed": plan.changes, "drafts": plan.drafts}
    auditing.record(by, "items_taken_in", bank, after=after)
    return plan


def _store_draft(row: Planned, bank: Bank, by: User) -> None:
    exercise, _new = Exercise.objects.get_or_create(slug=row.slug)
    exercise = Exercise.objects.select_for_update(of=("self",)).get(pk=exercise.pk)
    draft = ExerciseDraft.objects.filter(exercise=exercise).first()
    draft = draft or ExerciseDraft(exercise=exercise, version=0)
    draft.content = draft_content(row.item, row.content, bank.slug)
    draft.version += 1
    draft.based_on = exercise.current.number if exercise.current else 0
    draft.edited_by, draft.edited_at = by, timezone.now()
    draft.save()


def draft_content(item: Item, content: Json, bank: str) -> Json:
    """An item as a draft, with the place it takes in its bank when it is published."""
    place = {"objective": item.objective, "form": item.form, "weight": item.weight}
    return {
        "kind": item.kind,
        "content": content,
        "bank": bank,
        "place": place,
        "taken": taken_of(item),
    }

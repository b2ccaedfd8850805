"""Exercises being edited: drafts, publishing, restoring. Banks being put in order.

Every change holds the lock of the exercise's or the bank's row, so that what a page has seen is
compared with what is there. Attempts pin revisions: no change here touches one that is running.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from mot_course.web import Json
from people import auditing
from people.models import User
from quizzes.canonical import digest, exercise_form
from quizzes.drafting import (
    NewerDraftExists,
    NothingChanged,
    NotReady,
    Present,
    PublishedMeanwhile,
    empty_draft,
    present_of,
    refuse_unseen,
    store_draft,
)
from quizzes.importing.items import lacks_of
from quizzes.item_fields import cleaned, has_form, problems_in
from quizzes.kinds import KINDS
from quizzes.models import (
    Attempt,
    Bank,
    BankItem,
    Exercise,
    ExerciseDraft,
    Quiz,
    Revision,
)
from quizzes.revising import revise_exercise


class BankChanged(Exception):
    """Somebody else has saved the bank since this page was opened; nothing was changed."""


class BankRefused(Exception):
    """The bank cannot be saved like this; the message says why."""


@dataclass(frozen=True)
class Place:
    """An exercise's place in a bank as a page sends it."""

    exercise_id: int
    objective: str = ""
    form: str = ""
    weight: int = 1


def present_exercise(exercise: Exercise) -> Present:
    """What an editor finds; the exercise comes with `current` and `draft`."""
    current = exercise.current
    published = {"kind": current.kind, "content": current.content} if current else {}
    draft = getattr(exercise, "draft", None)
    return present_of(draft, published, current.number if current else 0, {})


def findings_in(draft: Json) -> list[str]:
    """What keeps the draft from being published, in words."""
    if not draft:
        return []
    if not has_form(draft["kind"]):
        return [
            (_("line %(n)d: ") % {"n": one.line} if one.line else "")
            + (f"{one.field}: " if one.field else "")
            + one.message
            for one in problems_in(draft)
        ]
    missing, wrong = lacks_of(draft["kind"], cleaned(draft))
    return [*(_("still missing: %(what)s") % {"what": one} for one in missing), *wrong]


def has_changes(exercise: Exercise, present: Present) -> bool:
    """Whether the draft says something else than the published revision."""
    current = exercise.current
    if current is None:
        return True
    if present.content.get("content") is current.content:
        return False
    draft = present.content
    try:
        form = exercise_form(draft["kind"], KINDS[draft["kind"]].parse(cleaned(draft)))
    except ValueError:
        return True
    return digest(form) != current.digest


def _locked(exercise_id: int) -> Exercise:
    """The exercise, which nobody else can change until this transaction ends."""
    Exercise.objects.select_for_update().only("pk").get(pk=exercise_id)
    return Exercise.objects.select_related("current", "draft__edited_by").get(pk=exercise_id)


@transaction.atomic
def change_draft(
    *, exercise_id: int, by: User, seen: str, change: Callable[[Json], Json]
) -> ExerciseDraft:
    """Store what `change` makes of the present draft; one version on.

    Raises NewerDraftExists where the page has not seen the latest.
    """
    exercise = _locked(exercise_id)
    present = present_exercise(exercise)
    refuse_unseen(present, seen)
    return _store(exercise, present, change(present.content), by)


def _store(exercise: Exercise, present: Present, content: Json, by: User) -> ExerciseDraft:
    draft = store_draft(
        getattr(exercise, "draft", None),
        lambda **fields: ExerciseDraft(exercise=exercise, **fields),
        present=present,
        content=content,
        by=by,
    )
    assert isinstance(draft, ExerciseDraft)
    return draft


@transaction.atomic
def start_exercise(*, slug: str, kind: str, by: User, bank: Bank | None = None) -> Exercise:
    """A new exercise that only its editors see, with a draft to begin with."""
    exercise = Exercise.objects.create(slug=slug)
    content: Json = {"kind": kind, "content": {}}
    if not has_form(kind):  # a whole example is the best beginning for YAML
        content["content"] = KINDS[kind].sample_content
    if bank is not None:
        content |= {"bank": bank.slug, "place": {"objective": "", "form": "", "weight": 1}}
    _store(exercise, Present({}, 0, 0), content, by)
    auditing.record(by, "exercise_started", exercise, after={"slug": slug})
    return exercise


@transaction.atomic
def publish_exercise(*, exercise_id: int, by: User, seen: str, knowingly: int = 0) -> Revision:
    """Publish the draft as the next revision; running and past attempts keep theirs.

    Raises NotReady, NothingChanged, NewerDraftExists, or PublishedMeanwhile unless `knowingly`
    names the newer revision that is published over.
    """
    exercise = _locked(exercise_id)
    present = present_exercise(exercise)
    refuse_unseen(present, seen)
    current = exercise.current
    if current and current.number not in (present.based_on, knowingly):
        raise PublishedMeanwhile(current)
    draft = present.content
    findings = findings_in(draft)
    if findings:
        raise NotReady(findings)
    revised, is_new = revise_exercise(
        slug=exercise.slug, kind=draft["kind"], content=cleaned(draft), author=by
    )
    if not is_new:
        raise NothingChanged
    assert revised.current is not None
    _put_in_bank(revised, draft)
    empty_draft(getattr(exercise, "draft", None), by=by)
    before = {"revision": current.number if current else 0}
    after = {"revision": revised.current.number}
    auditing.record(by, "exercise_published", revised, before=before, after=after)
    return revised.current


def _put_in_bank(exercise: Exercise, draft: Json) -> None:
    """A new item takes the place its draft has kept for it."""
    bank = Bank.objects.select_for_update().filter(slug=draft.get("bank", "")).first()
    if bank is None or BankItem.objects.filter(bank=bank, exercise=exercise).exists():
        return
    place = draft.get("place") or {}
    last = BankItem.objects.filter(bank=bank).aggregate(last=Max("position"))["last"] or 0
    form, objective = place.get("form", ""), place.get("objective", "")
    if form and BankItem.objects.filter(bank=bank, form=form, objective=objective).exists():
        form = ""  # somebody else stands there by now
    BankItem.objects.create(
        bank=bank,
        exercise=exercise,
        position=last + 1,
        objective=objective,
        form=form,
        weight=place.get("weight", 1),
    )


@transaction.atomic
def restore_revision(*, exercise_id: int, by: User, seen: str, number: int) -> None:
    """Make a former revision the draft; it is published like any other."""
    exercise = _locked(exercise_id)
    present = present_exercise(exercise)
    refuse_unseen(present, seen)
    revision = exercise.revisions.get(number=number)
    now = Present({}, present.version, exercise.current.number if exercise.current else 0)
    _store(exercise, now, {"kind": revision.kind, "content": revision.content}, by)
    auditing.record(by, "exercise_restored", exercise, after={"revision": number})


@transaction.atomic
def discard_draft(*, exercise_id: int, by: User, seen: str) -> None:
    """Throw the draft away; what is published stands."""
    exercise = _locked(exercise_id)
    refuse_unseen(present_exercise(exercise), seen)
    if exercise.current is None:
        raise NothingChanged
    empty_draft(getattr(exercise, "draft", None), by=by)
    after = {"revision": exercise.current.number}
    auditing.record(by, "exercise_draft_discarded", exercise, after=after)


# Banks


def bank_state(bank: Bank, items: list[BankItem]) -> str:
    """What a page sends back to say that it has seen the bank like this."""
    rows = [[one.exercise_id, one.objective, one.form, one.weight] for one in items]
    return digest([bank.title_zh, bank.title_en, rows])[:16]


def uses_of(bank: Bank) -> list[Quiz]:
    """The quizzes over the bank, with how many attempts each has, open and in all."""
    return list(
        bank.quizzes.annotate(
            attempt_count=Count("attempts"),
            open_count=Count("attempts", filter=Q(attempts__submitted_at=None)),
        ).order_by("slug")
    )


def is_of_a_lesson(uses: list[Quiz]) -> bool:
    """Whether a lesson or a case keeps the bank in order, so that nobody does it by hand."""
    return any(quiz.purpose in (Quiz.Purpose.PRACTICE, Quiz.Purpose.CASE) for quiz in uses)


@transaction.atomic
def save_bank(
    *, bank_id: int, by: User, seen: str, title_zh: str, title_en: str, places: list[Place]
) -> Bank:
    """The bank with this title and these places, in this order; running attempts keep theirs.

    Raises BankChanged where the page has not seen the latest, BankRefused where it does not fit.
    """
    bank = Bank.objects.select_for_update().get(pk=bank_id)
    items = list(bank.items.order_by("position"))
    if bank_state(bank, items) != seen:
        raise BankChanged
    before = {"items": len(items), "title": bank.title_zh}
    bank.title_zh, bank.title_en = title_zh, title_en
    bank.save(update_fields=["title_zh", "title_en"])
    own = {one.exercise_id for one in items}
    if {one.exercise_id for one in places} - own or len({p.exercise_id for p in places}) < len(
        places
    ):
        raise BankRefused(_("an item of this page is not in the bank"))
    asked: set[tuple[str, str]] = set()
    for place in places:
        if place.form and (place.form, place.objective) in asked:
            message = _("form %(form)s asks the objective %(objective)s twice")
            names = {"form": place.form, "objective": place.objective or "–"}
            raise BankRefused(message % names)
        asked.add((place.form, place.objective))
    BankItem.objects.filter(bank=bank).delete()
    BankItem.objects.bulk_create(
        BankItem(
            bank=bank,
            exercise_id=place.exercise_id,
            position=position,
            objective=place.objective,
            form=place.form,
            weight=place.weight,
        )
        for position, place in enumerate(places, start=1)
    )
    after = {"items": len(places), "title": title_zh}
    auditing.record(by, "bank_saved", bank, before=before, after=after)
    return bank


@transaction.atomic
def add_to_bank(*, bank_id: int, by: User, slug: str) -> BankItem:
    """The exercise at the end of the bank; raises BankRefused where that cannot be."""
    bank = Bank.objects.select_for_update().get(pk=bank_id)
    exercise = Exercise.objects.filter(slug=slug, archived_at=None).first()
    if exercise is None:
        raise BankRefused(_("there is no exercise with this id"))
    if exercise.current_id is None:
        raise BankRefused(_("this exercise is not published yet"))
    if BankItem.objects.filter(bank=bank, exercise=exercise).exists():
        raise BankRefused(_("this exercise is in the bank already"))
    last = bank.items.aggregate(last=Max("position"))["last"] or 0
    item = BankItem.objects.create(bank=bank, exercise=exercise, position=last + 1)
    auditing.record(by, "bank_item_added", bank, after={"exercise": slug})
    return item


def start_bank(*, slug: str, title_zh: str, title_en: str, by: User) -> Bank:
    """A new, empty bank; raises BankRefused where the id is taken."""
    try:
        with transaction.atomic():
            bank = Bank.objects.create(slug=slug, title_zh=title_zh, title_en=title_en)
    except IntegrityError as error:
        raise BankRefused(_("there is a bank with this id already")) from error
    auditing.record(by, "bank_started", bank, after={"slug": slug})
    return bank


def running_attempts(exercise: Exercise) -> int:
    """How many trainees are in the middle of something that asks this exercise."""
    return Attempt.objects.open().filter(answers__exercise=exercise).count()


__all__ = [
    "BankChanged", "BankRefused", "NewerDraftExists", "NotReady", "NothingChanged", "Place",
    "PublishedMeanwhile", "add_to_bank", "bank_state", "change_draft", "discard_draft",
    "findings_in", "has_changes", "is_of_a_lesson", "present_exercise", "publish_exercise",
    "restore_revision", "running_attempts", "save_bank", "start_bank", "start_exercise", "uses_of",
]  # fmt: skip

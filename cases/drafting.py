"""Drafts of cases: begun, saved, sent to review, published, archived, restored.

Every change holds the lock of the case's row, so that what a page has seen is compared with what
is there. What trainees practise is a revision, which no draft touches.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from cases.document import CaseFile
from cases.editing import blank_document
from cases.models import Case, CaseDraft, CaseRevision, WriteUp
from cases.proofreading import Finding, cleaned, findings_in, same_as
from cases.publishing import publish_revision
from mot_course.web import Json
from people import auditing
from people.models import User
from quizzes.canonical import plain
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
from quizzes.models import Attempt, Exercise

LONGEST_NOTE = 200


class ConsentWithdrawn(Exception):
    """The trainee whose case this is does not agree (any more) that it is published."""


@dataclass(frozen=True)
class Stand:
    """Where a case is on its way, as its editor's pages show it."""

    state: str  # draft | review | published | archived
    has_changes: bool  # a draft that says something else than the published revision
    note: str  # with which it was sent to review
    published: int  # number of the published revision, 0 without one
    is_behind: bool  # something newer was published since the draft began


def present_document(case: Case) -> Present:
    """What an editor of the case finds; the case comes with `current` and `draft`."""
    draft = getattr(case, "draft", None)
    current = case.current
    return present_of(
        draft,
        current.content if current else {},
        current.number if current else 0,
        blank_document(),
    )


def stand_of(case: Case, present: Present) -> Stand:
    """The case's state with that of its draft."""
    current = case.current
    number = current.number if current else 0
    changed = current is None or not (
        present.content is current.content or same_as(present.content, current.content)
    )
    state = case.state
    if state == Case.State.PUBLISHED and changed:
        state = Case.State.REVIEW if "review" in present.content else Case.State.DRAFT
    return Stand(
        state=state,
        has_changes=changed,
        note=str(present.content.get("review", "")),
        published=number,
        is_behind=number > present.based_on,
    )


def on_the_desk() -> QuerySet[Case]:
    """What editors have in hand: cases no trainee sees, and drafts of those they see."""
    hidden = ~Q(state=Case.State.PUBLISHED)
    begun = Q(draft__isnull=False) & ~Q(draft__content={})
    return (
        Case.objects.filter(hidden | begun)
        .select_related("draft__edited_by")
        .defer("tokens", "draft__content")
        .order_by(F("draft__edited_at").desc(nulls_last=True), "sort_key", "slug")
    )


def practising_now(case: Case) -> int:
    """How many trainees are in the middle of the case's exercises."""
    if case.quiz_id is None:
        return 0
    return Attempt.objects.open().filter(quiz=case.quiz_id).count()


def _locked(case_id: int) -> Case:
    """The case, which nobody else can change until this transaction ends."""
    Case.objects.select_for_update().only("pk").get(pk=case_id)
    return Case.objects.select_related("current", "quiz", "draft__edited_by").get(pk=case_id)


@transaction.atomic
def change_draft(*, case_id: int, by: User, seen: str, change: Callable[[Json], Json]) -> CaseDraft:
    """Store what `change` makes of the present document; the draft, one version on.

    Raises NewerDraftExists where the page has not seen the latest.
    """
    case = _locked(case_id)
    present = present_document(case)
    refuse_unseen(present, seen)
    return _store(case, present, change(present.content), by)


def _store(case: Case, present: Present, content: Json, by: User) -> CaseDraft:
    draft = store_draft(
        getattr(case, "draft", None),
        lambda **fields: CaseDraft(case=case, **fields),
        present=present,
        content=content,
        by=by,
    )
    assert isinstance(draft, CaseDraft)
    return draft


@transaction.atomic
def start_case(
    *, slug: str, title: Json, by: User, content: Json | None = None, write_up_id: int | None = None
) -> Case:
    """A new case that only its editors see, with a draft that holds what is known of it."""
    document = blank_document(**(content or {})) | {"title": title}
    case = Case.objects.create(
        slug=slug,
        title_zh=title.get("zh", ""),
        title_en=title.get("en", ""),
        industry=document.get("industry") or "other",
        origin=document["origin"],
        from_write_up_id=write_up_id,
    )
    _store(case, Present({}, 0, 0), document, by)
    auditing.record(by, "case_started", case, after={"slug": slug})
    return case


@transaction.atomic
def ask_for_review(*, case_id: int, by: User, seen: str, note: str) -> None:
    """Send the draft to review, with a note; trainees go on with what is published."""
    case = _locked(case_id)
    present = present_document(case)
    refuse_unseen(present, seen)
    if not stand_of(case, present).has_changes:
        raise NothingChanged
    _store(case, present, present.content | {"review": note}, by)
    _set_state(case, Case.State.REVIEW, by, note, "case_sent_to_review")


@transaction.atomic
def back_to_draft(*, case_id: int, by: User, seen: str, note: str) -> None:
    """Take the draft back from review."""
    case = _locked(case_id)
    present = present_document(case)
    refuse_unseen(present, seen)
    content = {key: value for key, value in present.content.items() if key != "review"}
    _store(case, present, content, by)
    _set_state(case, Case.State.DRAFT, by, note, "case_back_to_draft")


def _set_state(case: Case, state: str, by: User, note: str, action: str) -> None:
    """Note what happened. A case that is published stays so while its draft is looked at."""
    before = str(case.state)
    if case.current is None:
        case.state = state
        case.save(update_fields=["state"])
    auditing.record(by, action, case, before={"state": before}, after={"note": note})


@transaction.atomic
def publish_draft(
    *, case_id: int, by: User, seen: str, note: str, knowingly: int = 0
) -> CaseRevision:
    """Publish the draft as the next revision; running and past attempts keep theirs.

    Raises NotReady, NothingChanged, NewerDraftExists, or PublishedMeanwhile unless `knowingly`
    names the newer revision that is published over.
    """
    case = _locked(case_id)
    present = present_document(case)
    refuse_unseen(present, seen)
    if case.current and case.current.number not in (present.based_on, knowingly):
        raise PublishedMeanwhile(case.current)
    _refuse_without_consent(case)
    findings = findings_in(present.content)
    if findings:
        raise NotReady(findings)
    content = plain(CaseFile.model_validate(cleaned(present.content)))
    taken = taken_ids(case, content)
    if taken:
        raise NotReady(taken)
    if case.current and case.state == Case.State.PUBLISHED and content == case.current.content:
        raise NothingChanged
    before = {"revision": case.current.number if case.current else 0, "state": str(case.state)}
    revision = publish_revision(case=case, content=content, author=by, note=note)
    empty_draft(getattr(case, "draft", None), by=by)
    after = {"revision": revision.number, "note": note}
    auditing.record(by, "case_published", case, before=before, after=after)
    return revision


def _refuse_without_consent(case: Case) -> None:
    """The lock makes the look at the consent and the publishing one moment."""
    if case.from_write_up_id is not None:
        told = WriteUp.objects.select_for_update(of=("self",)).get(pk=case.from_write_up_id)
        if told.consent_at is None:
            raise ConsentWithdrawn


def taken_ids(case: Case, content: Json) -> list[Finding]:
    """Exercises whose id belongs to something else: publishing would change that one."""
    wanted = [entry["id"] for entry in content.get("exercises", [])]
    own: set[str] = set()
    for earlier in case.revisions.values_list("content__exercises", flat=True):
        own |= {entry["id"] for entry in earlier or []}
    there = Exercise.objects.filter(slug__in=set(wanted) - own).values_list("slug", flat=True)
    message = _("this id belongs to an exercise elsewhere in the course; choose another one")
    return [Finding(one, message, "exercises") for one in sorted(there)]


@transaction.atomic
def archive_case(*, case_id: int, by: User, note: str) -> None:
    """Take the case off the shelf; its draft and its revisions stay."""
    case = _locked(case_id)
    before = str(case.state)
    case.state = Case.State.ARCHIVED
    case.save(update_fields=["state"])
    auditing.record(by, "case_archived", case, before={"state": before}, after={"note": note})


@transaction.atomic
def bring_back(*, case_id: int, by: User, note: str) -> None:
    """Put an archived case back: on the shelf where it had been published, else as a draft."""
    case = _locked(case_id)
    if case.state != Case.State.ARCHIVED:
        return
    if case.current:
        _refuse_without_consent(case)
    case.state = Case.State.PUBLISHED if case.current else Case.State.DRAFT
    case.save(update_fields=["state"])
    auditing.record(
        by, "case_brought_back", case, before={"state": "archived"}, after={"note": note}
    )


@transaction.atomic
def restore_revision(*, case_id: int, by: User, seen: str, number: int) -> None:
    """Make a former revision's document the draft; it is published like any other."""
    case = _locked(case_id)
    present = present_document(case)
    refuse_unseen(present, seen)
    revision = case.revisions.get(number=number)
    # Who restores has seen what is published now, and means to go back behind it.
    now = Present(present.content, present.version, case.current.number if case.current else 0)
    _store(case, now, revision.content, by)
    auditing.record(by, "case_restored", case, after={"revision": number})


@transaction.atomic
def discard_draft(*, case_id: int, by: User, seen: str) -> None:
    """Throw the draft away; what is published stands, and is what editors find."""
    case = _locked(case_id)
    refuse_unseen(present_document(case), seen)
    if case.current is None:
        raise NothingChanged
    empty_draft(getattr(case, "draft", None), by=by)
    auditing.record(by, "case_draft_discarded", case, after={"revision": case.current.number})


__all__ = [
    "ConsentWithdrawn",
    "NewerDraftExists", "NotReady", "NothingChanged", "PublishedMeanwhile", "Stand",
    "archive_case", "ask_for_review", "back_to_draft", "bring_back", "change_draft",
    "discard_draft",
    "on_the_desk",
    "practising_now", "present_document", "publish_draft", "restore_revision", "stand_of",
    "start_case", "taken_ids",
]  # fmt: skip

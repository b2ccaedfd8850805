"""Banks of items, and the exercises that stand in none."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mot_course.web import Json, Request
from people.access import admins_only
from quizzes.editing import (
    BankChanged,
    BankRefused,
    add_to_bank,
    bank_state,
    is_of_a_lesson,
    save_bank,
    start_bank,
    uses_of,
)
from quizzes.forms_edit import AddItemForm, BankForm, NewBankForm
from quizzes.importing.items import lacks_of
from quizzes.item_fields import cleaned
from quizzes.kinds import KINDS
from quizzes.models import FORMS, Bank, BankItem, Exercise, ExerciseDraft, Quiz

PER_PAGE = 50
FILTERS = ("drafts", "english", "loose")
LESSON_PURPOSES = (Quiz.Purpose.PRACTICE, Quiz.Purpose.CASE)


@require_safe
@admins_only
def items(request: Request) -> HttpResponse:
    """All banks, and the exercises that are looked for."""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    wanted = request.GET.get("show", "")
    wanted = wanted if wanted in FILTERS else ""
    drafts = ExerciseDraft.objects.exclude(content={}).order_by("exercise__slug")
    lacking = {draft.exercise_id: lacks for draft in drafts if (lacks := lacks_in(draft.content))}
    english = [pk for pk, lacks in lacking.items() if any(_("English") in one for one in lacks)]
    context: dict[str, Any] = {
        "q": q,
        "wanted": wanted,
        "draft_count": len(drafts),
        "english_count": len(english),
    }
    if q or wanted:
        found = _found(q, wanted, english)
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "rows": [exercise_row(one, lacking) for one in page]}
    else:
        quizzes = Quiz.objects.filter(bank=OuterRef("pk"), purpose__in=LESSON_PURPOSES)
        banks = Bank.objects.annotate(
            item_count=Count("items"), is_of_a_lesson=Exists(quizzes)
        ).order_by("title_zh")
        loose = _exercises().filter(bank_items=None)
        context |= {
            "banks": [one for one in banks if not one.is_of_a_lesson],
            "lesson_banks": [one for one in banks if one.is_of_a_lesson],
            "loose_count": loose.count(),
        }
    return render(request, "items/items.html", context)


def _exercises() -> QuerySet[Exercise]:
    return Exercise.objects.filter(archived_at=None).select_related("current", "draft")


def _found(q: str, wanted: str, english: list[int]) -> QuerySet[Exercise]:
    found = _exercises().order_by("slug")
    if q:
        text = Q(slug__icontains=q)
        for key in ("zh", "en"):
            text |= Q(**{f"current__content__prompt__{key}__icontains": q})
            text |= Q(**{f"draft__content__content__prompt__{key}__icontains": q})
        found = found.filter(text)
    if wanted == "drafts":
        found = found.filter(draft__isnull=False).exclude(draft__content={})
    elif wanted == "english":
        found = found.filter(pk__in=english)
    elif wanted == "loose":
        found = found.filter(bank_items=None)
    return found


def lacks_in(draft: Json) -> list[str]:
    """What a draft still lacks or has wrong, in words."""
    if not draft or "kind" not in draft:
        return []
    missing, wrong = lacks_of(draft["kind"], cleaned(draft))
    return [*missing, *wrong]


def exercise_row(exercise: Exercise, lacking: dict[int, list[str]]) -> Json:
    """An exercise as a list shows it."""
    draft = getattr(exercise, "draft", None)
    draft_content = draft.content if draft is not None else {}
    current = exercise.current
    content = draft_content.get("content") or (current.content if current else {})
    kind = draft_content.get("kind") or (current.kind if current else "")
    return {
        "exercise": exercise,
        "prompt": content.get("prompt") or {},
        "kind": KINDS[kind].label if kind in KINDS else "",
        "has_draft": bool(draft_content),
        "is_published": current is not None,
        "lacks": lacking.get(exercise.pk, []),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def new_bank(request: Request) -> HttpResponse:
    """A new, empty bank."""
    form = NewBankForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = start_bank(by=request.user, **form.cleaned_data)
        except BankRefused as refused:
            form.add_error("slug", str(refused))
        else:
            return redirect("items:bank", made.slug)
    context = {"form": form, "title": _("New bank"), "button": _("Make the bank")}
    return render(request, "items/new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def bank(request: Request, slug: str) -> HttpResponse:
    """A bank: its title, its items in order, and who uses it."""
    found = get_object_or_404(Bank, slug=slug)
    stored = list(
        BankItem.objects.filter(bank=found)
        .select_related("bank", "exercise__current", "exercise__draft")
        .order_by("position")
    )
    uses = uses_of(found)
    if request.method != "POST" or is_of_a_lesson(uses):
        return _bank_page(request, found, stored, BankForm(stored), uses)
    form = BankForm(stored, request.POST)
    if not form.is_valid():
        return _bank_page(request, found, stored, form, uses, status=422)
    data = form.cleaned_data
    try:
        save_bank(
            bank_id=found.pk,
            by=request.user,
            seen=data["seen"],
            title_zh=data["title_zh"],
            title_en=data["title_en"],
            places=form.places,
        )
    except BankChanged:
        return _bank_page(request, found, stored, form, uses, status=409, is_newer=True)
    except BankRefused as refused:
        form.add_error(None, str(refused))
        return _bank_page(request, found, stored, form, uses, status=422)
    messages.success(
        request, _("The bank is saved. Attempts that are running keep their questions.")
    )
    return redirect("items:bank", slug)


def _bank_page(
    request: Request,
    found: Bank,
    stored: list[BankItem],
    form: BankForm,
    uses: list[Quiz],
    *,
    status: int = 200,
    is_newer: bool = False,
) -> HttpResponse:
    items_by_id = {item.exercise_id: item for item in stored}
    drafts = ExerciseDraft.objects.filter(content__bank=found.slug, exercise__current=None)
    drafts = drafts.select_related("exercise").order_by("exercise__slug")
    rows = []
    for place in form.rows():
        row = exercise_row(items_by_id[place.exercise_id].exercise, {})
        rows.append(row | {"place": place})
    context = {
        "bank": found,
        "form": form,
        "rows": rows,
        "state": bank_state(found, stored),
        "uses": uses,
        "is_of_a_lesson": is_of_a_lesson(uses),
        "uses_forms": any(quiz.uses_forms for quiz in uses) or any(one.form for one in stored),
        "objectives": sorted({one.objective for one in stored if one.objective}),
        "forms": FORMS,
        "is_newer": is_newer,
        "attempts": sum(quiz.attempt_count for quiz in uses),  # type: ignore[attr-defined]
        "running": sum(quiz.open_count for quiz in uses),  # type: ignore[attr-defined]
        "drafts": [
            {"exercise": one.exercise, "lacks": lacks_in(one.content),
             "prompt": (one.content.get("content") or {}).get("prompt") or {}}
            for one in drafts
        ],
    }  # fmt: skip
    return render(request, "items/bank.html", context, status=status)


@require_POST
@admins_only
def add_item(request: Request, slug: str) -> HttpResponse:
    """Put an exercise at the end of the bank."""
    found = get_object_or_404(Bank, slug=slug)
    form = AddItemForm(request.POST)
    if is_of_a_lesson(uses_of(found)):
        messages.warning(request, _("A lesson keeps this bank in order: edit the lesson."))
    elif not form.is_valid():
        messages.warning(request, " ".join(map(str, form.errors["exercise"])))
    else:
        try:
            add_to_bank(
                bank_id=found.pk, by=request.user, slug=form.cleaned_data["exercise"].strip()
            )
        except BankRefused as refused:
            messages.warning(request, _("Not added: %(why)s.") % {"why": refused})
        else:
            messages.success(request, _("The exercise stands at the end of the bank."))
    return redirect("items:bank", slug)

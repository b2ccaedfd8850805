"""The exercises of a case in its editor."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases import case_exercises
from cases.case_exercises import MOST_EXERCISES
from cases.drafting import change_draft, present_document
from cases.forms_transfer import ExerciseForm, KindForm, MomentsForm
from cases.models import Case
from cases.proofreading import exercise_faults
from cases.views_edit import MOST_BYTES, case_to_edit, frame_of
from mot_course.web import Json, Request, at_most
from people.access import admins_only
from quizzes.drafting import NewerDraftExists
from quizzes.kinds import KINDS
from quizzes.problems import Problem


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def exercises(request: Request, slug: str) -> HttpResponse:
    """The case's exercises; POST moves one or takes it out."""
    found = case_to_edit(slug)
    if request.method == "POST":
        wanted, act = request.POST.get("id", ""), request.POST.get("act", "")
        try:
            _rearrange(request, found, wanted, act)
        except NewerDraftExists:
            messages.warning(request, _("Somebody else has saved meanwhile. Please look again."))
        return redirect("cases:edit_exercises", slug)
    present = present_document(found)
    listed = [
        {
            "id": entry.get("id", ""),
            "label": KINDS[entry["kind"]].label if entry.get("kind") in KINDS else "?",
            "prompt": entry.get("prompt", {}),
            "faults": list(exercise_faults(present.content, entry)),
        }
        for entry in present.content.get("exercises", [])
    ]
    context = frame_of(found, present) | {
        "listed": listed,
        "kinds": KindForm(),
        "may_add": len(listed) < MOST_EXERCISES,
        "page": "exercises",
    }
    return render(request, "cases/edit_exercises.html", context)


def _rearrange(request: Request, case: Case, wanted: str, act: str) -> None:
    by = {"up": -1, "down": 1}.get(act)

    def change(content: Json) -> Json:
        if by is not None:
            return case_exercises.with_exercise_moved(content, wanted, by)
        return case_exercises.without_exercise(content, wanted)

    if by is not None or act == "remove":
        change_draft(
            case_id=case.pk, by=request.user, seen=request.POST.get("seen", ""), change=change
        )
        if act == "remove":
            messages.success(request, _("The exercise is taken out of the draft."))


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
@at_most(MOST_BYTES)
def exercise(request: Request, slug: str, exercise_id: str = "") -> HttpResponse:
    """One exercise as YAML; a new one begins with its kind's sample (`?kind=`)."""
    found = case_to_edit(slug)
    present = present_document(found)
    content = present.content
    entry = next((x for x in content.get("exercises", []) if x.get("id") == exercise_id), None)
    if exercise_id and entry is None:
        raise Http404
    if entry is None:
        kind = request.GET.get("kind", "")
        if kind not in KINDS:
            raise Http404
        entry = case_exercises.sample_of(
            kind, case_exercises.free_id(content, f"{slug}-{kind.replace('_', '-')}")
        )
    text, status = case_exercises.as_yaml(entry), 200
    faults: list[Problem] = []
    if request.method == "POST":
        form = ExerciseForm(request.POST)
        text, status = request.POST.get("text", ""), 422
        if form.is_valid():
            made, faults = case_exercises.from_yaml(content, text, exercise_id)
            if made is not None:
                try:
                    change_draft(
                        case_id=found.pk,
                        by=request.user,
                        seen=form.cleaned_data["seen"],
                        change=lambda now: case_exercises.with_exercise(now, made, exercise_id),
                    )
                except NewerDraftExists as newer:
                    present, status = newer.present, 409
                else:
                    messages.success(request, _("The exercise is saved in the draft."))
                    return redirect("cases:edit_exercises", slug)
    context = frame_of(found, present) | {
        "text": text,
        "faults": faults,
        "is_empty": status == 422 and not faults,
        "exercise_id": exercise_id,
        "kind": KINDS[entry["kind"]] if entry.get("kind") in KINDS else None,
        "is_newer": status == 409,
        "page": "exercises",
    }
    return render(request, "cases/edit_exercise.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
@at_most(MOST_BYTES)
def make_moments(request: Request, slug: str) -> HttpResponse:
    """Make a moments exercise of scenes of the case, its texts filled in beforehand."""
    found = case_to_edit(slug)
    present = present_document(found)
    content = present.content
    texts = case_exercises.suggested_texts(content, "step")
    initial = {
        f"{name}_{language}": texts[name][language] for name in texts for language in ("zh", "en")
    } | {
        "scenes": [scene["id"] for scene in content.get("scenes", []) if scene.get("lines")][:1],
        "seen": present.seen,
    }
    form = MomentsForm(content, request.POST if request.method == "POST" else None, initial=initial)
    faults: list[str] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            made = case_exercises.moments_exercise(
                content,
                id_=case_exercises.free_id(content, f"{slug}-moments"),
                ask=data["ask"],
                scenes=data["scenes"],
                texts=form.texts,
            )
            faults = [message for _field, message in exercise_faults(content, made)]
            if not faults:
                try:
                    change_draft(
                        case_id=found.pk,
                        by=request.user,
                        seen=data["seen"],
                        change=lambda now: case_exercises.with_exercise(now, made),
                    )
                except NewerDraftExists as newer:
                    present, status = newer.present, 409
                else:
                    messages.success(request, _("The exercise is in the draft. Publish it next."))
                    return redirect("cases:edit_exercises", slug)
    context = frame_of(found, present) | {
        "form": form, "faults": faults, "is_newer": status == 409, "page": "exercises",
    }  # fmt: skip
    return render(request, "cases/edit_moments.html", context, status=status)

"""Follow-ups of a trainee, and field notes for those who teach them.

A follow-up is loaded through its person, a note through the people an instructor teaches:
everybody else finds nothing (404).
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assignments import field_notes as notes
from assignments.follow_up_pages import list_of, to_do
from assignments.following_up import Kind, title_of, write_up_of
from assignments.forms_following import IntentionForm, NoteForm, ReplyForm
from assignments.models import FieldNote, FollowUp
from cases.anonymity import look_through
from cases.ladder import kind_words
from mot_course.web import Request, content_language
from outbox.clock import database_now
from people.access import instructors_only

PER_PAGE = 30


@require_safe
@login_required
def follow_ups(request: Request) -> HttpResponse:
    """What there is to do now, what comes, what is done."""
    return render(request, "following/list.html", {"listed": list_of(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def follow_up(request: Request, follow_up_id: int) -> HttpResponse:
    """Where this one is done: a page of its own, or the page it is about."""
    found = get_object_or_404(
        FollowUp.objects.filter(person=request.user).select_related(
            "unit", "course__retention_quiz", "course__post_quiz"
        ),
        pk=follow_up_id,
    )
    match found.kind:
        case Kind.INTENTION:
            return _intention(request, found)
        case Kind.NOTE:
            return _note(request, found)
        case Kind.RECALL:
            return redirect("recall:recall")
        case Kind.OBSERVATION:
            return redirect("following:observe", found.pk)
        case Kind.NUDGE:
            return redirect("cases:write_up", write_up_of(found))
    course = found.course
    quiz = course and (course.retention_quiz if found.kind == Kind.RETENTION else course.post_quiz)
    if quiz is None:  # the pack has taken the test out
        raise Http404
    return redirect("quizzes:quiz", quiz.slug)


def _intention(request: Request, found: FollowUp) -> HttpResponse:
    """The if–then line: read on day 2, ticked on day 7."""
    form, status = IntentionForm(request.POST or None), 200
    asks = found.occurrence != 2
    if request.method == "POST":
        if not asks or form.is_valid():
            response = {"kept": form.cleaned_data["kept"]} if asks else {"read": True}
            FollowUp.objects.filter(pk=found.pk, done_at=None).update(
                done_at=database_now(), dropped_because="", response=response
            )
            return redirect("following:follow_up", found.pk)
        status = 422
    line = (found.unit.content if found.unit else {}).get("if_then") or {}
    context = {
        "follow_up": found,
        "line": line.get(content_language(), ""),
        "asks": asks,
        "form": form,
        "answers": IntentionForm.Kept.choices,
        "kept": (found.response or {}).get("kept", ""),
        "after": _after(request, found),
    }
    return render(request, "following/intention.html", context, status=status)


def _after(request: Request, found: FollowUp) -> Any:
    """Once it is done: the next thing to do, if there is one."""
    return next(iter(to_do(request.user)), None) if found.done_at else None


def _note(request: Request, found: FollowUp) -> HttpResponse:
    """A note from the field: to write, or to read with its answer."""
    note = FieldNote.objects.filter(follow_up=found).select_related("replied_by").first()
    if note is not None:
        context = {"follow_up": found, "note": note, "after": _after(request, found)}
        return render(request, "following/note.html", context)
    form, findings, status = NoteForm(request.POST or None), [], 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            findings = look_through(form.cleaned_data["text"])
            # A warning, once: whoever presses "save as it is" has decided.
            if not findings or "as_it_is" in request.POST:
                notes.write(follow_up=found, **form.cleaned_data)
                messages.success(request, _("Your note is saved. Thank you."))
                return redirect("following:follow_up", found.pk)
    context = {
        "follow_up": found,
        "form": form,
        "chosen_steps": request.POST.getlist("steps"),
        "met": request.POST.get("met", ""),
        "findings": findings,
        "kinds": kind_words(),
    }
    return render(request, "following/note_form.html", context, status=status)


@require_safe
@instructors_only
def field_notes(request: Request) -> HttpResponse:
    """The notes of the people one teaches, those without a word first."""
    page = Paginator(notes.notes_for(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "following/field_notes.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
def field_note(request: Request, note_id: int) -> HttpResponse:
    """One note and the answer to it."""
    note = get_object_or_404(notes.notes_for(request.user), pk=note_id)
    form, status = ReplyForm(request.POST or None), 200
    was_answered = False
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                notes.answer(note=note, instructor=request.user, text=form.cleaned_data["text"])
            except notes.AlreadyAnswered as other:
                note, was_answered, status = _with(note, other.note), True, 409
            else:
                messages.success(request, _("Your answer is saved, and the trainee is told."))
                return redirect("following:field_notes")
    context = {
        "note": note,
        "form": form,
        "title": title_of(note.follow_up, {}),
        "was_answered": was_answered,
    }
    return render(request, "following/field_note.html", context, status=status)


def _with(note: FieldNote, stored: FieldNote) -> FieldNote:
    """The loaded note with the answer that stands there by now."""
    note.reply, note.replied_by, note.replied_at = (
        stored.reply,
        stored.replied_by,
        stored.replied_at,
    )
    return note

"""A trainee's own cases: the list, the note, the ladder, handing in, and what follows.

Only the author gets here: everybody else finds nothing (404). Instructors read what is handed in
on the marking pages.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from cases import write_ups
from cases.anonymity import look_through
from cases.ladder import (
    cards_of,
    findings_in,
    judgement_of,
    kind_words,
    read_parts,
    rungs_of,
    stage_of,
    word_for,
)
from cases.models import WriteUp
from cases.noting import NoteForm, NoteTextForm, TitleForm
from cases.write_ups import AnotherIsBeingWritten, NothingWritten, NotNow, write_ups_of
from mot_course.web import Request, render_error, signed_in_or_401
from quizzes.answering import AttemptIsClosed
from quizzes.models import Answer, Quiz
from quizzes.parts import NewerPartExists, save_typed
from quizzes.starting import NoAttemptLeft, TooEarly
from quizzes.views import first_error

MOST = 200  # cases on one page; nobody writes more


def _own(request: Request, write_up_id: int) -> WriteUp:
    return get_object_or_404(write_ups_of(request.user), pk=write_up_id)


@require_safe
@login_required
def mine(request: Request) -> HttpResponse:
    """My cases, by what is to be done next."""
    own = list(write_ups_of(request.user)[:MOST])
    context = {
        "cards": cards_of(own, write_ups.newest_answers(own)),
        "discarded": list(write_ups.discarded_by(request.user)[:20]),
    }
    return render(request, "cases/mine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_note(request: Request) -> HttpResponse:
    """Three lines, kept at once."""
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = write_ups.start_note(author=request.user, lines=form.lines)
        messages.success(request, _("Your note is saved."))
        return redirect("cases:write_up", made.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "cases/mine_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def write_up(request: Request, write_up_id: int) -> HttpResponse:
    """The case as far as it has got: the note, the ladder, or the text to read."""
    found = _own(request, write_up_id)
    version = write_ups.newest_version(found)
    if version is None:
        return _note(request, found)
    answer = write_ups.answer_of(version.attempt_id)
    if answer is None:  # the pack took the text out of its quiz
        raise Http404
    if version.attempt.is_submitted:
        return _reading(request, found, answer, version.number)
    return _ladder(request, found, answer, version.number)


def _note(request: Request, found: WriteUp) -> HttpResponse:
    form = NoteTextForm(request.POST or None)
    other, why, status = None, "", 200
    if request.method == "POST":
        if form.is_valid():
            try:
                write_ups.save_note(write_up=found, **form.cleaned_data)
            except NewerPartExists as newer:
                other, found.note, status = newer.text, form.cleaned_data["text"], 409
                found.note_version = newer.version
            else:
                messages.success(request, _("Your note is saved."))
                return redirect("cases:write_up", found.pk)
        else:
            found.note, why, status = request.POST.get("text", ""), first_error(form), 422
    context = {
        "write_up": found,
        "other": other,
        "why": why,
        "findings": look_through(found.note),
        "kinds": kind_words(),
        "can_write": Quiz.objects.filter(slug=write_ups.QUIZ).exists(),
    }
    return render(request, "cases/mine_note.html", context, status=status)


def _ladder(request: Request, found: WriteUp, answer: Answer, number: int) -> HttpResponse:
    """The parts to write; a plain form saves those it has changed."""
    question = write_ups.question_of(answer, reveal=False)
    wanted, status = request.GET.get("rung", ""), 200
    if request.method == "POST":
        try:
            typed = save_typed(question=question, data=request.POST, trainee=request.user)
        except AttemptIsClosed:
            return redirect("cases:write_up", found.pk)
        if typed.is_saved:
            messages.success(request, _("Saved."))
            return redirect(request.get_full_path())
        question.response, status = typed.response, 409 if typed.response["others"] else 422
    rungs = rungs_of(question, wanted)
    now = next(rung for rung in rungs if rung.is_now)
    said = _before(found, number)
    for part in now.parts:
        part["findings"] = look_through(part["text"])
        part["comments"] = [one for one in said.comments if one.part == part["id"]] if said else []
    context = {
        "write_up": found,
        "question": question,
        "questions": [question],
        "rungs": rungs,
        "now": now,
        "earlier": [rung for rung in rungs if rung.number < now.number and rung.is_written],
        "next_rung": next((rung for rung in rungs if rung.number == now.number + 1), None),
        "number": number,
        "judgement": said,
        "kinds": kind_words(),
        "never_handed_in": number == 1,
    }
    return render(request, "cases/mine_ladder.html", context, status=status)


def _before(found: WriteUp, number: int) -> Any:
    """What was said about the version before this one."""
    if number == 1:
        return None
    version = found.versions.filter(number=number - 1).first()
    answer = write_ups.answer_of(version.attempt_id) if version else None
    return judgement_of(answer) if answer else None


def _reading(request: Request, found: WriteUp, answer: Answer, number: int) -> HttpResponse:
    """What was handed in, with what an instructor said about it."""
    question = write_ups.question_of(answer, reveal=True)
    judgement = judgement_of(answer)
    stage = stage_of(found, is_note=False)
    context = {
        "write_up": found,
        "stage": stage,
        "word": word_for(stage),
        "parts": read_parts(question, judgement),
        "judgement": judgement,
        "number": number,
        "attempt_id": answer.attempt_id,
    }
    return render(request, "cases/mine_reading.html", context)


@require_http_methods(["GET", "POST"])
@signed_in_or_401
def save_note(request: Request, write_up_id: int) -> HttpResponse:
    """The note, saved while it is written. GET: a fresh form token after signing in again.

    200 saved · 401 · 404 · 409 newer, or closed once there is more than a note · 422 too long.
    """
    found = _own(request, write_up_id)
    if request.method == "GET":
        return JsonResponse({"csrf": get_token(request)})
    form = NoteTextForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"error": "invalid", "why": first_error(form)}, status=422)
    try:
        version = write_ups.save_note(write_up=found, **form.cleaned_data)
    except NewerPartExists as newer:
        reply = {"error": "newer", "text": newer.text, "version": newer.version}
        return JsonResponse(reply, status=409)
    except NotNow:
        return JsonResponse({"error": "closed"}, status=409)
    return JsonResponse({"saved": True, "version": version})


@require_GET
@signed_in_or_401
def findings(request: Request, write_up_id: int) -> HttpResponse:
    """What in one part, as it is stored, may tell who somebody is: a piece of a page."""
    found = _own(request, write_up_id)
    version = write_ups.newest_version(found)
    text = found.note
    if version is not None:
        answer = write_ups.answer_of(version.attempt_id)
        texts = ((answer and answer.response) or {}).get("texts", {})
        text = texts.get(request.GET.get("part", ""), "")
    context = {"findings": look_through(text), "kinds": kind_words()}
    return render(request, "cases/_findings.html", context)


@require_POST
@login_required
def climb(request: Request, write_up_id: int) -> HttpResponse:
    """Begin to write: a note becomes a text, a returned case the next version of its text."""
    found = _own(request, write_up_id)
    begin = write_ups.revise if found.state == WriteUp.State.RETURNED else write_ups.climb
    try:
        begin(write_up=found, author=request.user)
    except AnotherIsBeingWritten as other:
        context = {"write_up": found, "other": other.write_up}
        return render(request, "cases/mine_waits.html", context, status=409)
    except (NotNow, NoAttemptLeft, TooEarly):
        return render_error(request, 409)
    except Quiz.DoesNotExist as error:
        raise Http404 from error
    return redirect("cases:write_up", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def hand_in(request: Request, write_up_id: int) -> HttpResponse:
    """What is below its length, what may tell who somebody is, who will read it; then hand in."""
    found = _own(request, write_up_id)
    version = write_ups.newest_version(found)
    answer = write_ups.answer_of(version.attempt_id) if version else None
    if version is None or answer is None:
        raise Http404
    if version.attempt.is_submitted:
        return redirect("cases:write_up", found.pk)
    nothing, status = not write_ups.is_more_than_a_note(answer), 200
    if request.method == "POST":
        try:
            write_ups.hand_in(write_up=found, author=request.user)
        except NothingWritten:
            nothing, status = True, 422
        else:
            messages.success(request, _("Your case is handed in."))
            return redirect("cases:write_up", found.pk)
    question = write_ups.question_of(answer, reveal=False)
    parts = [part for rung in rungs_of(question)[1:] for part in rung.parts]
    context = {
        "write_up": found,
        "nothing": nothing,
        "parts": parts,
        "found": findings_in(question.shown["parts"]),
        "kinds": kind_words(),
    }
    return render(request, "cases/mine_hand_in.html", context, status=status)


@require_POST
@login_required
def rename(request: Request, write_up_id: int) -> HttpResponse:
    """Another title."""
    found = _own(request, write_up_id)
    form = TitleForm(request.POST)
    if form.is_valid():
        write_ups.rename(write_up=found, title=form.cleaned_data["title"])
        messages.success(request, _("The title is changed."))
    else:
        messages.error(request, first_error(form))
    return redirect("cases:write_up", found.pk)

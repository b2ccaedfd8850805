"""Checking one answer of an attempt that gives its feedback after each."""

from contextlib import suppress

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mot_course.web import Request, render_error
from quizzes import answering
from quizzes.afterwards import add_afterwards
from quizzes.answering import Ticket
from quizzes.checking import NotReady, check_in_attempt
from quizzes.models import Answer, Attempt
from quizzes.parts import save_posted_parts
from quizzes.questions import Question
from quizzes.views import (
    Refused,
    answers_of,
    confidence_in,
    first_error,
    number_in,
    player,
    posted,
    save_quietly,
    take_flags,
)


@require_POST
@login_required
def check(request: Request, attempt_id: int, position: int) -> HttpResponse:
    """Save what the page holds, grade one answer for good, and show what there is to say.

    A script (header X-Part) sends that answer and gets its question alone; without one the
    whole page is sent, and the whole page comes back.
    """
    question = answering.question_at(attempt_id=attempt_id, position=position, trainee=request.user)
    if question is None:
        raise Http404
    try:
        page = Ticket.read(request.POST.get("ticket", ""), attempt_id)
    except answering.BadTicket:
        return render_error(request, 400)
    if request.headers.get("X-Part"):
        return _check_part(request, question, page)
    return _check_page(request, question, page)


def _check_part(request: Request, question: Question, page: Ticket) -> HttpResponse:
    if question.rules.saves_parts:
        return _check_parts(request, question)
    form = question.rules.form(question.spec, request.POST, question.mask, question.prefix)
    if not question.rules.takes_turns and form.is_valid():
        # A newer answer, or a closed attempt: what is stored is what gets checked.
        with suppress(answering.AttemptIsClosed, answering.NewerAnswerExists):
            answering.save_answer(
                attempt_id=page.attempt_id,
                position=question.position,
                trainee=request.user,
                response=form.cleaned_data,
                confidence=confidence_in(request, question.prefix),
                flagged=request.POST.get("flagged") == "1",
                sequence=page.sequence(number_in(request.POST.get("n"))),
            )
    try:
        checked = _checked(request, page.attempt_id, question.position)
    except NotReady:
        question.response = question.rules.typed(form) if form.is_bound else None
        question.confidence = confidence_in(request, question.prefix)
        question.errors = first_error(form) or _("Something is still missing.")
        return _part(request, question, status=422)
    add_afterwards([checked], request.user)
    return _part(request, checked)


def _check_parts(request: Request, question: Question) -> HttpResponse:
    """Each part is saved by itself; where another device was quicker both texts are shown."""
    attempt_id = question.attempt_id or 0
    answers = Answer.objects.filter(attempt=attempt_id, position=question.position)
    answers = answers.select_related("revision", "exercise")
    refused = save_posted_parts(answers, request.POST, request.user)
    if refused:
        question.errors, question.response = refused[question.position]
        return _part(request, question, status=422)
    try:
        checked = _checked(request, attempt_id, question.position)
    except NotReady:
        question.response = answers.get().response
        question.errors = _("Something is still missing.")
        return _part(request, question, status=422)
    add_afterwards([checked], request.user)
    return _part(request, checked)


def save_the_page(request: Request, page: Ticket) -> tuple[Attempt, dict[int, Refused], set[int]]:
    """Nothing typed elsewhere on a page is lost: without a script it is saved on the way.

    (the attempt, what was refused by position, where a part was written elsewhere meanwhile).
    """
    found = get_object_or_404(
        Attempt.objects.of(request.user).select_related("quiz"), pk=page.attempt_id
    )
    answers = answers_of(found)
    refused: dict[int, Refused] = {}
    for one in posted(request, answers, page, refused):
        save_quietly(request, found, one)
    take_flags(request, found, answers)
    written = save_posted_parts(answers, request.POST, request.user)
    return found, refused | written, set(written)


def _check_page(request: Request, question: Question, page: Ticket) -> HttpResponse:
    found, refused, written = save_the_page(request, page)
    if question.position in written:
        at = question.position
        return player(request, found, is_review=False, status=422, refused=refused, at=at)
    try:
        _checked(request, found.pk, question.position)
    except NotReady:
        if question.position not in refused:
            stored = found.answers.get(position=question.position)
            refused[question.position] = _("Something is still missing."), stored.response
    if refused:
        return player(request, found, is_review=False, status=422, refused=refused, at=min(refused))
    here = reverse("quizzes:attempt", args=[found.pk])
    return redirect(f"{here}?at={question.position}#q{question.position}")


def _checked(request: Request, attempt_id: int, position: int) -> Question:
    try:
        answer = check_in_attempt(attempt_id=attempt_id, position=position, trainee=request.user)
    except (Attempt.DoesNotExist, Answer.DoesNotExist) as error:
        raise Http404 from error
    return Question.of(answer, answer.exercise.slug, reveal=True)


def _part(request: Request, question: Question, *, status: int = 200) -> HttpResponse:
    context = {"question": question, "gives_each": True, "live_verdict": True}
    return render(request, "quizzes/_asked.html", context, status=status)

"""Checking one answer of an attempt that gives its feedback after each."""

from contextlib import suppress

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mot_course.web import Request, render_error
from quizzes import answering
from quizzes.answering import Ticket
from quizzes.checking import NotReady, check_in_attempt
from quizzes.models import Answer, Attempt
from quizzes.questions import Question
from quizzes.views import confidence_in, first_error, number_in


@require_POST
@login_required
def check(request: Request, attempt_id: int, position: int) -> HttpResponse:
    """Save what the page holds, grade it for good, and show what there is to say about it.

    A script (`Accept: text/html; part=1` by the header X-Part) gets the question alone.
    """
    question = answering.question_at(attempt_id=attempt_id, position=position, trainee=request.user)
    if question is None:
        raise Http404
    try:
        page = Ticket.read(request.POST.get("ticket", ""), attempt_id)
    except answering.BadTicket:
        return render_error(request, 400)
    form = question.rules.form(question.spec, request.POST, question.mask, question.prefix)
    if not question.rules.takes_turns and form.is_valid():
        # A newer answer, or a closed attempt: what is stored is what gets checked.
        with suppress(answering.AttemptIsClosed, answering.NewerAnswerExists):
            answering.save_answer(
                attempt_id=attempt_id,
                position=position,
                trainee=request.user,
                response=form.cleaned_data,
                confidence=confidence_in(request, question.prefix),
                flagged=False,
                sequence=page.sequence(number_in(request.POST.get("n"))),
            )
    try:
        answer = check_in_attempt(attempt_id=attempt_id, position=position, trainee=request.user)
    except (Attempt.DoesNotExist, Answer.DoesNotExist) as error:
        raise Http404 from error
    except NotReady:
        question.response = question.rules.typed(form) if form.is_bound else None
        question.errors = first_error(form) or _("Something is still missing.")
        return _part(request, question, attempt_id, status=422)
    return _part(request, Question.of(answer, answer.exercise.slug, reveal=True), attempt_id)


def _part(
    request: Request, question: Question, attempt_id: int, *, status: int = 200
) -> HttpResponse:
    if not request.headers.get("X-Part"):
        return redirect(f"/quizzes/attempts/{attempt_id}/?at={question.position}")
    context = {"question": question, "gives_each": True, "live_verdict": True, "bare": True}
    return render(request, "quizzes/_asked.html", context, status=status)

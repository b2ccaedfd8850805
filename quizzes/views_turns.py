"""Taking a turn in a conversation: in an attempt, and in practice inside a lesson."""

from contextlib import suppress

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mot_course.web import Request, safe_next
from quizzes import answering
from quizzes.answering import Ticket
from quizzes.kinds.dialogue import NotOffered
from quizzes.models import Quiz, Revision
from quizzes.questions import Question
from quizzes.turns import (
    Move,
    move_in_attempt,
    move_in_practice,
    now_in_attempt,
    now_in_practice,
)
from quizzes.views_checking import save_the_page


class MoveForm(forms.Form):
    """A button's value: `choice` run.at.token says something, `back` run.at returns to a moment."""

    choice = forms.CharField(max_length=40, required=False)
    back = forms.CharField(max_length=20, required=False)

    def move(self) -> Move:
        """What is asked for; raises NotOffered for anything no page of ours sends."""
        if not self.is_valid():
            raise NotOffered
        return Move.read(choice=self.cleaned_data["choice"], back=self.cleaned_data["back"])


@require_POST
@login_required
def turn(request: Request, attempt_id: int, position: int) -> HttpResponse:
    """Store one turn of an attempt's conversation; the reply is the question as it stands now.

    200 · 404 not theirs, or no conversation · 409 the page was stale, or the attempt is closed.
    """
    question = answering.question_at(attempt_id=attempt_id, position=position, trainee=request.user)
    if question is None or not question.rules.takes_turns:
        raise Http404
    if not request.headers.get("X-Part"):
        with suppress(answering.BadTicket):
            save_the_page(request, Ticket.read(request.POST.get("ticket", ""), attempt_id))
    try:
        now = move_in_attempt(
            question=question, trainee=request.user, move=MoveForm(request.POST).move()
        )
    except answering.AttemptIsClosed:
        return _closed(request, attempt_id)
    except NotOffered:
        stored = now_in_attempt(question)
        stored.errors = _("This had gone on elsewhere. Here is where it stands.")
        return _part(request, stored, status=409)
    return _part(request, now)


def _closed(request: Request, attempt_id: int) -> HttpResponse:
    response = redirect("quizzes:attempt", attempt_id)
    if request.headers.get("X-Part"):
        response.status_code = 409  # the script goes where Location says
    return response


def _part(request: Request, question: Question, *, status: int = 200) -> HttpResponse:
    if not request.headers.get("X-Part"):
        place = f"?at={question.position}#now-{question.prefix}-{question.slug}"
        return redirect(f"/quizzes/attempts/{question.attempt_id}/{place}")
    context = {"question": question, "gives_each": True, "live_verdict": True, "bare": True}
    return render(request, "quizzes/_asked.html", context, status=status)


@require_POST
@login_required
def practice_turn(request: Request, quiz: str, exercise: str) -> HttpResponse:
    """Store one turn of a conversation in a lesson; the reply is the exercise as it stands now."""
    found = get_object_or_404(
        Quiz.objects.filter(purpose=Quiz.Purpose.PRACTICE, bank__items__exercise__slug=exercise),
        slug=quiz,
    )
    wanted = request.POST.get("revision", "")
    revision = get_object_or_404(
        Revision.objects.select_related("exercise"),
        pk=int(wanted) if wanted.isdecimal() and len(wanted) < 18 else 0,
        exercise__slug=exercise,
    )
    if not revision.rules.takes_turns:
        raise Http404
    status = 200
    try:
        question = move_in_practice(
            quiz=found, trainee=request.user, revision=revision, move=MoveForm(request.POST).move()
        )
    except NotOffered:
        question = now_in_practice(quiz=found, trainee=request.user, revision=revision)
        question.errors = _("This had gone on elsewhere. Here is where it stands.")
        status = 409
    back = safe_next(request, "/")
    context = {"quiz": found, "question": question, "back": back, "live_verdict": True}
    if request.headers.get("X-Part"):
        return render(request, "quizzes/_practice.html", context, status=status)
    if back != "/":
        return redirect(f"{back}#now-{question.prefix}-{exercise}")
    context["questions"] = [question]
    return render(request, "quizzes/practice.html", context, status=status)

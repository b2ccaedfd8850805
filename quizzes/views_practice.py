"""Practice inside lessons and cases, and reports of mistakes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mot_course.web import Request, content_language, safe_next
from people.models import User
from quizzes.afterwards import add_afterwards
from quizzes.forms import MistakeForm
from quizzes.models import Answer, Confidence, MistakeReport, Quiz, Revision
from quizzes.practising import check_answer
from quizzes.questions import Question
from quizzes.turns import now_in_practice


@require_POST
@login_required
def practice(request: Request, quiz: str, exercise: str) -> HttpResponse:
    """Check one answer and show what there is to say about it, in place or on its page."""
    found = get_object_or_404(
        Quiz.objects.filter(purpose=Quiz.Purpose.PRACTICE, bank__items__exercise__slug=exercise),
        slug=quiz,
    )
    wanted = request.POST.get("revision", "")
    revision = get_object_or_404(
        Revision, pk=int(wanted) if wanted.isdecimal() and len(wanted) < 18 else 0,
        exercise__slug=exercise,
    )  # fmt: skip
    question = Question(revision, exercise)
    back = safe_next(request, "/")
    if question.rules.takes_turns:  # each turn has its own address; nothing is checked as a whole
        stored = now_in_practice(quiz=found, trainee=request.user, revision=revision)
        return _shown(request, found, stored, back)
    if request.POST.get("again") == "1":
        return _shown(request, found, question, back, stays=True)
    form = question.rules.form(question.spec, request.POST, question.mask, question.prefix)
    if not form.is_valid() or not question.rules.is_complete(question.spec, form.cleaned_data):
        typed = question.rules.typed(form)
        question.response = form.cleaned_data if form.is_valid() else typed
        question.errors = next(
            (str(errors[0]) for errors in form.errors.values()), _("Something is still missing.")
        )
        return _shown(request, found, question, back, status=422)
    confidence = request.POST.get(f"{question.prefix}-confidence")
    checked = check_answer(
        quiz=found,
        trainee=request.user,
        revision=revision,
        response=form.cleaned_data,
        confidence=confidence if confidence in Confidence.values else None,
    )
    question.response, question.confidence = form.cleaned_data, checked.answer.confidence
    question.reveal = True
    add_afterwards([question], request.user)
    return _shown(request, found, question, back)


def _shown(
    request: Request,
    quiz: Quiz,
    question: Question,
    back: str,
    *,
    status: int = 200,
    stays: bool = False,
) -> HttpResponse:
    context = {"quiz": quiz, "question": question, "back": back, "live_verdict": True}
    if request.htmx:
        return render(request, "quizzes/_practice.html", context, status=status)
    if status == 200 and back != "/" and not stays:
        return redirect(f"{back}#ex-{question.slug}")
    context["questions"] = [question]
    return render(request, "quizzes/practice.html", context, status=status)


def _met_by(person: User) -> QuerySet[Revision]:
    """The wordings a person has answered; whoever teaches may read all of them."""
    revisions = Revision.objects.select_related("exercise")
    if person.is_instructor:
        return revisions
    return revisions.filter(
        Exists(Answer.objects.filter(attempt__trainee=person, revision=OuterRef("pk")))
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def report_mistake(request: Request, revision_id: int) -> HttpResponse:
    """Tell the people who edit the course that an exercise is wrong."""
    revision = get_object_or_404(_met_by(request.user), pk=revision_id)
    back = safe_next(request, "/")
    form = MistakeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        MistakeReport.objects.create(
            revision=revision,
            reporter=request.user,
            text=form.cleaned_data["text"],
            language=content_language(),
        )
        messages.success(request, _("Thank you. The people who edit the course will look at it."))
        return redirect(back)
    return render(
        request,
        "quizzes/report_mistake.html",
        {"form": form, "back": back, "question": Question(revision, revision.exercise.slug)},
        status=422 if form.errors else 200,
    )

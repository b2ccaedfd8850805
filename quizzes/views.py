"""Taking a quiz: start, answer, submit, see the result."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mot_course.web import Json, Request, render_error, signed_in_or_401
from quizzes import answering, neighbours
from quizzes.afterwards import add_afterwards
from quizzes.answering import Ticket
from quizzes.models import Answer, Attempt, Confidence, Quiz
from quizzes.parts import save_flag, save_posted_parts
from quizzes.questions import Question, mark_of
from quizzes.results import result_of
from quizzes.revisions import revisions_of
from quizzes.starting import NoAttemptLeft, TooEarly, start_attempt, why_not
from quizzes.submitting import Unsent, submit_attempt

Refused = tuple[str, Json | None]  # why, and what was typed
SHOWN = 5  # so many of the latest attempts stand on a quiz's page


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def quiz(request: Request, slug: str) -> HttpResponse:
    """What the quiz is and how many attempts are left; POST starts or continues one."""
    found = get_object_or_404(
        Quiz.objects.exclude(purpose__in=[Quiz.Purpose.PRACTICE]).select_related("bank"), slug=slug
    )
    if found.purpose == Quiz.Purpose.WRITING and (home := neighbours.around(found).home):
        return redirect(home.url)  # what is written there has pages of its own
    if found.purpose == Quiz.Purpose.RECALL:
        return redirect("recall:recall")
    refusal = None
    if request.method == "POST":
        try:
            started = start_attempt(quiz=found, trainee=request.user)
        except (NoAttemptLeft, TooEarly) as reason:
            refusal = reason
        else:
            return redirect("quizzes:attempt", started.pk)
    now = timezone.now()
    attempts = list(Attempt.objects.of(request.user).filter(quiz=found).order_by("-number")[:SHOWN])
    for one in attempts:
        one.quiz = found
    last = attempts[0] if attempts else None
    is_open = last is not None and not last.is_submitted
    if refusal is None and not is_open:
        refusal = why_not(found, last, now)
    context = {
        "quiz": found,
        "attempts": attempts,
        "is_open": is_open,
        "refusal": refusal,
        "again_at": refusal.again_at if isinstance(refusal, TooEarly) else None,
        "question_count": found.draw or _question_count(found),
        "left": None
        if found.attempts_allowed is None
        else found.attempts_allowed - (last.number - is_open if last else 0),
        "minutes": round(float(found.seconds * request.user.time_factor) / 60)
        if found.seconds
        else None,
        "around": neighbours.around(found),
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "quizzes/quiz.html", context, status=status)


def _question_count(quiz: Quiz) -> int:
    if quiz.bank is None:
        return 0
    items = quiz.bank.items.all()
    return items.filter(form="A").count() if quiz.uses_forms else items.count()


@require_GET
@login_required
def attempt(request: Request, attempt_id: int) -> HttpResponse:
    """The attempt's questions while it is open, its result afterwards."""
    found = get_object_or_404(
        Attempt.objects.of(request.user)
        .exclude(quiz__purpose=Quiz.Purpose.PRACTICE)
        .select_related("quiz"),
        pk=attempt_id,
    )
    now = timezone.now()
    if not found.is_submitted and found.is_over_at(now):
        found = submit_attempt(attempt_id=found.pk, trainee=request.user)
    if found.is_submitted:
        return render(request, "quizzes/result.html", result_of(found, request.user))
    return player(request, found, is_review=request.GET.get("review") == "1")


def player(
    request: Request,
    found: Attempt,
    *,
    is_review: bool,
    status: int = 200,
    refused: dict[int, Refused] | None = None,
    at: int = 0,
) -> HttpResponse:
    """The page on which the attempt's questions are answered, one shown first (`at`)."""
    questions = [
        Question.of(answer, answer.exercise.slug, reveal=answer.checked_at is not None)
        for answer in answers_of(found)
    ]
    for question in questions:
        if refused and question.position in refused:
            question.errors, question.response = refused[question.position]
    add_afterwards(questions, request.user)
    unanswered = [question for question in questions if not question.is_answered]
    gives_each = found.quiz.feedback == Quiz.Feedback.EACH
    unchecked = [question for question in questions if not question.reveal]
    return render(
        request,
        "quizzes/attempt.html",
        {
            "attempt": found,
            "quiz": found.quiz,
            "questions": questions,
            "unanswered": unanswered,
            "flagged": [question for question in questions if question.flagged],
            "first": at or _first(request, questions, unchecked if gives_each else unanswered),
            "gives_each": gives_each,
            "all_checked": not unchecked,
            "is_review": is_review,
            "ticket": Ticket.issue(found.pk),
            "seconds_left": _seconds_left(found),
        },
        status=status,
    )


def _first(request: Request, questions: list[Question], still_open: list[Question]) -> int:
    """Which question the page shows first: the wanted one, or the first that is still open."""
    wanted = number_in(request.GET.get("at"))
    if 1 <= wanted <= len(questions):
        return wanted
    return still_open[0].position if still_open else len(questions)


def answers_of(attempt: Attempt) -> list[Answer]:
    """The attempt's answers in order, with exercise and revision."""
    answers: list[Any] = list(
        attempt.answers.select_related("exercise")
        .only(
            "attempt_id",
            "position",
            "response",
            "confidence",
            "flagged",
            "checked_at",
            "exercise__slug",
        )
        .annotate(revision_key=F("revision"), digest=F("revision__digest"))
    )
    keys = [(one.revision_key, one.digest) for one in answers]
    for answer, revision in zip(answers, revisions_of(keys), strict=True):
        answer.revision = revision
    return answers


def _seconds_left(attempt: Attempt) -> int | None:
    if attempt.deadline_at is None:
        return None
    return max(0, int((attempt.deadline_at - timezone.now()).total_seconds()))


@require_POST
@signed_in_or_401
def save_answer(request: Request, attempt_id: int, position: int) -> HttpResponse:
    """Store one answer; the reply is what lets the page say "saved".

    200 saved · 401 signed out · 404 not yours · 409 closed or a newer answer · 422 no answer.
    """
    question = answering.question_at(attempt_id=attempt_id, position=position, trainee=request.user)
    if question is None:
        raise Http404
    try:
        page = Ticket.read(request.POST.get("ticket", ""), attempt_id)
    except answering.BadTicket:
        return JsonResponse({"error": "ticket"}, status=400)
    if question.rules.takes_turns or question.rules.saves_parts:
        return _save_flag(request, question)
    response = None
    if request.POST.get("clear") != "1":
        form = question.rules.form(question.spec, request.POST, question.mask, question.prefix)
        if not form.is_valid():
            return JsonResponse({"error": "invalid", "why": first_error(form)}, status=422)
        response = form.cleaned_data
    try:
        answering.save_answer(
            attempt_id=attempt_id,
            position=position,
            trainee=request.user,
            response=response,
            confidence=confidence_in(request, question.prefix),
            flagged=request.POST.get("flagged") == "1",
            sequence=page.sequence(number_in(request.POST.get("n"))),
        )
    except answering.AnswerIsChecked:
        return JsonResponse({"error": "checked"}, status=409)
    except answering.AttemptIsClosed:
        return JsonResponse({"error": "closed"}, status=409)
    except answering.NewerAnswerExists as newer:
        return JsonResponse({"error": "newer", **_as_fields(question, newer.answer)}, status=409)
    return JsonResponse({"saved": True})


def _save_flag(request: Request, question: Question) -> HttpResponse:
    """What is said turn by turn or written part by part is stored there: here only its flag."""
    is_saved = save_flag(
        attempt_id=question.attempt_id or 0,
        position=question.position,
        trainee=request.user,
        flagged=request.POST.get("flagged") == "1",
    )
    if not is_saved:
        return JsonResponse({"error": "closed"}, status=409)
    return JsonResponse({"saved": True})


_TAKEN_HERE = [purpose for purpose in Quiz.Purpose if purpose != Quiz.Purpose.PRACTICE]


def first_error(form: Any) -> str:
    """The first thing a form complains of; empty where it is content."""
    for errors in form.errors.values():
        return str(errors[0])
    return ""


def confidence_in(request: Request, prefix: str) -> str | None:
    """The confidence posted with an answer, if it is one we know."""
    value = request.POST.get(f"{prefix}-confidence")
    return value if value in Confidence.values else None


def number_in(text: str | None) -> int:
    """The number a script sent; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def _as_fields(question: Question, newer: Answer) -> dict[str, Any]:
    """The newer answer as the fields of the page's form, so that the page can show it."""
    fields = (
        question.rules.post_data(question.spec, newer.response, question.mask)
        if newer.response
        else {}
    )
    return {"fields": fields, "confidence": newer.confidence, "flagged": newer.flagged}


@require_GET
@signed_in_or_401
def ticket(request: Request, attempt_id: int) -> HttpResponse:
    """A fresh form token (and page ticket) for a page whose sign-in has changed."""
    get_object_or_404(Attempt.objects.of(request.user), pk=attempt_id)
    return JsonResponse({"csrf": get_token(request), "ticket": Ticket.issue(attempt_id)})


@require_POST
@login_required
def submit(request: Request, attempt_id: int) -> HttpResponse:
    """Take in what the page holds; with `confirmed`, submit, else show what is unanswered."""
    found = get_object_or_404(
        Attempt.objects.of(request.user)
        .filter(quiz__purpose__in=_TAKEN_HERE)
        .select_related("quiz"),
        pk=attempt_id,
    )
    if found.is_submitted:
        return redirect("quizzes:attempt", found.pk)
    try:
        page = Ticket.read(request.POST.get("ticket", ""), attempt_id)
    except answering.BadTicket:
        return render_error(request, 400)
    answers = answers_of(found)
    refused: dict[int, Refused] = {}
    unsent = list(posted(request, answers, page, refused))
    written = save_posted_parts(answers, request.POST, request.user)
    if request.POST.get("confirmed") == "1" and not written:
        submit_attempt(attempt_id=found.pk, trainee=request.user, unsent=unsent)
        return redirect("quizzes:attempt", found.pk)
    for one in unsent:
        save_quietly(request, found, one)
    take_flags(request, found, answers)
    refused |= written
    if refused:
        return player(request, found, is_review=False, status=422, refused=refused)
    return redirect(f"{request.path.removesuffix('submit/')}?review=1")


def posted(
    request: Request, answers: list[Answer], page: Ticket, refused: dict[int, Refused]
) -> Iterator[Unsent]:
    """The answers a whole page posts, without those left empty; faulty ones go to `refused`."""
    touched = request.POST.get("sequences", "")  # the page's script says what it changed
    numbers = dict(pair.split(":", 1) for pair in touched.split(",") if pair.count(":") == 1)
    for answer in answers:
        question = Question.of(answer, answer.exercise.slug, reveal=False)
        if touched and str(answer.position) not in numbers:
            continue
        if answer.checked_at is not None or question.rules.takes_turns:
            continue
        if question.rules.saves_parts:
            continue  # each part by itself: quizzes.parts
        if not any(name.startswith(f"{question.prefix}-") for name in request.POST):
            continue
        form = question.rules.form(question.spec, request.POST, question.mask, question.prefix)
        if not form.is_valid():
            if not form.has_error("__all__", "required") and not _is_empty(form):
                refused[answer.position] = first_error(form), question.rules.typed(form)
            continue
        confidence = confidence_in(request, question.prefix)
        shown = request.POST.get(f"{question.prefix}-shown")
        if not touched and shown == mark_of(form.cleaned_data, confidence):
            continue  # as the page showed it: nothing to take in, and no newer answer to replace
        yield Unsent(
            position=answer.position,
            response=form.cleaned_data,
            confidence=confidence,
            sequence=page.sequence(number_in(numbers.get(str(answer.position), "1"))),
        )


def _is_empty(form: Any) -> bool:
    return all(
        code == "required"
        for errors in form.errors.as_data().values()
        for e in errors
        for code in [e.code]
    )


def save_quietly(request: Request, attempt: Attempt, one: Unsent) -> None:
    """Store an answer of a whole page; the page that follows shows what is stored."""
    try:
        answering.save_answer(
            attempt_id=attempt.pk,
            position=one.position,
            trainee=request.user,
            response=one.response,
            confidence=one.confidence,
            flagged=request.POST.get(f"a{one.position}-flagged") == "1",
            sequence=one.sequence,
        )
    except (answering.AttemptIsClosed, answering.NewerAnswerExists):
        return


def take_flags(request: Request, attempt: Attempt, answers: list[Answer]) -> None:
    """A plain form posts every flag; those of questions without an answer are stored here."""
    for is_flagged in (True, False):
        turned = [
            answer.position
            for answer in answers
            if (request.POST.get(f"a{answer.position}-flagged") == "1") is is_flagged
            and answer.flagged is not is_flagged
        ]
        if turned:
            attempt.answers.filter(position__in=turned).update(flagged=is_flagged)

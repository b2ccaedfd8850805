"""Addresses that a page's script calls while somebody writes."""

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from mot_course.web import Request, signed_in_or_401
from quizzes import answering, parts
from quizzes.kinds.writing import HARDEST, too_long
from quizzes.views import first_error


@require_POST
@signed_in_or_401
def save_part(request: Request, attempt_id: int, position: int, part: str) -> HttpResponse:
    """Store one part of a text; the reply is what lets the page say "saved".

    200 saved, with the new version · 401 signed out · 404 not yours · 409 closed, or newer with
    the text from elsewhere · 413 and 422 cannot be kept, and why.
    """
    question = answering.question_at(attempt_id=attempt_id, position=position, trainee=request.user)
    if question is None or not question.rules.saves_parts or part not in question.spec.part:
        raise Http404
    form = parts.PartForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"error": "invalid", "why": first_error(form)}, status=422)
    text = form.cleaned_data["text"]
    if why := too_long(question.spec.part[part], text):
        status = 413 if len(text) > HARDEST else 422
        return JsonResponse({"error": "long", "why": why}, status=status)
    try:
        version = parts.save_part(
            attempt_id=attempt_id,
            position=position,
            part=part,
            trainee=request.user,
            text=text,
            version=form.cleaned_data["version"],
        )
    except parts.NewerPartExists as newer:
        return JsonResponse(
            {"error": "newer", "text": newer.text, "version": newer.version}, status=409
        )
    except answering.AttemptIsClosed:
        return JsonResponse({"error": "closed"}, status=409)
    return JsonResponse({"saved": True, "version": version})


@require_POST
@signed_in_or_401
def save_flag(request: Request, attempt_id: int, position: int) -> HttpResponse:
    """Flag a question that saves itself. 200 saved · 401 · 404 not yours · 409 closed."""
    question = answering.question_at(attempt_id=attempt_id, position=position, trainee=request.user)
    if question is None:
        raise Http404
    is_saved = parts.save_flag(
        attempt_id=attempt_id,
        position=position,
        trainee=request.user,
        flagged=request.POST.get("flagged") == "1",
    )
    if not is_saved:
        return JsonResponse({"error": "closed"}, status=409)
    return JsonResponse({"saved": True})

"""What Django itself costs: the same middleware and session, three .get() by key, plain text.

The text is real (a lesson of ours, cut to size), so that compressing it costs the same.
"""

from functools import lru_cache
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from mot_course.web import Request
from quizzes.models import Answer, Bank, Quiz

FOLDER = Path(__file__).resolve().parent.parent.parent / "fixtures" / "mot" / "units"


@lru_cache
def text(size: int) -> str:
    """That many bytes of lesson text."""
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.rglob("*.md")))
    return source.encode()[:size].decode(errors="ignore")


@login_required
def page(request: Request, quiz_id: int, size: int) -> HttpResponse:
    """Three rows by key and a plain template of `size` bytes."""
    quiz = Quiz.objects.get(pk=quiz_id)
    bank = Bank.objects.get(pk=quiz.bank_id)
    again = Quiz.objects.get(pk=quiz_id)
    context = {"quiz": quiz, "bank": bank, "again": again, "text": text(size)}
    return render(request, "bench/bare.html", context)


@login_required
def save(request: Request, answer_id: int) -> HttpResponse:
    """One read and one write."""
    answer = Answer.objects.get(pk=answer_id)
    Answer.objects.filter(pk=answer.pk).update(flagged=not answer.flagged)
    return JsonResponse({"saved": True})

"""The page of recall: what a session asks, and when the next one is worth while."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from mot_course.web import Request
from quizzes.models import Attempt, Quiz
from quizzes.recalling import next_due, picks_for, recall_quiz
from quizzes.starting import NoAttemptLeft, start_attempt


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def recall(request: Request) -> HttpResponse:
    """What there is to recall today; POST begins or goes on."""
    now = timezone.now()
    mine = Attempt.objects.of(request.user).filter(quiz__purpose=Quiz.Purpose.RECALL)
    running = mine.open().first()
    picks = [] if running else picks_for(request.user, now)
    if request.method == "POST" and (running or picks):
        try:
            started = running or start_attempt(quiz=recall_quiz(), trainee=request.user)
        except NoAttemptLeft:
            return redirect("recall:recall")
        return redirect("quizzes:attempt", started.pk)
    context = {
        "running": running,
        "count": len(picks),
        "next_at": None if running or picks else next_due(request.user),
        "last": mine.submitted().order_by("-number").first(),
        "now": now,
    }
    return render(request, "quizzes/recall.html", context)

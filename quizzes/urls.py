"""Addresses of quizzes; `attempts`, `practice` and `mistakes` are reserved slugs."""

from django.urls import path

from quizzes import views
from quizzes.views_checking import check
from quizzes.views_practice import practice, report_mistake

app_name = "quizzes"

urlpatterns = [
    path("attempts/<int:attempt_id>/", views.attempt, name="attempt"),
    path("attempts/<int:attempt_id>/answers/<int:position>/", views.save_answer, name="answer"),
    path(
        "attempts/<int:attempt_id>/answers/<int:position>/check/",
        check,
        name="check_answer",
    ),
    path("attempts/<int:attempt_id>/submit/", views.submit, name="submit"),
    path("attempts/<int:attempt_id>/ticket/", views.ticket, name="ticket"),
    path("practice/<slug:quiz>/<slug:exercise>/", practice, name="practice"),
    path("mistakes/<int:revision_id>/", report_mistake, name="report_mistake"),
    path("<slug:slug>/", views.quiz, name="quiz"),
]

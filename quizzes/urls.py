"""Addresses of quizzes; `attempts`, `practice`, `recordings` and `mistakes` are reserved slugs."""

from django.urls import path

from quizzes import views
from quizzes.views_checking import check
from quizzes.views_parts import save_flag, save_part
from quizzes.views_practice import practice, report_mistake
from quizzes.views_recordings import delete_recording, recording, send_recording, upload
from quizzes.views_turns import practice_turn, turn

app_name = "quizzes"

urlpatterns = [
    path("attempts/<int:attempt_id>/", views.attempt, name="attempt"),
    path("attempts/<int:attempt_id>/answers/<int:position>/", views.save_answer, name="answer"),
    path(
        "attempts/<int:attempt_id>/answers/<int:position>/check/",
        check,
        name="check_answer",
    ),
    path(
        "attempts/<int:attempt_id>/answers/<int:position>/parts/<slug:part>/",
        save_part,
        name="save_part",
    ),
    path(
        "attempts/<int:attempt_id>/answers/<int:position>/flag/",
        save_flag,
        name="save_flag",
    ),
    path("attempts/<int:attempt_id>/answers/<int:position>/turn/", turn, name="turn"),
    path("attempts/<int:attempt_id>/submit/", views.submit, name="submit"),
    path("attempts/<int:attempt_id>/ticket/", views.ticket, name="ticket"),
    path("practice/<slug:quiz>/<slug:exercise>/", practice, name="practice"),
    path("practice/<slug:quiz>/<slug:exercise>/turn/", practice_turn, name="practice_turn"),
    path("recordings/", upload, name="upload_recording"),
    path("recordings/<int:recording_id>/", recording, name="recording"),
    path("recordings/<int:recording_id>/delete/", delete_recording, name="delete_recording"),
    path("recordings/<int:recording_id>/send/", send_recording, name="send_recording"),
    path("mistakes/<int:revision_id>/", report_mistake, name="report_mistake"),
    path("<slug:slug>/", views.quiz, name="quiz"),
]

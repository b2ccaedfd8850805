"""Addresses of marking, for instructors and admins."""

from django.urls import path

from quizzes import views_marking as views
from quizzes.views_calibrating import calibration
from quizzes.views_recordings import sent_recordings

app_name = "marking"

urlpatterns = [
    path("", views.queue, name="queue"),
    path("<int:answer_id>/", views.answer, name="answer"),
    path("<int:answer_id>/here/", views.here, name="here"),
    path("recordings/", sent_recordings, name="recordings"),
    path("comments/", views.comments, name="comments"),
    path("comments/<int:comment_id>/remove/", views.remove_comment, name="remove_comment"),
    path("calibration/<slug:bank>/", calibration, name="calibration"),
]

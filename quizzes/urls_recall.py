"""Addresses below /recall/."""

from django.urls import path

from quizzes.views_recall import recall

app_name = "recall"

urlpatterns = [path("", recall, name="recall")]

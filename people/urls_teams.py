"""Addresses below /cohorts/<slug>/teams/."""

from django.urls import path

from people import views_teams

app_name = "teams"

urlpatterns = [
    path("", views_teams.teams, name="teams"),
    path("<int:team>/", views_teams.change, name="change"),
]

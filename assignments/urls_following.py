"""Addresses of follow-ups, field notes and observations."""

from django.urls import path

from assignments import views_following, views_observing

app_name = "following"

urlpatterns = [
    path("follow-ups/", views_following.follow_ups, name="list"),
    path("follow-ups/<int:follow_up_id>/", views_following.follow_up, name="follow_up"),
    path("field-notes/", views_following.field_notes, name="field_notes"),
    path("field-notes/<int:note_id>/", views_following.field_note, name="field_note"),
    path("observe/<int:follow_up_id>/", views_observing.observe, name="observe"),
    path(
        "observations/<int:person_id>/<slug:course_slug>/",
        views_observing.comparison,
        name="comparison",
    ),
]

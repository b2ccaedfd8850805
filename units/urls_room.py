"""Addresses of what a trainer teaches from; they stand before those of lessons."""

from django.urls import path

from units import views_room

urlpatterns = [
    path("courses/<slug:slug>/guide/", views_room.guide, name="guide"),
    path("units/<slug:slug>/projector/", views_room.projector, name="projector"),
    path(
        "units/<slug:slug>/projector/<slug:lesson>/",
        views_room.lesson_projector,
        name="lesson_projector",
    ),
    path("cases/<slug:slug>/projector/", views_room.case_projector, name="case_projector"),
    path("units/<slug:slug>/crib/", views_room.crib, name="crib"),
    path("units/<slug:slug>/briefing/", views_room.briefing, name="briefing"),
    path("briefings/", views_room.briefings, name="briefings"),
    path("units/<slug:slug>/handout/", views_room.handout, name="handout"),
]

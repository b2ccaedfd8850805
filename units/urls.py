"""Addresses of courses, units and lessons; `comparison` is a reserved slug."""

from django.urls import path

from units import urls_room, views, views_edit, views_reference
from units.urls_sheets import sheet_patterns

app_name = "units"

urlpatterns = [
    *urls_room.urlpatterns,
    *sheet_patterns,
    path("map/", views_reference.the_map, name="map"),
    path("glossary/", views_reference.glossary, name="glossary"),
    path("courses/", views.courses, name="courses"),
    path("courses/<slug:slug>/", views.course, name="course"),
    path("courses/<slug:slug>/comparison/", views.comparison, name="comparison"),
    path("units/<slug:slug>/", views.unit, name="unit"),
    path("units/<slug:unit>/<slug:lesson>/", views.lesson, name="lesson"),
    path("units/<slug:unit>/<slug:lesson>/finish/", views.finish, name="finish"),
    path("units/<slug:unit>/<slug:lesson>/seen/", views.seen, name="seen"),
    path("units/<slug:unit>/<slug:lesson>/edit/", views_edit.edit, name="edit_lesson"),
    path("units/<slug:unit>/<slug:lesson>/edit/draft/", views_edit.save_draft, name="edit_draft"),
    path(
        "units/<slug:unit>/<slug:lesson>/edit/compare/",
        views_edit.compare_draft,
        name="edit_compare",
    ),
    path("units/<slug:unit>/<slug:lesson>/edit/here/", views_edit.here, name="edit_here"),
    path("units/<slug:unit>/<slug:lesson>/edit/preview/", views_edit.preview, name="edit_preview"),
    path("units/<slug:unit>/<slug:lesson>/edit/publish/", views_edit.publish, name="edit_publish"),
    path("units/<slug:unit>/<slug:lesson>/edit/history/", views_edit.history, name="edit_history"),
    path(
        "units/<slug:unit>/<slug:lesson>/edit/history/<int:number>/restore/",
        views_edit.restore,
        name="edit_restore",
    ),
]

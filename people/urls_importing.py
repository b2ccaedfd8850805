"""Addresses of taking in people from a file."""

from django.urls import path

from people import views_importing as views

app_name = "importing"

urlpatterns = [
    path("people/import/", views.start, name="start"),
    path("people/import/template.csv", views.template, {"kind": "csv"}, name="template_csv"),
    path("people/import/template.xlsx", views.template, {"kind": "xlsx"}, name="template_xlsx"),
    path("people/import/runs/<int:run>/", views.run, name="run"),
    path("people/import/runs/<int:run>/undo/", views.undo, name="undo"),
    path(
        "people/import/cohorts/<slug:slug>/people.csv",
        views.export,
        {"kind": "csv"},
        name="export_csv",
    ),
    path(
        "people/import/cohorts/<slug:slug>/people.xlsx",
        views.export,
        {"kind": "xlsx"},
        name="export_xlsx",
    ),
    path("people/import/checks/<slug:token>/", views.check, name="check"),
]

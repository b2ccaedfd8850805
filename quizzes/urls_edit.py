"""Addresses under /items/: banks and exercises as admins edit them; `new` is a reserved slug."""

from django.urls import path

from quizzes import views_banks, views_edit, views_import

app_name = "items"

urlpatterns = [
    path("", views_banks.items, name="items"),
    path("banks/new/", views_banks.new_bank, name="new_bank"),
    path("banks/<slug:slug>/", views_banks.bank, name="bank"),
    path("banks/<slug:slug>/add/", views_banks.add_item, name="add_item"),
    path("banks/<slug:slug>/import/", views_import.import_items, name="import_items"),
    path("banks/<slug:slug>/export/", views_import.export_items, name="export_items"),
    path("template.csv", views_import.template, name="template"),
    path("exercises/new/", views_edit.new_exercise, name="new_exercise"),
    path("exercises/<slug:slug>/edit/", views_edit.edit, name="edit"),
    path("exercises/<slug:slug>/edit/draft/", views_edit.save_draft, name="save_draft"),
    path("exercises/<slug:slug>/edit/compare/", views_edit.compare_draft, name="compare_draft"),
    path("exercises/<slug:slug>/edit/here/", views_edit.here, name="here"),
    path("exercises/<slug:slug>/edit/preview/", views_edit.preview, name="preview"),
    path("exercises/<slug:slug>/edit/publish/", views_edit.publish, name="publish"),
    path("exercises/<slug:slug>/edit/history/", views_edit.history, name="history"),
    path(
        "exercises/<slug:slug>/edit/history/<int:number>/restore/",
        views_edit.restore,
        name="restore",
    ),
]

"""Addresses of the case library; `mine`, `accepted`, `new` and `edit` are reserved slugs."""

from django.urls import path

from cases import (
    views,
    views_edit,
    views_exercises,
    views_mine,
    views_mine_after,
    views_publishing,
    views_transfer,
)

app_name = "cases"

urlpatterns = [
    path("", views.cases, name="cases"),
    path("mine/", views_mine.mine, name="mine"),
    path("mine/new/", views_mine.new_note, name="new_note"),
    path("mine/<int:write_up_id>/", views_mine.write_up, name="write_up"),
    path("mine/<int:write_up_id>/note/", views_mine.save_note, name="mine_save_note"),
    path("mine/<int:write_up_id>/findings/", views_mine.findings, name="mine_findings"),
    path("mine/<int:write_up_id>/climb/", views_mine.climb, name="mine_climb"),
    path("mine/<int:write_up_id>/hand-in/", views_mine.hand_in, name="mine_hand_in"),
    path("mine/<int:write_up_id>/title/", views_mine.rename, name="mine_rename"),
    path("mine/<int:write_up_id>/versions/", views_mine_after.versions, name="mine_versions"),
    path("mine/<int:write_up_id>/consent/", views_mine_after.consent, name="mine_consent"),
    path("mine/<int:write_up_id>/nominate/", views_mine_after.nominate, name="nominate"),
    path("mine/<int:write_up_id>/discard/", views_mine_after.discard, name="mine_discard"),
    path("mine/<int:write_up_id>/bring-back/", views_mine_after.bring_back, name="mine_bring_back"),
    path("accepted/", views_mine_after.accepted, name="accepted"),
    path("new/", views_transfer.new_case, name="new_case"),
    path("<slug:slug>/", views.case, name="case"),
    path("<slug:slug>/edit/", views_edit.edit, name="edit"),
    path("<slug:slug>/edit/draft/", views_edit.save_draft, name="edit_draft"),
    path("<slug:slug>/edit/compare/", views_edit.compare_draft, name="edit_compare"),
    path("<slug:slug>/edit/here/", views_edit.here, name="edit_here"),
    path("<slug:slug>/edit/preview/", views_edit.preview, name="edit_preview"),
    path("<slug:slug>/edit/lines/<slug:line_id>/", views_edit.line, name="edit_line"),
    path("<slug:slug>/edit/scenes/<slug:scene>/", views_edit.add_line, name="edit_add_line"),
    path("<slug:slug>/edit/publish/", views_publishing.publish, name="edit_publish"),
    path("<slug:slug>/edit/history/", views_publishing.history, name="edit_history"),
    path("<slug:slug>/edit/restore/<int:number>/", views_publishing.restore, name="edit_restore"),
    path("<slug:slug>/edit/exercises/", views_exercises.exercises, name="edit_exercises"),
    path("<slug:slug>/edit/exercises/new/", views_exercises.exercise, name="edit_new_exercise"),
    path("<slug:slug>/edit/exercises/moments/", views_exercises.make_moments, name="edit_moments"),
    path(
        "<slug:slug>/edit/exercises/<slug:exercise_id>/",
        views_exercises.exercise,
        name="edit_exercise",
    ),
    path("<slug:slug>/edit/import/", views_transfer.import_into, name="edit_import"),
    path("<slug:slug>/edit/export/<slug:way>/", views_transfer.export, name="edit_export"),
]

"""All addresses."""

from django.contrib import admin
from django.urls import include, path

from home.views import healthz, readyz

handler400 = "mot_course.errors.bad_request"
handler403 = "mot_course.errors.permission_denied"
handler404 = "mot_course.errors.page_not_found"
handler500 = "mot_course.errors.server_error"

urlpatterns = [
    path("", include("home.urls")),
    path("", include("units.urls")),
    path("", include("people.urls_importing")),  # before /people/<username>/
    path("", include("people.urls_organisation")),
    path("", include("people.urls_inbox")),
    path("", include("people.urls_deliveries")),
    path("", include("people.urls")),
    path("", include("home.urls_cohorts")),
    path("assignments/", include("assignments.urls")),
    path("", include("assignments.urls_following")),
    path("", include("assignments.urls_feed")),
    path("recall/", include("quizzes.urls_recall")),
    path("cohorts/<slug:slug>/teams/", include("people.urls_teams")),
    path("quizzes/", include("quizzes.urls")),
    path("cases/", include("cases.urls")),
    path("marking/", include("quizzes.urls_marking")),
    path("items/", include("quizzes.urls_edit")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]

"""The project's addresses and the bare ones."""

from django.urls import include, path

from tests.bench import bare

urlpatterns = [
    path("bare/page/<int:quiz_id>/<int:size>/", bare.page),
    path("bare/save/<int:answer_id>/", bare.save),
    path("", include("mot_course.urls")),
]

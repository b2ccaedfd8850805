"""Addresses of courses, units and lessons; `comparison` is a reserved slug."""

from django.urls import path

from units import views

app_name = "units"

urlpatterns = [
    path("courses/", views.courses, name="courses"),
    path("courses/<slug:slug>/", views.course, name="course"),
    path("courses/<slug:slug>/comparison/", views.comparison, name="comparison"),
    path("units/<slug:slug>/", views.unit, name="unit"),
    path("units/<slug:unit>/<slug:lesson>/", views.lesson, name="lesson"),
    path("units/<slug:unit>/<slug:lesson>/finish/", views.finish, name="finish"),
    path("units/<slug:unit>/<slug:lesson>/seen/", views.seen, name="seen"),
]

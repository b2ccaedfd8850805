"""Addresses of the case library; `mine`, `new` and `edit` are reserved slugs."""

from django.urls import path

from cases import views

app_name = "cases"

urlpatterns = [
    path("", views.cases, name="cases"),
    path("<slug:slug>/", views.case, name="case"),
]

"""Addresses of the cohort page."""

from django.urls import path

from home import views_as, views_cohorts

app_name = "cohorts"

urlpatterns = [
    path("cohorts/", views_cohorts.cohorts, name="cohorts"),
    path("cohorts/<slug:slug>/", views_cohorts.cohort, name="cohort"),
    path("cohorts/<slug:slug>/told/", views_cohorts.told, name="told"),
    path("cohorts/<slug:slug>/message/", views_cohorts.message, name="message"),
    path("cohorts/<slug:slug>/extend/", views_cohorts.extend, name="extend"),
    path("cohorts/<slug:slug>/as/<str:username>/", views_as.view_as, name="view_as"),
]

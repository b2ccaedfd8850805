"""Addresses of pages that show data of all apps."""

from django.urls import path

from home import views

app_name = "home"

urlpatterns = [
    path("", views.today, name="today"),
    path("me/", views.me, name="me"),
    path("help/", views.help_page, name="help"),
]

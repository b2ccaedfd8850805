"""Addresses of the inbox, what people want to be told, and how they stop it."""

from django.urls import path

from people import views_inbox as views

app_name = "inbox"

urlpatterns = [
    path("inbox/", views.inbox_page, name="inbox"),
    path("inbox/read/", views.read_all, name="read_all"),
    path("inbox/<int:notice>/", views.open_notice, name="open_notice"),
    path("me/messages/", views.preferences_page, name="preferences"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("cohorts/<slug:slug>/announce/", views.announce, name="announce"),
]

"""Addresses of the calendar feed."""

from django.urls import path

from assignments import views_feed

app_name = "feed"

urlpatterns = [
    path("calendar/<slug:token>.ics", views_feed.feed, name="feed"),
    path("calendar/assignments/<int:assignment>.ics", views_feed.item, name="item"),
    path("me/calendar/", views_feed.mine, name="mine"),
    path("me/calendar/make/", views_feed.make, name="make"),
    path("me/calendar/revoke/", views_feed.revoke, name="revoke"),
]

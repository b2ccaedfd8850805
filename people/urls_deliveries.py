"""Addresses of what left and what did not, for admins."""

from django.urls import path

from people import views_deliveries as views

app_name = "deliveries"

urlpatterns = [
    path("deliveries/", views.overview, name="overview"),
    path("deliveries/pause/", views.pause, name="pause"),
    path("deliveries/resume/", views.resume, name="resume"),
    path("deliveries/<int:message>/", views.message, name="message"),
    path("deliveries/<int:message>/again/", views.again, name="again"),
    path("deliveries/<int:message>/arrived/", views.arrived, name="arrived"),
]

"""Addresses of assigning and reminder plans."""

from django.urls import path

from assignments import views_list, views_new, views_one, views_person, views_plans

app_name = "assignments"

urlpatterns = [
    path("", views_list.assignments, name="assignments"),
    path("new/", views_new.new, name="new"),
    path("new/people/", views_new.find_people, name="find_people"),
    path("plans/", views_plans.plans, name="plans"),
    path("plans/new/", views_plans.new_plan, name="new_plan"),
    path("plans/<int:pk>/", views_plans.plan, name="plan"),
    path("<int:pk>/", views_one.assignment, name="assignment"),
    path("<int:pk>/told/", views_one.told, name="told"),
    path("<int:pk>/change/", views_one.change, name="change"),
    path("<int:pk>/copy/", views_one.copy, name="copy"),
    path("<int:pk>/end/", views_one.end, name="end"),
    path("<int:pk>/people/<str:username>/", views_person.person, name="person"),
]

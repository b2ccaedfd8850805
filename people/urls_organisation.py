"""Addresses of people, cohorts, calendars and invitations."""

from django.urls import path

from people import views_calendars, views_invitations, views_organisation, views_people

app_name = "organisation"

urlpatterns = [
    path("organisation/", views_organisation.organisation, name="organisation"),
    path("cohorts/new/", views_organisation.new_cohort, name="new_cohort"),
    path("cohorts/<slug:slug>/settings/", views_organisation.cohort_settings, name="settings"),
    path(
        "cohorts/<slug:slug>/settings/change/",
        views_organisation.change_cohort,
        name="change_cohort",
    ),
    path("cohorts/<slug:slug>/members/", views_organisation.members, name="members"),
    path(
        "cohorts/<slug:slug>/members/change/",
        views_organisation.change_members,
        name="change_members",
    ),
    path("cohorts/<slug:slug>/invite/", views_invitations.invite, name="invite"),
    path(
        "cohorts/<slug:slug>/invite/<int:invitation>/revoke/",
        views_invitations.revoke_invitation,
        name="revoke_invitation",
    ),
    path("join/<slug:token>/", views_invitations.join, name="join"),
    path("calendars/", views_calendars.calendars, name="calendars"),
    path("calendars/new/", views_calendars.new_calendar, name="new_calendar"),
    path("calendars/<int:calendar>/", views_calendars.calendar, name="calendar"),
    path(
        "calendars/<int:calendar>/change/",
        views_calendars.change_calendar,
        name="change_calendar",
    ),
    path("people/", views_people.people, name="people"),
    path("people/new/", views_people.new_person, name="new_person"),
    path("people/<str:username>/", views_people.person, name="person"),
    path("people/<str:username>/edit/", views_people.edit_person, name="edit_person"),
    path("people/<str:username>/cohorts/", views_people.change_cohorts, name="change_cohorts"),
    path("people/<str:username>/deactivate/", views_people.deactivate, name="deactivate"),
    path("people/<str:username>/reactivate/", views_people.reactivate, name="reactivate"),
]

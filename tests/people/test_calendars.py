"""The pages of calendars: weeks, holidays, make-up days, blackouts, one default."""

from datetime import date

import pytest
from django.test import Client

from people import public_holidays, working_days
from people.models import AuditEntry, Calendar
from tests.factories import make_admin, make_cohort
from tests.people.test_organisation import cost_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return make_admin(language="en")


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def calendar():
    return working_days.rebuild(Calendar.objects.create(name="Lake", weekdays=[1, 2, 3, 4, 5]))


def test_a_calendar_is_made_changed_and_rebuilt(admin, calendar):
    client = signed_in(admin)
    url = f"/calendars/{calendar.pk}/"

    made = client.post("/calendars/new/", {"name": "Spa", "weekdays": ["6", "7"]})
    spa = Calendar.objects.get(name="Spa")
    assert made.headers["Location"] == f"/calendars/{spa.pk}/"
    assert spa.days.filter(working=True).exclude(day__iso_week_day__in=[6, 7]).count() == 0
    for data in [
        {"act": "add_days", "days": "2027-05-01 – 2027-05-05 劳动节\n2027.5.7", "working": "no"},
        {"act": "add_days", "days": "2027年5月9日 补班", "working": "yes"},
        {"act": "add_blackout", "first_on": "2027-07-01", "last_on": "2027-07-10", "why": "旺季"},
        {"act": "week", "name": "Lakeside", "weekdays": ["1", "2", "3", "4"]},
    ]:
        assert client.post(f"{url}change/", data).status_code == 302, data
    calendar.refresh_from_db()
    assert (calendar.name, calendar.weekdays, calendar.version) == ("Lakeside", [1, 2, 3, 4], 6)
    assert calendar.special_days.count() == 7
    days = {one.day: one for one in calendar.days.filter(day__year=2027)}
    assert not days[date(2027, 5, 4)].working
    assert days[date(2027, 5, 9)].working
    assert days[date(2027, 7, 1)].open_next == date(2027, 7, 12)
    shown = client.get(url, {"year": "2027"}).content.decode()
    assert "劳动节" in shown
    assert "旺季" in shown
    assert AuditEntry.objects.filter(action="calendar_changed").count() == 4


def test_special_days_and_blackouts_are_removed_only_from_their_own_calendar(admin, calendar):
    other = Calendar.objects.create(name="Other")
    mine = calendar.special_days.create(day=date(2027, 1, 1), working=False)
    theirs = other.special_days.create(day=date(2027, 1, 1), working=False)
    black = other.blackouts.create(first_on=date(2027, 1, 1), last_on=date(2027, 1, 2))
    client = signed_in(admin)
    url = f"/calendars/{calendar.pk}/change/"

    client.post(url, {"act": "remove_days", "day": [mine.pk, theirs.pk, "x"]})
    client.post(url, {"act": "remove_blackout", "blackout": black.pk})

    assert not calendar.special_days.exists()
    assert list(other.special_days.all()) == [theirs]
    assert list(other.blackouts.all()) == [black]


@pytest.mark.parametrize(
    ("data", "typed"),
    [
        ({"act": "add_days", "days": "tomorrow", "working": "no"}, "tomorrow"),
        ({"act": "add_days", "days": "2027-02-30", "working": "no"}, "2027-02-30"),
        ({"act": "add_days", "days": "2027-05-05 - 2027-05-01", "working": "no"}, "2027-05-05"),
        ({"act": "add_days", "days": "2027-01-01 – 2028-05-01", "working": "no"}, "2028-05-01"),
        ({"act": "add_blackout", "first_on": "2027-05-05", "last_on": "2027-05-01"}, "2027-05-05"),
        ({"act": "add_blackout", "first_on": "2027-05-05", "last_on": "2029-05-01"}, "2029-05-01"),
        ({"act": "week", "name": "Kept name"}, "Kept name"),
    ],
)
def test_what_is_no_day_is_refused_and_kept_on_the_page(admin, calendar, data, typed):
    refused = signed_in(admin).post(f"/calendars/{calendar.pk}/change/", data)

    assert refused.status_code == 422
    assert typed in refused.content.decode()
    calendar.refresh_from_db()
    assert (calendar.version, calendar.name) == (2, "Lake")


def test_chinas_holidays_of_2026_come_with_their_make_up_days(admin, calendar):
    client = signed_in(admin)
    url = f"/calendars/{calendar.pk}/change/"

    for _n in range(2):
        assert client.post(url, {"act": "add_china", "year": "2026"}).status_code == 302
    assert client.post(url, {"act": "add_china", "year": "2099"}).status_code == 404

    assert calendar.special_days.filter(working=False).count() == 33
    assert calendar.special_days.filter(working=True).count() == 6
    for day, (working, _why) in public_holidays.special_days_of(2026).items():
        assert not working or day.isoweekday() in (6, 7)  # one makes up on weekends
    assert calendar.days.get(day=date(2026, 10, 10)).working
    assert not calendar.days.get(day=date(2026, 10, 7)).working


def test_there_is_one_default_calendar(admin, calendar):
    working_days.default_calendar()

    signed_in(admin).post(f"/calendars/{calendar.pk}/change/", {"act": "make_default"})

    assert Calendar.objects.get(is_default=True) == calendar


def test_the_page_of_a_calendar_costs_the_same_however_much_is_in_it(admin, calendar):
    client, url = signed_in(admin), f"/calendars/{calendar.pk}/?year=2026"
    before = cost_of(client, url)
    for n in range(5):
        calendar.blackouts.create(first_on=date(2026, 1, 1 + n), last_on=date(2026, 1, 2 + n))
        make_cohort(calendar=calendar)
    client.post(f"/calendars/{calendar.pk}/change/", {"act": "add_china", "year": "2026"})

    assert cost_of(client, url) == before
    assert before <= 10

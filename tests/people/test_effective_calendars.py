"""Which calendar holds for a cohort and for a person."""

from datetime import date

import pytest
from django.db import connection

from people.models import Calendar, Membership
from tests.factories import make_cohort, make_trainee

pytestmark = pytest.mark.django_db


def of(table, pk):
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT calendar_id FROM people_{table}calendar WHERE {table}_id = %s", [pk]
        )
        return cursor.fetchone()[0]


@pytest.fixture
def tree():
    """A group with a calendar, a region without one, a shop with its own, a team below it."""
    week, shop_week = Calendar.objects.create(name="Week"), Calendar.objects.create(name="Shop")
    group = make_cohort(calendar=week)
    region = make_cohort(parent=group)
    shop = make_cohort(parent=region, calendar=shop_week)
    return week, shop_week, group, region, shop, make_cohort(parent=shop)


def test_the_nearest_calendar_up_the_tree_holds(tree):
    week, shop_week, group, region, shop, team = tree

    found = [of("cohort", one.pk) for one in (group, region, shop, team)]

    assert found == [week.pk, week.pk, shop_week.pk, shop_week.pk]


def test_a_change_up_the_tree_reaches_down(tree):
    week, shop_week, group, _region, shop, team = tree
    shop.calendar = None
    shop.save()
    assert of("cohort", team.pk) == week.pk

    group.calendar = shop_week
    group.save()
    assert of("cohort", team.pk) == shop_week.pk

    team.parent = None
    team.save()
    assert of("cohort", team.pk) == Calendar.objects.get(is_default=True).pk


def test_saving_a_cohort_read_before_does_not_bring_back_the_old_calendar(tree):
    week, _shop_week, _group, _region, shop, team = tree
    type(shop).objects.filter(pk=shop.pk).update(calendar=week)

    team.name = "Another name"
    team.save()

    assert of("cohort", team.pk) == week.pk


def test_another_default_calendar_reaches_cohorts_without_one():
    cohort = make_cohort()
    Calendar.objects.update(is_default=False)
    other = Calendar.objects.create(name="Other", is_default=True)

    assert of("cohort", cohort.pk) == other.pk


def test_a_person_has_the_calendar_of_the_cohort_they_joined_last(tree):
    _week, shop_week, group, _region, _shop, team = tree
    person = make_trainee(cohort=group)
    Membership.objects.create(cohort=team, person=person, joined_on=date(2026, 5, 4))

    assert of("person", person.pk) == shop_week.pk
    assert of("person", make_trainee().pk) == Calendar.objects.get(is_default=True).pk


def test_a_ring_of_cohorts_ends(tree):
    _week, _shop_week, group, _region, _shop, team = tree
    type(group).objects.filter(pk=group.pk).update(calendar=None, parent=team)

    assert of("cohort", group.pk) is not None

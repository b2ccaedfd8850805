"""The tree of cohorts, their settings, duties and members; calendars and their pages."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people import organising, working_days
from people.models import AuditEntry, Cohort, CohortStaff, Membership
from tests.factories import make_admin, make_cohort, make_instructor, make_trainee
from tests.quizzes.test_races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return make_admin(language="en")


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def cost_of(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def settings_of(cohort, **fields):
    return {"name": cohort.name, "tz": cohort.tz, "parent": cohort.parent_id or "",
            "calendar": "", "shift_at": "", "robot": ""} | fields  # fmt: skip


# --- The tree ---------------------------------------------------------------------------------


def test_the_tree_shows_who_is_where_and_ends_every_list_it_begins(admin):
    group = make_cohort(name="Group")
    region = make_cohort(name="East", parent=group)
    make_cohort(name="West", parent=group)
    hotel = make_cohort(name="Lake", parent=region)
    team = make_cohort(name="Desk", parent=hotel)
    make_trainee(cohort=team)
    make_instructor(cohort=hotel, name="Zhou")

    tree = organising.tree_for(admin)
    page = signed_in(admin).get("/organisation/").content.decode()

    shown = [(one.cohort.name, one.level, one.people_with_below, len(one.closes)) for one in tree]
    assert shown == [
        ("Group", 0, 1, 0), ("East", 1, 1, 0), ("Lake", 2, 1, 0), ("Desk", 3, 1, 2),
        ("West", 1, 0, 1),
    ]  # fmt: skip
    assert page.count("<ul") == page.count("</ul>")
    assert page.count("<details") == page.count("</details>") == 3
    assert page.count("<li>") == page.count("</li>")
    assert "Zhou" in page


def test_an_instructor_sees_the_part_of_the_tree_that_their_duty_reaches():
    group = make_cohort(name="Group")
    hotel = make_cohort(name="Lake", parent=group)
    make_cohort(name="Desk", parent=hotel)
    make_cohort(name="Elsewhere", parent=group)
    page = signed_in(make_instructor(cohort=hotel)).get("/organisation/").content.decode()

    assert "Desk" in page
    assert "Group" not in page
    assert "Elsewhere" not in page
    assert "/settings/" not in page


def test_a_tree_of_two_thousand_cohorts_costs_what_one_of_one_does(admin):
    top = make_cohort(name="Group")
    client = signed_in(admin)
    before = cost_of(client, "/organisation/")

    hotels = Cohort.objects.bulk_create(
        Cohort(slug=f"hotel-{n}", name=f"Hotel {n}", parent=top) for n in range(50)
    )
    Cohort.objects.bulk_create(
        Cohort(slug=f"class-{n}", name=f"Class {n}", parent=hotels[n % 50]) for n in range(1950)
    )

    assert cost_of(client, "/organisation/") == before
    assert before <= 7


# --- Cohorts ----------------------------------------------------------------------------------


def test_an_admin_makes_a_cohort_below_another_and_changes_it(admin):
    group = make_cohort(name="Group")
    client = signed_in(admin)
    data = settings_of(group, name="前厅一班", parent=group.pk, shift_at="09:00", slug="")

    made = client.post("/cohorts/new/", data)

    cohort = Cohort.objects.get(name="前厅一班")
    assert made.headers["Location"] == f"/cohorts/{cohort.slug}/settings/"
    assert cohort.parent == group
    assert client.get(made.headers["Location"]).status_code == 200
    client.post(
        f"/cohorts/{cohort.slug}/settings/", settings_of(cohort, name="一班", tz="Asia/Tokyo")
    )
    cohort.refresh_from_db()
    assert (cohort.name, cohort.tz, cohort.shift_at) == ("一班", "Asia/Tokyo", None)
    entry = AuditEntry.objects.get(action="cohort_changed")
    assert entry.before["name"] == "前厅一班"
    assert entry.after["name"] == "一班"


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"tz": "Mars/Base"}, {"slug": "new"}, {"slug": "taken"},
              {"shift_at": "noon"}, {"parent": "999999"}],
)  # fmt: skip
def test_a_cohort_that_is_not_right_is_refused_and_what_was_typed_kept(admin, wrong):
    taken = make_cohort(slug="taken")
    data = settings_of(taken, name="Early shift") | wrong

    refused = signed_in(admin).post("/cohorts/new/", data)

    assert refused.status_code == 422
    assert not data["name"] or 'value="Early shift"' in refused.content.decode()
    assert Cohort.objects.count() == 1


def test_a_cohort_is_never_placed_below_itself(admin):
    group = make_cohort()
    hotel = make_cohort(parent=group)
    refused = signed_in(admin).post(
        f"/cohorts/{group.slug}/settings/", settings_of(group, parent=hotel.pk)
    )

    assert refused.status_code == 422
    group.refresh_from_db()
    assert group.parent is None


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_close_no_ring():
    admin, left, right = make_admin(), make_cohort(), make_cohort()
    pairs = [
        [Cohort.objects.get(pk=one.pk) for one in pair] for pair in ((left, right), (right, left))
    ]

    def place(n):
        low, high = pairs[n]  # both read before either has moved
        low.parent = high
        try:
            organising.save_cohort(low, by=admin, before={"parent": ""})
        except ValidationError:
            return 0
        return 1

    assert sum(at_once(2, place)) == 1
    assert Cohort.objects.filter(parent=None).count() == 1


def test_a_cohort_ends_after_those_below_it_and_can_be_taken_up_again(admin):
    hotel = make_cohort()
    team = make_cohort(parent=hotel)
    client = signed_in(admin)

    def act(cohort, act):
        return client.post(f"/cohorts/{cohort.slug}/settings/change/", {"act": act}).status_code

    assert act(hotel, "archive") == 422
    assert act(team, "archive") == 302
    assert act(hotel, "archive") == 302
    assert client.get(f"/cohorts/{hotel.slug}/settings/").status_code == 200
    assert act(hotel, "revive") == 302
    assert act(hotel, "dance") == 404
    hotel.refresh_from_db()
    assert hotel.archived_at is None


# --- Duties -----------------------------------------------------------------------------------


def test_duties_are_given_by_name_and_taken(admin):
    cohort, teacher = make_cohort(), make_instructor(name="周知行")
    leader = make_trainee(name="黄嘉欣")
    client = signed_in(admin)
    url = f"/cohorts/{cohort.slug}/settings/"

    page = client.get(url, {"q": "知行"}).content.decode()
    assert "周知行" in page
    assert "黄嘉欣" not in page
    for person, duty in ((teacher, "instructor"), (teacher, "instructor"), (leader, "manager")):
        give = {"act": "give", "person": person.pk, "duty": duty}
        assert client.post(f"{url}change/", give).status_code == 302
    refused = client.post(
        f"{url}change/", {"act": "give", "person": leader.pk, "duty": "instructor"}
    )
    assert refused.status_code == 422
    assert {(one.person, one.duty) for one in cohort.staff.all()} == {
        (teacher, "instructor"), (leader, "manager"),
    }  # fmt: skip
    given = cohort.staff.get(person=leader)
    elsewhere = make_cohort()
    swapped = client.post(
        f"/cohorts/{elsewhere.slug}/settings/change/", {"act": "take", "given": given.pk}
    )
    assert swapped.status_code == 404
    assert client.post(f"{url}change/", {"act": "take", "given": given.pk}).status_code == 302
    assert not cohort.staff.filter(person=leader).exists()
    assert AuditEntry.objects.filter(action="duty_given").count() == 2
    assert AuditEntry.objects.filter(action="duty_taken").count() == 1


# --- Members ----------------------------------------------------------------------------------


def test_an_instructor_puts_in_and_takes_out_people_they_may(admin):
    cohort, second, foreign = make_cohort(), make_cohort(), make_cohort()
    teacher = make_instructor(cohort=cohort, language="en")
    CohortStaff.objects.create(cohort=second, person=teacher, duty="instructor")
    own, free, other = make_trainee(cohort=second), make_trainee(), make_trainee(cohort=foreign)
    colleague = make_instructor()
    client = signed_in(teacher)
    url = f"/cohorts/{cohort.slug}/members/"

    def put_in(person):
        return client.post(f"{url}change/", {"act": "put_in", "person": person.pk}).status_code

    found = client.get(url, {"q": "Person"}).content.decode()
    assert own.name in found
    assert other.name not in found
    assert [put_in(one) for one in (own, free, free, other, colleague)] == [
        302, 302, 302, 422, 422,
    ]  # fmt: skip
    assert {one.person for one in cohort.memberships.all()} == {own, free}
    membership = cohort.memberships.get(person=free)
    assert client.post(
        f"/cohorts/{second.slug}/members/change/",
        {"act": "take_out", "membership": membership.pk},
    ).status_code == 404  # fmt: skip
    client.post(f"{url}change/", {"act": "take_out", "membership": membership.pk})
    membership.refresh_from_db()
    assert membership.left_at is not None
    assert "Who has left" in client.get(url).content.decode()
    assert AuditEntry.objects.filter(action="member_left", actor=teacher).count() == 1


def test_members_cost_the_same_with_one_and_with_many():
    cohort = make_cohort()
    client = signed_in(make_instructor(cohort=cohort))
    url = f"/cohorts/{cohort.slug}/members/?q=Person"
    make_trainee(cohort=cohort)
    make_trainee()
    before = cost_of(client, url)
    for _n in range(12):
        make_trainee(cohort=cohort)
        make_trainee()

    assert cost_of(client, url) == before
    assert before <= 9


@pytest.mark.django_db(transaction=True)
def test_put_in_by_many_at_once_somebody_is_in_once():
    cohort, person, admin = make_cohort(), make_trainee(), make_admin()

    at_once(12, lambda n: organising.put_into(cohort=cohort, person=person, by=admin))

    assert Membership.objects.count() == 1
    assert AuditEntry.objects.filter(action="member_added").count() == 1


def test_strangers_find_nothing_of_the_organisation():
    cohort, calendar = make_cohort(), working_days.default_calendar()
    teacher = make_instructor(cohort=cohort)
    manager = make_trainee()
    CohortStaff.objects.create(cohort=cohort, person=manager, duty="manager")
    admins = ["/cohorts/new/", f"/cohorts/{cohort.slug}/settings/", "/calendars/",
              "/calendars/new/", f"/calendars/{calendar.pk}/"]  # fmt: skip
    teaching = [f"/cohorts/{cohort.slug}/members/"]

    for person in (make_trainee(cohort=cohort), manager, make_instructor(cohort=make_cohort())):
        for url in [*admins, *teaching]:
            assert signed_in(person).get(url).status_code == 404, url
    for url in admins:
        assert signed_in(teacher).get(url).status_code == 404, url
    for url, data in [
        (f"/cohorts/{cohort.slug}/settings/change/", {"act": "archive"}),
        (f"/calendars/{calendar.pk}/change/", {"act": "make_default"}),
        (f"/cohorts/{cohort.slug}/settings/", settings_of(cohort, name="x")),
    ]:
        assert signed_in(teacher).post(url, data).status_code == 404
    assert signed_in(teacher).get(teaching[0]).status_code == 200
    assert signed_in(make_trainee()).get("/organisation/").status_code == 404
    assert signed_in(manager).get("/organisation/").status_code == 200
    assert Client().get("/organisation/").status_code == 302

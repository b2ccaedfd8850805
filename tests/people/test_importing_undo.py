"""Taking an import back: everything as it was, once, or nothing with the reason for each."""

import pytest
from django.utils import timezone

from people.importing.applying import take_in
from people.importing.undoing import AlreadyUndone, NotUndone, undo
from people.models import AuditEntry, ImportRun, Membership, MessengerAccount, User
from tests.factories import make_admin, make_cohort, make_instructor, make_trainee
from tests.people.import_tables import faults_of, planned, signed_in
from tests.quizzes.making import make_attempt
from tests.quizzes.test_races import at_once

pytestmark = pytest.mark.django_db
HEADER = ("Staff number", "Name", "Phone", "WeCom account", "Cohort", "Joined on", "Left")


@pytest.fixture
def cohort():
    return make_cohort(name="Front")


@pytest.fixture
def teacher(cohort):
    return make_instructor(cohort=cohort, language="en")


def take_rows(importer, *rows, header=HEADER, **options):
    plan, table, chosen, seen = planned(importer, *rows, header=header, **options)
    assert faults_of(plan) == []
    return take_in(importer=importer, table=table, options=chosen, seen=seen)


def state():
    people = User.objects.order_by("pk").values_list(
        "username", "name", "phone", "email", "role", "tz", "language", "shift_at", "is_active"
    )
    memberships = Membership.objects.order_by("pk").values_list(
        "cohort", "person", "joined_on", "left_at"
    )
    accounts = MessengerAccount.objects.order_by("person", "channel").values_list(
        "person", "channel", "account"
    )
    return list(people), list(memberships), list(accounts)


def test_undoing_puts_everybody_back(teacher, cohort):
    below = make_cohort(parent=cohort, name="Early")
    one = make_trainee(cohort=cohort, username="A1", name="A", phone="13800000001")
    two = make_trainee(cohort=cohort, username="A2", name="B", phone="13800000002")
    make_trainee(cohort=cohort, username="A3", name="C")
    make_trainee(cohort=cohort, username="A4", name="D")
    MessengerAccount.objects.create(person=one, channel="wecom", account="w1")
    before = state()
    run = take_rows(
        teacher,
        ("A1", "A", "13800000002", "w2", "", "2026-02-03", ""),
        ("A2", "B2", "13800000001", "w1", "", "", ""),
        ("A3", "", "", "", below.slug, "", ""),
        ("A4", "", "", "", "", "", "yes"),
        cohort_id=cohort.pk,
    )
    changed = state()
    undo(run=run, by=teacher)

    assert changed != before
    assert state() == before
    assert two.memberships.count() == 1
    run.refresh_from_db()
    assert run.undone_by == teacher
    assert AuditEntry.objects.filter(action="import_undone").count() == 1


def test_whom_the_import_made_is_deactivated_and_may_be_made_again(teacher, cohort):
    row = ("N1", "New", "13800000009", "w9", "", "2026-01-02", "")
    run = take_rows(teacher, row, cohort_id=cohort.pk)
    undo(run=run, by=teacher)
    person = User.objects.get(username="N1")
    after = (person.is_active, person.phone, person.messengers.count(), person.memberships.count())
    again = take_rows(teacher, row, cohort_id=cohort.pk)
    person.refresh_from_db()
    revived = (person.is_active, person.phone, person.memberships.count())
    undo(run=again, by=teacher)
    person.refresh_from_db()

    assert after == (False, None, 0, 0)
    assert revived == (True, "13800000009", 1)
    assert (person.is_active, person.phone) == (False, None)


def sign_in(person, cohort):
    User.objects.filter(pk=person.pk).update(last_login=timezone.now())


def edit(person, cohort):
    User.objects.filter(pk=person.pk).update(name="Edited")


def learn(person, cohort):
    make_attempt(trainee=person)


def move(person, cohort):
    Membership.objects.filter(person=person).update(left_at=timezone.now())


def deactivate(person, cohort):
    User.objects.filter(pk=person.pk).update(is_active=False)


@pytest.mark.parametrize(
    ("deed", "why"),
    [
        (sign_in, "has signed in since"),
        (edit, "was edited since"),
        (learn, "has begun to learn"),
        (move, "has moved or left since"),
        (deactivate, "was deactivated since"),
    ],
)
def test_nothing_is_undone_where_somebody_has_changed_since(teacher, cohort, deed, why):
    rows = [(f"N{n}", f"New {n}", "", "", "", "", "") for n in range(3)]
    run = take_rows(teacher, *rows, cohort_id=cohort.pk)
    deed(User.objects.get(username="N1"), cohort)
    before = state()

    with pytest.raises(NotUndone) as refused:
        undo(run=run, by=teacher)

    assert [(one.person.username, one.why) for one in refused.value.troubles] == [("N1", why)]
    assert state() == before


def test_a_phone_that_somebody_else_took_is_not_taken_back(teacher, cohort):
    make_trainee(cohort=cohort, username="A1", name="A", phone="13800000001")
    run = take_rows(teacher, ("A1", "", "13800000002", "", "", "", ""))
    make_trainee(username="B1", phone="13800000001")

    with pytest.raises(NotUndone):
        undo(run=run, by=teacher)


def test_only_ones_own_last_import_is_undone_and_once(teacher, cohort):
    first = take_rows(teacher, ("N1", "X", "", "", "", "", ""), cohort_id=cohort.pk)
    second = take_rows(teacher, ("N2", "X", "", "", "", "", ""), cohort_id=cohort.pk)
    client = signed_in(teacher)
    early = client.post(f"/people/import/runs/{first.pk}/undo/", follow=True)
    client.post(f"/people/import/runs/{second.pk}/undo/")
    client.post(f"/people/import/runs/{second.pk}/undo/")

    assert b"Only the last import can be undone" in early.content
    assert ImportRun.objects.exclude(undone_at=None).get() == second
    assert AuditEntry.objects.filter(action="import_undone").count() == 1


def test_a_stranger_sees_no_import_and_an_admin_undoes_any(teacher, cohort):
    run = take_rows(teacher, ("N1", "X", "", "", "", "", ""), cohort_id=cohort.pk)
    other = signed_in(make_instructor(cohort=cohort))

    assert other.get(f"/people/import/runs/{run.pk}/").status_code == 404
    assert other.post(f"/people/import/runs/{run.pk}/undo/").status_code == 404
    assert signed_in(make_admin()).post(f"/people/import/runs/{run.pk}/undo/").status_code == 302
    assert not User.objects.get(username="N1").is_active


def test_a_refused_undoing_names_who_and_why(teacher, cohort):
    run = take_rows(teacher, ("N1", "Li", "", "", "", "", ""), cohort_id=cohort.pk)
    edit(User.objects.get(username="N1"), cohort)
    refused = signed_in(teacher).post(f"/people/import/runs/{run.pk}/undo/")

    assert refused.status_code == 409
    assert b"was edited since" in refused.content


@pytest.mark.django_db(transaction=True)
def test_undone_by_two_at_once_it_is_undone_once():
    cohort = make_cohort()
    teacher = make_instructor(cohort=cohort)
    run = take_rows(teacher, ("N1", "X", "", "", "", "", ""), cohort_id=cohort.pk)

    def deed(n):
        try:
            return undo(run=run, by=teacher)
        except AlreadyUndone:
            return "before"

    assert sorted(map(str, at_once(4, deed))) == ["1", "before", "before", "before"]

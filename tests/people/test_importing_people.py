"""Taking people in: what would happen, all of it or nothing, twice at once, and who may."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.importing.applying import ChangedSince, take_in
from people.importing.checking import plan_for
from people.importing.plans import Options
from people.models import (
    AuditEntry,
    Cohort,
    ImportChange,
    ImportRun,
    Membership,
    MessengerAccount,
    User,
)
from tests.factories import make_admin, make_cohort, make_instructor, make_trainee
from tests.people.import_tables import (
    csv_of,
    faults_of,
    planned,
    seen_in,
    signed_in,
    table_of,
    take,
    upload,
)
from tests.quizzes.test_races import at_once

pytestmark = pytest.mark.django_db
ALL = (
    "工号",
    "姓名",
    "手机",
    "邮箱",
    "语言",
    "时区",
    "角色",
    "班级",
    "加入日期",
    "班次开始",
    "企业微信账号",
    "离开",
)


@pytest.fixture
def cohort():
    return make_cohort(name="前厅一班", slug="front-1")


@pytest.fixture
def teacher(cohort):
    return make_instructor(cohort=cohort, language="en")


def take_rows(importer, *rows, header=("Staff number", "Name"), **options):
    plan, table, chosen, seen = planned(importer, *rows, header=header, **options)
    assert faults_of(plan) == []
    return take_in(importer=importer, table=table, options=chosen, seen=seen)


def test_a_file_becomes_people_of_the_cohort(teacher, cohort):
    client = signed_in(teacher)
    row = (
        "00123",
        "李晓彤",
        "138 0000 0000",
        "Li@Company.CN",
        "中文",
        "上海",
        "学员",
        "",
        "2026年9月1日",
        "8:30",
        "LiXT",
        "",
    )
    sent = upload(client, csv_of(row, header=ALL).encode("gb18030"), cohort=cohort.pk)
    shown = client.get(sent.url)
    done = take(client, sent.url)

    person = User.objects.get(username="00123")
    membership = person.memberships.get()
    assert b"GB18030" in shown.content
    assert done.status_code == 302
    assert done.url == f"/people/import/runs/{ImportRun.objects.get().pk}/"
    assert (person.name, person.phone, person.email) == ("李晓彤", "13800000000", "li@company.cn")
    assert (person.language, person.tz, person.role) == ("zh-hans", "Asia/Shanghai", "trainee")
    assert f"{person.shift_at:%H:%M}" == "08:30"
    assert person.messengers.get().account == "LiXT"
    assert (membership.cohort, f"{membership.joined_on}") == (cohort, "2026-09-01")
    assert not person.has_usable_password()
    assert AuditEntry.objects.get(action="people_imported").after == {"new": 1}


def test_the_same_file_again_changes_nothing(teacher, cohort):
    rows = [("00123", "李晓彤"), ("00124", "王志远")]
    take_rows(teacher, *rows, cohort_id=cohort.pk)
    plan, *_ = planned(teacher, *rows, cohort_id=cohort.pk)

    assert plan.counts == {"new": 0, "changed": 0, "moved": 0, "left": 0, "same": 2, "wrong": 0}
    assert not plan.is_ready


def test_a_change_says_what_was_and_what_will_be(teacher, cohort):
    person = make_trainee(cohort=cohort, username="E7", name="Old", phone="13800000001")
    header = ("Staff number", "Name", "Phone")
    plan, *_ = planned(teacher, ("e7", "New", "13800000002"), header=header)
    take_rows(teacher, ("e7", "New", "13800000002"), header=header)

    person.refresh_from_db()
    assert [(one.column, one.old, one.new) for one in plan.rows[0].changes] == [
        ("name", "Old", "New"),
        ("phone", "13800000001", "13800000002"),
    ]
    assert (person.username, person.name, person.phone) == ("E7", "New", "13800000002")


def test_an_empty_cell_leaves_things_as_they_are(teacher, cohort):
    make_trainee(cohort=cohort, username="E7", name="Li", phone="13800000001")
    plan, *_ = planned(teacher, ("E7", "", ""), header=("Staff number", "Name", "Phone"))

    assert plan.counts["same"] == 1


def test_people_move_where_both_cohorts_are_within_reach(teacher, cohort):
    below = make_cohort(parent=cohort, name="早班")
    person = make_trainee(cohort=cohort, username="E7", name="Li")
    take_rows(teacher, ("E7", "前厅一班/早班"), header=("Staff number", "Cohort"))

    present = person.memberships.get(left_at=None)
    assert present.cohort == below
    assert person.memberships.exclude(left_at=None).get().cohort == cohort


def test_nobody_is_moved_out_of_or_into_a_cohort_out_of_reach(teacher, cohort):
    other = make_cohort(name="别处")
    make_trainee(cohort=cohort, username="E7", name="Li")
    plan, *_ = planned(teacher, ("E7", other.slug), header=("Staff number", "Cohort"))

    assert faults_of(plan) == [(2, "cohort", "There is no such cohort within your reach.")]


def test_a_stranger_with_the_number_is_only_called_taken(teacher, cohort):
    make_trainee(cohort=make_cohort(), username="E7", name="Secret Name", phone="13800000001")
    header = ("Staff number", "Name", "Phone")
    plan, *_ = planned(
        teacher, ("E7", "X", ""), ("E8", "Y", "13800000001"), header=header, cohort_id=cohort.pk
    )

    assert faults_of(plan) == [
        (2, "staff", "This staff number is taken."),
        (3, "phone", "Somebody has this already."),
    ]


def test_doubles_in_the_file_name_each_other(teacher, cohort):
    header = ("Staff number", "Name", "E-mail")
    plan, *_ = planned(
        teacher, ("A1", "X", "x@a.cn"), ("a1", "Y", "X@A.CN"), header=header, cohort_id=cohort.pk
    )

    assert faults_of(plan) == [
        (2, "staff", "Row 3 has the same staff number."),
        (2, "email", "Row 3 has the same e-mail."),
        (3, "staff", "Row 2 has the same staff number."),
        (3, "email", "Row 2 has the same e-mail."),
    ]


def test_two_people_may_swap_their_phones_in_one_file(teacher, cohort):
    one = make_trainee(cohort=cohort, username="A1", name="A", phone="13800000001")
    two = make_trainee(cohort=cohort, username="A2", name="B", phone="13800000002")
    header = ("Staff number", "Phone")
    take_rows(teacher, ("A1", "13800000002"), ("A2", "13800000001"), header=header)

    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.phone, two.phone) == ("13800000002", "13800000001")


@pytest.mark.parametrize("role", ["instructor", "讲师", "admin"])
def test_an_instructor_imports_trainees_only(teacher, cohort, role):
    header = ("Staff number", "Name", "Role")
    plan, *_ = planned(teacher, ("A1", "X", role), header=header, cohort_id=cohort.pk)

    assert [column for _row, column, _what in faults_of(plan)] == ["role"]


def test_nobody_becomes_an_admin_by_an_import(cohort):
    header = ("Staff number", "Name", "Role")
    make_admin(username="boss", name="Boss")
    plan, *_ = planned(
        make_admin(), ("A1", "X", "admin"), ("boss", "Other", ""), header=header,
        cohort_id=cohort.pk,
    )  # fmt: skip

    assert [what for _row, _column, what in faults_of(plan)] == [
        "An import makes nobody an admin.",
        "An import changes no admin.",
    ]


def test_missing_cohorts_are_made_only_when_asked(teacher, cohort):
    header = ("Staff number", "Name", "Cohort")
    rows = [("A1", "X", "前厅一班/早班/甲组"), ("A2", "Y", "前厅一班/早班")]
    refused, *_ = planned(teacher, *rows, header=header)
    take_rows(teacher, *rows, header=header, make_cohorts=True)

    made = Cohort.objects.get(name="甲组")
    assert len(faults_of(refused)) == 2
    assert (made.parent.name, made.parent.parent) == ("早班", cohort)
    assert Membership.objects.filter(cohort=made).count() == 1
    assert Membership.objects.filter(cohort=made.parent).count() == 1


def test_whoever_is_not_in_the_file_may_leave(teacher, cohort):
    stays = make_trainee(cohort=cohort, username="A1", name="A")
    goes = make_trainee(cohort=cohort, username="A2", name="B")
    take_rows(teacher, ("A1", "A"), cohort_id=cohort.pk, absent="leave")

    assert stays.memberships.filter(left_at=None).exists()
    assert not goes.memberships.filter(left_at=None).exists()


def test_who_left_may_come_back_with_the_same_contacts(teacher, cohort):
    person = make_trainee(cohort=cohort, username="A1", name="A")
    take_rows(teacher, ("A1", "yes"), header=("Staff number", "Left"))
    again, *_ = planned(teacher, ("A1", "yes"), header=("Staff number", "Left"))
    header = ("Staff number", "Phone")
    plan, *_ = planned(teacher, ("A1", "13800000001"), header=header, cohort_id=cohort.pk)
    take_rows(teacher, ("A1", "A"), cohort_id=cohort.pk)

    assert again.counts["same"] == 1
    assert [column for _row, column, _what in faults_of(plan)] == ["phone"]
    assert person.memberships.filter(left_at=None).count() == 1


def test_one_wrong_row_keeps_all_rows_out(teacher, cohort):
    client = signed_in(teacher)
    sent = upload(client, csv_of(("A1", "X"), ("A 2", "Y")).encode(), cohort=cohort.pk)
    refused = take(client, sent.url)

    assert refused.status_code == 409
    assert not User.objects.filter(username="A1").exists()
    assert ImportRun.objects.count() == 0


def test_wrong_rows_are_mended_in_place(teacher, cohort):
    client = signed_in(teacher)
    rows = [("A1", "X"), ("A 2", "Y"), ("A3", "")]
    sent = upload(client, csv_of(*rows).encode(), cohort=cohort.pk)
    before = client.get(sent.url)
    mended = {"act": "mend", "cell-3-staff": "A2", "out-4": "on"}
    client.post(sent.url, mended)
    done = take(client, sent.url)

    assert b'value="A 2"' in before.content
    assert done.status_code == 302
    assert User.objects.filter(username__in=["A1", "A2", "A3"]).count() == 2


def test_an_unknown_header_is_told_and_needs_a_word(teacher, cohort):
    client = signed_in(teacher)
    text = csv_of(("A1", "X", "blue"), header=("工号", "姓名", "Eyes"))
    sent = upload(client, text.encode(), cohort=cohort.pk)
    told = client.get(sent.url)
    refused = take(client, sent.url)
    fields = {"act": "options", "absent": "keep", "cohort": cohort.pk, "ignore_unknown": "on"}
    client.post(sent.url, fields)

    assert told.context["plan"].blocked == ["unknown"]
    assert refused.status_code == 409
    assert take(client, sent.url).status_code == 302


def test_a_check_belongs_to_one_person_and_one_session(teacher, cohort):
    client = signed_in(teacher)
    sent = upload(client, csv_of(("A1", "X")).encode(), cohort=cohort.pk)
    other = make_instructor(cohort=cohort)

    assert signed_in(other).get(sent.url).status_code == 404
    assert signed_in(make_admin()).get(sent.url).status_code == 404
    assert signed_in(teacher).get(sent.url).url == "/people/import/"
    assert client.get("/people/import/checks/abc/").status_code == 404


def test_pressing_twice_leads_to_the_same_import(teacher, cohort):
    client = signed_in(teacher)
    sent = upload(client, csv_of(("A1", "X")).encode(), cohort=cohort.pk)
    fields = {"act": "take", "seen": seen_in(client, sent.url)}
    first, second = client.post(sent.url, fields), client.post(sent.url, fields)

    assert first.url == second.url
    assert ImportRun.objects.count() == 1


def test_what_changed_since_it_was_shown_is_shown_again(teacher, cohort):
    client = signed_in(teacher)
    person = make_trainee(cohort=cohort, username="A1", name="Old")
    sent = upload(client, csv_of(("A1", "New")).encode(), cohort=cohort.pk)
    fields = {"act": "take", "seen": seen_in(client, sent.url)}
    User.objects.filter(pk=person.pk).update(name="Else")
    refused = client.post(sent.url, fields)

    assert refused.status_code == 409
    assert b"Nothing was taken in" in refused.content
    assert User.objects.get(pk=person.pk).name == "Else"


def test_a_trainee_a_manager_and_an_idle_instructor_find_nothing(cohort):
    for person in (make_trainee(cohort=cohort), make_instructor()):
        client = signed_in(person)
        for address in ("", "template.csv", "template.xlsx", f"cohorts/{cohort.slug}/people.csv"):
            assert client.get(f"/people/import/{address}").status_code == 404
    assert signed_in(make_admin()).get("/people/import/").status_code == 200


def test_a_cohort_out_of_reach_is_neither_offered_nor_exported(teacher):
    other = make_cohort()
    client = signed_in(teacher)
    chosen = upload(client, csv_of(("A1", "X")).encode(), cohort=other.pk)

    assert chosen.status_code == 422
    assert client.get(f"/people/import/cohorts/{other.slug}/people.csv").status_code == 404


def test_extra_fields_and_columns_give_no_rights(teacher, cohort):
    header = ("Staff number", "Name", "is_staff", "is_superuser", "password", "time_factor")
    row = ("A1", "X", "1", "1", "secret", "9")
    take_rows(teacher, row, header=header, cohort_id=cohort.pk, ignore_unknown=True)

    person = User.objects.get(username="A1")
    assert (person.role, person.time_factor) == ("trainee", 1)
    assert not person.has_usable_password()


def statements(importer, count, cohort):
    header = ("Staff number", "Name", "Phone", "WeCom account")
    rows = [(f"Q{n}", f"Name {n}", f"1380000{n:04}", f"w{n}") for n in range(count)]
    table = table_of(*rows, header=header)
    with CaptureQueriesContext(connection) as queries:
        plan_for(importer, table, Options(cohort_id=cohort.pk, absent="leave"))
    return len(queries)


def test_a_dry_run_costs_as_many_statements_for_one_row_as_for_many(teacher, cohort):
    for n in range(5):
        make_trainee(cohort=cohort, username=f"Q{n}", name="X")

    assert statements(teacher, 1, cohort) == statements(teacher, 60, cohort) <= 12


@pytest.mark.django_db(transaction=True)
def test_of_two_importers_at_once_one_is_told_to_look_again():
    cohort = make_cohort()
    teachers = [make_instructor(cohort=cohort) for _n in range(4)]
    rows = [(f"A{n}", f"Name {n}") for n in range(50)]
    shown = [planned(one, *rows, cohort_id=cohort.pk) for one in teachers]

    def deed(n):
        _plan, table, options, seen = shown[n]
        try:
            take_in(importer=teachers[n], table=table, options=options, seen=seen)
        except ChangedSince:
            return "look again"
        return "done"

    assert sorted(at_once(4, deed)) == ["done", "look again", "look again", "look again"]
    assert User.objects.filter(username__startswith="A").count() == 50
    assert ImportChange.objects.count() == 50
    assert MessengerAccount.objects.count() == 0

"""What a reminder says, decided again at the moment of sending."""

from datetime import time

import pytest
from django.utils import timezone, translation

from assignments.assigning import cancel, extend, waive
from assignments.kinds import NOTHING_LEFT
from assignments.models import FollowUp, Reminder
from mot_course.web import zone
from outbox.kinds import KINDS
from outbox.models import Message
from people.models import Membership, User
from tests.assignments.making import (
    day,
    finish,
    make_assignment,
    make_plan,
    make_unit,
    moment,
    pass_at,
)
from tests.clock import at
from tests.factories import make_cohort, make_instructor, make_trainee
from tests.quizzes.making import make_quiz

pytestmark = pytest.mark.django_db


def planned(*rules, trainee=None, count=1, **fields):
    """Somebody whose reminders of the ninth wait, and their assignments."""
    trainee = trainee or make_trainee(cohort=make_cohort())
    cohort = trainee.memberships.get().cohort
    with at(moment("2026-02-02 08:00")):
        found = [
            make_assignment(cohort=cohort, plan=make_plan(*(rules or (-1,))), **fields)
            for _ in range(count)
        ]
    pass_at("2026-03-09 08:00")
    return trainee, found


def wanted(kind="reminder"):
    messages = list(Message.objects.filter(kind=kind).select_related("recipient"))
    return [KINDS[kind].wanted(messages)[message.pk] for message in messages]


def rendered(kind="reminder", language="en", tz="Asia/Shanghai", when="2026-03-09 09:00"):
    message = Message.objects.filter(kind=kind, channel="inbox").select_related("recipient").get()
    with at(moment(when)), translation.override(language), timezone.override(zone(tz)):
        KINDS[kind].prepare([message])
        return KINDS[kind].render(message, language)


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        (lambda one, who, boss: finish(one, who, moment("2026-03-09 08:30")), "finished"),
        (lambda one, who, boss: extend(one.assignees.all(), day("2026-03-20"), by=boss), "extended"),  # noqa: E501
        (lambda one, who, boss: waive(one.assignees.all(), by=boss), "waived"),
        (lambda one, who, boss: cancel([one], by=boss), "cancelled"),
        (lambda one, who, boss: one.assignees.update(left_at="2026-03-09T00:00Z"), "left"),
        (lambda one, who, boss: User.objects.filter(pk=who.pk).update(is_active=False), "deactivated"),  # noqa: E501
    ],
)  # fmt: skip
def test_a_reminder_that_holds_no_longer_is_dropped_at_sending(deed, reason):
    trainee, (assignment,) = planned()
    assert wanted() == [None]

    deed(assignment, trainee, make_instructor())

    assert wanted() == [NOTHING_LEFT]
    assert Reminder.objects.get().dropped_because == reason


def test_of_two_things_the_one_that_is_left_is_told():
    trainee, (one, other) = planned(count=2)
    finish(one, trainee, moment("2026-03-09 08:30"))

    assert wanted() == [None]
    mail = rendered()
    assert [row.title for row in mail.rows] == [other.title]


def test_a_digest_tells_all_with_zone_and_leads_to_the_first():
    _trainee, (one, _other) = planned(count=2, trainee=None)

    mail = rendered(tz="Asia/Shanghai")

    assert mail.subject == "2 things for you"
    assert [row.note for row in mail.rows] == ["Due Tue 10 Mar, 23:59 (Asia/Shanghai)"] * 2
    assert mail.url == f"/quizzes/{one.what.slug}/"
    assert len(Message.objects.all()) == 1


def test_how_long_something_is_overdue_is_said_without_a_word_of_blame():
    planned(2)
    pass_at("2026-03-12 08:00")

    mail = rendered(when="2026-03-12 09:00")

    assert mail.rows[0].note == "Was due 2 days ago: Tue 10 Mar, 23:59 (Asia/Shanghai)"
    for word in ("late", "overdue", "failed", "must"):
        assert word not in f"{mail.subject} {mail.body}".lower()


def test_a_rules_own_line_is_told_in_the_readers_language():
    rule = {"days": -1, "text_zh": "周五前看完。", "text_en": "Read it by Friday."}
    planned(rule)

    assert "Read it by Friday." in rendered(language="en").body
    assert "周五前看完。" in rendered(language="zh-hans").body


def test_the_button_leads_to_the_lesson_where_the_person_stopped():
    from units.models import Lesson, LessonRevision, Reading

    unit = make_unit()
    lessons = [
        Lesson.objects.create(
            unit=unit, slug=f"l{n}", position=n, title_zh="课", title_en="Lesson", minutes=5
        )
        for n in (1, 2)
    ]
    for lesson in lessons:
        lesson.current = LessonRevision.objects.create(
            lesson=lesson, number=1, source={}, blocks_zh=[], blocks_en=[], digest="x"
        )
        lesson.save()
    trainee, _ = planned(what=unit)
    assert rendered().url == f"/units/{unit.slug}/l1/"

    Reading.objects.create(
        trainee=trainee, lesson=lessons[1], block=3, seen_at=moment("2026-03-08 10:00")
    )
    assert rendered().url == f"/units/{unit.slug}/l2/#b3"


def test_somebody_who_silenced_a_channel_after_planning_gets_no_voluntary_mail():
    trainee = make_trainee(cohort=make_cohort(), email="v@mot.example")
    cohort = trainee.memberships.get().cohort
    with at(moment("2026-02-02 08:00")):
        make_assignment(cohort=cohort, plan=make_plan(-1), mandatory=False)
    pass_at("2026-03-09 08:00")
    trainee.preferences.create(kind="reminder", channel="email", cadence="never")

    by_channel = dict(zip(Message.objects.values_list("channel", flat=True), wanted(), strict=True))

    assert by_channel["inbox"] is None
    assert by_channel["email"] is not None


def test_a_follow_up_joins_the_days_message():
    trainee, _ = planned()
    FollowUp.objects.create(person=trainee, kind="recall", occurrence=2, due_on=day("2026-03-09"))

    mail = rendered()

    assert len(mail.rows) == 2
    assert mail.url.startswith("/quizzes/")


def test_a_follow_up_alone_makes_a_message_before_the_shift():
    trainee = make_trainee(shift_at=time(14))
    FollowUp.objects.create(person=trainee, kind="recall", occurrence=2, due_on=day("2026-03-09"))

    pass_at("2026-03-08 20:00")

    message = Message.objects.get()
    assert message.key == f"reminders:{trainee.pk}:2026-03-09:inbox"
    assert message.send_at == moment("2026-03-09 13:45")
    assert wanted() == [None]
    FollowUp.objects.update(dropped_because="done elsewhere")
    assert wanted() == [NOTHING_LEFT]


def test_an_escalation_names_who_may_need_a_hand():
    cohort = make_cohort()
    make_instructor(cohort=cohort)
    trainee = make_trainee(cohort=cohort)
    planned({"days": -1, "audience": "instructor"}, trainee=trainee)

    assert wanted("escalation") == [None]
    mail = rendered("escalation")
    assert mail.subject == "1 person may need a hand"
    assert trainee.name in mail.rows[0].title
    assert trainee.name not in mail.subject
    assert mail.url == f"/cohorts/{cohort.slug}/"


def test_an_escalation_names_nobody_to_whoever_has_lost_the_duty():
    above = make_cohort()
    cohort = make_cohort(parent=above)
    teacher = make_instructor(cohort=above)
    trainee = make_trainee(cohort=cohort)
    planned({"days": -1, "audience": "instructor"}, trainee=trainee)
    Reminder.objects.filter(recipient=teacher).update(told_at=timezone.now())  # in the inbox
    assert wanted("escalation") == [None]

    teacher.duties.all().delete()

    assert wanted("escalation") == [NOTHING_LEFT]


def test_many_messages_cost_the_same_queries_as_one(django_assert_num_queries):
    cohort = make_cohort()

    def batch(count):
        for _ in range(count):
            make_trainee(cohort=cohort, language="en")
        with at(moment("2026-02-02 08:00")):
            make_assignment(cohort=cohort, plan=make_plan(-1), what=make_quiz())
        pass_at("2026-03-09 08:00")
        return list(Message.objects.select_related("recipient"))

    def ask(messages):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            KINDS["reminder"].wanted(messages)
            KINDS["reminder"].prepare(messages)
            for message in messages:
                KINDS["reminder"].render(message, "en")
        return len(queries)

    few = ask(batch(1))
    Membership.objects.update(left_at=None)
    many = ask(batch(20))

    assert few == many <= 12

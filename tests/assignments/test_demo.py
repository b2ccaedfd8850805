"""The life of the demo: told once, only in a demo, and different for each who signs in."""

from datetime import UTC, datetime

import pytest
from django.conf import settings as project
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import Client

from assignments.demo import load_demo_life
from assignments.models import Assignee, Assignment, FieldNote, FollowUp, Observation
from cases.models import WriteUp
from outbox.models import Message, Notice
from people.demo import load_demo_people
from people.models import User
from quizzes.models import Attempt
from tests.clock import at
from units.models import Reading

A_WEDNESDAY = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai


TOLD = (Assignment, Assignee, Attempt, FieldNote, FollowUp, Message, Observation, Reading)


def test_there_is_no_life_without_a_demo(db):
    with pytest.raises(ImproperlyConfigured, match="DEMO=1"):
        load_demo_life()


def test_nothing_happens_where_the_course_is_missing(db, settings):
    settings.DEMO = True
    load_demo_people()

    assert load_demo_life() is False
    assert not Assignment.objects.exists()


def test_two_classes_are_under_way_and_a_second_start_adds_nothing(db, settings):
    settings.DEMO = True
    with at(A_WEDNESDAY):
        _check_the_story()


def _check_the_story() -> None:
    call_command("load_course", str(project.BASE_DIR / "fixtures" / "mot"), verbosity=0)
    load_demo_people()

    assert load_demo_life() is True
    before = [model.objects.count() for model in TOLD]
    assert load_demo_life() is False
    assert [model.objects.count() for model in TOLD] == before

    assert FieldNote.objects.filter(replied_at=None, met=True).count() == 1
    assert WriteUp.objects.filter(state=WriteUp.State.RETURNED).count() == 1
    assert Assignee.objects.exclude(extended_to=None).exclude(why="").exists()
    assert Assignee.objects.filter(due__is_live=True, due__finished_at=None).exists()
    assert Notice.objects.filter(recipient__username="trainee1", read_at=None).exists()
    leader = User.objects.get(username="trainee12")
    assert leader.follow_ups.filter(kind="observation", done_at=None).exists()
    _pages_differ()


def _pages_differ() -> None:
    seen = []
    for username in ("trainee1", "trainee2", "trainee3", "instructor"):
        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(User.objects.get(username=username))
        page = client.get("/")
        assert page.status_code == 200
        seen.append(page.context["deed"].url)
    assert len(set(seen)) == 4
    classes = client.get("/cohorts/front-desk-1/").context["shown"]
    said = {status for status, _name, _count in classes.counts}
    assert {"overdue", "stuck", "away", "not_begun", "under_way", "extended", "done"} <= said
    assert Reading.objects.filter(finished_at__isnull=False).count() > 50

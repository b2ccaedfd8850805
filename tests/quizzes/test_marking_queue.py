"""What waits to be marked: whose, in which order, at which cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import Cohort, CohortStaff, Membership
from quizzes import resubmitting
from quizzes.marking import Judgement, give_mark
from quizzes.marking_queue import PAGE, count_waiting, waiting
from quizzes.models import Answer, Attempt
from quizzes.starting import start_attempt
from tests.factories import make_admin, make_cohort, make_instructor, make_trainee
from tests.quizzes.marking_world import WRITTEN, hand_in, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


def signed_in(person):
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def ids(person, url="/marking/"):
    return [row.answer.pk for row in signed_in(person).get(url).context["rows"]]


def returned(answer, marker):
    judgement = Judgement(levels={"event": 2, "insight": 2}, outcome="returned", why="More.")
    give_mark(answer_id=answer.pk, marker=marker, seen=0, judgement=judgement)


def test_the_oldest_stands_first(world):
    new = hand_in(world.writing, world.trainee)
    old = hand_in(world.rewriting, world.trainee, days_ago=5)
    middle = hand_in(world.rewriting, make_trainee(cohort=world.cohort), days_ago=2)

    assert ids(world.instructor) == [old.pk, middle.pk, new.pk]


def test_an_instructor_sees_the_work_of_their_people_an_admin_all(world):
    mine = hand_in(world.writing, world.trainee, days_ago=3)
    below = make_cohort(parent=world.cohort)
    deeper = hand_in(world.writing, make_trainee(cohort=below), days_ago=2)
    strange = hand_in(world.writing, make_trainee(cohort=make_cohort()), days_ago=1)
    free = hand_in(world.writing, make_trainee())

    assert ids(world.instructor) == [mine.pk, deeper.pk]
    assert ids(make_instructor()) == []
    assert ids(make_admin()) == [mine.pk, deeper.pk, strange.pk, free.pk]
    assert signed_in(world.trainee).get("/marking/").status_code == 404
    assert Client().get("/marking/").status_code == 302


def test_ones_own_work_and_unfinished_work_do_not_wait(world):
    Membership.objects.create(cohort=world.cohort, person=world.instructor, joined_on="2026-01-05")
    hand_in(world.writing, world.instructor)
    open_one = start_attempt(quiz=world.writing, trainee=world.trainee)
    open_one.answers.update(response=WRITTEN, needs_mark=True)

    assert ids(world.instructor) == []


def test_a_checked_answer_waits_though_its_attempt_is_open(world):
    attempt = start_attempt(quiz=world.rewriting, trainee=world.trainee)
    attempt.answers.update(
        response={"line": "a9", "text": "x"}, needs_mark=True, checked_at=timezone.now()
    )

    (answer,) = ids(world.instructor)
    judgement = Judgement(levels={"hears": 4, "offers": 4, "natural": 4})
    give_mark(answer_id=answer, marker=world.instructor, seen=0, judgement=judgement)

    attempt.refresh_from_db()
    assert attempt.score is None
    assert ids(world.instructor) == []


def test_of_a_text_only_the_newest_version_waits(world):
    hand_in(world.writing, world.trainee, days_ago=4)
    second = hand_in(world.writing, world.trainee, days_ago=1)
    sentences = [hand_in(world.rewriting, world.trainee) for _ in range(2)]

    assert ids(world.instructor) == [second.pk, *(one.pk for one in sentences)]


def test_texts_an_app_above_tells_apart_wait_side_by_side(world, monkeypatch):
    first = hand_in(world.writing, world.trainee, days_ago=4)
    second = hand_in(world.writing, world.trainee, days_ago=3)
    third = hand_in(world.writing, world.trainee, days_ago=2)
    # As if the time limit named the text: 1 and 3 belong together, 2 is another one.
    monkeypatch.setattr(resubmitting, "_way_to_text", ["quiz__pk"])
    assert ids(world.instructor) == [third.pk]

    from cases.models import WriteUp, WriteUpVersion

    texts = [WriteUp.objects.create(author=world.trainee, title=t, language="zh") for t in "ab"]
    WriteUpVersion.objects.all().delete()
    for answer, text, number in ((first, 0, 1), (second, 1, 1), (third, 0, 2)):
        WriteUpVersion.objects.create(
            attempt_id=answer.attempt_id, write_up=texts[text], number=number
        )
    resubmitting.tell_apart_by("write_up_version__write_up", "write_up_version__write_up__title")

    assert ids(world.instructor) == [second.pk, third.pk]


def test_returned_work_that_came_back_can_be_seen_alone(world):
    first = hand_in(world.writing, world.trainee, days_ago=4)
    returned(first, world.instructor)
    again = hand_in(world.writing, world.trainee, days_ago=1)
    other = hand_in(world.writing, make_trainee(cohort=world.cohort))

    page = signed_in(world.instructor).get("/marking/")

    assert [row.came_back for row in page.context["rows"]] == [True, False]
    assert ids(world.instructor, "/marking/?came_back=1") == [again.pk]
    assert ids(world.instructor) == [again.pk, other.pk]
    sheet = signed_in(world.instructor).get(f"/marking/{again.pk}/").content.decode()
    assert "Before: version 1" in sheet
    assert "More." in sheet


def test_the_filters_narrow_by_cohort_with_those_below_and_by_kind(world):
    below, other = make_cohort(parent=world.cohort), make_cohort()
    CohortStaff.objects.create(cohort=other, person=world.instructor, duty="instructor")
    deep = hand_in(world.writing, make_trainee(cohort=below), days_ago=3)
    near = hand_in(world.rewriting, world.trainee, days_ago=2)
    far = hand_in(world.writing, make_trainee(cohort=other), days_ago=1)

    assert ids(world.instructor, f"/marking/?cohort={world.cohort.slug}") == [deep.pk, near.pk]
    assert ids(world.instructor, f"/marking/?cohort={other.slug}") == [far.pk]
    assert ids(world.instructor, "/marking/?kind=writing") == [deep.pk, far.pk]
    assert ids(world.instructor, "/marking/?kind=nonsense&cohort=nonsense&page=zzz") == [
        deep.pk,
        near.pk,
        far.pk,
    ]


def test_nothing_to_mark_is_said_kindly_and_so_is_an_empty_filter(world):
    client = signed_in(world.instructor)

    assert "All is marked" in client.get("/marking/").content.decode()
    hand_in(world.writing, world.trainee)
    assert "under this filter" in client.get("/marking/?kind=rewrite").content.decode()


@pytest.mark.parametrize("count", [1, 300])
def test_the_queue_takes_eight_statements_for_any_length(world, count):
    answer = hand_in(world.writing, world.trainee, days_ago=1)
    world.writing.bank.anchors = [{"id": "a", "exercise": "x"}]
    world.writing.bank.save()
    for n in range(count - 1):
        trainee = make_trainee(cohort=world.cohort)
        attempt = Attempt.objects.create(
            quiz=world.writing,
            trainee=trainee,
            number=1,
            started_at=timezone.now(),
            submitted_at=timezone.now() - timedelta(minutes=n),
            score=0,
            needs_mark=True,
        )
        Answer.objects.create(
            attempt=attempt,
            position=1,
            exercise=answer.exercise,
            revision=answer.revision,
            response=WRITTEN,
            needs_mark=True,
            earned=0,
            possible=0,
        )
    client = signed_in(world.instructor)

    with CaptureQueriesContext(connection) as queries:
        page = client.get("/marking/")

    assert page.context["count"] == count
    assert len(page.context["rows"]) == min(count, PAGE)
    assert len(queries) <= 8, [query["sql"][:120] for query in queries]
    if count > PAGE:
        assert "Page 1 of 12" in page.content.decode()


def test_today_tells_instructors_how_many_wait_within_nine_statements(world):
    for _ in range(3):
        hand_in(world.writing, make_trainee(cohort=world.cohort))
    client = signed_in(world.instructor)

    with CaptureQueriesContext(connection) as queries:
        page = client.get("/").content.decode()

    assert "3 pieces wait to be marked" in page
    assert len(queries) <= 9
    assert count_waiting(world.instructor) == 3
    assert "wait to be marked" not in signed_in(world.trainee).get("/").content.decode()


def test_marking_stands_in_the_navigation_of_those_who_mark(world):
    assert 'href="/marking/"' in signed_in(world.instructor).get("/help/").content.decode()
    assert 'href="/marking/"' not in signed_in(world.trainee).get("/help/").content.decode()


def test_archived_cohorts_no_longer_lead_to_anybody(world):
    hand_in(world.writing, world.trainee)
    Cohort.objects.filter(pk=world.cohort.pk).update(archived_at=timezone.now())

    assert list(waiting(world.instructor)) == []

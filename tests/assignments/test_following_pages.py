"""The list of follow-ups and its pages; what is ticked off by a submission."""

from datetime import UTC, date, datetime, timedelta

import pytest

from assignments.follow_up_pages import to_do
from assignments.following_up import derive_follow_ups
from assignments.models import FollowUp
from cases import write_ups
from quizzes.models import Attempt, Quiz
from quizzes.starting import NoAttemptLeft, start_attempt
from quizzes.submitting import submit_attempt
from tests.assignments.following_making import (
    client_of,
    complete,
    make_calendar,
    make_course,
    make_follow_up,
    make_unit,
)
from tests.cases.own_cases import make_handed_in, make_own_case_quiz, mark, write
from tests.clock import at
from tests.factories import make_trainee
from tests.quizzes.making import make_quiz
from tests.quizzes.test_races import at_once

pytestmark = pytest.mark.django_db

TODAY = datetime.now(UTC)


def days(n):
    return (TODAY + timedelta(days=n)).date()


def page_of(follow_up):
    return f"/follow-ups/{follow_up.pk}/"


def test_the_list_says_what_to_do_now_what_comes_and_what_is_done():
    person = make_trainee(tz="UTC")
    make_follow_up(person, "recall", unit=make_unit(title_en="Diagnose"), due_on=days(-1))
    make_follow_up(person, "note", unit=make_unit(title_en="Solve"), due_on=days(3))
    make_follow_up(person, "nudge", subject="write-up:1:1", due_on=days(2))
    make_follow_up(
        person, "intention", unit=make_unit(title_en="Tone"), due_on=days(-9), done_at=TODAY
    )
    make_follow_up(
        person, "note", unit=make_unit(title_en="Gone"), due_on=days(-9), dropped_because="old"
    )
    make_follow_up(make_trainee(), "note", unit=make_unit(title_en="Not mine"), due_on=days(0))

    page = client_of(person).get("/follow-ups/").content.decode()

    order = [page.index(text) for text in ("Now", "Diagnose", "What comes", "Solve", "Tone")]
    assert order == sorted(order)
    assert "Your case" not in page
    assert "Gone" not in page
    assert "Not mine" not in page


def test_what_was_left_undone_does_not_pile_up_on_the_list():
    person = make_trainee(tz="UTC")
    for n in range(5):
        for kind in ("recall", "note"):
            make_follow_up(person, kind, unit=make_unit(), due_on=days(-n))

    assert [one.follow_up.kind for one in to_do(person)] == ["recall", "note"]


def test_an_empty_list_says_where_follow_ups_come_from():
    assert b"When you have finished a unit" in client_of(make_trainee()).get("/follow-ups/").content


def test_the_list_takes_the_same_queries_however_long_it_is(django_assert_max_num_queries):
    person = make_trainee(tz="UTC")
    for n in range(-10, 20):
        make_follow_up(person, "note", unit=make_unit(), due_on=days(n))
        make_follow_up(
            person,
            "observation",
            course=make_course(),
            subject=f"person:{make_trainee().pk}",
            due_on=days(n),
        )
    client = client_of(person)

    with django_assert_max_num_queries(7):
        assert client.get("/follow-ups/").status_code == 200


def test_the_if_then_line_is_read_on_day_two():
    person = make_trainee()
    follow_up = make_follow_up(person, "intention", occurrence=2)
    client = client_of(person)
    assert b"When a guest comes in, I look up." in client.get(page_of(follow_up)).content
    follow_up.refresh_from_db()
    assert follow_up.done_at is None

    client.post(page_of(follow_up))

    follow_up.refresh_from_db()
    assert follow_up.response == {"read": True}
    assert follow_up.done_at is not None


@pytest.mark.parametrize(
    ("kept", "said"),
    [("yes", "You did it."), ("no_moment", "still to come"), ("not_yet", "rarely works the first")],
)
def test_the_if_then_line_is_ticked_on_day_seven_and_answered_kindly(kept, said):
    person = make_trainee()
    follow_up = make_follow_up(person, "intention", occurrence=7)
    client = client_of(person)

    response = client.post(page_of(follow_up), {"kept": kept}, follow=True)

    assert said in response.content.decode()
    follow_up.refresh_from_db()
    assert follow_up.response == {"kept": kept}
    client.post(page_of(follow_up), {"kept": "yes"})
    follow_up.refresh_from_db()
    assert follow_up.response == {"kept": kept}  # the first answer stays


def test_a_tick_that_is_none_of_the_three_is_refused():
    person = make_trainee()
    follow_up = make_follow_up(person, "intention", occurrence=7)

    response = client_of(person).post(page_of(follow_up), {"kept": "maybe"})

    assert response.status_code == 422
    follow_up.refresh_from_db()
    assert follow_up.done_at is None


def test_each_kind_leads_to_where_it_is_done():
    person = make_trainee()
    client = client_of(person)
    retention, post = make_quiz(slug="later"), make_quiz(slug="after")
    course = make_course(retention_quiz=retention, post_quiz=post)
    ways = {
        make_follow_up(person, "recall"): "/recall/",
        make_follow_up(person, "retention", course=course): "/quizzes/later/",
        make_follow_up(person, "recertify", course=course): "/quizzes/after/",
        make_follow_up(person, "nudge", subject="write-up:12:3"): "/cases/mine/12/",
    }
    own = make_follow_up(person, "observation", course=course, subject=f"person:{person.pk}")
    ways[own] = f"/observe/{own.pk}/"

    for follow_up, way in ways.items():
        assert client.get(page_of(follow_up)).url == way


def test_somebody_elses_follow_up_is_not_there():
    follow_up = make_follow_up(make_trainee(), "intention")
    client = client_of(make_trainee())

    assert client.get(page_of(follow_up)).status_code == 404
    assert client.post(page_of(follow_up)).status_code == 404
    assert client.get("/follow-ups/999999/").status_code == 404


# --- ticked off by a submission ------------------------------------------------------------------


def submitted(quiz, person):
    attempt = start_attempt(quiz=quiz, trainee=person)
    return submit_attempt(attempt_id=attempt.pk, trainee=person)


def test_the_retention_test_is_done_when_it_is_submitted():
    quiz = make_quiz(purpose=Quiz.Purpose.RETENTION)
    person, other = make_trainee(), make_trainee()
    course = make_course(retention_quiz=quiz)
    mine = make_follow_up(person, "retention", course=course)
    others = make_follow_up(other, "retention", course=course)

    submitted(quiz, person)

    for one in (mine, others):
        one.refresh_from_db()
    assert mine.done_at is not None
    assert others.done_at is None


def test_one_session_of_recall_does_for_all_that_have_come_up():
    person = make_trainee(tz="UTC")
    due = [make_follow_up(person, "recall", due_on=days(-n)) for n in (0, 3)]
    coming = make_follow_up(person, "recall", due_on=days(5))
    quiz = Quiz.objects.filter(purpose="recall").first() or make_quiz(purpose="recall", bank=None)
    attempt = Attempt.objects.create(quiz=quiz, trainee=person, number=1, started_at=TODAY)

    submit_attempt(attempt_id=attempt.pk, trainee=person)

    assert all(FollowUp.objects.get(pk=one.pk).done_at for one in due)
    assert FollowUp.objects.get(pk=coming.pk).done_at is None


def test_renewing_a_certificate_gives_one_more_attempt_and_is_done_with_it():
    quiz = make_quiz(purpose=Quiz.Purpose.POST, attempts_allowed=1)
    course, person = make_course(post_quiz=quiz), make_trainee(tz="UTC")
    submitted(quiz, person)
    with pytest.raises(NoAttemptLeft):
        start_attempt(quiz=quiz, trainee=person)
    early = make_follow_up(person, "recertify", course=course, due_on=days(9), subject="until:a")
    with pytest.raises(NoAttemptLeft):
        start_attempt(quiz=quiz, trainee=person)
    FollowUp.objects.filter(pk=early.pk).update(due_on=days(0), dropped_because="its time is over")

    submitted(quiz, person)

    early.refresh_from_db()
    assert early.done_at is not None
    assert early.dropped_because == ""
    with pytest.raises(NoAttemptLeft):
        start_attempt(quiz=quiz, trainee=person)


def test_a_returned_case_that_is_handed_in_again_ends_its_nudge():
    make_own_case_quiz()
    make_calendar(days(-30), 120)
    person = make_trainee(tz="UTC")
    note, version = make_handed_in(person)
    mark(version, "returned")
    note.refresh_from_db()
    assert note.state == "returned"
    derive_follow_ups()
    nudges = FollowUp.objects.filter(person=person, kind="nudge")
    assert nudges.count() == 2
    nudges.filter(occurrence=3).update(due_on=days(0))

    fresh = write_ups.revise(write_up=note, author=person)
    write(fresh, "event", "He waited half an hour.", 1)
    write_ups.hand_in(write_up=note, author=person)
    derive_follow_ups()

    assert nudges.get(occurrence=3).done_at is not None
    assert nudges.get(occurrence=7).dropped_because


# --- twice at once, and the whole chain -----------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_many_passes_at_once_write_every_follow_up_once():
    person = make_trainee()
    for _ in range(5):
        complete(person, make_unit(), TODAY)

    made = at_once(6, lambda n: derive_follow_ups())

    assert sum(made) == 30 == FollowUp.objects.count()
    recalls = FollowUp.objects.filter(kind="recall").values_list("due_on", flat=True)
    assert len(recalls) == len(set(recalls)) == 15


def test_a_month_of_one_trainee_day_by_day():
    make_calendar(date(2026, 2, 1))
    person, unit = make_trainee(tz="Asia/Shanghai"), make_unit(title_en="Diagnose")
    start = datetime(2026, 3, 2, 6, tzinfo=UTC)
    complete(person, unit, start)
    told = {}
    for n in range(35):
        with at(start + timedelta(days=n)):
            derive_follow_ups()
            for one in to_do(person):
                told.setdefault(n, one.follow_up.kind + str(one.follow_up.occurrence))
                FollowUp.objects.filter(pk=one.follow_up.pk).update(done_at=TODAY)

    assert told == {2: "recall2", 7: "recall7", 14: "note14", 30: "recall30"}
    assert FollowUp.objects.filter(done_at=None).count() == 0

"""Giving a mark: what it changes, who may, what stays; two at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from people.models import AuditEntry, Cohort, Membership
from quizzes import neighbours
from quizzes.marking import Judgement, NewerMarkExists, give_mark
from quizzes.models import Answer, Attempt, Mark
from tests.factories import make_admin, make_cohort, make_instructor, make_trainee
from tests.quizzes.making import make_bank, make_exercise, make_quiz
from tests.quizzes.marking_world import (
    WRITTEN,
    comment_fields,
    hand_in,
    make_world,
    mark_fields,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


def signed_in(person, language="en"):
    client = Client(headers={"accept-language": language})
    client.force_login(person)
    return client


def url_of(answer):
    return f"/marking/{answer.pk}/"


def levels(answer, level=3):
    rules = answer.revision.rules
    return {one.id: level for one in rules.rubric(rules.parse(answer.revision.content))}


def marked(answer, marker, *, level=3, seen=0, **fields):
    judgement = Judgement(levels=levels(answer, level), **fields)
    return give_mark(answer_id=answer.pk, marker=marker, seen=seen, judgement=judgement)


# --- What a mark changes ---------------------------------------------------------------------


def test_a_mark_gives_the_answer_its_points_and_the_attempt_its_score(world):
    answer = hand_in(world.writing, world.trainee)
    assert answer.needs_mark

    mark = marked(answer, world.instructor, level=3)

    answer.refresh_from_db()
    attempt = Attempt.objects.get(pk=answer.attempt_id)
    assert (answer.earned, answer.possible, answer.needs_mark) == (4, 6, False)
    assert (attempt.score, attempt.needs_mark) == (6666, False)
    assert (mark.number, mark.marker) == (1, world.instructor)


def test_with_two_to_mark_the_attempt_waits_until_both_are(world):
    bank = make_bank(make_exercise("rewrite"), make_exercise("rewrite"))
    quiz = make_quiz(bank)
    first = hand_in(quiz, world.trainee)
    second = Answer.objects.get(attempt=first.attempt_id, position=2)
    Answer.objects.filter(pk=second.pk).update(response=first.response, needs_mark=True)
    second.refresh_from_db()

    marked(first, world.instructor, level=4)
    between = Attempt.objects.get(pk=first.attempt_id)
    marked(second, world.instructor, level=1)
    afterwards = Attempt.objects.get(pk=first.attempt_id)

    assert between.needs_mark
    assert (afterwards.needs_mark, afterwards.score) == (False, 5000)


def test_the_neighbours_hear_of_it_and_the_security_log_has_it(world, monkeypatch):
    heard = []

    class Listener:
        def marked(self, mark):
            heard.append((mark.number, mark.answer.attempt.quiz.slug))

    monkeypatch.setattr(neighbours, "_neighbours", [Listener()])
    answer = hand_in_quietly(world)

    marked(answer, world.instructor)

    entry = AuditEntry.objects.get(action="mark_given")
    assert heard == [(1, world.writing.slug)]
    assert (entry.actor, entry.object) == (world.instructor, f"answer:{answer.pk}")
    assert entry.after == {"number": 1, "earned": 4, "possible": 6, "outcome": "marked"}


def hand_in_quietly(world):
    """Handed in while neighbours listen that know nothing of submissions."""
    before, neighbours._neighbours = neighbours._neighbours, []
    try:
        return hand_in(world.writing, world.trainee)
    finally:
        neighbours._neighbours = before


def test_marking_again_keeps_what_was_said_before(world):
    answer = hand_in(world.writing, world.trainee)
    marked(answer, world.instructor, level=2)

    marked(answer, world.instructor, level=4, seen=1, why="Read it once more.")

    answer.refresh_from_db()
    assert list(answer.marks.values_list("number", "why")) == [(1, ""), (2, "Read it once more.")]
    assert answer.earned == 6


def test_the_database_refuses_to_change_a_mark(world):
    mark = marked(hand_in(world.writing, world.trainee), world.instructor)

    for change in (
        lambda: Mark.objects.filter(pk=mark.pk).update(why="x"),
        lambda: mark.delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


# --- Who may ---------------------------------------------------------------------------------


def test_only_whose_duty_reaches_the_trainee_may_mark(world):
    answer = hand_in(world.writing, world.trainee)
    above = make_instructor(cohort=make_cohort())
    Cohort.objects.filter(pk=world.cohort.pk).update(parent=above.duties.get().cohort)
    strangers = [
        make_instructor(cohort=make_cohort()),
        make_instructor(),
        world.trainee,
        make_trainee(cohort=world.cohort),
    ]

    got = [signed_in(one).get(url_of(answer)).status_code for one in strangers]
    posted = [
        signed_in(one).post(url_of(answer), mark_fields(answer)).status_code for one in strangers
    ]

    assert got == posted == [404, 404, 404, 404]
    assert Client().get(url_of(answer)).status_code == 302
    assert not Mark.objects.exists()
    for one in (world.instructor, above, make_admin()):
        assert signed_in(one).get(url_of(answer)).status_code == 200


def test_who_no_longer_reaches_the_trainee_gets_404_even_in_the_middle(world):
    answer = hand_in(world.writing, world.trainee)
    client = signed_in(world.instructor)
    assert client.get(url_of(answer)).status_code == 200
    from django.utils import timezone

    Membership.objects.filter(person=world.trainee).update(left_at=timezone.now())

    assert client.post(url_of(answer), mark_fields(answer)).status_code == 404
    assert client.post(f"{url_of(answer)}here/").status_code == 404
    with pytest.raises(Answer.DoesNotExist):
        marked(answer, world.instructor)


def test_nobody_marks_their_own_work(world):
    Membership.objects.create(cohort=world.cohort, person=world.instructor, joined_on="2026-01-05")
    answer = hand_in(world.writing, world.instructor)
    admin = make_admin()
    theirs = hand_in(world.writing, admin)

    assert signed_in(world.instructor).get(url_of(answer)).status_code == 404
    assert signed_in(admin).post(url_of(theirs), mark_fields(theirs)).status_code == 404


def test_what_is_not_handed_in_cannot_be_marked(world):
    from quizzes.starting import start_attempt

    attempt = start_attempt(quiz=world.writing, trainee=world.trainee)
    attempt.answers.update(response=WRITTEN, needs_mark=True)

    assert signed_in(world.instructor).get(url_of(attempt.answers.get())).status_code == 404


# --- Two at once -----------------------------------------------------------------------------


def test_who_is_second_sees_both_and_saves_on_top_knowingly(world):
    answer = hand_in(world.writing, world.trainee)
    li = make_instructor(cohort=world.cohort, name="Li")
    marked(answer, li, level=2, why="Li's word")
    client = signed_in(world.instructor)
    mine = mark_fields(answer, level=4, seen=0, why="")
    mine |= comment_fields(0, part="event", quote="客人", text="mein Satz")

    conflict = client.post(url_of(answer), mine)
    page = conflict.content.decode()
    again = client.post(url_of(answer), mine | {"seen": "1", "why": "We talked about it."})

    assert conflict.status_code == 409
    assert "Li&#x27;s word" in page
    assert "mein Satz" in page
    assert 'name="seen" value="1"' in page
    assert "Li chose this" in page
    assert again.status_code == 302
    assert [(m.number, m.marker) for m in answer.marks.order_by("number")] == [
        (1, li),
        (2, world.instructor),
    ]


def test_a_number_nobody_has_seen_is_refused(world):
    answer = hand_in(world.writing, world.trainee)

    response = signed_in(world.instructor).post(
        url_of(answer), mark_fields(answer, seen=7, why="x")
    )

    assert response.status_code == 409
    assert not Mark.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_sees_both_and_no_number_is_left_out():
    world = make_world()
    answer = hand_in(world.writing, world.trainee)
    both = [world.instructor, make_instructor(cohort=world.cohort)]
    clients = [signed_in(one) for one in both]
    barrier = threading.Barrier(2)

    def save(n):
        text = f"text of {n}"
        fields = mark_fields(answer) | comment_fields(0, part="event", quote="", text=text)
        barrier.wait()
        try:
            return clients[n].post(url_of(answer), fields)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(save, range(2)))

    statuses = [one.status_code for one in replies]
    assert sorted(statuses) == [302, 409]
    page = replies[statuses.index(409)].content.decode()
    assert "text of 0" in page
    assert "text of 1" in page
    assert list(answer.marks.values_list("number", flat=True)) == [1]


@pytest.mark.django_db(transaction=True)
def test_six_who_go_on_until_they_are_through_make_numbers_without_a_gap():
    world = make_world()
    answer = hand_in(world.writing, world.trainee)
    people = [make_instructor(cohort=world.cohort) for _ in range(6)]
    barrier = threading.Barrier(6)

    def save(n):
        barrier.wait()
        seen = 0
        try:
            while True:
                try:
                    return marked(answer, people[n], seen=seen, why="x").number
                except NewerMarkExists as newer:
                    seen = newer.mark.number
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        numbers = sorted(pool.map(save, range(6)))

    assert numbers == [1, 2, 3, 4, 5, 6]
    assert set(answer.marks.values_list("marker", flat=True)) == {one.pk for one in people}


def test_each_sees_that_the_other_is_there(world):
    answer = hand_in(world.writing, world.trainee)
    li = make_instructor(cohort=world.cohort, name="Li")
    first, second = signed_in(li), signed_in(world.instructor)

    alone = first.post(f"{url_of(answer)}here/").json()
    together = second.post(f"{url_of(answer)}here/").json()
    page = second.get(url_of(answer)).content.decode()
    marked(answer, li)
    later = second.post(f"{url_of(answer)}here/").json()

    assert alone == {"others": [], "seen": 0}
    assert len(together["others"]) == 1
    assert together["others"][0].startswith("Li is marking this, too (since ")
    assert together["others"][0] in page
    assert later["seen"] == 1
    assert Client().post(f"{url_of(answer)}here/").status_code == 401
    assert second.get(f"{url_of(answer)}here/").status_code == 405


def test_who_has_left_is_gone_after_a_minute(world, monkeypatch):
    from datetime import timedelta

    from django.utils import timezone

    from quizzes import marking_together

    marking_together.announce(1, world.instructor)
    assert len(marking_together.others_at(1, world.trainee)) == 1
    later = timezone.now() + timedelta(seconds=61)
    monkeypatch.setattr(marking_together.timezone, "now", lambda: later)

    assert marking_together.others_at(1, world.trainee) == []

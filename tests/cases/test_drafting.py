"""The way of a case: saved at once by two, reviewed, published, archived, restored."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from cases import drafting
from cases.drafting import (
    NewerDraftExists,
    change_draft,
    publish_draft,
    start_case,
)
from cases.editing import OPERATIONS, edited
from cases.models import Case, CaseRevision
from cases.publishing import publish_case, publish_revision
from people.models import AuditEntry
from quizzes.drafting import NothingChanged, NotReady, PublishedMeanwhile
from quizzes.models import Attempt, Exercise
from quizzes.starting import start_attempt
from quizzes.submitting import submit_attempt
from tests.cases.making import (
    both,
    draft_of,
    fresh,
    make_content,
    make_published,
    put,
    seen_of,
    words,
)
from tests.factories import make_admin, make_trainee


def change(case, by, *operations, seen=None):
    done = OPERATIONS.validate_python(list(operations))
    return change_draft(
        case_id=case.pk,
        by=by,
        seen=seen or seen_of(case),
        change=lambda content: edited(content, done),
    )


def publish(case, by, note="", **known):
    return publish_draft(case_id=case.pk, by=by, seen=seen_of(case), note=note, **known)


@pytest.fixture
def admin(db):
    return make_admin(language="en", name="Li")


@pytest.fixture
def client(admin):
    client = Client()
    client.force_login(admin)
    return client


def step(client, case, act, **fields):
    data = {"act": act, "seen": seen_of(case), "note": ""} | fields
    return client.post(f"/cases/{case.slug}/edit/publish/", data)


# --- two at once ------------------------------------------------------------------------------


def race(deeds):
    """Do the deeds in threads that begin together; what each returned or raised."""
    barrier = threading.Barrier(len(deeds))

    def run(deed):
        barrier.wait()
        try:
            return deed()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_who_save_at_once_one_is_told_and_both_texts_end_up_there():
    case, first, second = make_published(), make_admin(), make_admin()
    for n in range(10):
        seen = seen_of(case)
        mine = [put("l1", who="b", en=f"first {n}"), put("l4", en=f"second {n}")]
        results = race(
            [
                lambda s=seen, m=mine: change(case, first, m[0], seen=s),
                lambda s=seen, m=mine: change(case, second, m[1], seen=s),
            ]
        )
        refused = [one for one in results if isinstance(one, NewerDraftExists)]
        assert len(refused) == 1, results
        # Who was told keeps theirs on top, knowing what is there.
        late = results.index(refused[0])
        change(case, [first, second][late], mine[late], seen=refused[0].present.seen)

        assert (words(case, "l1"), words(case, "l4")) == (f"first {n}", f"second {n}")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_does():
    case, first, second = make_published(), make_admin(), make_admin()
    change(case, first, put("l4", en="Just a moment."))
    seen = seen_of(case)

    results = race(
        [
            lambda who=who: publish_draft(case_id=case.pk, by=who, seen=seen, note="")
            for who in (first, second)
        ]
    )

    assert sorted(type(one).__name__ for one in results) == ["CaseRevision", "NewerDraftExists"]
    assert fresh(case).current.number == 2


# --- publishing ---------------------------------------------------------------------------------


def test_a_published_draft_is_the_next_revision_and_is_noted(client, admin):
    case = make_published()
    change(case, admin, put("l4", en="Just a moment."))

    response = step(client, case, "publish", note="Kinder")

    assert response.status_code == 302
    revision = fresh(case).current
    assert (revision.number, revision.author, revision.note) == (2, admin, "Kinder")
    assert revision.content["scenes"][0]["lines"][3]["text"]["en"] == "Just a moment."
    entry = AuditEntry.objects.get(action="case_published")
    assert (entry.actor, entry.before["revision"], entry.after["revision"]) == (admin, 1, 2)
    assert draft_of(case) == revision.content


def test_what_is_missing_is_named_with_its_place_and_nothing_typed_is_lost(client, admin):
    case = make_published()
    change(case, admin, put("l4", en=""))

    response = step(client, case, "publish", note="My note")

    page = response.content.decode()
    assert response.status_code == 422
    assert "Line 4" in page
    assert "the English text is missing" in page
    assert "My note" in page
    assert fresh(case).current.number == 1
    assert words(case, "l4") == ""


def test_an_exercise_that_makes_no_sense_any_more_stops_publishing(admin):
    case = make_published()
    for line in ("l2", "l5"):
        change(case, admin, put(line, keys=["moment"]))

    with pytest.raises(NotReady) as refused:
        publish(case, admin)

    assert [one.place for one in refused.value.findings] == ["Exercise 1"]


def test_an_exercise_cannot_take_the_id_of_one_elsewhere(admin):
    Exercise.objects.create(slug="elsewhere")
    case = make_published()
    entry = make_content()["exercises"][0] | {"id": "elsewhere"}
    change_draft(
        case_id=case.pk, by=admin, seen=seen_of(case), change=lambda x: x | {"exercises": [entry]}
    )

    with pytest.raises(NotReady) as refused:
        publish(case, admin)

    assert [one.place for one in refused.value.findings] == ["elsewhere"]
    assert Exercise.objects.get(slug="elsewhere").current is None


def test_nothing_to_publish_is_said(client):
    case = make_published()

    assert step(client, case, "publish").status_code == 409
    assert CaseRevision.objects.count() == 1


def test_nobody_publishes_over_a_newer_revision_unknowingly(client, admin):
    case = make_published()
    change(case, admin, put("l4", en="Mine"))
    publish_revision(case=fresh(case), content=make_content(source=both("新", "Newer")))

    refused = step(client, case, "publish")
    assert refused.status_code == 409
    assert "Version 2 has been published since" in refused.content.decode()
    assert fresh(case).current.number == 2

    assert step(client, case, "publish", knowingly="2").status_code == 302
    assert fresh(case).current.number == 3


def test_knowing_an_older_revision_is_not_knowing_the_newest(admin):
    case = make_published()
    change(case, admin, put("l4", en="Mine"))
    for n in range(2):
        publish_revision(case=fresh(case), content=make_content(source=both("新", f"{n}")))

    with pytest.raises(PublishedMeanwhile):
        publish(case, admin, knowingly=2)


def test_a_trainee_in_the_middle_keeps_the_revision_the_answers_and_the_score(admin):
    case, trainee = make_published(), make_trainee()
    attempt = start_attempt(quiz=fresh(case).quiz, trainee=trainee)
    answer = attempt.answers.get()
    pinned = answer.revision_id
    response = {"marks": {"l2": {"polarity": "bad", "step": "diagnose"}}}
    type(answer).objects.filter(pk=answer.pk).update(response=response)

    # The line they marked is now said to win trust.
    moment = {"polarity": "good", "step": "solve", "required": True}
    line = put("l2", keys=["moment"])
    line["line"]["moment"] = moment
    change(case, admin, line)
    publish(case, admin)

    answer.refresh_from_db()
    assert (answer.revision_id, answer.response) == (pinned, response)
    done = submit_attempt(attempt_id=attempt.pk, trainee=trainee)
    graded = done.answers.get()
    assert graded.earned > 0
    again = start_attempt(quiz=fresh(case).quiz, trainee=trainee)
    assert again.answers.get().revision_id != pinned
    assert again.answers.get().exercise_id == answer.exercise_id
    done.refresh_from_db()
    assert Attempt.objects.get(pk=done.pk).score == done.score


def test_the_page_says_how_many_are_practising(client, admin):
    case = make_published()
    for _ in range(2):
        start_attempt(quiz=fresh(case).quiz, trainee=make_trainee())

    assert "2 trainees are practising" in client.get("/cases/the-call/edit/").content.decode()


def test_the_pack_leaves_an_edited_case_alone(admin):
    publish_case(slug="the-call", content=make_content(), digest="d1")
    case = Case.objects.get()
    change(case, admin, put("l4", en="Mine"))
    publish(case, admin)

    assert publish_case(slug="the-call", content=make_content(), digest="d2") == "kept"
    assert fresh(case).current.number == 2


# --- states -------------------------------------------------------------------------------------


def test_a_published_case_stays_on_the_shelf_while_its_draft_is_in_review(client, admin):
    case = make_published()
    change(case, admin, put("l4", en="Mine"))

    assert step(client, case, "review", note="Please look").status_code == 302

    page = client.get("/cases/the-call/edit/").content.decode()
    assert "In review" in page
    assert "Please look" in page
    reader = Client()
    reader.force_login(make_trainee())
    assert reader.get("/cases/the-call/").status_code == 200
    step(client, case, "draft")
    assert "Please look" not in client.get("/cases/the-call/edit/").content.decode()


def test_a_new_case_goes_from_draft_to_review_to_the_shelf(client, admin):
    case = start_case(slug="new-one", title=both("新", "New"), by=admin)
    assert case.state == "draft"
    change_draft(case_id=case.pk, by=admin, seen=seen_of(case), change=lambda _now: make_content())

    step(client, case, "review")
    assert fresh(case).state == "review"
    step(client, case, "publish")

    case = fresh(case)
    assert (case.state, case.current.number, case.length) == ("published", 1, 5)


def test_an_archived_case_comes_back(client):
    case = make_published()

    step(client, case, "archive", note="Old")
    assert fresh(case).state == "archived"
    step(client, case, "back")

    assert fresh(case).state == "published"
    actions = [x.action for x in AuditEntry.objects.order_by("pk") if x.action.startswith("case")]
    assert actions == ["case_archived", "case_brought_back"]


def test_a_discarded_draft_is_gone_and_an_old_page_notices(admin):
    case = make_published()
    change(case, admin, put("l4", en="Mine"))
    old = seen_of(case)

    drafting.discard_draft(case_id=case.pk, by=admin, seen=old)

    assert words(case, "l4") == "One moment."
    with pytest.raises(NewerDraftExists):
        change(case, admin, put("l4", en="Again"), seen=old)


def test_a_former_version_comes_back_as_a_draft_and_is_then_published(client, admin):
    case = make_published()
    change(case, admin, put("l4", en="Mine"))
    publish(case, admin)

    client.post("/cases/the-call/edit/restore/1/", {"seen": seen_of(case)})

    assert words(case, "l4") == "One moment."
    assert fresh(case).current.number == 2
    assert step(client, case, "publish").status_code == 302
    assert fresh(case).current.number == 3
    assert AuditEntry.objects.filter(action="case_restored").count() == 1


def test_a_restore_that_comes_too_late_changes_nothing(client, admin):
    case = make_published()
    seen = seen_of(case)
    change(case, admin, put("l4", en="Mine"))

    client.post("/cases/the-call/edit/restore/1/", {"seen": seen})

    assert words(case, "l4") == "Mine"


def test_the_history_compares_any_two(client, admin):
    case = make_published()
    change(case, admin, put("l4", en="Another moment."))
    publish(case, admin, note="Kinder")

    page = client.get("/cases/the-call/edit/history/?from=1&to=2").content.decode()

    assert "Kinder" in page
    assert "Another" in page
    assert "1 line changed" in page
    assert client.get("/cases/the-call/edit/history/?from=9&to=2").status_code == 404
    assert client.get("/cases/the-call/edit/history/?from=x&to=2").status_code == 404


def test_nothing_is_sent_to_review_that_is_published_already(admin):
    case = make_published()

    with pytest.raises(NothingChanged):
        drafting.ask_for_review(case_id=case.pk, by=admin, seen=seen_of(case), note="")

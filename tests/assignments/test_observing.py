"""Observations: drafts, finishing, who sees whose, two devices at once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from assignments.checklist import checklist
from assignments.models import FollowUp, Observation
from assignments.observing import IsFinished, NewerExists, save
from outbox.clock import database_now
from tests.assignments.following_making import (
    client_of,
    make_checklist,
    make_course,
    make_follow_up,
    make_manager,
)
from tests.factories import make_cohort, make_instructor, make_trainee
from tests.quizzes.test_races import at_once

pytestmark = pytest.mark.django_db

JSON = {"headers": {"Accept": "application/json"}}


class Scene:
    """A shop with a manager who is to observe a trainee, and the trainee's own sheet."""

    def __init__(self, occurrence=0):
        make_checklist()
        self.shop, self.course = make_cohort(), make_course()
        self.manager = make_manager(self.shop, name="Manager Luo")
        self.trainee = make_trainee(cohort=self.shop, name="Trainee Lin")
        asked = {
            "course": self.course,
            "subject": f"person:{self.trainee.pk}",
            "occurrence": occurrence,
        }
        self.asked = make_follow_up(self.manager, "observation", **asked)
        self.own = make_follow_up(self.trainee, "observation", **asked)

    def page(self, follow_up):
        return reverse("following:observe", args=[follow_up.pk])

    @property
    def comparison(self):
        return reverse("following:comparison", args=[self.trainee.pk, self.course.slug])


def filled(word="seen", version=0, **more):
    """A form in which everything has one word."""
    data = {f"{item.id}-{n}": word for item in checklist() for n in (1, 2)}
    return data | {"version": version, "note": ""} | more


def test_the_supervisor_watches_saves_a_draft_and_finishes():
    scene = Scene()
    client = client_of(scene.manager)
    page = scene.page(scene.asked)
    assert b"not for pay or appraisal" in client.get(page).content
    assert not Observation.objects.exists()

    response = client.post(page, {"turns-1": "seen", "version": 0, "note": "", "save": "1"})
    assert response.status_code == 302
    assert Observation.objects.get().seen == {"turns": ["seen", ""]}
    assert 'value="seen" checked' in client.get(page).content.decode()

    response = client.post(page, filled(version=1, note="“I can see that”", finish="1"))
    assert response.url == scene.comparison
    stored = Observation.objects.get()
    assert stored.observed_at is not None
    assert (stored.observer, stored.is_self) == (scene.manager, False)
    scene.asked.refresh_from_db()
    assert scene.asked.done_at == stored.observed_at
    assert client.get(page).url == scene.comparison


def test_finishing_with_open_lines_saves_and_says_which():
    scene = Scene()
    client = client_of(scene.manager)
    data = filled(finish="1")
    del data["asks-2"]

    response = client.post(scene.page(scene.asked), data)

    assert response.status_code == 422
    assert b"One line is still open" in response.content
    assert b'href="#i-asks"' in response.content
    stored = Observation.objects.get()
    assert stored.observed_at is None
    assert stored.seen["asks"] == ["seen", ""]


def test_what_is_tapped_is_saved_by_a_script_and_a_second_device_is_noticed():
    scene = Scene()
    client, page = client_of(scene.manager), scene.page(scene.asked)
    first = client.post(page, {"turns-1": "seen", "version": 0}, **JSON)
    assert first.json() == {"saved": True, "version": 1}
    again = client.post(page, {"turns-1": "seen", "version": 0}, **JSON)
    assert again.json() == {"saved": True, "version": 1}  # the reply was lost

    other = client.post(page, {"turns-1": "not_seen", "version": 0}, **JSON)
    assert (other.status_code, other.json()) == (409, {"error": "newer"})
    plainly = client.post(page, {"turns-1": "not_seen", "version": 0, "save": "1"})
    assert plainly.status_code == 409
    assert b'name="version" value="1"' in plainly.content
    assert b'value="not_seen" checked' in plainly.content
    assert Observation.objects.get().seen == {"turns": ["seen", ""]}

    wrong = client.post(page, {"turns-1": "splendid", "version": 1}, **JSON)
    assert wrong.status_code == 422


def test_a_note_that_is_too_long_stays_in_its_field():
    scene = Scene()
    client = client_of(scene.manager)

    response = client.post(scene.page(scene.asked), filled(note="x" * 1001, save="1"))

    assert response.status_code == 422
    assert b"x" * 1001 in response.content
    assert b'value="seen" checked' in response.content


def test_a_finished_observation_stays_as_it_is():
    scene = Scene()
    client, page = client_of(scene.manager), scene.page(scene.asked)
    client.post(page, filled(finish="1"))

    assert client.post(page, filled("not_seen", 1), **JSON).json() == {"error": "finished"}
    assert client.post(page, filled("not_seen", 1, save="1")).url == scene.comparison
    assert Observation.objects.get().seen == {"turns": ["seen"] * 2, "asks": ["seen"] * 2}


def test_the_same_sheet_of_oneself_speaks_of_oneself():
    scene = Scene()
    client = client_of(scene.trainee)

    page = client.get(scene.page(scene.own)).content
    assert b"I turned to them" in page
    client.post(scene.page(scene.own), filled(finish="1"))

    stored = Observation.objects.get()
    assert stored.is_self
    assert stored.observer == scene.trainee


@pytest.mark.django_db(transaction=True)
def test_of_two_first_saves_at_once_one_is_stored_and_the_other_told():
    scene = Scene()

    def deed(n):
        word = ["seen", "not_seen"][n]
        try:
            save(follow_up=scene.asked, seen={"turns": [word, ""]}, note="", version=0)
        except NewerExists:
            return "newer"
        return "saved"

    assert sorted(at_once(2, deed)) == ["newer", "saved"]
    assert Observation.objects.get().version == 1


# --- who may -----------------------------------------------------------------------------------


def test_only_who_is_asked_gets_to_the_sheet():
    scene = Scene()
    strangers = [
        scene.trainee,
        make_manager(make_cohort()),
        make_instructor(cohort=scene.shop),
        make_trainee(cohort=scene.shop),
    ]
    for stranger in strangers:
        assert client_of(stranger).get(scene.page(scene.asked)).status_code == 404
    assert client_of(scene.manager).get(scene.page(scene.own)).status_code == 404


def test_a_former_manager_finds_nothing():
    scene = Scene()
    client = client_of(scene.manager)
    client.post(scene.page(scene.asked), filled(finish="1"))
    assert client.get(scene.comparison).status_code == 200
    scene.manager.duties.all().delete()

    assert client.get(scene.page(scene.asked)).status_code == 404
    assert client.post(scene.page(scene.asked), filled()).status_code == 404
    assert client.get(scene.comparison).status_code == 404


def test_the_comparison_is_for_the_trainee_their_observer_and_their_instructors():
    scene = Scene()
    readers = [scene.trainee, scene.manager, make_instructor(cohort=scene.shop)]
    strangers = [
        make_trainee(cohort=scene.shop),
        make_instructor(cohort=make_cohort()),
        make_manager(scene.shop),
        make_manager(make_cohort()),
    ]
    for reader in readers:
        assert client_of(reader).get(scene.comparison).status_code == 200
    for stranger in strangers:
        assert client_of(stranger).get(scene.comparison).status_code == 404


def test_a_draft_that_a_former_manager_left_is_begun_anew_by_the_next():
    scene = Scene()
    save(follow_up=scene.asked, seen={"turns": ["seen", ""]}, note="mine", version=0)
    new = make_manager(scene.shop)
    asked = make_follow_up(
        new, "observation", course=scene.course, subject=scene.asked.subject, occurrence=0
    )

    page = client_of(new).get(scene.page(asked)).content
    assert b"checked" not in page
    assert b"mine" not in page
    client_of(new).post(scene.page(asked), filled("not_seen", finish="1"))

    stored = Observation.objects.get()
    assert stored.observer == new
    assert stored.note == ""


def test_neither_sees_the_others_before_their_own_is_in_or_a_week_has_passed():
    scene = Scene()
    save(
        follow_up=scene.asked,
        seen={item.id: ["seen", "not_seen"] for item in checklist()},
        note="He waited for the answer.",
        version=0,
        finish=True,
    )
    client = client_of(scene.trainee)
    page = client.get(scene.comparison).content
    assert b"He waited" not in page
    assert b"is in. You see it as soon as" in page
    assert b"He waited" in client_of(scene.manager).get(scene.comparison).content

    Observation.objects.update(observed_at=database_now() - timedelta(days=8))
    assert b"He waited" in client.get(scene.comparison).content

    Observation.objects.update(observed_at=database_now())
    client.post(scene.page(scene.own), filled(finish="1"))
    page = client.get(scene.comparison).content
    assert b"He waited" in page
    assert b"1 of 2" in page
    assert b"2 of 2" in page


def test_what_had_no_occasion_is_not_counted_against_anybody():
    scene = Scene()
    save(
        follow_up=scene.own,
        seen={"turns": ["seen", "no_occasion"], "asks": ["no_occasion", "no_occasion"]},
        note="",
        version=0,
        finish=True,
    )

    page = client_of(scene.trainee).get(scene.comparison).content

    assert b"1 of 1" in page


def test_finishing_twice_is_refused_in_the_module_too():
    scene = Scene()
    save(follow_up=scene.own, seen={"turns": ["seen", "seen"]}, note="", version=0, finish=True)

    with pytest.raises(IsFinished):
        save(follow_up=scene.own, seen={}, note="", version=1)


def test_without_a_checklist_in_the_pack_there_is_no_sheet():
    scene = Scene()
    from units.models import Reference

    Reference.objects.all().delete()

    assert client_of(scene.manager).get(scene.page(scene.asked)).status_code == 404


def test_an_observation_that_was_dropped_is_not_asked_any_more():
    scene = Scene()
    FollowUp.objects.filter(pk=scene.asked.pk).update(dropped_because="its time is over")

    assert client_of(scene.manager).get(scene.page(scene.asked)).status_code == 404


def test_the_pages_take_the_same_queries_however_much_is_in_them(django_assert_max_num_queries):
    scene = Scene()
    client = client_of(scene.trainee)
    for occurrence in (0, 30):
        for is_self in (True, False):
            Observation.objects.create(
                person=scene.trainee,
                observer=scene.trainee if is_self else scene.manager,
                is_self=is_self,
                course=scene.course,
                occurrence=occurrence,
                seen={item.id: ["seen", "seen"] for item in checklist()},
                note="Said it back.",
                language="en",
                observed_at=datetime(2026, 3, 4, tzinfo=UTC),
            )
    with django_assert_max_num_queries(7):
        assert client.get(scene.comparison).status_code == 200

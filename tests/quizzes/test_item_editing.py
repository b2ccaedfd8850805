"""Editing exercises and banks: drafts, two at once, publishing, restoring, running attempts."""

import json

import pytest

from quizzes import editing
from quizzes.item_fields import fields_of, with_fields
from quizzes.kinds import KINDS
from quizzes.models import Answer, Exercise, ExerciseDraft
from tests.factories import make_admin, make_instructor, make_trainee
from tests.quizzes.making import make_attempt, make_bank, make_exercise
from tests.quizzes.test_races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    person = make_admin(language="en")
    client.force_login(person)
    return person


def at(exercise, name=""):
    """An address of the exercise's editor."""
    return f"/items/exercises/{exercise.slug}/edit/{name}"


def save(client, exercise, seen, **fields):
    """Save a draft as the page's script does."""
    operations = [{"field": key, "value": value} for key, value in fields.items()]
    body = json.dumps({"seen": seen, "operations": operations})
    return client.post(at(exercise, "draft/"), body, content_type="application/json")


def publish(client, exercise, seen, **fields):
    return client.post(at(exercise, "publish/"), {"seen": seen, "act": "publish"} | fields)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_opened_previewed_and_saved_as_it_is(client, admin, kind):
    exercise = make_exercise(kind)
    draft = {"kind": kind, "content": KINDS[kind].sample_content}

    assert client.get(at(exercise)).status_code == 200
    assert client.get(at(exercise, "preview/"), headers={"X-Part": "1"}).status_code == 200
    changed = with_fields(draft, fields_of(draft))
    assert KINDS[kind].parse(changed["content"]) == KINDS[kind].parse(draft["content"])


def test_a_draft_is_saved_previewed_and_published(client, admin):
    exercise = make_exercise()
    saved = save(client, exercise, "0.1", prompt_en="A new statement")

    assert (saved.status_code, saved.json()["seen"]) == (200, "1.1")
    part = client.get(at(exercise, "preview/?language=en"), headers={"X-Part": "1"})
    assert "A new statement" in part.content.decode()
    assert "Not this time" in part.content.decode()
    exercise.refresh_from_db()
    assert exercise.current.number == 1

    assert publish(client, exercise, "1.1").url == at(exercise)
    exercise.refresh_from_db()
    current = exercise.current
    assert (current.number, current.origin, current.author) == (2, "editor", admin)
    assert current.content["prompt"]["en"] == "A new statement"
    assert ExerciseDraft.objects.get().content == {}


def test_a_draft_that_somebody_else_has_saved_meanwhile_is_refused_and_compared(client, admin):
    exercise = make_exercise()
    save(client, exercise, "0.1", prompt_en="Mine")
    late = save(client, exercise, "0.1", prompt_en="Yours")
    body = json.dumps({"base": {"prompt_en": "Yours"}, "mine": True})
    shown = client.post(at(exercise, "compare/"), body, content_type="application/json")

    assert (late.status_code, late.json()["seen"]) == (409, "1.1")
    assert ExerciseDraft.objects.get().content["content"]["prompt"]["en"] == "Mine"
    assert "Yours" in shown.content.decode()


def test_a_plain_form_that_is_late_keeps_what_was_typed(client, admin):
    exercise = make_exercise()
    save(client, exercise, "0.1", prompt_en="Mine")
    page = client.post(at(exercise), {"seen": "0.1", "prompt_en": "Yours", "answer": "true"})

    assert page.status_code == 409
    assert "Yours</textarea>" in page.content.decode()


def test_what_is_incomplete_cannot_be_published_and_says_what_is_missing(client, admin):
    exercise = make_exercise()
    save(client, exercise, "0.1", prompt_en="")
    page = publish(client, exercise, "1.1")

    assert page.status_code == 422
    assert "the question in English" in page.content.decode()
    exercise.refresh_from_db()
    assert exercise.current.number == 1


def test_yaml_that_is_wrong_is_kept_and_named_with_its_line(client, admin):
    exercise = make_exercise("ordering")
    text = fields_of({"kind": "ordering", "content": exercise.current.content})["yaml"]
    save(client, exercise, "0.1", yaml=text + "colour: red\n")
    page = publish(client, exercise, "1.1")
    line = text.count("\n") + 1

    assert page.status_code == 422
    assert f"line {line}: colour: is not a key" in page.content.decode()
    assert "colour: red" in client.get(at(exercise)).content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "a: &x 1",
        "- 1",
        "\t",
        "!!python/object:os.system x",
        "a: 1\na: 2",
        "a: 2020-01-01",
        "a: .inf",
        'a: "\\0"',
        'a: "\\ud800"',
        "1: x",
        "\x00",
    ],
)
def test_no_yaml_breaks_the_editor(client, admin, text):
    exercise = make_exercise("ordering")

    assert save(client, exercise, "0.1", yaml=text).status_code == 200
    assert client.get(at(exercise)).status_code == 200
    assert publish(client, exercise, "1.1").status_code == 422


def test_publishing_the_same_says_so(client, admin):
    exercise = make_exercise()
    editing.change_draft(exercise_id=exercise.pk, by=admin, seen="0.1", change=lambda one: one)

    assert publish(client, exercise, "1.1").status_code == 409


def test_publishing_over_a_newer_version_has_to_be_meant(client, admin):
    exercise = make_exercise()
    save(client, exercise, "0.1", prompt_en="Old draft")
    ExerciseDraft.objects.update(based_on=0)

    assert publish(client, exercise, "1.0").status_code == 409
    assert publish(client, exercise, "1.0", knowingly="1").status_code == 302


def test_a_former_version_is_compared_and_restored(client, admin):
    exercise = make_exercise()
    before = exercise.current.content
    save(client, exercise, "0.1", prompt_en="Something else")
    publish(client, exercise, "1.1")
    page = client.get(at(exercise, "history/?from=1&to=2")).content.decode()

    assert "Something" in page
    assert client.post(at(exercise, "history/1/restore/"), {"seen": "2.2"}).status_code == 302
    assert ExerciseDraft.objects.get().content["content"] == before
    publish(client, exercise, "3.2")
    exercise.refresh_from_db()
    assert (exercise.current.number, exercise.current.content["prompt"]) == (3, before["prompt"])
    assert client.get(at(exercise, "history/?from=1&to=99")).status_code == 404
    assert client.post(at(exercise, "history/9/restore/"), {"seen": "x"}).status_code == 404


def test_a_running_attempt_keeps_its_wording(client, admin):
    attempt = make_attempt()
    answer = Answer.objects.filter(attempt=attempt).select_related("exercise").first()
    save(client, answer.exercise, "0.1", prompt_en="Changed")
    publish(client, answer.exercise, "1.1")

    again = Answer.objects.get(pk=answer.pk)
    assert again.revision_id == answer.revision_id
    assert again.revision.content["prompt"]["en"] != "Changed"


def test_a_new_exercise_begins_as_a_draft_and_takes_its_place_in_the_bank(client, admin):
    bank = make_bank()
    data = {"slug": "fresh", "kind": "true_false", "bank": bank.slug}
    assert client.post("/items/exercises/new/", data).url == "/items/exercises/fresh/edit/"
    assert client.post("/items/exercises/new/", data).status_code == 422
    exercise = Exercise.objects.get(slug="fresh")
    fields = {f"{name}_{key}": "x" for name in ("prompt", "explanation") for key in ("zh", "en")}
    save(client, exercise, "1.0", answer="true", **fields)
    publish(client, exercise, "2.0")

    assert bank.items.last().exercise == exercise


def test_others_find_nothing_here(client):
    exercise, bank = make_exercise(), make_bank()
    for person in (make_trainee(), make_instructor()):
        client.force_login(person)
        for path in ("", "preview/", "publish/", "history/"):
            assert client.get(at(exercise, path)).status_code == 404
        assert save(client, exercise, "0.1", prompt_en="x").status_code == 404
        assert client.get("/items/").status_code == 404
        assert client.get(f"/items/banks/{bank.slug}/").status_code == 404
        assert client.post(f"/items/banks/{bank.slug}/", {}).status_code == 404
    assert not ExerciseDraft.objects.exists()


def test_a_thing_that_is_not_there_is_not_found(client, admin):
    assert client.get("/items/exercises/nothing/edit/").status_code == 404
    assert client.get("/items/banks/nothing/").status_code == 404


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"seen": 1}', '{"seen": "0.1", "operations": [{"field": "x"}]}']
)
def test_a_save_that_makes_no_sense_is_refused(client, admin, body):
    exercise = make_exercise()
    page = client.post(at(exercise, "draft/"), body, content_type="application/json")

    assert page.status_code == 422


def test_who_else_is_editing_is_said(client, admin):
    exercise = make_exercise()
    client.post(at(exercise, "here/"))
    client.force_login(make_admin(name="Somebody"))

    assert client.post(at(exercise, "here/")).json() == {"others": [str(admin)]}


def test_exercises_are_found_by_words_and_by_what_they_lack(client, admin):
    exercise = make_exercise()
    editing.start_exercise(slug="half", kind="true_false", by=admin)
    half = Exercise.objects.get(slug="half")
    save(client, half, "1.0", prompt_zh="只有中文", explanation_zh="因为", answer="true")

    def found(query):
        return {row["exercise"].slug for row in client.get(f"/items/?{query}").context["rows"]}

    assert found("q=judge") == {exercise.slug}
    assert found("q=只有") == {"half"}
    assert found("show=english") == {"half"}
    assert found("show=drafts") == {"half"}
    assert found("show=loose") == {exercise.slug, "half"}


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_publish_at_once_one_succeeds():
    exercise, admin = make_exercise(), make_admin()
    change = lambda one: with_fields(one, {"prompt_en": "New"})  # noqa: E731
    editing.change_draft(exercise_id=exercise.pk, by=admin, seen="0.1", change=change)

    def put(n):
        try:
            editing.publish_exercise(exercise_id=exercise.pk, by=admin, seen="1.1")
        except editing.NewerDraftExists:
            return 0
        return 1

    assert sum(at_once(8, put)) == 1
    assert exercise.revisions.count() == 2

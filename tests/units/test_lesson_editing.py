"""Editing a lesson: drafts, the pack's own checks, publishing, restoring, the pack afterwards."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quizzes.models import Answer, Revision
from quizzes.practising import check_answer
from tests.factories import make_admin, make_instructor, make_trainee
from tests.quizzes.making import make_exercise
from tests.quizzes.test_races import at_once
from tests.units.packs import change, write_pack
from units import editing
from units.editing import cleaned, fields_of, with_fields
from units.models import Lesson, LessonDraft, LessonRevision
from units.pack.canonical import lesson_digest
from units.pack.loading import load_course

pytestmark = pytest.mark.django_db
LESSON = "units/01-first/01-one.yaml"


@pytest.fixture
def pack(tmp_path):
    folder = write_pack(tmp_path / "pack")
    load_course(folder)
    return folder


@pytest.fixture
def admin(client):
    person = make_admin(language="en")
    client.force_login(person)
    return person


def lesson_now():
    return Lesson.objects.select_related("unit", "current", "practice_quiz__bank").get()


def at(name=""):
    return f"/units/first/one/edit/{name}"


def save(client, seen, **fields):
    """Save a draft as the page's script does."""
    operations = [{"field": key, "value": value} for key, value in fields.items()]
    body = json.dumps({"seen": seen, "operations": operations})
    return client.post(at("draft/"), body, content_type="application/json")


def publish(client, seen, **fields):
    return client.post(at("publish/"), {"seen": seen, "act": "publish"} | fields)


def test_what_is_opened_and_not_changed_is_the_same(pack, client, admin):
    lesson = lesson_now()
    source = lesson.current.source

    assert cleaned(with_fields(source, fields_of(source))) == source
    for page in ("", "preview/", "publish/", "history/"):
        assert client.get(at(page)).status_code == 200
    assert "There is nothing to do" in client.get(at("publish/")).content.decode()
    assert publish(client, "0.1").status_code == 409


def test_a_draft_is_saved_previewed_and_published_as_a_next_revision(pack, client, admin):
    before = lesson_now()
    english = before.current.source["markdown"]["en"]
    saved = save(
        client,
        "0.1",
        title_en="Another title",
        minutes="9",
        markdown_en=english + "\n## New\n\nMore.",
    )

    assert (saved.status_code, saved.json()["seen"]) == (200, "1.1")
    part = client.get(at("preview/?language=en"), headers={"X-Part": "1"}).content.decode()
    assert "<h2>New</h2>" in part
    assert lesson_now().title_en == before.title_en

    assert publish(client, "1.1").status_code == 302
    lesson = lesson_now()
    revision = lesson.current
    assert (revision.number, revision.origin, revision.author) == (2, "editor", admin)
    assert (lesson.title_en, lesson.minutes) == ("Another title", 9)
    assert revision.blocks_en[-1]["heading"] == "New"
    assert revision.digest == lesson_digest(revision.source)
    assert LessonDraft.objects.get().content == {}


def test_a_published_edit_and_the_pack_render_the_same(pack, client, admin):
    before = lesson_now().current
    save(client, "0.1", minutes="9")
    publish(client, "1.1")
    after = lesson_now().current

    assert (after.blocks_zh, after.blocks_en) == (before.blocks_zh, before.blocks_en)


def test_the_pack_leaves_an_edited_lesson_alone(pack, client, admin):
    save(client, "0.1", title_en="Ours")
    publish(client, "1.1")
    change(pack, LESSON, "minutes: ", "minutes: 1")
    summary = load_course(pack)

    assert lesson_now().title_en == "Ours"
    assert any("one" in name for name in summary.kept)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"markdown_en": "## Only words"}, "embed different things"),
        ({"markdown_zh": "::: exercise nothing :::", "markdown_en": "::: exercise nothing :::"},
         "there is no exercise"),
        ({"markdown_zh": ":::keep\n字"}, "never closed"),
        ({"title_zh": ""}, "title"),
        ({"minutes": "99"}, "minutes"),
        ({"minutes": "x"}, "minutes"),
        ({"step": "dance"}, "step"),
        ({"markdown_en": ""}, "the text in English is missing"),
    ],
)  # fmt: skip
def test_the_packs_own_checks_keep_a_broken_lesson_from_being_published(
    pack, client, admin, fields, words
):
    save(client, "0.1", **fields)
    page = publish(client, "1.1")

    assert page.status_code == 422
    assert words in page.content.decode()
    assert lesson_now().current.number == 1
    assert client.get(at()).status_code == 200


def test_an_exercise_of_the_course_can_be_put_in_and_practised(pack, client, admin):
    exercise = make_exercise()
    source = lesson_now().current.source
    texts = {
        f"markdown_{key}": f"{source['markdown'][key]}\n\n::: exercise {exercise.slug} :::\n"
        for key in ("zh", "en")
    }
    save(client, "0.1", **texts)
    publish(client, "1.1")
    lesson = lesson_now()

    assert lesson.practice_quiz.bank.items.last().exercise == exercise
    assert {"exercise": exercise.slug} in lesson.current.blocks_zh
    assert exercise.slug in client.get("/units/first/one/").content.decode()


def test_open_practice_keeps_its_questions_when_the_lesson_loses_them(pack, client, admin):
    lesson, trainee = lesson_now(), make_trainee()
    item = lesson.practice_quiz.bank.items.select_related("exercise__current").first()
    revision = item.exercise.current
    check_answer(
        quiz=lesson.practice_quiz, trainee=trainee, revision=revision,
        response=revision.rules.sample_response, confidence=None,
    )  # fmt: skip
    texts = {
        f"markdown_{key}": "\n".join(
            line for line in text.split("\n") if not line.startswith("::: exercise")
        )
        for key, text in lesson.current.source["markdown"].items()
    }
    save(client, "0.1", **texts)
    publish(client, "1.1")

    assert lesson_now().practice_quiz is None
    assert Answer.objects.get().revision == revision
    client.force_login(trainee)
    assert client.get("/units/first/one/").status_code == 200


def test_a_draft_that_somebody_else_has_saved_meanwhile_is_refused_and_compared(
    pack, client, admin
):
    save(client, "0.1", title_en="Mine")
    late = save(client, "0.1", title_en="Yours")
    body = json.dumps({"base": {"title_en": "Yours"}, "mine": True})
    shown = client.post(at("compare/"), body, content_type="application/json")
    page = client.post(at(), {"seen": "0.1", "title_en": "Yours"})

    assert (late.status_code, late.json()["seen"]) == (409, "1.1")
    assert LessonDraft.objects.get().content["title"]["en"] == "Mine"
    assert "Yours" in shown.content.decode()
    assert page.status_code == 409
    assert "Yours</textarea>" in page.content.decode()


def test_a_former_version_is_compared_and_restored(pack, client, admin):
    before = lesson_now().current.source
    save(client, "0.1", title_en="Something else")
    publish(client, "1.1")
    page = client.get(at("history/?from=1&to=2")).content.decode()

    assert "Something else" in page
    assert client.post(at("history/1/restore/"), {"seen": "2.2"}).status_code == 302
    publish(client, "3.2")
    lesson = lesson_now()
    assert (lesson.current.number, lesson.current.source) == (3, before)
    assert client.get(at("history/?from=1&to=99")).status_code == 404
    assert client.post(at("history/9/restore/"), {"seen": "x"}).status_code == 404


def test_a_draft_is_discarded(pack, client, admin):
    save(client, "0.1", title_en="Something else")
    client.post(at("publish/"), {"seen": "1.1", "act": "discard"})

    assert LessonDraft.objects.get().content == {}
    assert LessonRevision.objects.count() == 1


def test_html_in_a_text_stays_text(pack, client, admin):
    texts = {
        f"markdown_{key}": "## x\n\n<script>alert(1)</script> <b onclick=x>b</b>"
        for key in ("zh", "en")
    }
    save(client, "0.1", **texts)
    part = client.get(at("preview/"), headers={"X-Part": "1"}).content.decode()

    assert "<script" not in part
    assert "<b onclick" not in part


def test_others_find_nothing_here(pack, client):
    for person in (make_trainee(), make_instructor()):
        client.force_login(person)
        for page in ("", "preview/", "publish/", "history/"):
            assert client.get(at(page)).status_code == 404
        assert save(client, "0.1", title_en="x").status_code == 404
        assert publish(client, "0.1").status_code == 404
    assert not LessonDraft.objects.exists()
    client.force_login(make_admin())
    assert client.get("/units/first/nothing/edit/").status_code == 404


def test_a_longer_text_with_more_exercises_costs_no_more_statements(pack, client, admin):
    counts = []
    for _round in range(2):
        client.get(at())
        with CaptureQueriesContext(connection) as queries:
            client.get(at())
        counts.append(len(queries))
        source = editing.present_lesson(
            Lesson.objects.select_related("current", "draft").get()
        ).content
        more = "".join(f"\n\n::: exercise {make_exercise().slug} :::\n" for _n in range(8))
        save(client, "0.1", **{f"markdown_{k}": source["markdown"][k] + more for k in ("zh", "en")})
    assert Revision.objects.count() > 8

    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_of_six_who_publish_at_once_one_succeeds(tmp_path):
    load_course(write_pack(tmp_path / "pack"))
    lesson, admin = lesson_now(), make_admin()
    editing.change_draft(
        lesson_id=lesson.pk, by=admin, seen="0.1", change=lambda one: one | {"minutes": 9}
    )

    def put(n):
        try:
            editing.publish_draft(lesson_id=lesson.pk, by=admin, seen="1.1")
        except editing.NewerDraftExists:
            return 0
        return 1

    assert sum(at_once(6, put)) == 1
    assert LessonRevision.objects.count() == 2

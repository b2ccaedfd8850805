"""Loading: twice changes nothing, editors' work stays, a dump means the same."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from quizzes.canonical import plain
from quizzes.models import Bank, Exercise, Quiz, Revision
from tests.quizzes.making import make_revision
from tests.units.packs import change, write_pack
from units.models import Course, Lesson, LessonRevision, Unit
from units.pack import canonical
from units.pack.comparing import differences
from units.pack.dumping import dump_course
from units.pack.loading import load_course
from units.pack.reading import read_pack

pytestmark = pytest.mark.django_db
LESSON = "units/01-first/01-one.yaml"


@pytest.fixture
def pack(tmp_path):
    folder = write_pack(tmp_path / "pack")
    load_course(folder)
    return folder


def test_everything_of_the_pack_is_there(pack):
    lesson = Lesson.objects.select_related("unit", "current", "practice_quiz").get()
    check = Unit.objects.get().check_quiz

    assert (lesson.unit.slug, lesson.slug, lesson.step) == ("first", "one", "diagnose")
    assert (check.purpose, check.draw, check.bank.items.count()) == (Quiz.Purpose.CHECK, 2, 2)
    assert Course.objects.get().pre_quiz.feedback == Quiz.Feedback.NEVER
    assert Case.objects.published().get().current.number == 1
    assert [sorted(block)[0] for block in lesson.current.blocks_zh] == [
        "heading", "html", "exercise", "html", "case",
    ]  # fmt: skip
    assert '<span class="own">' in lesson.current.blocks_en[0]["html"]
    assert "<svg" in lesson.current.blocks_en[1]["html"]
    assert "5–9%" in lesson.current.blocks_en[1]["html"]


def test_loading_twice_changes_nothing(pack):
    before = rows()

    summary = load_course(pack)

    assert summary.is_nothing
    assert rows() == before


def rows():
    """Every row of the content tables as the database has it."""
    tables = [
        model._meta.db_table
        for model in (Exercise, Revision, Bank, Quiz, Unit, Lesson, LessonRevision, Course, Case)
    ]
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t ORDER BY id")
            found[table] = cursor.fetchall()
    return found


def test_a_changed_question_becomes_a_new_revision(pack):
    change(pack, LESSON, "answer: true", "answer: false")

    summary = load_course(pack)

    exercise = Exercise.objects.get(slug="lesson-one-true")
    assert [r.content["answer"] for r in exercise.revisions.order_by("number")] == [True, False]
    assert exercise.current.number == 2
    assert summary.changed == {"exercises": 1}


def test_what_was_edited_here_is_left_alone_and_named(pack):
    exercise = Exercise.objects.get(slug="lesson-one-true")
    edited = make_revision(exercise, "true_false", {**exercise.current.content, "answer": False})
    change(pack, LESSON, "服务由客人评价", "服务由客人说了算")

    summary = load_course(pack)

    assert summary.kept == ["exercises lesson-one-true"]
    assert Exercise.objects.get(slug="lesson-one-true").current == edited
    assert differences(read_pack(pack)) == [
        "exercise lesson-one-true: edited here; load_course will leave it alone"
    ]


def test_overwrite_takes_the_packs_version_as_a_new_revision(pack):
    exercise = Exercise.objects.get(slug="lesson-one-true")
    make_revision(exercise, "true_false", {**exercise.current.content, "answer": False})

    load_course(pack, overwrite=["lesson-one-true"])

    exercise.refresh_from_db()
    assert (exercise.current.number, exercise.current.content["answer"]) == (3, True)
    assert load_course(pack).is_nothing


def test_a_lesson_that_leaves_the_pack_is_archived_and_comes_back(pack):
    files = {path: path.read_text() for path in (pack / "units/01-first").glob("01-one*")}
    for path in files:
        path.rename(path.with_name(path.name.replace("01-one", "01-two")))
    change(pack, "banks/check-one.yaml", "objective: one", "objective: two")
    change(pack, "banks/check-one.yaml", "objective: one", "objective: two")

    load_course(pack)

    assert Lesson.objects.get(slug="one").archived_at is not None
    assert Lesson.objects.get(slug="two").archived_at is None


def test_a_dump_means_the_same(pack, tmp_path):
    dumped = tmp_path / "dumped"

    dump_course(dumped)

    assert meaning(read_pack(dumped)) == meaning(read_pack(pack))
    assert load_course(dumped).is_nothing


def test_the_real_pack_survives_a_round_trip(tmp_path, settings):
    folder = settings.BASE_DIR / "fixtures" / "mot"
    load_course(folder)

    dump_course(tmp_path / "dumped")

    assert meaning(read_pack(tmp_path / "dumped")) == meaning(read_pack(folder))


def meaning(pack):
    """The pack's canonical forms, by name."""
    return {
        "exercises": {one.slug: canonical.exercise_form(one) for one in pack.exercises},
        "lessons": {(u.slug, x.slug): canonical.lesson_source(x) for u, x in pack.lessons},
        "units": {slug: canonical.unit_form(unit) for slug, unit in pack.units.items()},
        "banks": {slug: canonical.bank_form(bank) for slug, bank in pack.banks.items()},
        "cases": {slug: canonical.case_form(case) for slug, case in pack.cases.items()},
        "courses": {
            slug: canonical.course_form(one, pack.guides.get(slug))
            for slug, one in pack.courses.items()
        },
        "worksheets": {slug: plain(one) for slug, one in pack.worksheets.items()},
        "glossary": plain(pack.glossary) if pack.glossary else None,
        "map": plain(pack.map) if pack.map else None,
    }


def test_a_dump_does_not_mix_with_other_files(pack):
    with pytest.raises(FileExistsError):
        dump_course(pack)


def test_a_second_load_takes_few_queries_whatever_the_size(pack):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        load_course(pack)

    assert len(queries) <= 20


def test_the_description_of_the_format_is_up_to_date(settings):
    from units.pack.describing import described

    path = settings.BASE_DIR / "docs" / "course-pack.md"
    assert path.read_text(encoding="utf-8") == described()


def test_a_course_loaded_before_there_were_guides_takes_the_new_one(pack):
    course = Course.objects.get(slug="core")
    course.pack_digest = canonical.digest(course.content)
    course.save()
    change(pack, "courses/core.yaml", "Front line", "Everybody")

    load_course(pack)

    course.refresh_from_db()
    assert course.content["audience"]["en"] == "Everybody"


def test_a_course_changed_here_is_kept(pack):
    course = Course.objects.get(slug="core")
    course.content = course.content | {"minutes": 99}
    course.save()
    change(pack, "courses/core.yaml", "Front line", "Everybody")

    summary = load_course(pack)

    assert summary.kept == ["courses core"]

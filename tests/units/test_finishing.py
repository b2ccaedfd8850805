"""When a lesson, a unit and a course are finished, and that it stays so."""

import pytest
from django.utils import timezone

from quizzes.models import Attempt, Quiz
from quizzes.starting import start_attempt
from quizzes.submitting import Unsent, submit_attempt
from tests.factories import make_trainee
from tests.units.packs import change, write_pack
from units.finishing import finish_lesson, recount_completions
from units.models import Completion, Lesson, Reading
from units.pack.loading import load_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack(tmp_path):
    folder = write_pack(tmp_path)
    load_course(folder)
    return folder


def read(trainee):
    lesson = Lesson.objects.select_related("unit", "practice_quiz").get(archived_at=None)
    finish_lesson(lesson=lesson, trainee=trainee, now=timezone.now())


def take(trainee, purpose, *, right=True):
    """Take the quiz of that purpose, all right or all left empty."""
    attempt = start_attempt(quiz=Quiz.objects.get(purpose=purpose), trainee=trainee)
    unsent = []
    for answer in attempt.answers.select_related("revision"):
        content = answer.revision.content
        if "answer" in content:
            response = {"answer": content["answer"]}
        else:
            response = {"choice": next(o["id"] for o in content["options"] if o.get("correct"))}
        unsent.append(Unsent(answer.position, response, None, 10**18))
    return submit_attempt(attempt_id=attempt.pk, trainee=trainee, unsent=unsent if right else ())


def finished(trainee):
    done = Completion.objects.filter(trainee=trainee).select_related("unit", "course")
    return sorted((one.unit or one.course).slug for one in done)


def test_a_unit_is_finished_when_its_lessons_are_read_and_its_check_is_passed(pack):
    trainee = make_trainee()

    read(trainee)
    assert finished(trainee) == []
    assert not take(trainee, "check", right=False).is_passed
    assert finished(trainee) == []
    Attempt.objects.update(submitted_at="2026-01-01T00:00Z")
    assert take(trainee, "check").is_passed

    assert finished(trainee) == ["first"]


def test_the_order_of_the_last_two_deeds_does_not_matter(pack):
    trainee = make_trainee()

    take(trainee, "check")
    read(trainee)

    assert finished(trainee) == ["first"]


def test_a_course_is_finished_with_its_post_test(pack):
    trainee = make_trainee()
    read(trainee)
    take(trainee, "check")

    take(trainee, "post", right=False)

    assert finished(trainee) == ["core", "first"]


def test_what_was_finished_stays_finished_when_the_unit_grows(pack):
    trainee = make_trainee()
    read(trainee)
    take(trainee, "check")
    for path in list((pack / "units/01-first").glob("01-one*")):
        new = path.with_name(path.name.replace("01-one", "02-two"))
        new.write_text(path.read_text().replace("lesson-one-true", "lesson-two-true"))

    load_course(pack)

    assert Lesson.objects.filter(archived_at=None).count() == 2
    assert finished(trainee) == ["first"]


def test_finishing_twice_keeps_the_first_time(pack):
    trainee = make_trainee()
    read(trainee)
    first = Reading.objects.get().finished_at
    read(trainee)

    assert Reading.objects.get().finished_at == first


def test_recounting_finds_what_is_missing_and_nothing_else(pack):
    trainee, beginner = make_trainee(), make_trainee()
    read(trainee)
    take(trainee, "check")
    take(trainee, "post")
    read(beginner)
    assert recount_completions(timezone.now()) == 0
    Completion.objects.all().delete()

    assert recount_completions(timezone.now()) == 2

    assert finished(trainee) == ["core", "first"]
    assert finished(beginner) == []


def test_a_changed_lesson_keeps_its_readings(pack):
    trainee = make_trainee()
    read(trainee)
    change(pack, "units/01-first/01-one.en.md", "A paragraph.", "Another paragraph.")

    load_course(pack)

    assert Reading.objects.get().finished_at is not None
    assert Lesson.objects.get().current.number == 2

"""When a lesson, a unit or a course is finished, and the row that says so for good."""

from datetime import datetime

from django.db import transaction

from people.models import User
from quizzes.models import Attempt
from quizzes.practising import finish_practice
from units.models import Completion, Course, CourseUnit, Lesson, Reading, Unit


@transaction.atomic
def finish_lesson(*, lesson: Lesson, trainee: User, now: datetime) -> None:
    """Note that the trainee has read the lesson, close its practice, complete what is complete."""
    reading, _ = Reading.objects.select_for_update().get_or_create(
        trainee=trainee, lesson=lesson, defaults={"seen_at": now}
    )
    reading.seen_at = now
    reading.finished_at = reading.finished_at or now
    reading.block = 0  # coming back means reading again from the top
    reading.save(update_fields=["seen_at", "finished_at", "block"])
    if lesson.practice_quiz is not None:
        finish_practice(quiz=lesson.practice_quiz, trainee=trainee, now=now)
    complete_unit_if_done(unit=lesson.unit, trainee=trainee, now=now)


def complete_unit_if_done(*, unit: Unit, trainee: User, now: datetime) -> None:
    """Write the unit's completion, once, if its lessons are read and its check is passed.

    Runs in the transaction of the last deed. Two last deeds at once (a check submitted in
    one tab, a lesson finished in another) each see the other's row or wait for it, because
    both have locked rows of their own; the daily recount catches what still slips through.
    """
    if not is_unit_done(unit, trainee):
        return
    Completion.objects.bulk_create(
        [Completion(trainee=trainee, unit=unit, finished_at=now)], ignore_conflicts=True
    )
    for course in Course.objects.filter(places__unit=unit):
        complete_course_if_done(course=course, trainee=trainee, now=now)


def complete_course_if_done(*, course: Course, trainee: User, now: datetime) -> None:
    """Write the course's completion, once, if all units are complete and the post-test is in."""
    units = set(CourseUnit.objects.filter(course=course).values_list("unit", flat=True))
    done = set(
        Completion.objects.filter(trainee=trainee, unit__in=units).values_list("unit", flat=True)
    )
    if units != done:
        return
    if course.post_quiz_id is not None:
        attempts = Attempt.objects.of(trainee).filter(quiz=course.post_quiz_id)
        if not attempts.submitted().exists():
            return
    Completion.objects.bulk_create(
        [Completion(trainee=trainee, course=course, finished_at=now)], ignore_conflicts=True
    )


def is_unit_done(unit: Unit, trainee: User) -> bool:
    """All present lessons of its way finished, and the check passed where there is one."""
    on_the_way = Lesson.objects.filter(
        unit=unit, more=False, archived_at=None, current__isnull=False
    )
    unread = on_the_way.exclude(
        readings__in=Reading.objects.filter(trainee=trainee, finished_at__isnull=False)
    )
    if unread.exists():
        return False
    if unit.check_quiz_id is None:
        return True
    return Attempt.objects.of(trainee).filter(quiz=unit.check_quiz_id).passed().exists()


def recount_completions(now: datetime) -> int:
    """Write every completion that the rows imply and that is missing; how many there were.

    Completions are never withdrawn: later content does not take back what was finished.
    """
    before = Completion.objects.count()
    for unit in Unit.objects.select_related("check_quiz"):
        trainees = User.objects.filter(readings__lesson__unit=unit).exclude(completions__unit=unit)
        for trainee in trainees.distinct().iterator():
            with transaction.atomic():
                complete_unit_if_done(unit=unit, trainee=trainee, now=now)
    for course in Course.objects.all():
        trainees = User.objects.filter(completions__unit__places__course=course).exclude(
            completions__course=course
        )
        for trainee in trainees.distinct().iterator():
            with transaction.atomic():
                complete_course_if_done(course=course, trainee=trainee, now=now)
    return Completion.objects.count() - before

"""What units know about a quiz: where it stands, what to reread, what comes next."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from quizzes.models import Attempt, Mark, Quiz
from quizzes.neighbours import Around, Link
from units.finishing import complete_course_if_done, complete_unit_if_done
from units.models import Course, CourseUnit, Lesson, Unit
from units.progress import LESSON_COLUMNS


class UnitsNeighbour:
    """See quizzes.neighbours.Neighbour."""

    def submitted(self, attempt: Attempt, now: datetime) -> None:
        """Complete the unit after its check, the course after its post-test."""
        quiz, trainee = attempt.quiz, attempt.trainee
        if quiz.purpose == Quiz.Purpose.CHECK and attempt.is_passed:
            for unit in Unit.objects.filter(check_quiz=quiz):
                complete_unit_if_done(unit=unit, trainee=trainee, now=now)
        elif quiz.purpose == Quiz.Purpose.POST:
            for course in Course.objects.filter(post_quiz=quiz):
                complete_course_if_done(course=course, trainee=trainee, now=now)

    def marked(self, mark: Mark) -> None:
        """Nothing in a unit waits for a mark."""

    def around(self, quiz: Quiz, missed: list[str], around: Around) -> None:
        """A check stands in its unit, a test in its course."""
        if quiz.purpose == Quiz.Purpose.CHECK:
            self._around_check(quiz, missed, around)
        elif quiz.uses_forms:
            self._around_test(quiz, around)

    def _around_check(self, quiz: Quiz, missed: list[str], around: Around) -> None:
        unit = Unit.objects.filter(check_quiz=quiz).first()
        if unit is None:
            return
        around.home = Link(unit.title, reverse("units:unit", args=[unit.slug]))
        if missed:
            by_slug = {
                lesson.slug: lesson
                for lesson in Lesson.objects.filter(
                    unit=unit, slug__in=missed, archived_at=None
                ).only(*LESSON_COLUMNS)
            }
            around.reread = [
                Link(by_slug[slug].title, reverse("units:lesson", args=[unit.slug, slug]))
                for slug in missed
                if slug in by_slug
            ]
        place = CourseUnit.objects.filter(unit=unit).order_by("course__position").first()
        if place is None:
            return
        following = (
            CourseUnit.objects.filter(course=place.course_id, position__gt=place.position)
            .select_related("unit")
            .order_by("position")
            .first()
        )
        if following is not None:
            around.following = Link(
                following.unit.title, reverse("units:unit", args=[following.unit.slug])
            )

    def _around_test(self, quiz: Quiz, around: Around) -> None:
        course = Course.objects.filter(
            Q(pre_quiz=quiz) | Q(post_quiz=quiz) | Q(retention_quiz=quiz)
        ).first()
        if course is None:
            return
        around.home = Link(course.title, reverse("units:course", args=[course.slug]))
        if quiz.purpose == Quiz.Purpose.PRE:
            first = (
                CourseUnit.objects.filter(course=course)
                .select_related("unit")
                .order_by("position")
                .first()
            )
            if first is not None:
                around.following = Link(
                    first.unit.title, reverse("units:unit", args=[first.unit.slug])
                )
        elif course.pre_quiz_id is not None:
            around.comparison = Link(
                _("What changed"), reverse("units:comparison", args=[course.slug])
            )

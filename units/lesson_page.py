"""What a lesson's page shows: the same few queries whatever the lesson holds."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cases.models import Case
from mot_course.web import Json, content_language
from people.models import User
from quizzes.models import Answer, Attempt, Exercise
from quizzes.questions import Question
from units.models import Lesson, LessonRevision, Reading
from units.progress import LESSON_COLUMNS, LessonState


@dataclass
class Block:
    """A piece of a lesson: exactly one of text, exercise and case."""

    number: int
    html: SafeString | None = None
    question: Question | None = None
    case: Case | None = None


@dataclass(frozen=True)
class Goal:
    """Where finishing a lesson leads: the words of its button, and what to say on arrival."""

    url: str
    label: str
    title: str = ""
    message: str = ""


@dataclass
class LessonPage:
    """A lesson among the lessons of its unit."""

    lesson: Lesson
    outline: list[LessonState]
    is_check_passed: bool

    @cached_property
    def place(self) -> int:
        """Where the lesson stands in its unit, from 0."""
        return next(n for n, one in enumerate(self.outline) if one.lesson.pk == self.lesson.pk)

    @property
    def state(self) -> LessonState:
        return self.outline[self.place]

    @property
    def previous(self) -> LessonState | None:
        return self.outline[self.place - 1] if self.place else None

    @property
    def minutes_left(self) -> int:
        """The minutes of this lesson and of the later ones that are not finished."""
        later = (one for one in self.outline[self.place + 1 :] if not one.is_finished)
        return self.lesson.minutes + sum(one.lesson.minutes for one in later)

    @property
    def check_url(self) -> str:
        check = self.lesson.unit.check_quiz
        return reverse("quizzes:quiz", args=[check.slug]) if check else ""

    @cached_property
    def goal(self) -> Goal:
        """The next unfinished lesson (later ones first), else the check, else the unit."""
        others = self.outline[self.place + 1 :] + self.outline[: self.place]
        unread = next((one for one in others if not one.is_finished), None)
        if unread:
            return Goal(unread.url, _("Next lesson"), unread.lesson.title)
        unit = self.lesson.unit
        if unit.check_quiz and not self.is_check_passed:
            message = _("You have read all lessons of this unit. Now see what has stayed.")
            return Goal(self.check_url, _("To the check"), unit.check_quiz.title, message)
        message = _("Unit finished: %(unit)s.") % {"unit": unit.title}
        return Goal(reverse("units:unit", args=[unit.slug]), _("Finish"), message=message)


def open_lessons(person: User) -> QuerySet[Lesson]:
    """Lessons that may be read, with their unit, and whether the person passed its check."""
    attempts = Attempt.objects.of(person).filter(quiz=OuterRef("unit__check_quiz"))
    return (
        Lesson.objects.filter(archived_at=None, unit__archived_at=None, current__isnull=False)
        .select_related("unit__check_quiz", "practice_quiz")
        .defer("unit__content")
        .annotate(is_check_passed=Exists(attempts.passed()))
    )


def lessons_to_show(person: User) -> QuerySet[Lesson]:
    """The same with the present revision: blocks of the reader's language, and the notes."""
    other = "zh" if content_language() == "en" else "en"
    return (
        open_lessons(person)
        .select_related("current")
        .defer("unit__content", "current__source", f"current__blocks_{other}")
        .annotate(
            afterwards=F("current__source__afterwards"), sources=F("current__source__sources")
        )
    )


def page_of(lesson: Lesson, person: User) -> LessonPage:
    """The lesson among the lessons of its unit with the person's readings, in one query."""
    lessons = (
        Lesson.objects.filter(unit=lesson.unit_id, archived_at=None, current__isnull=False)
        .only(*LESSON_COLUMNS)
        .order_by("position")
        .annotate(
            own=FilteredRelation("readings", condition=Q(readings__trainee=person)),
            own_block=F("own__block"),
            own_seen_at=F("own__seen_at"),
            own_finished_at=F("own__finished_at"),
        )
    )
    outline = [LessonState(one, lesson.unit, _reading(one)) for one in lessons]
    return LessonPage(lesson, outline, lesson.is_check_passed)  # type: ignore[attr-defined]


def _reading(lesson: Any) -> Reading | None:
    if lesson.own_seen_at is None:
        return None
    return Reading(
        block=lesson.own_block, seen_at=lesson.own_seen_at, finished_at=lesson.own_finished_at
    )


def blocks_of(lesson: Lesson, revision: LessonRevision, person: User | None) -> list[Block]:
    """The revision's blocks in order, in at most three queries; what is gone is left out.

    Without a person (a preview) no answers are shown and every exercise is.
    """
    stored: list[Json] = revision.blocks
    questions = _questions(lesson, [one["exercise"] for one in stored if "exercise" in one], person)
    cases = _cases([one["case"] for one in stored if "case" in one])
    return [
        block
        for number, one in enumerate(stored)
        if (block := _block(number, one, questions, cases)) is not None
    ]


def _block(
    number: int, stored: Json, questions: dict[str, Question], cases: dict[str, Case]
) -> Block | None:
    if "html" in stored:
        # Rendered and cleaned by quizzes.prose at publishing; revisions never change.
        return Block(number, html=mark_safe(stored["html"]))  # noqa: S308
    question = questions.get(stored.get("exercise", ""))
    case = cases.get(stored.get("case", ""))
    return Block(number, question=question, case=case) if question or case else None


def _questions(lesson: Lesson, slugs: list[str], person: User | None) -> dict[str, Question]:
    """The exercises by slug: with the answer of the open practice, else as they are now."""
    if not slugs:
        return {}
    exercises = (
        Exercise.objects.filter(slug__in=slugs, current__isnull=False)
        .select_related("current")
        .only("slug", "current__kind", "current__content", "current__digest")
    )
    if person is not None and lesson.practice_quiz is not None:
        exercises = exercises.filter(bank_items__bank=lesson.practice_quiz.bank_id)
    found = {one.slug: Question(one.current, one.slug) for one in exercises if one.current}
    return found | _answered(lesson, person) if person else found


def _answered(lesson: Lesson, person: User) -> dict[str, Question]:
    answers = (
        Answer.objects.filter(
            attempt__trainee=person,
            attempt__quiz=lesson.practice_quiz_id,
            attempt__submitted_at=None,
        )
        .select_related("revision", "exercise")
        .only(
            "response", "confidence", "revision__kind", "revision__content", "revision__digest",
            "exercise__slug",
        )
    )  # fmt: skip
    return {
        one.exercise.slug: Question(
            one.revision,
            one.exercise.slug,
            response=one.response,
            confidence=one.confidence,
            reveal=True,
        )
        for one in answers
    }


def _cases(slugs: list[str]) -> dict[str, Case]:
    if not slugs:
        return {}
    cases = Case.objects.published().filter(slug__in=slugs)
    return {
        case.slug: case
        for case in cases.only("slug", "title_zh", "title_en", "summary_zh", "summary_en")
    }

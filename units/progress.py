"""How far somebody has come: asked of readings and attempts, stored nowhere twice."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from mot_course.web import address
from people.models import User
from quizzes.models import Attempt, Quiz
from units.models import Course, CourseUnit, Lesson, Reading, Unit

LESSON_COLUMNS = (
    "id",
    "unit_id",
    "slug",
    "position",
    "title_zh",
    "title_en",
    "minutes",
    "step",
    "more",
)


@dataclass
class LessonState:
    """A lesson and the person's reading of it."""

    lesson: Lesson
    unit: Unit
    reading: Reading | None = None

    @property
    def is_finished(self) -> bool:
        return self.reading is not None and self.reading.finished_at is not None

    @property
    def is_started(self) -> bool:
        return self.reading is not None and self.reading.finished_at is None

    @property
    def url(self) -> str:
        """The lesson, at the place where the person stopped."""
        url = address("units:lesson", self.unit.slug, self.lesson.slug)
        if self.is_started and self.reading and self.reading.block:
            return f"{url}#b{self.reading.block}"
        return url


@dataclass
class QuizState:
    """A quiz and the person's attempts at it."""

    quiz: Quiz
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return any(not attempt.is_submitted for attempt in self.attempts)

    @property
    def is_submitted(self) -> bool:
        return any(attempt.is_submitted for attempt in self.attempts)

    @property
    def is_passed(self) -> bool:
        return any(attempt.is_submitted and attempt.is_passed for attempt in self.attempts)

    @property
    def best(self) -> Attempt | None:
        done = [attempt for attempt in self.attempts if attempt.score is not None]
        return max(done, key=lambda attempt: attempt.score or 0, default=None)

    @property
    def url(self) -> str:
        return address("quizzes:quiz", self.quiz.slug)


@dataclass
class UnitState:
    """A unit, its lessons and its check.

    `lessons` are the way through the unit; `more` stands beside it and is never asked for.
    """

    unit: Unit
    lessons: list[LessonState]
    check: QuizState | None
    more: list[LessonState] = field(default_factory=list)

    @property
    def finished_count(self) -> int:
        return sum(one.is_finished for one in self.lessons)

    @property
    def minutes(self) -> int:
        return sum(one.lesson.minutes for one in self.lessons)

    @property
    def minutes_left(self) -> int:
        return sum(one.lesson.minutes for one in self.lessons if not one.is_finished)

    @property
    def is_read(self) -> bool:
        return all(one.is_finished for one in self.lessons)

    @property
    def is_started(self) -> bool:
        return any(one.reading for one in self.lessons)

    @property
    def is_finished(self) -> bool:
        return self.is_read and (self.check is None or self.check.is_passed)

    @cached_property
    def next_lesson(self) -> LessonState | None:
        return next((one for one in self.lessons if not one.is_finished), None)

    @property
    def url(self) -> str:
        return address("units:unit", self.unit.slug)


@dataclass(frozen=True)
class Deed:
    """The one next thing to do."""

    kind: str  # pre | lesson | check | post | done
    title: str
    url: str
    label: str  # the words on the button
    unit: UnitState | None = None
    lesson: LessonState | None = None
    quiz: QuizState | None = None

    @property
    def place(self) -> int:
        """The lesson's place on the way through its unit, from 1."""
        return self.unit.lessons.index(self.lesson) + 1 if self.unit and self.lesson else 0


@dataclass
class CourseState:
    """A course, its tests and its units."""

    course: Course
    units: list[UnitState]
    pre: QuizState | None
    post: QuizState | None

    @property
    def is_started(self) -> bool:
        return any(unit.is_started for unit in self.units) or bool(self.pre and self.pre.attempts)

    @property
    def finished_count(self) -> int:
        return sum(unit.is_finished for unit in self.units)

    @property
    def is_finished(self) -> bool:
        return self.finished_count == len(self.units) and (
            self.post is None or self.post.is_submitted
        )

    @property
    def lessons(self) -> list[LessonState]:
        return [one for unit in self.units for one in unit.lessons]

    @cached_property
    def last_seen(self) -> LessonState | None:
        """The lesson the person looked at last, if it is not finished."""
        readings = [one for one in self.lessons if one.reading]
        last = max(readings, key=lambda one: one.reading.seen_at, default=None)  # type: ignore[union-attr]
        return last if last and not last.is_finished else None

    @cached_property
    def next(self) -> Deed:
        """What to do next: pre-test, then lesson by lesson and check by check, then post-test."""
        if self.pre and not self.pre.is_submitted:
            label = _("Continue") if self.pre.is_open else _("Begin")
            return Deed("pre", self.pre.quiz.title, self.pre.url, label, quiz=self.pre)
        if self.last_seen:
            unit = next(u for u in self.units if u.unit.pk == self.last_seen.unit.pk)
            return _lesson_deed(unit, self.last_seen)
        for unit in self.units:
            if unit.next_lesson:
                return _lesson_deed(unit, unit.next_lesson)
            if unit.check and not unit.check.is_passed:
                label = _("Continue") if unit.check.is_open else _("Take the check")
                return Deed(
                    "check", unit.check.quiz.title, unit.check.url, label, unit, quiz=unit.check
                )
        if self.post and not self.post.is_submitted:
            label = _("Continue") if self.post.is_open else _("Begin")
            return Deed("post", self.post.quiz.title, self.post.url, label, quiz=self.post)
        url = address("units:course", self.course.slug)
        return Deed("done", self.course.title, url, _("Look back"))

    @property
    def is_post_open(self) -> bool:
        """Whether the test afterwards may be taken: after the units, or begun already.

        In a room the trainer says when the course is over; lessons are read on the way home.
        """
        if self.post is None:
            return False
        if self.post.attempts or self.next.kind == "post":
            return True
        in_room = self.course.content.get("setting") == "room"
        return in_room and (self.pre is None or self.pre.is_submitted)

    @property
    def comparison_url(self) -> str:
        """Before and after, once both tests are submitted; else empty."""
        if self.pre and self.post and self.pre.is_submitted and self.post.is_submitted:
            return address("units:comparison", self.course.slug)
        return ""


def _lesson_deed(unit: UnitState, lesson: LessonState) -> Deed:
    label = _("Continue") if lesson.is_started else _("Start this lesson")
    return Deed("lesson", lesson.lesson.title, lesson.url, label, unit, lesson)


def course_states(person: User, courses: QuerySet[Course] | None = None) -> list[CourseState]:
    """Every course (or those given) with the person's progress, in five queries."""
    queryset = courses if courses is not None else Course.objects.filter(archived_at=None)
    # The trainer's guide is long, and nobody's progress.
    found = list(
        queryset.defer("guide")
        .select_related("pre_quiz", "post_quiz")
        .prefetch_related(
            Prefetch(
                "places",
                CourseUnit.objects.select_related("unit__check_quiz").order_by("position"),
            )
        )
    )
    units = {place.unit_id: place.unit for course in found for place in course.places.all()}
    states = _unit_states(person, units.values(), [q for c in found for q in _tests(c)])
    by_unit = {state.unit.pk: state for state in states.units}
    return [
        CourseState(
            course,
            [by_unit[place.unit_id] for place in course.places.all()],
            states.quiz(course.pre_quiz),
            states.quiz(course.post_quiz),
        )
        for course in found
    ]


def unit_state(person: User, unit: Unit) -> UnitState:
    """One unit with the person's progress, in three queries."""
    return _unit_states(person, [unit], []).units[0]


def _tests(course: Course) -> list[Quiz]:
    return [quiz for quiz in (course.pre_quiz, course.post_quiz) if quiz is not None]


@dataclass
class _States:
    units: list[UnitState]
    attempts: dict[int, list[Attempt]]

    def quiz(self, quiz: Quiz | None) -> QuizState | None:
        return QuizState(quiz, self.attempts.get(quiz.pk, [])) if quiz else None


def _unit_states(person: User, units: Iterable[Unit], tests: list[Quiz]) -> _States:
    units = list(units)
    quizzes = {quiz.pk: quiz for quiz in tests}
    quizzes |= {unit.check_quiz.pk: unit.check_quiz for unit in units if unit.check_quiz}
    readings = {
        reading.lesson_id: reading
        for reading in Reading.objects.filter(trainee=person, lesson__unit__in=units)
    }
    attempts: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in Attempt.objects.of(person).filter(quiz__in=quizzes).order_by("number"):
        attempt.quiz = quizzes[attempt.quiz_id]
        attempts[attempt.quiz_id].append(attempt)
    lessons: dict[int, list[Lesson]] = defaultdict(list)
    for lesson in (
        Lesson.objects.filter(unit__in=units, archived_at=None, current__isnull=False)
        .only(*LESSON_COLUMNS)
        .order_by("position")
    ):
        lessons[lesson.unit_id].append(lesson)
    states = _States([], attempts)
    for unit in units:
        every = [LessonState(one, unit, readings.get(one.pk)) for one in lessons[unit.pk]]
        states.units.append(
            UnitState(
                unit,
                [one for one in every if not one.lesson.more],
                states.quiz(unit.check_quiz),
                [one for one in every if one.lesson.more],
            )
        )
    return states

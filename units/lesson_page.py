"""A lesson among the lessons of its unit: where somebody is, and where finishing leads."""

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from mot_course.web import Json, address
from people.models import User
from quizzes.models import Quiz
from units.models import Lesson, Reading, Unit
from units.progress import LessonState

# One plain statement: a lesson is the page most people open most often, and building its
# statements cost more than running them (a page took 8.9 ms of CPU built, 4.6 ms like this).
LESSONS = """
    SELECT lesson.id, lesson.slug, lesson.position, lesson.title_zh, lesson.title_en,
           lesson.minutes, lesson.step, lesson.current_id, lesson.more, lesson.on_map,
           revision.digest,
           reading.block, reading.seen_at, reading.finished_at,
           practice.id, practice.slug, practice.bank_id,
           unit.id, unit.slug, unit.title_zh, unit.title_en,
           quiz.id, quiz.slug, quiz.title_zh, quiz.title_en,
           EXISTS (
               SELECT FROM quizzes_attempt AS attempt
               WHERE attempt.trainee_id = %(person)s AND attempt.quiz_id = quiz.id
                 AND attempt.submitted_at IS NOT NULL
                 AND (quiz.pass_percent IS NULL OR attempt.score >= quiz.pass_percent * 100)
           )
    FROM units_unit AS unit
    JOIN units_lesson AS lesson ON lesson.unit_id = unit.id AND lesson.archived_at IS NULL
    JOIN units_lessonrevision AS revision ON revision.id = lesson.current_id
    LEFT JOIN units_reading AS reading
      ON reading.lesson_id = lesson.id AND reading.trainee_id = %(person)s
    LEFT JOIN quizzes_quiz AS practice ON practice.id = lesson.practice_quiz_id
    LEFT JOIN quizzes_quiz AS quiz ON quiz.id = unit.check_quiz_id
    WHERE unit.slug = %(unit)s AND unit.archived_at IS NULL
    ORDER BY lesson.more, lesson.position
"""
_LESSON = (
    "id", "slug", "position", "title_zh", "title_en", "minutes", "step", "current_id", "more",
)  # fmt: skip
# Where the columns of the other tables begin.
_ON_MAP, _DIGEST, _READING, _PRACTICE, _UNIT, _QUIZ, _PASSED = 9, 10, 11, 14, 17, 21, 25
_TITLED = ("id", "slug", "title_zh", "title_en")


@dataclass(frozen=True)
class Goal:
    """Where finishing a lesson leads: the words of its button, and what to say on arrival."""

    url: str
    label: str
    title: str = ""
    message: str = ""


@dataclass
class LessonPage:
    """A lesson, its unit, and the unit's lessons with the person's readings."""

    unit: Unit
    check: Quiz | None
    is_check_passed: bool
    outline: list[LessonState]  # the way through the unit, then what stands beside it
    place: int  # of the lesson in the outline, from 0
    digest: str  # of the lesson's present revision
    practice: Quiz | None
    on_map: list[Json]  # the models it teaches: step, id and title of each

    @property
    def state(self) -> LessonState:
        return self.outline[self.place]

    @property
    def lesson(self) -> Lesson:
        return self.state.lesson

    @property
    def way(self) -> list[LessonState]:
        """The lessons one has to read to finish the unit."""
        return [one for one in self.outline if not one.lesson.more]

    @property
    def beside(self) -> list[LessonState]:
        """More on this."""
        return [one for one in self.outline if one.lesson.more]

    @property
    def previous(self) -> LessonState | None:
        return self.outline[self.place - 1] if self.place else None

    @property
    def minutes_left(self) -> int:
        """The minutes of this lesson and of the later ones on the way that are not finished."""
        if self.lesson.more:
            return self.lesson.minutes
        later = (one for one in self.way[self.place + 1 :] if not one.is_finished)
        return self.lesson.minutes + sum(one.lesson.minutes for one in later)

    @cached_property
    def check_url(self) -> str:
        return address("quizzes:quiz", self.check.slug) if self.check else ""

    @cached_property
    def goal(self) -> Goal:
        """The next unfinished lesson on the way (later ones first), else the check, the unit."""
        others = [*self.outline[self.place + 1 :], *self.outline[: self.place]]
        others = [one for one in others if not one.lesson.more]
        unread = next((one for one in others if not one.is_finished), None)
        if unread:
            return Goal(unread.url, _("Next lesson"), unread.lesson.title)
        if self.check and not self.is_check_passed:
            message = _("You have read all lessons of this unit. Now see what has stayed.")
            return Goal(self.check_url, _("To the check"), self.check.title, message)
        message = ""
        if not self.lesson.more:
            message = _("Unit finished: %(unit)s.") % {"unit": self.unit.title}
        return Goal(address("units:unit", self.unit.slug), _("Finish"), message=message)


def page_of(person: User, *, unit: str, lesson: str) -> LessonPage:
    """The lesson with those slugs as the person meets it, in one query; else Http404."""
    with connection.cursor() as cursor:
        cursor.execute(LESSONS, {"person": person.pk, "unit": unit})
        rows = cursor.fetchall()
    place = next((n for n, row in enumerate(rows) if row[1] == lesson), None)
    if place is None:
        raise Http404
    here = rows[place]
    its_unit: Unit = _made(Unit, _TITLED, here[_UNIT:_QUIZ])
    return LessonPage(
        unit=its_unit,
        check=_made(Quiz, _TITLED, here[_QUIZ:_PASSED]) if here[_QUIZ] else None,
        is_check_passed=here[_PASSED],
        outline=[LessonState(_made(Lesson, _LESSON, row), its_unit, _reading(row)) for row in rows],
        place=place,
        digest=here[_DIGEST],
        practice=(
            _made(Quiz, ("id", "slug", "bank_id"), here[_PRACTICE:_UNIT])
            if here[_PRACTICE]
            else None
        ),
        on_map=json.loads(here[_ON_MAP]),
    )


def _made(model: Any, names: tuple[str, ...], values: tuple[Any, ...]) -> Any:
    """A row of the model; what was not asked for would be read later, as with `only()`."""
    given = dict(zip(names, values, strict=False))
    fields = [name.attname for name in model._meta.concrete_fields if name.attname in given]
    return model.from_db("default", fields, [given[name] for name in fields])


def _reading(row: tuple[Any, ...]) -> Reading | None:
    block, seen_at, finished_at = row[_READING:_PRACTICE]
    if seen_at is None:
        return None
    return Reading(block=block, seen_at=seen_at, finished_at=finished_at)

"""What the rows say about everybody in a class: one statement, however many people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from assignments.models import Assignment
from home.attention import WRONG_TIMES, Facts
from mot_course.web import zone
from people.models import Cohort, Membership, User
from units.models import CourseUnit, Lesson

# The cohort with all below it, and everybody who is in one of them now.
# CASE, here and below: on tables never analysed an IS NULL is taken for one row in two hundred,
# two of them for a single row, and what is joined to that is walked through for each person.
# A CASE is taken for one in two.
MEMBERS = """
    WITH RECURSIVE below(id) AS (
        SELECT %(cohort)s::bigint
        UNION
        SELECT child.id FROM people_cohort child JOIN below ON child.parent_id = below.id
        WHERE child.archived_at IS NULL
    ), member AS MATERIALIZED (
        SELECT person.id, person.username, person.name, person.tz, person.last_login
        FROM people_user person
        WHERE CASE WHEN person.is_active AND person.erased_at IS NULL THEN true ELSE false END
          AND person.id IN (
            SELECT membership.person_id FROM people_membership membership
            JOIN below ON below.id = membership.cohort_id
            WHERE CASE WHEN membership.left_at IS NULL THEN true ELSE false END)
    )
"""

BELOW = """
    WITH RECURSIVE below(id) AS (
        SELECT %s::bigint
        UNION
        SELECT child.id FROM people_cohort child JOIN below ON child.parent_id = below.id
        WHERE child.archived_at IS NULL
    ) SELECT id FROM below
"""

# MATERIALIZED: right after an import there are no statistics, and a part would be worked out anew
# for each person.
# `begun`: something of the assignment was opened. `progressed_at`: when something of it was last
# finished; where nothing was, when it was last opened.
FACTS = (
    MEMBERS  # noqa: S608 -- a fixed text
    + """
    , reads AS MATERIALIZED (
        SELECT reading.trainee_id,
               max(reading.seen_at) AS seen_at,
               count(*) FILTER (WHERE of_focus) AS begun,
               count(*) FILTER (WHERE of_focus AND finished_at IS NOT NULL) AS done,
               max(finished_at) FILTER (WHERE of_focus) AS finished_at,
               max(reading.seen_at) FILTER (WHERE of_focus) AS opened_at
        FROM (SELECT trainee_id, seen_at, finished_at, lesson_id = ANY(%(lessons)s) AS of_focus
              FROM units_reading) AS reading
        WHERE reading.trainee_id = ANY(ARRAY(SELECT id FROM member))
        GROUP BY reading.trainee_id
    ), tries AS MATERIALIZED (
        SELECT attempt.trainee_id,
               max(greatest(started_at, submitted_at, CASE WHEN submitted_at IS NULL THEN (
                   SELECT max(saved_at) FROM quizzes_answer WHERE attempt_id = attempt.id) END))
                   AS seen_at,
               count(*) FILTER (WHERE of_focus) AS begun,
               count(DISTINCT quiz_id) FILTER (WHERE of_focus AND is_passed) AS done,
               max(submitted_at) FILTER (WHERE of_focus) AS finished_at,
               max(started_at) FILTER (WHERE of_focus) AS opened_at
        FROM (SELECT attempt.id, trainee_id, quiz_id, started_at, submitted_at,
                     quiz_id = ANY(%(quizzes)s) AS of_focus,
                     submitted_at IS NOT NULL AND (quiz.pass_percent IS NULL
                         OR attempt.score >= quiz.pass_percent * 100) AS is_passed
              FROM quizzes_attempt attempt JOIN quizzes_quiz quiz ON quiz.id = attempt.quiz_id
             ) AS attempt
        WHERE attempt.trainee_id = ANY(ARRAY(SELECT id FROM member))
        GROUP BY attempt.trainee_id
    ), failed AS MATERIALIZED (
        SELECT trainee_id, max(times) AS times FROM (
            SELECT attempt.trainee_id, count(*) AS times
            FROM quizzes_attempt attempt
            JOIN quizzes_quiz quiz ON quiz.id = attempt.quiz_id
            WHERE attempt.trainee_id = ANY(ARRAY(SELECT id FROM member))
              AND attempt.quiz_id = ANY(%(quizzes)s) AND quiz.pass_percent IS NOT NULL
              AND attempt.submitted_at IS NOT NULL
            GROUP BY attempt.trainee_id, attempt.quiz_id
            HAVING NOT bool_or(attempt.score >= quiz.pass_percent * 100)
        ) AS of_quiz GROUP BY trainee_id
    ), wrong AS MATERIALIZED (
        SELECT DISTINCT ON (attempt.trainee_id) attempt.trainee_id, attempt.quiz_id,
               (SELECT count(*) FROM quizzes_try WHERE answer_id = answer.id) AS times
        FROM quizzes_attempt attempt
        JOIN quizzes_answer answer ON answer.attempt_id = attempt.id
        JOIN quizzes_try third ON third.answer_id = answer.id AND third.number = %(wrong_times)s
        WHERE attempt.trainee_id = ANY(ARRAY(SELECT id FROM member))
          AND attempt.quiz_id = ANY(%(practice)s) AND NOT EXISTS (
            SELECT FROM quizzes_try WHERE answer_id = answer.id AND earned = possible)
        ORDER BY attempt.trainee_id, third.at DESC
    ), returned AS MATERIALIZED (
        SELECT author_id, min(changed_at) AS at FROM cases_writeup
        JOIN member ON member.id = author_id
        WHERE CASE WHEN state = 'returned' AND discarded_at IS NULL THEN true ELSE false END
        GROUP BY author_id
    ), observing AS MATERIALIZED (
        SELECT member.id AS person_id, min(due_on) AS due_on FROM assignments_followup
        JOIN member ON subject = 'person:' || member.id AND person_id <> member.id
        WHERE CASE WHEN kind = 'observation' AND done_at IS NULL AND dropped_because = ''
                   THEN true ELSE false END
        GROUP BY member.id
    ), due AS MATERIALIZED (
        SELECT due.* FROM assignments_assigneedue due
        WHERE due.assignment_id = %(focus)s
          AND CASE WHEN due.left_at IS NULL THEN true ELSE false END
    ), late AS MATERIALIZED (
        SELECT due.person_id, min(due.due_on) AS due_on
        FROM assignments_assigneedue due
        WHERE due.person_id = ANY(ARRAY(SELECT id FROM member))
          -- In this order: whether something is finished is a lookup, asked of what is late.
          AND CASE WHEN due.is_live AND due.assignment_id IS DISTINCT FROM %(focus)s
                        AND due.due_at <= %(now)s
                   THEN due.finished_at IS NULL ELSE false END
        GROUP BY due.person_id
    ), stood AS (
        SELECT member.id, member.username, member.name, due.assignee_id, due.is_live,
               due.waived_at, due.opens_on, due.due_on, due.due_at, due.extended_to,
               coalesce(due.zone, member.tz) AS zone, due.finished_at, due.calendar_id,
               coalesce(reads.done, 0) + coalesce(tries.done, 0) AS done,
               coalesce(reads.begun, 0) + coalesce(tries.begun, 0) AS begun,
               coalesce(greatest(reads.finished_at, tries.finished_at),
                        greatest(reads.opened_at, tries.opened_at)) AS progressed_at,
               greatest(reads.seen_at, tries.seen_at, member.last_login) AS seen_at,
               wrong.times AS wrong_times, wrong.quiz_id AS wrong_quiz,
               failed.times AS failed_times, returned.at AS returned_at,
               observing.due_on AS observe_on, late.due_on AS late_on
        FROM member
        LEFT JOIN due ON due.person_id = member.id
        LEFT JOIN reads ON reads.trainee_id = member.id
        LEFT JOIN tries ON tries.trainee_id = member.id
        LEFT JOIN failed ON failed.trainee_id = member.id
        LEFT JOIN wrong ON wrong.trainee_id = member.id
        LEFT JOIN returned ON returned.author_id = member.id
        LEFT JOIN observing ON observing.person_id = member.id
        LEFT JOIN late ON late.person_id = member.id
    )
    SELECT stood.id, username, name, assignee_id, coalesce(is_live, false),
           waived_at IS NOT NULL, opens_on, due_on, due_at, extended_to, zone, finished_at, done,
           begun > 0, progressed_at, yesterday.number - last.number, wrong_times, wrong_quiz,
           failed_times, seen_at, returned_at, observe_on, late_on
    FROM stood
    LEFT JOIN people_calendarday last ON last.calendar_id = stood.calendar_id
          AND last.day = (progressed_at AT TIME ZONE zone)::date
    LEFT JOIN people_calendarday yesterday ON yesterday.calendar_id = stood.calendar_id
          AND yesterday.day = (%(now)s AT TIME ZONE zone)::date - 1
    ORDER BY stood.name, stood.id
"""
)


@dataclass(frozen=True)
class Parts:
    """What has to be done for an assignment: lessons to read, quizzes to take or pass."""

    lessons: list[int]
    quizzes: list[int]
    practice: dict[int, str]  # of the lessons: the quiz's id and the lesson's title

    @property
    def count(self) -> int:
        return len(self.lessons) + len(self.quizzes)


NOTHING = Parts([], [], {})


def parts_of(assignment: Assignment | None) -> Parts:
    """What an assignment consists of, in one query or two."""
    if assignment is None:
        return NOTHING
    if assignment.quiz_id:
        return Parts([], [assignment.quiz_id], {})
    if assignment.case is not None:
        return Parts([], [assignment.case.quiz_id] if assignment.case.quiz_id else [], {})
    lessons = Lesson.objects.filter(archived_at=None, current__isnull=False, more=False)
    if assignment.unit is not None:
        lessons = lessons.filter(unit=assignment.unit_id)
        quizzes = [assignment.unit.check_quiz_id]
    else:
        of_course = CourseUnit.objects.filter(course=assignment.course_id)
        lessons = lessons.filter(unit__in=of_course.values("unit"))
        quizzes = [
            *of_course.filter(~Q(unit__check_quiz=None)).values_list("unit__check_quiz", flat=True),
            assignment.course.post_quiz_id if assignment.course else None,
        ]
    found = list(
        lessons.only("id", "title_zh", "title_en", "practice_quiz").order_by("unit", "position")
    )
    return Parts(
        [one.pk for one in found],
        [one for one in quizzes if one],
        {one.practice_quiz_id: one.title for one in found if one.practice_quiz_id},
    )


def facts_of(
    cohort: Cohort, assignment: Assignment | None, parts: Parts, now: datetime
) -> list[Facts]:
    """Everybody now in the cohort or below it, by name, with how they stand; one query."""
    values: dict[str, Any] = {
        "cohort": cohort.pk,
        "focus": assignment.pk if assignment else None,
        "lessons": parts.lessons,
        "quizzes": parts.quizzes,
        "practice": list(parts.practice),
        "wrong_times": WRONG_TIMES,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(FACTS, values)
        rows = cursor.fetchall()
    return [_facts(row, now) for row in rows]


def _facts(row: Sequence[Any], now: datetime) -> Facts:
    zone_name, begun, progressed_at, idle = row[10], row[13], row[14], row[15]
    if idle is None and begun and progressed_at is not None:
        there = zone(zone_name)
        idle = weekdays_between(
            progressed_at.astimezone(there).date(), now.astimezone(there).date()
        )
    return Facts(
        person_id=row[0],
        username=row[1],
        name=row[2] or row[1],
        assignee_id=row[3],
        is_live=row[4],
        waived=row[5],
        opens_on=row[6],
        due_on=row[7],
        due_at=row[8],
        extended_to=row[9],
        zone=zone_name,
        finished_at=row[11],
        done_count=row[12],
        has_begun=begun,
        progressed_at=progressed_at,
        idle_days=max(idle or 0, 0),
        wrong_count=row[16] or 0,
        wrong_quiz=row[17],
        failed_checks=row[18] or 0,
        seen_at=row[19],
        returned_at=row[20],
        observe_on=row[21],
        late_on=row[22],
    )


def people_in(cohort: Cohort) -> QuerySet[User]:
    """Everybody now in the cohort or below it: the same as in the statement above."""
    below = RawSQL(BELOW, [cohort.pk])  # noqa: S611 -- a fixed text
    inside = Membership.objects.filter(cohort__in=below, left_at=None)
    return User.objects.present().filter(pk__in=inside.values("person"))


def weekdays_between(first: date, last: date) -> int:
    """Mondays to Fridays after the first day and before the last: where no calendar is kept."""
    first = max(first, last - timedelta(days=60))  # long ago is long ago
    days = (first + timedelta(days=n) for n in range(1, (last - first).days))
    return sum(day.weekday() < 5 for day in days)

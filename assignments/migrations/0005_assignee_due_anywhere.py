"""The view of what is due, so that a planner without statistics goes through it once.

On tables never analysed each `IS NULL` counts as one row in two hundred. Five of them in one
condition made all assignees of an installation look like a single one, and whatever was joined
to them was walked through row by row. A CASE is opaque: it is taken for one in two.
What statements ask beside it stands in it too, so that they need not join the assignees again.
"""

from django.db import migrations

ASSIGNEE_DUE = """
CREATE OR REPLACE VIEW assignments_assigneedue AS
SELECT dated.assignee_id, dated.assignment_id, dated.person_id, dated.zone, dated.person_zone,
       dated.calendar_id, dated.opens_on, dated.planned_on, dated.due_on,
       (dated.due_on + dated.due_time) AT TIME ZONE dated.zone AS due_at,
       (dated.due_on + dated.grace_days + dated.due_time) AT TIME ZONE dated.zone AS closes_at,
       CASE
           WHEN dated.unit_id IS NOT NULL THEN (
               SELECT finished_at FROM units_completion
               WHERE trainee_id = dated.person_id AND unit_id = dated.unit_id)
           WHEN dated.course_id IS NOT NULL THEN (
               SELECT finished_at FROM units_completion
               WHERE trainee_id = dated.person_id AND course_id = dated.course_id)
           ELSE (
               SELECT min(attempt.submitted_at)
               FROM quizzes_attempt attempt JOIN quizzes_quiz quiz ON quiz.id = attempt.quiz_id
               WHERE attempt.trainee_id = dated.person_id AND attempt.quiz_id = dated.quiz_id
                 AND attempt.submitted_at IS NOT NULL
                 AND (quiz.pass_percent IS NULL OR attempt.score >= quiz.pass_percent * 100))
       END AS finished_at,
       dated.is_live, dated.extended_to, dated.waived_at, dated.left_at
FROM (
    SELECT assignee.id AS assignee_id, assignee.assignment_id, assignee.person_id,
           coalesce(cohort.tz, person.tz) AS zone, person.tz AS person_zone,
           calendar.calendar_id, assignment.unit_id, assignment.course_id,
           coalesce(assignment.quiz_id, cases_case.quiz_id) AS quiz_id,
           assignment.due_time, assignment.grace_days,
           coalesce(assignment.opens_on, assignee.starts_on) AS opens_on,
           coalesce(assignment.due_on, relative.due_on) AS planned_on,
           coalesce(assignee.extended_to, assignment.due_on, relative.due_on) AS due_on,
           CASE WHEN assignment.cancelled_at IS NULL AND assignee.waived_at IS NULL
                 AND assignee.left_at IS NULL AND person.is_active AND person.erased_at IS NULL
                THEN true ELSE false END AS is_live,
           assignee.extended_to, assignee.waived_at, assignee.left_at
    FROM assignments_assignee assignee
    JOIN assignments_assignment assignment ON assignment.id = assignee.assignment_id
    JOIN people_user person ON person.id = assignee.person_id
    LEFT JOIN people_cohort cohort ON cohort.id = assignee.through_id
    LEFT JOIN cases_case ON cases_case.id = assignment.case_id
    -- The cohort's own, or, of somebody assigned singly, a lookup for them alone.
    CROSS JOIN LATERAL (
        SELECT CASE WHEN assignee.through_id IS NOT NULL THEN cohort.effective_calendar_id
                    ELSE (SELECT calendar_id FROM people_personcalendar
                          WHERE person_id = assignee.person_id) END AS calendar_id
    ) calendar
    CROSS JOIN LATERAL (
        SELECT CASE WHEN assignment.due_days IS NULL OR assignee.starts_on IS NULL THEN NULL
               WHEN assignment.working THEN coalesce((
                   SELECT then_.open_next
                   FROM people_calendarday now_
                   JOIN people_calendarday then_
                     ON then_.calendar_id = now_.calendar_id AND then_.working
                    AND then_.number = now_.number + assignment.due_days
                   WHERE now_.calendar_id = calendar.calendar_id
                     AND now_.day = assignee.starts_on), assignee.starts_on + assignment.due_days)
               ELSE coalesce((
                   SELECT clear_next FROM people_calendarday
                   WHERE calendar_id = calendar.calendar_id
                     AND day = assignee.starts_on + assignment.due_days),
                   assignee.starts_on + assignment.due_days)
               END AS due_on
    ) relative
) dated
"""


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0004_assigned_once"),
        ("people", "0008_calendar_of_a_person"),
    ]

    operations = [
        # Back: the columns before these are the same, so that the view may stay as it is.
        migrations.RunSQL(ASSIGNEE_DUE, migrations.RunSQL.noop),
    ]

"""When what is due for whom, and whether it is done: one view for pages, planner and feed."""

from django.db import migrations

# A relative date that falls into a blackout moves behind it; a fixed date never moves.
ASSIGNEE_DUE = """
CREATE VIEW assignments_assigneedue AS
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
       dated.is_live
FROM (
    SELECT assignee.id AS assignee_id, assignee.assignment_id, assignee.person_id,
           coalesce(cohort.tz, person.tz) AS zone, person.tz AS person_zone,
           coalesce(of_cohort.calendar_id, of_person.calendar_id) AS calendar_id,
           assignment.unit_id, assignment.course_id,
           coalesce(assignment.quiz_id, cases_case.quiz_id) AS quiz_id,
           assignment.due_time, assignment.grace_days,
           coalesce(assignment.opens_on, assignee.starts_on) AS opens_on,
           coalesce(assignment.due_on, relative.due_on) AS planned_on,
           coalesce(assignee.extended_to, assignment.due_on, relative.due_on) AS due_on,
           (assignment.cancelled_at IS NULL AND assignee.waived_at IS NULL
            AND assignee.left_at IS NULL AND person.is_active AND person.erased_at IS NULL)
               AS is_live
    FROM assignments_assignee assignee
    JOIN assignments_assignment assignment ON assignment.id = assignee.assignment_id
    JOIN people_user person ON person.id = assignee.person_id
    LEFT JOIN people_cohort cohort ON cohort.id = assignee.through_id
    LEFT JOIN people_cohortcalendar of_cohort ON of_cohort.cohort_id = assignee.through_id
    LEFT JOIN people_personcalendar of_person
           ON assignee.through_id IS NULL AND of_person.person_id = assignee.person_id
    LEFT JOIN cases_case ON cases_case.id = assignment.case_id
    LEFT JOIN LATERAL (
        SELECT CASE WHEN assignment.working THEN coalesce((
                   SELECT then_.open_next
                   FROM people_calendarday now_
                   JOIN people_calendarday then_
                     ON then_.calendar_id = now_.calendar_id AND then_.working
                    AND then_.number = now_.number + assignment.due_days
                   WHERE now_.calendar_id = coalesce(of_cohort.calendar_id, of_person.calendar_id)
                     AND now_.day = assignee.starts_on), assignee.starts_on + assignment.due_days)
               ELSE coalesce((
                   SELECT clear_next FROM people_calendarday
                   WHERE calendar_id = coalesce(of_cohort.calendar_id, of_person.calendar_id)
                     AND day = assignee.starts_on + assignment.due_days),
                   assignee.starts_on + assignment.due_days)
               END AS due_on
        WHERE assignment.due_days IS NOT NULL AND assignee.starts_on IS NOT NULL
    ) relative ON true
) dated
"""


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0001_assignments_plans_follow_ups"),
        ("people", "0005_views"),
        ("quizzes", "0005_recall_cards"),
        ("cases", "0003_drafts_and_write_ups"),
        ("units", "0006_lessons_on_the_map"),
    ]

    operations = [
        migrations.RunSQL(ASSIGNEE_DUE, "DROP VIEW assignments_assigneedue"),
    ]

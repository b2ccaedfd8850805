"""The statements that derive, move and drop follow-ups; every day is the person's own day.

`mot_now() AT TIME ZONE person.tz` is the person's wall clock. A day that falls into a blackout
or on a free day moves to the next open one of the person's calendar (`open_next`).
"""

# Two passes at once take turns.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('follow-ups'))"

# Tables that have just grown have stale statistics; a nested loop chosen by them took 30 s where
# hash joins take two (60,000 follow-ups of 2,000 people).
BY_HASH = "SET LOCAL enable_nestloop = off"
AS_USUAL = "SET LOCAL enable_nestloop = on"

# Who observes a trainee: the manager, else the instructor, of the nearest cohort that they are in
# or that stands above it. Of several on one height the one who was entered first.
OBSERVERS = """
WITH RECURSIVE up(person_id, cohort_id, height) AS (
    SELECT membership.person_id, membership.cohort_id, 0
    FROM people_membership membership
    JOIN people_cohort cohort ON cohort.id = membership.cohort_id AND cohort.archived_at IS NULL
    WHERE membership.left_at IS NULL
    UNION
    SELECT up.person_id, cohort.parent_id, up.height + 1
    FROM up JOIN people_cohort cohort ON cohort.id = up.cohort_id
    WHERE cohort.parent_id IS NOT NULL AND up.height < 30
)
SELECT DISTINCT ON (up.person_id) up.person_id, staff.person_id AS observer_id
FROM up
JOIN people_cohortstaff staff ON staff.cohort_id = up.cohort_id
JOIN people_user observer ON observer.id = staff.person_id
WHERE observer.is_active AND observer.erased_at IS NULL AND staff.person_id <> up.person_id
ORDER BY up.person_id, (staff.duty = 'manager') DESC, up.height, staff.id
"""

# Rows of (person, kind, unit, course, subject, occurrence, planned day, how late it may still
# begin). What should have begun longer ago is left out: after an upgrade nobody gets a heap.
_AFTER_UNITS = """
SELECT completion.trainee_id AS person_id, step.kind, completion.unit_id,
       NULL::bigint AS course_id, '' AS subject, step.days AS occurrence,
       (completion.finished_at AT TIME ZONE person.tz)::date + step.days AS planned, 7 AS late
FROM units_completion completion
JOIN people_user person ON person.id = completion.trainee_id
JOIN units_unit unit ON unit.id = completion.unit_id AND unit.archived_at IS NULL
CROSS JOIN (VALUES ('recall', 2), ('recall', 7), ('recall', 30),
                   ('intention', 2), ('intention', 7), ('note', 14)) AS step(kind, days)
WHERE completion.finished_at > mot_now() - interval '45 days'
  AND (step.kind <> 'intention' OR unit.content ? 'if_then')
"""

_AFTER_COURSES = """
SELECT completion.trainee_id, 'retention', NULL::bigint, completion.course_id, '', 30,
       (completion.finished_at AT TIME ZONE person.tz)::date + 30, 15
FROM units_completion completion
JOIN people_user person ON person.id = completion.trainee_id
JOIN units_course course ON course.id = completion.course_id AND course.archived_at IS NULL
WHERE completion.finished_at > mot_now() - interval '45 days'
  AND course.retention_quiz_id IS NOT NULL
  AND NOT EXISTS (
      SELECT 1 FROM quizzes_attempt attempt
      WHERE attempt.quiz_id = course.retention_quiz_id
        AND attempt.trainee_id = completion.trainee_id AND attempt.submitted_at IS NOT NULL)
"""

# The trainee's own observation has them as its person; the supervisor's has the supervisor.
_OBSERVED = """
SELECT watched.trainee_id, watched.course_id, watched.occurrence, watched.planned
FROM (
    SELECT completion.trainee_id, completion.course_id, 30 AS occurrence,
           (completion.finished_at AT TIME ZONE person.tz)::date + 30 AS planned
    FROM units_completion completion
    JOIN people_user person ON person.id = completion.trainee_id
    WHERE completion.course_id IS NOT NULL
      AND completion.finished_at > mot_now() - interval '45 days'
    UNION
    SELECT assignee.person_id, assignment.course_id, 0,
           min((assignee.assigned_at AT TIME ZONE person.tz)::date)
    FROM assignments_assignee assignee
    JOIN assignments_assignment assignment ON assignment.id = assignee.assignment_id
    JOIN people_user person ON person.id = assignee.person_id
    WHERE assignment.course_id IS NOT NULL AND assignment.cancelled_at IS NULL
      AND assignee.left_at IS NULL AND assignee.waived_at IS NULL
      AND NOT EXISTS (
          SELECT 1 FROM units_reading reading
          JOIN units_lesson lesson ON lesson.id = reading.lesson_id
          JOIN units_courseunit place ON place.unit_id = lesson.unit_id
          WHERE reading.trainee_id = assignee.person_id
            AND place.course_id = assignment.course_id)
    GROUP BY assignee.person_id, assignment.course_id
) watched
JOIN people_user trainee ON trainee.id = watched.trainee_id
    AND trainee.is_active AND trainee.erased_at IS NULL
JOIN units_course course ON course.id = watched.course_id AND course.archived_at IS NULL
WHERE EXISTS (SELECT 1 FROM units_reference WHERE slug = 'observation')
"""

_OBSERVATIONS = f"""
SELECT trainee_id, 'observation', NULL::bigint, course_id, 'person:' || trainee_id,
       occurrence, planned, 15
FROM ({_OBSERVED}) of_oneself
UNION ALL
SELECT observer.observer_id, 'observation', NULL::bigint, watched.course_id,
       'person:' || watched.trainee_id, watched.occurrence, watched.planned, 15
FROM ({_OBSERVED}) watched
JOIN ({OBSERVERS}) observer ON observer.person_id = watched.trainee_id
WHERE NOT EXISTS (
    SELECT 1 FROM assignments_followup other
    WHERE other.kind = 'observation' AND other.course_id = watched.course_id
      AND other.subject = 'person:' || watched.trainee_id
      AND other.occurrence = watched.occurrence
      AND other.person_id <> watched.trainee_id
      AND (other.done_at IS NOT NULL OR other.dropped_because = ''))
"""  # noqa: S608 -- of fixed texts

# A case that came back, counted from then in working days; each time it comes back anew.
_NUDGES = """
SELECT write_up.author_id, 'nudge', NULL::bigint, NULL::bigint,
       'write-up:' || write_up.id || ':' || (
           SELECT max(version.number) FROM cases_writeupversion version
           WHERE version.write_up_id = write_up.id),
       step.days,
       coalesce((
           SELECT then_.day FROM people_calendarday now_
           JOIN people_calendarday then_
             ON then_.calendar_id = now_.calendar_id AND then_.working
            AND then_.number = now_.number + step.days
           WHERE now_.calendar_id = calendar.calendar_id
             AND now_.day = (write_up.changed_at AT TIME ZONE person.tz)::date),
           (write_up.changed_at AT TIME ZONE person.tz)::date + step.days),
       15
FROM cases_writeup write_up
JOIN people_user person ON person.id = write_up.author_id
LEFT JOIN people_personcalendar calendar ON calendar.person_id = write_up.author_id
CROSS JOIN (VALUES (3), (7)) AS step(days)
WHERE write_up.state = 'returned' AND write_up.discarded_at IS NULL
  AND EXISTS (SELECT 1 FROM cases_writeupversion version WHERE version.write_up_id = write_up.id)
  AND write_up.changed_at > mot_now() - interval '45 days'
"""

# A certificate holds from the course's completion, or from the last time it was renewed.
_RECERTIFICATIONS = """
SELECT held.trainee_id, 'recertify', NULL::bigint, held.course_id,
       'until:' || held.until, 0, held.until - 30, 30
FROM (
    SELECT completion.trainee_id, course.id AS course_id,
           ((greatest(completion.finished_at, (
               SELECT max(renewed.done_at) FROM assignments_followup renewed
               WHERE renewed.person_id = completion.trainee_id AND renewed.kind = 'recertify'
                 AND renewed.course_id = course.id)) AT TIME ZONE person.tz)::date
            + make_interval(months => (course.content->'certificate'->>'months')::int))::date
               AS until
    FROM units_completion completion
    JOIN people_user person ON person.id = completion.trainee_id
    JOIN units_course course ON course.id = completion.course_id AND course.archived_at IS NULL
    WHERE (course.content->'certificate'->>'months') IS NOT NULL
      AND course.post_quiz_id IS NOT NULL
) held
WHERE held.until - 45 <= (mot_now() AT TIME ZONE 'UTC')::date
"""

DERIVE = f"""
INSERT INTO assignments_followup
    (person_id, kind, unit_id, course_id, subject, occurrence, due_on, dropped_because, created_at)
SELECT fresh.person_id, fresh.kind, fresh.unit_id, fresh.course_id, fresh.subject,
       fresh.occurrence, coalesce(day.open_next, fresh.wished), '', mot_now()
FROM (
    SELECT wanted.*, own.today, greatest(wanted.planned, own.today) AS wished
    FROM ({_AFTER_UNITS} UNION ALL {_AFTER_COURSES} UNION ALL {_OBSERVATIONS}
          UNION ALL {_NUDGES} UNION ALL {_RECERTIFICATIONS}) wanted
    JOIN (SELECT id, (mot_now() AT TIME ZONE tz)::date AS today FROM people_user
          WHERE is_active AND erased_at IS NULL) own ON own.id = wanted.person_id
    WHERE wanted.planned >= own.today - wanted.late
      AND NOT EXISTS (
          SELECT 1 FROM assignments_followup there
          WHERE there.person_id = wanted.person_id AND there.kind = wanted.kind
            AND there.unit_id IS NOT DISTINCT FROM wanted.unit_id
            AND there.course_id IS NOT DISTINCT FROM wanted.course_id
            AND there.subject = wanted.subject AND there.occurrence = wanted.occurrence)
) fresh
LEFT JOIN people_personcalendar calendar ON calendar.person_id = fresh.person_id
LEFT JOIN people_calendarday day
       ON day.calendar_id = calendar.calendar_id AND day.day = fresh.wished
ORDER BY fresh.person_id, fresh.planned, fresh.occurrence, fresh.unit_id, fresh.course_id,
         fresh.subject
ON CONFLICT DO NOTHING
"""  # noqa: S608 -- of fixed texts

# One step of two moves: off days that have become closed, and, of several of one kind on a day
# that would pile up, all but the first (five observations) to the next open day. Repeated until
# nothing moves.
SPREAD = """
WITH waiting AS (
    SELECT followup.id, followup.due_on, calendar.calendar_id,
           coalesce(day.open_next, followup.due_on) AS open_on,
           row_number() OVER (
               PARTITION BY followup.person_id, followup.kind,
                            coalesce(day.open_next, followup.due_on)
               ORDER BY followup.due_on, followup.id)
           > CASE WHEN followup.kind IN ('recall', 'note', 'intention') THEN 1
                  WHEN followup.kind = 'observation' THEN 5 END AS is_one_too_many
    FROM assignments_followup followup
    JOIN people_user person ON person.id = followup.person_id
    LEFT JOIN people_personcalendar calendar ON calendar.person_id = followup.person_id
    LEFT JOIN people_calendarday day
           ON day.calendar_id = calendar.calendar_id AND day.day = followup.due_on
    WHERE followup.done_at IS NULL AND followup.dropped_because = ''
      AND followup.due_on >= (mot_now() AT TIME ZONE person.tz)::date
), moved AS (
    SELECT waiting.id, waiting.due_on AS was,
           CASE WHEN waiting.is_one_too_many
                THEN coalesce(day.open_next, waiting.open_on + 1)
                ELSE waiting.open_on END AS becomes
    FROM waiting
    LEFT JOIN people_calendarday day
           ON day.calendar_id = waiting.calendar_id AND day.day = waiting.open_on + 1
)
UPDATE assignments_followup followup SET due_on = moved.becomes
FROM moved
WHERE moved.id = followup.id AND followup.due_on = moved.was AND moved.becomes <> moved.was
"""

# Why a follow-up is no longer wanted; the words are for those who look after the installation.
DROP = (
    """
UPDATE assignments_followup followup SET dropped_because = 'the person is inactive'
FROM people_user person
WHERE person.id = followup.person_id AND followup.done_at IS NULL AND followup.dropped_because = ''
  AND (NOT person.is_active OR person.erased_at IS NOT NULL)
""",
    """
UPDATE assignments_followup followup SET dropped_because = 'the person is inactive'
FROM people_user person
WHERE followup.kind = 'observation' AND followup.subject = 'person:' || person.id
  AND followup.done_at IS NULL AND followup.dropped_because = ''
  AND (NOT person.is_active OR person.erased_at IS NOT NULL)
""",
    """
UPDATE assignments_followup followup SET dropped_because = 'its time is over'
FROM people_user person
WHERE person.id = followup.person_id AND followup.done_at IS NULL AND followup.dropped_because = ''
  AND followup.due_on + CASE followup.kind WHEN 'recertify' THEN 51 ELSE 21 END
      < (mot_now() AT TIME ZONE person.tz)::date
""",
    """
UPDATE assignments_followup followup SET dropped_because = 'the case is being worked on'
WHERE followup.kind = 'nudge' AND followup.done_at IS NULL AND followup.dropped_because = ''
  AND NOT EXISTS (
      SELECT 1 FROM cases_writeup write_up
      WHERE write_up.id = split_part(followup.subject, ':', 2)::bigint
        AND write_up.state = 'returned' AND write_up.discarded_at IS NULL)
""",
    f"""
UPDATE assignments_followup followup SET dropped_because = 'somebody else observes by now'
WHERE followup.kind = 'observation' AND followup.done_at IS NULL
  AND followup.dropped_because = ''
  AND followup.subject <> 'person:' || followup.person_id
  AND NOT EXISTS (
      SELECT 1 FROM ({OBSERVERS}) observer
      WHERE observer.observer_id = followup.person_id
        AND followup.subject = 'person:' || observer.person_id)
""",  # noqa: S608 -- of fixed texts
)

# Contract with the planner: the people and days that deserve a message.
DUE_FOLLOW_UPS = """
SELECT DISTINCT followup.person_id, followup.due_on AS day
FROM assignments_followup followup
WHERE followup.done_at IS NULL AND followup.dropped_because = ''
"""

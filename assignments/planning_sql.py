"""The statements that work out who is reminded of what and when; planning.py runs them.

They go from few rows to many: first whom it may concern, then the days of each rule for each
distinct (plan, calendar, anchor day), and only for the days in the window the single reminders.
The temporary tables end with the transaction. Without their statistics PostgreSQL would guess
that a step has a handful of rows and walk through the next one row by row.
"""

# --- 1. Whom it may concern: live assignees of assignments with a plan --------------------------

# Whether something is finished is a lookup per row: here it is asked only for plans that remind
# of what was finished, further down only for the rows that are left.
LIVE = """
CREATE TEMPORARY TABLE mot_live ON COMMIT DROP AS
SELECT due.assignee_id, due.assignment_id, due.person_id, due.person_zone,
       coalesce(due.calendar_id, 0) AS calendar_id, assignment.plan_id, assignee.through_id,
       assignee.assigned_at, assigned.on_ AS assigned_on, due.due_on,
       greatest(due.opens_on, assigned.on_) AS opens_on, assignment.unit_id, assignment.course_id,
       coalesce(assignment.quiz_id, of_case.quiz_id) AS quiz_id,
       CASE WHEN plan.tells_of_the_end
            THEN (due.finished_at AT TIME ZONE due.person_zone)::date END AS finished_on
FROM assignments_assigneedue due
JOIN assignments_assignee assignee ON assignee.id = due.assignee_id
JOIN assignments_assignment assignment ON assignment.id = due.assignment_id
LEFT JOIN cases_case of_case ON of_case.id = assignment.case_id
JOIN (
    SELECT plan.id, bool_or(rule.anchor = 'finished') AS tells_of_the_end
    FROM assignments_plan plan JOIN assignments_rule rule ON rule.plan_id = plan.id
    GROUP BY plan.id
) plan ON plan.id = assignment.plan_id
CROSS JOIN LATERAL (SELECT (assignee.assigned_at AT TIME ZONE due.zone)::date AS on_) assigned
WHERE due.is_live
  AND (%(assignments)s::bigint[] IS NULL OR due.assignment_id = ANY(%(assignments)s))
  AND (%(people)s::bigint[] IS NULL OR due.person_id = ANY(%(people)s))
"""

# --- 2. The days of the rules -------------------------------------------------------------------

# `nominal` is so many (working) days before or after; `before` and `after` are the nearest days
# on which people work and are not left alone. One working day before a Sunday is the Friday,
# whose number the Sunday has. Without a calendar every day is as good as any other.
DAYS = """
CREATE TEMPORARY TABLE mot_day ON COMMIT DROP AS
WITH anchored AS (
    SELECT DISTINCT plan_id, calendar_id, 'due' AS anchor, due_on AS on_
    FROM mot_live WHERE due_on IS NOT NULL
    UNION
    SELECT DISTINCT plan_id, calendar_id, 'opens', opens_on
    FROM mot_live WHERE opens_on IS NOT NULL
    UNION
    SELECT DISTINCT plan_id, calendar_id, 'finished', finished_on
    FROM mot_live WHERE finished_on IS NOT NULL
), counted AS (
    SELECT anchored.plan_id, anchored.calendar_id, anchored.anchor, anchored.on_,
           rule.id AS rule_id,
           CASE WHEN rule.working AND rule.days <> 0
                THEN coalesce(there.day, anchored.on_ + rule.days)
                ELSE anchored.on_ + rule.days END AS nominal
    FROM anchored
    JOIN assignments_rule rule ON rule.plan_id = anchored.plan_id AND rule.anchor = anchored.anchor
    LEFT JOIN people_calendarday here
           ON rule.working AND here.calendar_id = anchored.calendar_id AND here.day = anchored.on_
    LEFT JOIN people_calendarday there
           ON there.calendar_id = here.calendar_id AND there.working
          AND there.number = here.number + rule.days
              + CASE WHEN rule.days < 0 AND NOT here.working THEN 1 ELSE 0 END
)
SELECT counted.*, coalesce(day.open_prev, counted.nominal) AS before,
       coalesce(day.open_next, counted.nominal) AS after
FROM counted
LEFT JOIN people_calendarday day
       ON day.calendar_id = counted.calendar_id AND day.day = counted.nominal
WHERE coalesce(day.open_prev, counted.nominal) <= (%(high)s::timestamptz)::date + 1
  AND coalesce(day.open_next, counted.nominal) >= (%(low)s::timestamptz)::date - 1
"""

# --- 3. Whom the rules tell ---------------------------------------------------------------------

# The nearest instructors and managers up the tree from each cohort.
STAFF = """
CREATE TEMPORARY TABLE mot_staff ON COMMIT DROP AS
WITH RECURSIVE up(cohort_id, at_id, height) AS (
    SELECT id, id, 0 FROM people_cohort
    UNION
    SELECT up.cohort_id, cohort.parent_id, up.height + 1
    FROM up JOIN people_cohort cohort ON cohort.id = up.at_id
    WHERE cohort.parent_id IS NOT NULL AND up.height < 30
), ranked AS (
    SELECT up.cohort_id, staff.duty, staff.person_id,
           rank() OVER (PARTITION BY up.cohort_id, staff.duty ORDER BY up.height) AS distance
    FROM up
    JOIN people_cohortstaff staff ON staff.cohort_id = up.at_id
    JOIN people_user person
      ON person.id = staff.person_id AND person.is_active AND person.erased_at IS NULL
)
SELECT cohort_id, duty, person_id FROM ranked WHERE distance = 1
"""

# --- 4. The reminders whose moment lies in the window -------------------------------------------

# Before the due date: the nearest open day before; where that was before the assignment, the
# next one, unless it comes after the due date: then there is none. Afterwards: the next open day.
DAY_OF = """
CASE WHEN rule.anchor = 'due' AND rule.days <= 0 THEN
         CASE WHEN day.before >= live.assigned_on THEN day.before
              WHEN day.after <= live.due_on THEN day.after END
     ELSE day.after END
"""

# No earlier than the quiet hours end; a quarter of an hour before they begin at the latest.
# Where they lie within the day (a noon rest): when they end.
AWAKE = """
CASE WHEN plan.quiet_from > plan.quiet_to THEN
         CASE WHEN {time} < plan.quiet_to THEN plan.quiet_to
              WHEN {time} < plan.quiet_from THEN {time}
              WHEN plan.quiet_from < '00:15' THEN plan.quiet_to
              ELSE greatest(plan.quiet_to, plan.quiet_from - interval '15 minutes') END
     WHEN {time} >= plan.quiet_from AND {time} < plan.quiet_to THEN plan.quiet_to
     ELSE {time} END
"""

BEFORE_SHIFT = """
CASE WHEN coalesce(recipient.shift_at, cohort.shift_at, '09:00') < '00:15' THEN time '00:00'
     ELSE coalesce(recipient.shift_at, cohort.shift_at, '09:00') - interval '15 minutes' END
"""

# `due_on` is the anchor's day, whichever anchor: what the reminder was planned for.
# A time that the clock skips or shows twice is taken as PostgreSQL takes it: as if the clock had
# not been put forward yet (02:30 becomes 03:30), and as the second of the two.
PLANNED = f"""
CREATE TEMPORARY TABLE mot_planned ON COMMIT DROP AS
SELECT * FROM (
    SELECT live.assignee_id, live.assignment_id, live.person_id, rule.id AS rule_id,
           day.on_ AS due_on, recipient.id AS recipient_id, recipient.tz AS zone,
           live.calendar_id, live.unit_id, live.course_id, live.quiz_id,
           plan.id AS plan_id, plan.max_count, rule.audience, rule.anchor,
           day.nominal, chosen.day, wall.time AS wanted_time,
           CASE WHEN rule.anchor = 'opens'
                THEN greatest(moment.at, live.assigned_at) ELSE moment.at END AS meant_at
    FROM mot_live live
    JOIN assignments_rule rule ON rule.plan_id = live.plan_id
    JOIN assignments_plan plan ON plan.id = rule.plan_id
    JOIN mot_day day
      ON day.rule_id = rule.id AND day.calendar_id = live.calendar_id
     AND day.on_ = CASE rule.anchor WHEN 'due' THEN live.due_on
                                    WHEN 'opens' THEN live.opens_on
                                    ELSE live.finished_on END
    -- OFFSET 0: worked out once, not at each place where it is used below.
    CROSS JOIN LATERAL (SELECT {DAY_OF} AS day OFFSET 0) chosen
    CROSS JOIN LATERAL (
        SELECT live.person_id AS id WHERE rule.audience = 'trainee'
        UNION ALL
        SELECT staff.person_id FROM mot_staff staff
        WHERE rule.audience = staff.duty AND staff.person_id <> live.person_id
          AND staff.cohort_id = coalesce(live.through_id, (
              SELECT cohort_id FROM people_membership
              WHERE person_id = live.person_id AND left_at IS NULL
              ORDER BY joined_on DESC, id DESC LIMIT 1))
    ) told
    JOIN people_user recipient ON recipient.id = told.id
    LEFT JOIN people_cohort cohort ON cohort.id = live.through_id
    CROSS JOIN LATERAL (SELECT coalesce(rule.at, {BEFORE_SHIFT}) AS time) wall
    CROSS JOIN LATERAL (
        SELECT (chosen.day + {AWAKE.format(time="wall.time")}) AT TIME ZONE recipient.tz AS at
        OFFSET 0
    ) moment
    WHERE chosen.day BETWEEN (%(low)s::timestamptz)::date - 1 AND (%(high)s::timestamptz)::date + 1
      AND day.nominal >= live.assigned_on
) planned
WHERE meant_at > %(low)s AND meant_at <= %(high)s
"""  # noqa: S608 -- made of fixed texts

# Rough statistics are enough, and a tenth of the work; room to join without files.
COMPUTE = (
    "SET LOCAL default_statistics_target = 10",
    "SET LOCAL work_mem = '64MB'",
    LIVE,
    "ANALYZE mot_live",
    DAYS,
    "ANALYZE mot_day",
    STAFF,
    PLANNED,
    "CREATE INDEX ON mot_planned (assignee_id, rule_id)",
    "ANALYZE mot_planned",
)
DROP_COMPUTED = "DROP TABLE IF EXISTS mot_live, mot_day, mot_staff, mot_planned"

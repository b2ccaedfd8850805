"""The statements of the minute pass: from worked-out reminders to rows, kept up to date.

`mot_planned` (planning_sql.py) holds what the rules say now. Rows that wait follow it: new ones
are added, moved ones move, those that nobody wants any more are dropped with the reason in a
word (telling_why.py says it in full), those that come to be wanted again wait again.
"""

LATEST = "interval '48 hours'"  # what could not be told for so long is not told any more

WAITS = "{0}.told_at IS NULL AND {0}.dropped_because = ''"

# Days of people whose messages have to be looked at again, and the reminders that came to them in
# this pass; all else is as the last pass left it. `thread` is how the messages' keys begin.
TOUCHED = """
CREATE TEMPORARY TABLE mot_touched (
    recipient_id bigint, day date, thread text, UNIQUE (recipient_id, day, thread)
) ON COMMIT DROP;
CREATE TEMPORARY TABLE mot_fresh (reminder_id bigint) ON COMMIT DROP;
"""
THREAD = "CASE {} WHEN 'trainee' THEN 'reminders' ELSE 'escalations' END"
INBOX_KEY = "{0}.thread || ':' || {0}.recipient_id || ':' || {0}.day || ':inbox'"

# A message that has gone out has told the reminders of its day. A reminder is never given to a
# day whose message in the inbox may have been rendered already (see LOCK_DAYS).
TELL = f"""
UPDATE assignments_reminder reminder SET told_at = told.at
FROM (
    SELECT waiting.id, min(message.sent_at) AS at
    FROM assignments_reminder waiting
    JOIN assignments_rule rule ON rule.id = waiting.rule_id
    JOIN outbox_message message
      ON message.recipient_id = waiting.recipient_id AND message.state = 'sent'
     AND message.kind = CASE rule.audience WHEN 'trainee' THEN 'reminder' ELSE 'escalation' END
     AND message.payload ->> 'day' = waiting.day::text
     AND message.send_at > mot_now() - interval '5 days'
    WHERE {WAITS.format("waiting")} AND waiting.send_at <= mot_now()
    GROUP BY waiting.id
) told
WHERE reminder.id = told.id AND {WAITS.format("reminder")}
"""  # noqa: S608 -- made of fixed texts

# The first moment from `from_` on at which the person may be written to. What is late is told at
# once in waking hours of the day it was meant for, else when the next open day begins.
ALLOWED = """
CROSS JOIN LATERAL (SELECT mot_now() AT TIME ZONE planned.zone AS now_) clock
CROSS JOIN LATERAL (
    SELECT CASE WHEN plan.quiet_from > plan.quiet_to
                THEN clock.now_::time < plan.quiet_to OR clock.now_::time >= plan.quiet_from
                ELSE clock.now_::time >= plan.quiet_from AND clock.now_::time < plan.quiet_to
           END AS is_quiet
) hour
CROSS JOIN LATERAL (
    SELECT planned.meant_at >= mot_now()
           OR (planned.day = clock.now_::date AND NOT hour.is_quiet) AS is_in_time,
           CASE WHEN clock.now_::time < plan.quiet_to OR NOT hour.is_quiet
                THEN clock.now_::date ELSE clock.now_::date + 1 END AS earliest
) late
LEFT JOIN people_calendarday day_then
       ON day_then.calendar_id = planned.calendar_id AND day_then.day = late.earliest
CROSS JOIN LATERAL (
    SELECT CASE WHEN late.is_in_time THEN planned.day
                ELSE coalesce(day_then.open_next, late.earliest) END AS day
) chosen
CROSS JOIN LATERAL (
    SELECT CASE WHEN late.is_in_time THEN planned.meant_at
                WHEN chosen.day = clock.now_::date AND NOT hour.is_quiet THEN mot_now()
                ELSE (chosen.day + plan.quiet_to) AT TIME ZONE planned.zone END AS send_at
) told
"""

# As in the view of what is due, without the joins that row by row cost too much.
UNFINISHED = """
(planned.anchor = 'finished' OR CASE
    WHEN planned.unit_id IS NOT NULL THEN NOT EXISTS (
        SELECT 1 FROM units_completion done
        WHERE done.trainee_id = planned.person_id AND done.unit_id = planned.unit_id)
    WHEN planned.course_id IS NOT NULL THEN NOT EXISTS (
        SELECT 1 FROM units_completion done
        WHERE done.trainee_id = planned.person_id AND done.course_id = planned.course_id)
    ELSE NOT EXISTS (
        SELECT 1 FROM quizzes_attempt attempt JOIN quizzes_quiz quiz ON quiz.id = attempt.quiz_id
        WHERE attempt.trainee_id = planned.person_id AND attempt.quiz_id = planned.quiz_id
          AND attempt.submitted_at IS NOT NULL
          AND (quiz.pass_percent IS NULL OR attempt.score >= quiz.pass_percent * 100))
    END)
"""

# The count is per person and assignment, and does not meet those who are told about others.
ADD = f"""
WITH fresh AS MATERIALIZED (
    SELECT planned.* FROM mot_planned planned
    WHERE NOT EXISTS (
        SELECT 1 FROM assignments_reminder reminder
        WHERE reminder.assignee_id = planned.assignee_id AND reminder.rule_id = planned.rule_id
          AND reminder.due_on = planned.due_on
          AND reminder.recipient_id = planned.recipient_id)
      AND planned.meant_at >= mot_now() - {LATEST}
      AND {UNFINISHED}
), counted AS (
    SELECT fresh.*, row_number() OVER (
        PARTITION BY assignee_id, audience = 'trainee' ORDER BY meant_at, rule_id) AS place
    FROM fresh
), known AS MATERIALIZED (
    -- All at once: asked row by row, a table that grows as it is read costs the square.
    SELECT reminder.assignee_id, reminder.recipient_id, count(*) AS told
    FROM assignments_reminder reminder
    WHERE reminder.dropped_because = ''
      AND reminder.assignee_id IN (SELECT assignee_id FROM fresh)
    GROUP BY reminder.assignee_id, reminder.recipient_id
), planned AS (
    SELECT counted.* FROM counted
    LEFT JOIN known
           ON known.assignee_id = counted.assignee_id AND known.recipient_id = counted.person_id
    WHERE counted.audience <> 'trainee'
       OR counted.place + coalesce(known.told, 0) <= counted.max_count
), added AS (
    INSERT INTO assignments_reminder
        (assignee_id, rule_id, due_on, recipient_id, day, send_at, meant_at, dropped_because)
    SELECT planned.assignee_id, planned.rule_id, planned.due_on, planned.recipient_id,
           chosen.day, told.send_at, planned.meant_at, ''
    FROM planned JOIN assignments_plan plan ON plan.id = planned.plan_id
    {ALLOWED}
    ORDER BY planned.assignee_id, planned.rule_id
    ON CONFLICT (assignee_id, rule_id, due_on, recipient_id) DO NOTHING
    RETURNING id, recipient_id, day, rule_id
), fresh_ones AS (
    INSERT INTO mot_fresh SELECT id FROM added
), touched AS (
    INSERT INTO mot_touched
    SELECT DISTINCT added.recipient_id, added.day, {THREAD.format("rule.audience")}
    FROM added JOIN assignments_rule rule ON rule.id = added.rule_id
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM added
"""  # noqa: S608 -- made of fixed texts

# Rows whose rule, calendar, zone or shift says another moment now, and rows that were dropped and
# are wanted again. Both the day they leave and the day they come to are looked at. What is being
# sent at this moment stays where it is.
MOVE = f"""
WITH known AS MATERIALIZED (
    SELECT reminder.id, reminder.day AS was_on, planned.*
    FROM mot_planned planned
    JOIN assignments_reminder reminder
      ON reminder.assignee_id = planned.assignee_id AND reminder.rule_id = planned.rule_id
     AND reminder.due_on = planned.due_on AND reminder.recipient_id = planned.recipient_id
    WHERE reminder.told_at IS NULL
      AND (reminder.meant_at IS DISTINCT FROM planned.meant_at
           OR reminder.dropped_because <> '')
      AND planned.meant_at >= mot_now() - {LATEST}
      AND (reminder.dropped_because <> '' OR NOT EXISTS (
          SELECT 1 FROM outbox_message message
          WHERE message.key = {THREAD.format("planned.audience")}
                || ':' || reminder.recipient_id || ':' || reminder.day || ':inbox'
            AND message.state NOT IN ('queued', 'cancelled')))
), changed AS (
    UPDATE assignments_reminder reminder
    SET day = chosen.day, send_at = told.send_at, meant_at = planned.meant_at,
        dropped_because = ''
    FROM known planned JOIN assignments_plan plan ON plan.id = planned.plan_id
    {ALLOWED}
    WHERE reminder.id = planned.id AND reminder.told_at IS NULL AND {UNFINISHED}
    RETURNING reminder.id, reminder.recipient_id, reminder.day, planned.was_on,
              {THREAD.format("planned.audience")} AS thread
), fresh_ones AS (
    INSERT INTO mot_fresh SELECT id FROM changed
), touched AS (
    INSERT INTO mot_touched
    SELECT recipient_id, day, thread FROM changed
    UNION SELECT recipient_id, was_on, thread FROM changed
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM changed
"""  # noqa: S608 -- made of fixed texts

# What nobody wants any more. Whether it was finished is asked at sending.
DROP = f"""
WITH stale AS MATERIALIZED (
    SELECT waiting.* FROM assignments_reminder waiting
    WHERE {WAITS.format("waiting")} AND NOT EXISTS (
        SELECT 1 FROM mot_planned planned
        WHERE planned.assignee_id = waiting.assignee_id AND planned.rule_id = waiting.rule_id
          AND planned.due_on = waiting.due_on AND planned.recipient_id = waiting.recipient_id)
), gone AS MATERIALIZED (
    SELECT stale.id, CASE
        WHEN assignment.cancelled_at IS NOT NULL THEN 'cancelled'
        WHEN assignee.waived_at IS NOT NULL THEN 'waived'
        WHEN assignee.left_at IS NOT NULL THEN 'left'
        WHEN NOT person.is_active OR person.erased_at IS NOT NULL THEN 'deactivated'
        WHEN rule.plan_id IS DISTINCT FROM assignment.plan_id THEN 'plan'
        WHEN rule.anchor = 'due' AND assignee.extended_to IS NOT NULL
             AND stale.due_on IS DISTINCT FROM due.due_on THEN 'extended'
        WHEN rule.anchor = 'due' AND stale.due_on IS DISTINCT FROM due.due_on THEN 'moved'
        WHEN rule.anchor = 'opens' AND stale.due_on IS DISTINCT FROM greatest(
             due.opens_on, (assignee.assigned_at AT TIME ZONE due.zone)::date) THEN 'moved'
        WHEN stale.send_at < mot_now() - {LATEST} THEN 'late'
        END AS why
    FROM stale
    JOIN assignments_rule rule ON rule.id = stale.rule_id
    JOIN assignments_assignee assignee ON assignee.id = stale.assignee_id
    JOIN assignments_assignment assignment ON assignment.id = assignee.assignment_id
    JOIN people_user person ON person.id = assignee.person_id
    JOIN assignments_assigneedue due ON due.assignee_id = assignee.id
)
UPDATE assignments_reminder reminder SET dropped_because = gone.why
FROM gone WHERE reminder.id = gone.id AND gone.why IS NOT NULL AND {WAITS.format("reminder")}
"""  # noqa: S608 -- made of fixed texts

# A row of a day that the rules do not give any more (a changed rule, a new blackout, a duty that
# has ended): forgotten, and planned again when its new day is near. What lies before the window
# has been put off and stays.
FORGET = f"""
DELETE FROM assignments_reminder waiting
WHERE {WAITS.format("waiting")} AND waiting.meant_at > %(low)s
  AND NOT EXISTS (
      SELECT 1 FROM mot_planned planned
      WHERE planned.assignee_id = waiting.assignee_id AND planned.rule_id = waiting.rule_id
        AND planned.due_on = waiting.due_on AND planned.recipient_id = waiting.recipient_id)
"""  # noqa: S608 -- made of fixed texts

# The inbox always has a message, and what it does decides for the day. Held here, no sender can
# take it until our rows are there for it to read: whatever is added to a day is told that day.
LOCK_DAYS = f"""
SELECT message.id FROM outbox_message message
JOIN mot_touched touched ON message.key = {INBOX_KEY.format("touched")}
WHERE message.state IN ('queued', 'cancelled')
ORDER BY message.id FOR UPDATE OF message
"""  # noqa: S608 -- made of fixed texts

# What arises after the day's message has gone moves to the next open day, at its own time of day.
PUT_OFF = f"""
WITH put_off AS (
    UPDATE assignments_reminder reminder
    SET day = next.day, send_at = (next.day + (reminder.send_at AT TIME ZONE recipient.tz)::time)
                                  AT TIME ZONE recipient.tz
    FROM mot_fresh fresh
    JOIN assignments_reminder waiting ON waiting.id = fresh.reminder_id
    JOIN assignments_rule rule ON rule.id = waiting.rule_id
    JOIN mot_touched taken
      ON taken.recipient_id = waiting.recipient_id AND taken.day = waiting.day
     AND taken.thread = {THREAD.format("rule.audience")}
    JOIN outbox_message message
      ON message.key = {INBOX_KEY.format("taken")}
     AND message.state NOT IN ('queued', 'cancelled')
    JOIN people_user recipient ON recipient.id = taken.recipient_id
    JOIN assignments_assigneedue due ON due.assignee_id = waiting.assignee_id
    LEFT JOIN people_calendarday later
           ON later.calendar_id = due.calendar_id AND later.day = taken.day + 1
    CROSS JOIN LATERAL (SELECT coalesce(later.open_next, taken.day + 1) AS day) next
    WHERE reminder.id = waiting.id
    RETURNING reminder.recipient_id, reminder.day, taken.thread
), touched AS (
    INSERT INTO mot_touched SELECT DISTINCT recipient_id, day, thread FROM put_off
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM put_off
"""  # noqa: S608 -- made of fixed texts

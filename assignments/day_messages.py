"""One message per person, day and channel, for all that is to be told that day.

    reminders:<person>:<day>:<channel>       to the trainee: reminders and follow-ups
    escalations:<recipient>:<day>:<channel>  to instructors and managers

The inbox has every one. Beside it, the channels that the rules name and that reach the person;
where none of them does, the company messenger, else e-mail. What somebody does not want on a
channel leaves that out, unless something mandatory is in it.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.backends.utils import CursorWrapper

from assignments.following_sql import DUE_FOLLOW_UPS
from assignments.planning_pass import THREAD, WAITS
from outbox.channels import CHANNELS

MESSENGERS = ["wecom", "dingtalk", "feishu"]  # the first that reaches somebody is theirs

# A reminder about to leave is looked at again: channels and wishes may have changed since.
SOON = "interval '3 minutes'"

TOUCH_SOON = f"""
INSERT INTO mot_touched
SELECT DISTINCT waiting.recipient_id, waiting.day, {THREAD.format("rule.audience")}
FROM assignments_reminder waiting JOIN assignments_rule rule ON rule.id = waiting.rule_id
WHERE {WAITS.format("waiting")}
  AND waiting.send_at > mot_now() AND waiting.send_at <= mot_now() + {SOON}
ON CONFLICT DO NOTHING
"""  # noqa: S608 -- made of fixed texts

# Follow-ups are told before the shift, from eight to nine in the evening, as in a plan that says
# nothing else. Days that have their message already are left: what is due joins it.
QUEUE = f"""
WITH shown AS (
    SELECT waiting.recipient_id, waiting.day, touched.thread, waiting.send_at,
           assignment.mandatory, channel.class
    FROM mot_touched touched
    JOIN assignments_reminder waiting
      ON waiting.recipient_id = touched.recipient_id AND waiting.day = touched.day
     AND {WAITS.format("waiting")}
    JOIN assignments_rule rule
      ON rule.id = waiting.rule_id AND touched.thread = {THREAD.format("rule.audience")}
    JOIN assignments_assignee assignee ON assignee.id = waiting.assignee_id
    JOIN assignments_assignment assignment ON assignment.id = assignee.assignment_id
    LEFT JOIN LATERAL unnest(rule.channels) AS channel(class) ON true
    UNION ALL
    SELECT due.person_id, due.day, 'reminders', moment.at, false, NULL
    FROM ({DUE_FOLLOW_UPS}) due
    JOIN people_user person
      ON person.id = due.person_id AND person.is_active AND person.erased_at IS NULL
    CROSS JOIN LATERAL (
        SELECT (mot_now() AT TIME ZONE person.tz) AS now_,
               least(greatest(coalesce(nullif(person.shift_at, '00:00'), '09:00')
                              - interval '15 minutes', '08:00'), '20:45') AS time
    ) clock
    CROSS JOIN LATERAL (SELECT (due.day + clock.time) AT TIME ZONE person.tz AS at) moment
    WHERE due.day >= clock.now_::date AND moment.at <= mot_now() + interval '1 day'
      AND (moment.at > mot_now()
           OR (clock.now_::time >= '08:00' AND clock.now_::time < '21:00'))
      AND NOT EXISTS (
          SELECT 1 FROM outbox_message message
          WHERE message.key = 'reminders:' || due.person_id || ':' || due.day || ':inbox')
), asked AS MATERIALIZED (
    SELECT recipient_id, day, thread, min(send_at) AS send_at, bool_or(mandatory) AS mandatory,
           coalesce(array_agg(DISTINCT class) FILTER (WHERE class IS NOT NULL), '{{}}') AS classes
    FROM shown GROUP BY recipient_id, day, thread
), reached AS MATERIALIZED (
    SELECT DISTINCT ON (person_id, class) person_id, channel, class
    FROM (
        SELECT reach.person_id, reach.channel,
               CASE WHEN reach.channel = ANY(%(messengers)s) THEN 'messenger'
                    ELSE reach.channel END AS class
        FROM people_reach reach
        WHERE reach.channel = ANY(%(channels)s)
          AND reach.person_id IN (SELECT recipient_id FROM asked)
    ) found
    ORDER BY person_id, class, array_position(%(messengers)s, channel::text)
), named AS (
    SELECT asked.recipient_id, asked.day, asked.thread, reached.channel, reached.class
    FROM asked JOIN reached
      ON reached.person_id = asked.recipient_id AND reached.class = ANY(asked.classes)
), instead AS (
    SELECT DISTINCT ON (asked.recipient_id, asked.day, asked.thread)
           asked.recipient_id, asked.day, asked.thread, reached.channel, reached.class
    FROM asked
    JOIN reached ON reached.person_id = asked.recipient_id AND reached.class <> 'sms'
    WHERE NOT EXISTS (
        SELECT 1 FROM named
        WHERE named.recipient_id = asked.recipient_id AND named.day = asked.day
          AND named.thread = asked.thread)
    ORDER BY asked.recipient_id, asked.day, asked.thread, reached.class DESC
), told AS (
    SELECT recipient_id, day, thread, 'inbox' AS channel, 'inbox' AS class FROM asked
    UNION ALL SELECT * FROM named
    UNION ALL SELECT * FROM instead
), wanted AS (
    SELECT told.recipient_id, told.day, told.thread, told.channel, asked.send_at,
           CASE told.thread WHEN 'reminders' THEN 'reminder' ELSE 'escalation' END AS kind
    FROM told JOIN asked USING (recipient_id, day, thread)
    WHERE told.channel = 'inbox' OR (asked.mandatory AND told.class <> 'sms') OR NOT EXISTS (
        SELECT 1 FROM people_preference wish
        WHERE wish.person_id = told.recipient_id AND wish.channel = told.channel
          AND wish.cadence <> 'immediate'
          AND wish.kind = CASE told.thread WHEN 'reminders' THEN 'reminder'
                                           ELSE 'escalation' END)
)
INSERT INTO outbox_message
    (key, kind, channel, recipient_id, payload, message_id, provider_id, send_at, next_try_at,
     state, tries, reason)
SELECT thread || ':' || recipient_id || ':' || day || ':' || channel, kind, channel, recipient_id,
       jsonb_build_object('person', recipient_id, 'day', day::text),
       -- From the key, as outbox/posting.py does: made anew after a restore it is the same mail.
       '<' || left(encode(sha256(convert_to(
           thread || ':' || recipient_id || ':' || day || ':' || channel, 'UTF8')), 'hex'), 32)
           || '@' || %(host)s || '>', '',
       send_at, send_at, 'queued', 0, ''
FROM wanted ORDER BY 1
-- Nothing of a cancelled one has gone out: it waits again. One that waits has the day's earliest
-- moment. What has been tried, or sent, stays.
ON CONFLICT (key) DO UPDATE
SET state = 'queued', send_at = excluded.send_at, next_try_at = excluded.next_try_at, reason = ''
WHERE (outbox_message.state = 'cancelled'
       AND outbox_message.reason <> 'from before a restore')
   OR (outbox_message.state = 'queued' AND outbox_message.tries = 0
       AND outbox_message.send_at <> excluded.send_at)
"""  # noqa: S608 -- made of fixed texts


def queue_messages(cursor: CursorWrapper) -> int:
    """Write the messages of the days in `mot_touched` and of follow-ups; how many changed."""
    about: dict[str, Any] = {
        "messengers": MESSENGERS,
        "channels": [name for name in CHANNELS if name not in ("inbox", "group")],
        "host": urlsplit(settings.SITE_URL).hostname,
    }
    cursor.execute(TOUCH_SOON)
    cursor.execute("ANALYZE mot_touched")
    cursor.execute(QUEUE, about)
    return cursor.rowcount

"""Which calendar holds for a cohort and for a person, and where a person can be reached."""

from django.db import migrations

# The nearest calendar up the tree, else the default one. UNION: a ring in the tree ends.
COHORT_CALENDAR = """
CREATE VIEW people_cohortcalendar AS
WITH RECURSIVE up(cohort_id, calendar_id, parent_id, height) AS (
    SELECT id, calendar_id, parent_id, 0 FROM people_cohort
    UNION
    SELECT up.cohort_id, above.calendar_id, above.parent_id, up.height + 1
    FROM up JOIN people_cohort above ON above.id = up.parent_id
    WHERE up.calendar_id IS NULL AND up.height < 30
), found AS (
    SELECT DISTINCT ON (cohort_id) cohort_id, calendar_id
    FROM up WHERE calendar_id IS NOT NULL ORDER BY cohort_id, height
)
SELECT cohort.id AS cohort_id,
       coalesce(found.calendar_id,
                (SELECT id FROM people_calendar WHERE is_default)) AS calendar_id
FROM people_cohort cohort LEFT JOIN found ON found.cohort_id = cohort.id
"""

PERSON_CALENDAR = """
CREATE VIEW people_personcalendar AS
SELECT person.id AS person_id,
       coalesce(own.calendar_id,
                (SELECT id FROM people_calendar WHERE is_default)) AS calendar_id
FROM people_user person
LEFT JOIN (
    SELECT DISTINCT ON (membership.person_id) membership.person_id, calendar.calendar_id
    FROM people_membership membership
    JOIN people_cohortcalendar calendar ON calendar.cohort_id = membership.cohort_id
    WHERE membership.left_at IS NULL
    ORDER BY membership.person_id, membership.joined_on DESC, membership.id DESC
) own ON own.person_id = person.id
"""

REACH = """
CREATE VIEW people_reach AS
SELECT id AS person_id, 'email' AS channel, email AS address
FROM people_user WHERE email IS NOT NULL AND is_active AND erased_at IS NULL
UNION ALL
SELECT id, 'sms', phone
FROM people_user WHERE phone IS NOT NULL AND is_active AND erased_at IS NULL
UNION ALL
SELECT account.person_id, account.channel, account.account
FROM people_messengeraccount account JOIN people_user person ON person.id = account.person_id
WHERE person.is_active AND person.erased_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_calendars_invitations_imports"),
    ]

    operations = [
        migrations.RunSQL(COHORT_CALENDAR, "DROP VIEW people_cohortcalendar"),
        migrations.RunSQL(PERSON_CALENDAR, "DROP VIEW people_personcalendar"),
        migrations.RunSQL(REACH, "DROP VIEW people_reach"),
    ]

"""The calendar of a person by lookups alone.

With a join in the subquery a planner could read all cohorts anew for each person; without an
index of its own it went through all present memberships for each.
"""

from django.db import migrations, models

PERSONS = """
CREATE OR REPLACE VIEW people_personcalendar AS
SELECT person.id AS person_id,
       coalesce((SELECT (SELECT cohort.effective_calendar_id FROM people_cohort cohort
                         WHERE cohort.id = membership.cohort_id)
                 FROM people_membership membership
                 WHERE membership.person_id = person.id AND membership.left_at IS NULL
                 ORDER BY membership.joined_on DESC, membership.id DESC LIMIT 1),
                (SELECT id FROM people_calendar WHERE is_default)) AS calendar_id
FROM people_user person
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0007_effective_calendars")]

    operations = [
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                models.F("person"),
                models.F("joined_on").desc(),
                models.F("id").desc(),
                name="present_memberships",
                condition=models.Q(left_at=None),
            ),
        ),
        migrations.RunSQL(PERSONS, migrations.RunSQL.noop),
    ]

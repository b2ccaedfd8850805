"""The calendar that holds for a cohort stands in a column, kept by triggers.

Worked out in a view it was a recursion over all cohorts, and a planner that did not know better
(tables never analysed) ran it once per row.
"""

from django.db import migrations

# No field of the model: whoever saves a cohort must not write back what they once read.
COLUMN = """
ALTER TABLE people_cohort ADD COLUMN effective_calendar_id bigint
    REFERENCES people_calendar ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED
"""

# The nearest calendar up the tree, else the default one. UNION and height: a ring ends.
WORK_OUT = """
CREATE FUNCTION people_work_out_calendars() RETURNS void LANGUAGE sql AS $$
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
    UPDATE people_cohort cohort SET effective_calendar_id = now_.calendar_id
    FROM (
        SELECT one.id AS cohort_id,
               coalesce(found.calendar_id,
                        (SELECT id FROM people_calendar WHERE is_default)) AS calendar_id
        FROM people_cohort one LEFT JOIN found ON found.cohort_id = one.id
    ) now_
    WHERE now_.cohort_id = cohort.id
      AND now_.calendar_id IS DISTINCT FROM cohort.effective_calendar_id
$$
"""

# A new cohort has nothing below it: its own calendar, its parent's, or the default one.
TRIGGERS = """
CREATE FUNCTION people_calendar_of_new_cohort() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.effective_calendar_id := coalesce(
        NEW.calendar_id,
        (SELECT effective_calendar_id FROM people_cohort WHERE id = NEW.parent_id),
        (SELECT id FROM people_calendar WHERE is_default));
    RETURN NEW;
END $$;
CREATE FUNCTION people_calendars_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM people_work_out_calendars();
    RETURN NULL;
END $$;
CREATE TRIGGER calendar_of_new_cohort BEFORE INSERT ON people_cohort
    FOR EACH ROW EXECUTE FUNCTION people_calendar_of_new_cohort();
CREATE TRIGGER calendars_of_changed_cohort AFTER UPDATE ON people_cohort FOR EACH ROW
    WHEN (OLD.calendar_id IS DISTINCT FROM NEW.calendar_id
          OR OLD.parent_id IS DISTINCT FROM NEW.parent_id)
    EXECUTE FUNCTION people_calendars_changed();
CREATE TRIGGER calendars_of_changed_default
    AFTER INSERT OR UPDATE OF is_default OR DELETE ON people_calendar
    FOR EACH STATEMENT EXECUTE FUNCTION people_calendars_changed();
"""

COHORTS = """
CREATE OR REPLACE VIEW people_cohortcalendar AS
SELECT id AS cohort_id, effective_calendar_id AS calendar_id FROM people_cohort
"""

# A subquery per person: asked of few people, it looks at their memberships alone.
PERSONS = """
CREATE OR REPLACE VIEW people_personcalendar AS
SELECT person.id AS person_id,
       coalesce((SELECT cohort.effective_calendar_id
                 FROM people_membership membership
                 JOIN people_cohort cohort ON cohort.id = membership.cohort_id
                 WHERE membership.person_id = person.id AND membership.left_at IS NULL
                 ORDER BY membership.joined_on DESC, membership.id DESC LIMIT 1),
                (SELECT id FROM people_calendar WHERE is_default)) AS calendar_id
FROM people_user person
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0006_default_calendar")]

    operations = [
        migrations.RunSQL(COLUMN),
        migrations.RunSQL(WORK_OUT),
        migrations.RunSQL("SELECT people_work_out_calendars()"),
        migrations.RunSQL(TRIGGERS),
        migrations.RunSQL(COHORTS),
        migrations.RunSQL(PERSONS),
    ]

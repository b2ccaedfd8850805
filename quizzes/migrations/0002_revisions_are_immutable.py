"""A revision is what attempts were graded by: the database itself refuses to change one."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION refuse_to_change_a_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'revisions are immutable: make a new one (%, id %)', TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0001_exercises_quizzes_attempts")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION refuse_to_change_a_revision()"),
        migrations.RunSQL(
            "CREATE TRIGGER revisions_are_immutable BEFORE UPDATE OR DELETE ON quizzes_revision "
            "FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_revision()",
            "DROP TRIGGER revisions_are_immutable ON quizzes_revision",
        ),
    ]

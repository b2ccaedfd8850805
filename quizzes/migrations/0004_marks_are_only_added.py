"""What an instructor has judged stays: the database refuses to change or delete it."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION refuse_to_change_a_judgement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'judgements are only added to: make a new one (%, id %)', TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
TABLES = ("quizzes_mark", "quizzes_regrade")


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0003_marks_tallies_recordings_drafts")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION refuse_to_change_a_judgement()"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER judgements_are_only_added BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_judgement()",
                f"DROP TRIGGER judgements_are_only_added ON {table}",
            )
            for table in TABLES
        ),
    ]

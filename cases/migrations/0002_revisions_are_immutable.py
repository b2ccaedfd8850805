"""The database itself refuses to change a revision."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_cases"),
        ("quizzes", "0002_revisions_are_immutable"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER revisions_are_immutable BEFORE UPDATE OR DELETE ON cases_caserevision "
            "FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_revision()",
            "DROP TRIGGER revisions_are_immutable ON cases_caserevision",
        ),
    ]

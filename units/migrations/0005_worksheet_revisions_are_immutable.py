"""The database itself refuses to change a worksheet's revision, or what a cell said before."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("units", "0004_worksheets_guides_more"),
        ("quizzes", "0004_marks_are_only_added"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER revisions_are_immutable BEFORE UPDATE OR DELETE "
            "ON units_worksheetrevision "
            "FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_revision()",
            "DROP TRIGGER revisions_are_immutable ON units_worksheetrevision",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER changes_are_only_added BEFORE UPDATE OR DELETE ON units_cellchange "
            "FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_judgement()",
            "DROP TRIGGER changes_are_only_added ON units_cellchange",
        ),
    ]

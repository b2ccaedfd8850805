"""The three presets; for which moment a reminder was meant; what the minute pass looks things up by."""

from django.db import migrations, models

from assignments.presets import make_presets


def presets(apps, schema_editor):
    make_presets(
        apps.get_model("assignments", "Plan").objects, apps.get_model("assignments", "Rule").objects
    )


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0002_assignee_due"),
        ("outbox", "0002_channels_notices_switch"),
        ("people", "0005_views"),
    ]

    operations = [
        migrations.AddField(
            model_name="reminder",
            name="meant_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="assignee",
            index=models.Index(
                condition=models.Q(("left_at", None), ("starts_on", None)),
                fields=["assignment"],
                name="assignees_who_may_not_begin",
            ),
        ),
        migrations.RunPython(presets, migrations.RunPython.noop),
    ]

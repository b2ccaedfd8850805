"""The key of the form that made an assignment: sent twice, it assigns once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0003_presets_and_planning"),
    ]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="key",
            field=models.CharField(
                blank=True, editable=False, max_length=32, null=True, unique=True
            ),
        ),
    ]

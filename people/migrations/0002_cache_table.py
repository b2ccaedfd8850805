"""The table of Django's DatabaseCache, so that `migrate` alone suffices."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0001_people_and_cohorts")]

    operations = [
        migrations.RunSQL(
            sql=[
                """
                CREATE TABLE IF NOT EXISTS cache_entries (
                    cache_key varchar(255) NOT NULL PRIMARY KEY,
                    value text NOT NULL,
                    expires timestamp with time zone NOT NULL
                )
                """,
                "CREATE INDEX IF NOT EXISTS cache_entries_expires ON cache_entries (expires)",
            ],
            reverse_sql="DROP TABLE IF EXISTS cache_entries",
        )
    ]

"""Whether this process may be sent visitors."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

# Looked up until it is true: what is applied stays applied while this code runs.
_known = {"is_migrated": False}


def why_not_ready() -> str:
    """One sentence on what is missing; empty when everything is there."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _known["is_migrated"]:
            missing = _missing_migrations()
            if missing:
                return f"Migrations are missing: {', '.join(missing)}. Run manage.py migrate."
            _known["is_migrated"] = True
    except DatabaseError as error:
        return f"The database does not answer: {str(error).strip().splitlines()[0]}"
    return ""


def _missing_migrations() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]

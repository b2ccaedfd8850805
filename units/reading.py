"""Noting how far somebody has read."""

from datetime import datetime

from django.db import connection

from people.models import User

# One statement: finds the lesson, refuses a block it does not have, and never un-finishes.
NOTE = """
    INSERT INTO units_reading (trainee_id, lesson_id, block, seen_at)
    SELECT %(trainee)s, lesson.id, %(block)s, %(now)s
    FROM units_lesson AS lesson
    JOIN units_unit AS unit ON unit.id = lesson.unit_id
    JOIN units_lessonrevision AS revision ON revision.id = lesson.current_id
    WHERE unit.slug = %(unit)s AND unit.archived_at IS NULL
      AND lesson.slug = %(lesson)s AND lesson.archived_at IS NULL
      AND %(block)s < jsonb_array_length(revision.blocks_zh)
    ON CONFLICT (trainee_id, lesson_id)
    DO UPDATE SET block = excluded.block, seen_at = excluded.seen_at
"""


def note_seen(*, trainee: User, unit: str, lesson: str, block: int, now: datetime) -> bool:
    """Remember the block the trainee is at; False where there is no such lesson or block."""
    with connection.cursor() as cursor:
        cursor.execute(
            NOTE,
            {"trainee": trainee.pk, "unit": unit, "lesson": lesson, "block": block, "now": now},
        )
        return cursor.rowcount == 1

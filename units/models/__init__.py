"""All tables of units: courses and lessons, and worksheets."""

from units.models.courses import (
    Completion,
    Course,
    CourseUnit,
    Lesson,
    LessonDraft,
    LessonRevision,
    Reading,
    Reference,
    Unit,
)
from units.models.worksheets import (
    Cell,
    CellChange,
    Sheet,
    SheetComment,
    Worksheet,
    WorksheetRevision,
)

__all__ = [
    "Cell",
    "CellChange",
    "Completion",
    "Course",
    "CourseUnit",
    "Lesson",
    "LessonDraft",
    "LessonRevision",
    "Reading",
    "Reference",
    "Sheet",
    "SheetComment",
    "Unit",
    "Worksheet",
    "WorksheetRevision",
]

"""All tables of quizzes: content, attempts, and what is marked."""

from quizzes.models.attempts import (
    Answer,
    Attempt,
    AttemptQuerySet,
    Confidence,
    FormOrder,
    MistakeReport,
    Try,
)
from quizzes.models.content import (
    FORM_ORDERS,
    FORM_TURN,
    FORMS,
    Bank,
    BankItem,
    Exercise,
    Quiz,
    Revision,
)
from quizzes.models.marking import (
    Calibration,
    Draft,
    ExerciseDraft,
    LineTally,
    Mark,
    Recording,
    Regrade,
    SavedComment,
)
from quizzes.models.recalls import RecallCard

__all__ = [
    "FORMS",
    "FORM_ORDERS",
    "FORM_TURN",
    "Answer",
    "Attempt",
    "AttemptQuerySet",
    "Bank",
    "BankItem",
    "Calibration",
    "Confidence",
    "Draft",
    "Exercise",
    "ExerciseDraft",
    "FormOrder",
    "LineTally",
    "Mark",
    "MistakeReport",
    "Quiz",
    "RecallCard",
    "Recording",
    "Regrade",
    "Revision",
    "SavedComment",
    "Try",
]

"""What somebody is to recall, and when: one card per person and exercise."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from quizzes.models.content import Exercise


class RecallCard(models.Model):
    """An exercise that a trainee is asked again, when forgetting is near."""

    privacy = "exported"

    class Why(models.TextChoices):
        WRONG = "wrong", _("answered wrongly")
        UNSEEN = "unseen", _("not seen for long")

    trainee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="recall_cards"
    )
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="+")
    # What was asked for it last: another scene of the same objective where the bank has one.
    asked = models.ForeignKey(
        Exercise, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    why = models.CharField(max_length=10, choices=Why)
    fsrs = models.JSONField()  # as fsrs.Card.to_dict() has it
    due_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["trainee", "exercise"], name="one_recall_card_per_trainee_and_exercise"
            )
        ]
        indexes = [models.Index(fields=["trainee", "due_at"], name="recall_cards_by_due")]

    def __str__(self) -> str:
        return f"card {self.pk}"

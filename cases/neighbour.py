"""What cases know about a quiz: which case it belongs to, and what a mark means for a write-up."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from cases.models import Case, WriteUp, WriteUpVersion
from cases.write_ups import QUIZ, answer_of, keep_as_case
from quizzes.models import Attempt, Mark, Quiz
from quizzes.neighbours import Around, Link


class CasesNeighbour:
    """See quizzes.neighbours.Neighbour."""

    def submitted(self, attempt: Attempt, now: datetime) -> None:
        """A write-up is handed in with its attempt; about other cases nothing is stored."""
        if attempt.quiz.slug != QUIZ:
            return
        version = WriteUpVersion.objects.filter(attempt=attempt).first()
        if version is None:  # written on the quiz's own page
            version = keep_as_case(attempt, answer_of(attempt.pk))
        WriteUp.objects.filter(pk=version.write_up_id).update(
            state=WriteUp.State.HANDED_IN, discarded_at=None, changed_at=now
        )

    def marked(self, mark: Mark) -> None:
        """A write-up is returned or accepted with its mark, if no later version has been begun."""
        state = {
            Mark.Outcome.RETURNED: WriteUp.State.RETURNED,
            Mark.Outcome.ACCEPTED: WriteUp.State.ACCEPTED,
        }.get(Mark.Outcome(mark.outcome))
        version = WriteUpVersion.objects.filter(attempt=mark.answer.attempt_id).first()
        if state is None or version is None:
            return
        # A revision begun at this moment has made it a draft again, and then it stays one.
        may_change = [WriteUp.State.HANDED_IN, WriteUp.State.RETURNED, WriteUp.State.ACCEPTED]
        WriteUp.objects.filter(pk=version.write_up_id, state__in=may_change).exclude(
            versions__number__gt=version.number
        ).update(state=state, changed_at=timezone.now())

    def around(self, quiz: Quiz, missed: list[str], around: Around) -> None:
        """A case's exercises stand in their case; a case of one's own among one's own."""
        if quiz.slug == QUIZ:
            around.home = Link(gettext("My cases"), reverse("cases:mine"))
        if quiz.purpose != Quiz.Purpose.CASE:
            return
        case = Case.objects.filter(quiz=quiz).only("slug", "title_zh", "title_en").first()
        if case is not None:
            around.home = Link(case.title, reverse("cases:case", args=[case.slug]))

"""What cases know about a quiz: which case it belongs to, and what a mark means for a write-up."""

from datetime import datetime

from django.urls import reverse

from cases.models import Case
from quizzes.models import Attempt, Mark, Quiz
from quizzes.neighbours import Around, Link


class CasesNeighbour:
    """See quizzes.neighbours.Neighbour."""

    def submitted(self, attempt: Attempt, now: datetime) -> None:
        """Nothing is stored about a case that was done; it is asked of the attempts."""

    def marked(self, mark: Mark) -> None:
        """A write-up is returned or accepted with its mark."""

    def around(self, quiz: Quiz, missed: list[str], around: Around) -> None:
        """A case's exercises stand in their case."""
        if quiz.purpose != Quiz.Purpose.CASE:
            return
        case = Case.objects.filter(quiz=quiz).only("slug", "title_zh", "title_en").first()
        if case is not None:
            around.home = Link(case.title, reverse("cases:case", args=[case.slug]))

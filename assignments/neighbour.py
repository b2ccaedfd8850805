"""What follow-ups learn from a submission: what is done with it, and who may take a test again."""

from datetime import datetime

from django.db.models import Q

from assignments.models import FollowUp
from cases.models import WriteUpVersion
from mot_course.web import zone
from outbox.clock import database_now
from quizzes.models import Attempt, Mark, Quiz
from quizzes.neighbours import Around

Kind = FollowUp.Kind


class AssignmentsNeighbour:
    """See quizzes.neighbours.Neighbour."""

    def submitted(self, attempt: Attempt, now: datetime) -> None:
        """Tick off the follow-ups that asked for this; one UPDATE at most, for the kind it is."""
        asked = self._asked_for(attempt, now)
        if asked is not None:
            FollowUp.objects.filter(asked, person=attempt.trainee_id, done_at=None).update(
                done_at=now, dropped_because=""
            )

    def _asked_for(self, attempt: Attempt, now: datetime) -> Q | None:
        quiz = attempt.quiz
        today = now.astimezone(zone(attempt.trainee.tz)).date()
        is_due = Q(due_on__lte=today)
        match quiz.purpose:
            case Quiz.Purpose.RECALL:
                # A session draws from everything, so it does for all that have come up.
                return is_due & Q(kind=Kind.RECALL, dropped_because="")
            case Quiz.Purpose.RETENTION:
                return Q(kind=Kind.RETENTION, course__retention_quiz=quiz)
            case Quiz.Purpose.POST:
                return is_due & Q(kind=Kind.RECERTIFY, course__post_quiz=quiz)
            case Quiz.Purpose.WRITING:
                version = WriteUpVersion.objects.filter(attempt=attempt).first()
                if version is not None:
                    subject = f"write-up:{version.write_up_id}:"
                    return is_due & Q(kind=Kind.NUDGE, subject__startswith=subject)
        return None

    def marked(self, mark: Mark) -> None:
        """A returned case is found by the pass that derives follow-ups."""

    def around(self, quiz: Quiz, missed: list[str], around: Around) -> None:
        """Follow-ups stand on no page of a quiz."""


def attempts_granted(quiz: Quiz, trainee_id: int) -> int:
    """The test after a course may be taken once more for each renewal that has come up."""
    if quiz.purpose != Quiz.Purpose.POST:
        return 0
    asked = FollowUp.objects.filter(
        person=trainee_id, kind=Kind.RECERTIFY, course__post_quiz=quiz
    ).select_related("person")
    now = database_now()
    return sum(one.due_on <= now.astimezone(zone(one.person.tz)).date() for one in asked)

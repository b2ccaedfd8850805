"""The assignments as an app."""

from django.apps import AppConfig


class AssignmentsConfig(AppConfig):
    name = "assignments"

    def ready(self) -> None:
        from assignments.kinds import KINDS  # noqa: PLC0415 -- the models are not there before
        from assignments.kinds_following import NOTE_ANSWERED  # noqa: PLC0415 -- likewise
        from assignments.neighbour import (  # noqa: PLC0415 -- likewise
            AssignmentsNeighbour,
            attempts_granted,
        )
        from outbox import kinds  # noqa: PLC0415 -- likewise
        from quizzes import neighbours  # noqa: PLC0415 -- likewise

        for kind in (*KINDS, NOTE_ANSWERED):
            kinds.register(kind)
        neighbours.register(AssignmentsNeighbour())
        neighbours.grant_by(attempts_granted)

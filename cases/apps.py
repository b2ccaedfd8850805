"""The cases app."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self) -> None:
        """Tell quizzes what a case knows about its exercises."""
        from cases.neighbour import CasesNeighbour  # noqa: PLC0415 -- models are ready only now
        from quizzes import neighbours  # noqa: PLC0415

        neighbours.register(CasesNeighbour())

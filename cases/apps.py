"""The cases app."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self) -> None:
        """Tell quizzes what a case knows about its exercises."""
        from cases.neighbour import CasesNeighbour  # noqa: PLC0415 -- models are ready only now
        from quizzes import neighbours  # noqa: PLC0415
        from quizzes.resubmitting import tell_apart_by  # noqa: PLC0415

        neighbours.register(CasesNeighbour())
        tell_apart_by("write_up_version__write_up", "write_up_version__write_up__title")

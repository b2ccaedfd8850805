"""The units app; says to the quizzes below what follows from a submission."""

from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "units"

    def ready(self) -> None:
        from quizzes import neighbours  # noqa: PLC0415 -- models are not ready before
        from units.neighbour import UnitsNeighbour  # noqa: PLC0415

        neighbours.register(UnitsNeighbour())

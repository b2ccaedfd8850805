"""The units app; says to the quizzes below what follows from a submission."""

from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "units"

    def ready(self) -> None:
        from quizzes import neighbours  # noqa: PLC0415 -- models are not ready before
        from quizzes.recalling import register_weak_spots  # noqa: PLC0415
        from units.neighbour import UnitsNeighbour  # noqa: PLC0415
        from units.recall import weak_spots  # noqa: PLC0415

        neighbours.register(UnitsNeighbour())
        register_weak_spots(weak_spots)

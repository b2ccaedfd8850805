"""Makes the outbox impatient, so that an experiment takes seconds: only durations, no behaviour."""

import os
from datetime import timedelta

from django.apps import AppConfig


class DeliveryFaults(AppConfig):
    name = "tests.faults.delivery"
    label = "delivery_faults"

    def ready(self) -> None:
        from outbox import leasing, pacing, reconciling, verdicts
        from tests.outbox.notes import register_notes

        register_notes()
        leasing.LEASE = timedelta(seconds=float(os.environ.get("FAULTS_LEASE", "5")))
        reconciling.SETTLING = timedelta(seconds=1)
        verdicts.FIRST_PAUSE = timedelta(seconds=0.1)
        verdicts.LONGEST_PAUSE = timedelta(seconds=1)
        pacing.FIRST_PAUSE = timedelta(seconds=0.5)
        pacing.LONGEST_PAUSE = timedelta(seconds=4)

"""Makes the outbox impatient, so that an experiment takes seconds: durations and the
batch (so that several senders share a few mails), no behaviour."""

import os
from datetime import timedelta

from django.apps import AppConfig


class DeliveryFaults(AppConfig):
    name = "tests.faults.delivery"
    label = "delivery_faults"

    def ready(self) -> None:
        from outbox import delivering, leasing, pacing, reconciling, verdicts
        from tests.outbox.notes import register_notes

        register_notes()
        leasing.LEASE = timedelta(seconds=float(os.environ.get("FAULTS_LEASE", "5")))
        delivering.BATCH = int(os.environ.get("FAULTS_BATCH", "20"))
        reconciling.SETTLING = timedelta(seconds=1)
        verdicts.FIRST_PAUSE = timedelta(seconds=0.1)
        verdicts.LONGEST_PAUSE = timedelta(seconds=0.5)
        pacing.FIRST_PAUSE = timedelta(seconds=0.5)
        pacing.LONGEST_PAUSE = timedelta(seconds=4)

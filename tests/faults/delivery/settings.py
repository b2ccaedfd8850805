"""The project's settings; bells ring each second, and the test's kinds of message are known."""

import os
from datetime import timedelta

from mot_course.settings import *

INSTALLED_APPS += ["tests.faults.delivery.apps.DeliveryFaults"]  # noqa: F405
STORAGES["staticfiles"]["BACKEND"] = (  # noqa: F405
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
EMAIL_TIMEOUT = 2
POLL = float(os.environ.get("FAULTS_POLL", "1"))
for entry in CELERY_BEAT_SCHEDULE.values():  # noqa: F405
    if entry["task"] == "outbox.send_due_messages":
        entry["schedule"] = timedelta(seconds=POLL)
        entry["options"] = {"expires": POLL}

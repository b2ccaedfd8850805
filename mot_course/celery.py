"""Celery is only the alarm clock: tasks pass the time on, PostgreSQL holds the truth."""

import os
import sys
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mot_course.settings")

app = Celery("mot_course")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def refuse_unsafe_start(**kwargs: Any) -> None:
    """End the process with a sentence if the installation must not run."""
    import django  # noqa: PLC0415 -- the apps are not there yet when this module is read

    django.setup()
    from people import checks  # noqa: PLC0415 -- likewise

    try:
        checks.refuse_unsafe_start()
    except ImproperlyConfigured as error:
        # Celery swallows other exceptions, and beat has put its log in the place of stderr.
        print(f"The site must not run: {error}", file=sys.__stderr__)
        raise SystemExit(1) from None

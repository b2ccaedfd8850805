"""The project's settings with the control's address."""

from mot_course.settings import *

ROOT_URLCONF = "tests.faults.control"

# Files as they are: a manifest would ask for `collectstatic` first.
STORAGES["staticfiles"]["BACKEND"] = (  # noqa: F405
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)

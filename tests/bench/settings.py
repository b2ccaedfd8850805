"""The project's settings with the bare views beside the real addresses."""

from mot_course.settings import *

ROOT_URLCONF = "tests.bench.urls"

TEMPLATES[0]["DIRS"].append(BASE_DIR / "tests" / "bench" / "templates")  # noqa: F405

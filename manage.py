#!/usr/bin/env python3
"""Django's command line for MOT Course."""

import os
import sys

# These look at files alone, so they need none of the site's settings.
FILES_ONLY = {
    "check_course",
    "course_report",
    "describe_pack",
    "compile_translations",
    "extract_messages",
    "makemigrations",
}
STAND_IN = {
    "DEMO": "1",
    "SECRET_KEY": "no secret: commands that only read files",
    "ALLOWED_HOSTS": "localhost",
    "SITE_URL": "http://localhost",
    "DATABASE_URL": "postgres://nobody@localhost:1/none",
    "REDIS_URL": "redis://localhost:1/0",
}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mot_course.settings")
    if len(sys.argv) > 1 and sys.argv[1] in FILES_ONLY and "--against-db" not in sys.argv:
        for name, value in STAND_IN.items():
            os.environ.setdefault(name, value)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)

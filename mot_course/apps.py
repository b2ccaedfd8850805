"""The project as an app, so that its own commands are found."""

from django.apps import AppConfig


class MotCourseConfig(AppConfig):
    name = "mot_course"

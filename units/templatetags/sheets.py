"""How a sheet says when something was written."""

from datetime import datetime

from django import template

from units.sheet_page import moment_words

register = template.Library()


@register.filter
def moment(at: datetime) -> str:
    """The time of today, else the day."""
    return moment_words(at)

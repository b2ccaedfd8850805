"""Small pieces that every page is built from."""

from functools import lru_cache
from typing import Any

from babel.dates import get_timezone_location
from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale

from mot_course.steps import STEP_BY_SLUG, Step
from mot_course.web import address

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=128)
def icon(name: str) -> SafeString:
    """A symbol of the sprite; decoration only, the words stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("icons.svg"), name
    )


@register.simple_tag(name="address")
def address_tag(name: str, *arguments: object) -> str:
    """As {% url %}, remembered: for what every page shows."""
    return address(name, *arguments)


@register.filter
def city(tz: str) -> str:
    """The place whose clock a time zone follows, in the reader's language: Shanghai, 上海."""
    return get_timezone_location(tz, locale=to_locale(get_language() or "en"), return_city=True)


@register.filter
def step(slug: str) -> Step | None:
    """The step with that slug."""
    return STEP_BY_SLUG.get(slug)


@register.filter
def get(mapping: dict[str, Any], key: str) -> Any:
    """The mapping's value, or nothing."""
    return mapping.get(key, "")

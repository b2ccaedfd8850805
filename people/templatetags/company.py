"""What the sign-in page offers besides a password."""

from django import template

from people.company_sign_on import sign_ons

register = template.Library()


@register.simple_tag
def company_sign_ons() -> dict[str, str]:
    """The company sign-ons that are configured: slugs and names."""
    return sign_ons()

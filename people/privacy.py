"""What every table does with personal data; tests ask it of every model there is."""

import re
from collections.abc import Iterator

from django.apps import apps
from django.db.models import Model

NAMES_NO_PERSON = "kept: names no person"

# Ours declare it themselves, as `privacy` on the model.
OF_OTHERS = {
    "account.EmailAddress": "erased",
    "account.EmailConfirmation": "erased",
    "admin.LogEntry": "kept: shows who changed what in the admin pages; 180 days",
    "auth.Group": NAMES_NO_PERSON,
    "auth.Group_permissions": NAMES_NO_PERSON,
    "auth.Permission": NAMES_NO_PERSON,
    "contenttypes.ContentType": NAMES_NO_PERSON,
    "mfa.Authenticator": "erased",
    "sessions.Session": "erased",
    # Empty: settings name the sign-ons, and who comes in is not connected to anything.
    "socialaccount.SocialAccount": "erased",
    "socialaccount.SocialApp": NAMES_NO_PERSON,
    "socialaccount.SocialToken": "erased",
    "usersessions.UserSession": "erased",
}
SOUND = re.compile(r"exported|erased|anonymised|kept: .{5,}")


def privacy_of(model: type[Model]) -> str | None:
    """`exported`, `erased`, `anonymised` or `kept: <why>`; None if nobody has said or in vain."""
    declared = vars(model).get("privacy") or OF_OTHERS.get(model._meta.label)
    return declared if declared and SOUND.fullmatch(declared) else None


def every_model() -> Iterator[type[Model]]:
    """All models of the project, those Django makes for many-to-many fields included."""
    return iter(apps.get_models(include_auto_created=True))


def privacy_of_all() -> dict[str, str | None]:
    """Each model's label with what it does with personal data."""
    return {model._meta.label: privacy_of(model) for model in every_model()}

"""What follows when a second factor comes or goes."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest

from people import auditing
from people.models import User
from people.sessions import end_sessions


def on_added(
    sender: object, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Sign-ins from before the second factor end, but for the one that set it up."""
    if authenticator.type == Authenticator.Type.TOTP:
        end_sessions(user, keep=request.session.session_key)
        auditing.record(user, "second_factor_added", user)


@transaction.atomic
def take_away(*, actor: User, person: User) -> None:
    """Remove the second factor of somebody who lost the phone, and end their sign-ins."""
    Authenticator.objects.filter(user=person).delete()
    end_sessions(person)
    auditing.record(actor, "second_factor_removed", person)

"""Passwords forgotten: a mail with a link for whoever has an address here."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from outbox.kinds import Mail, MessageKind
from outbox.models import Message
from outbox.posting import new_message, queue
from people import auditing
from people.models import User
from people.signing_in import find_person, may_sign_in

WINDOW = 5 * 60  # seconds in which asking again does not send again


class ResetTokens(PasswordResetTokenGenerator):
    """Tokens that die with the password, the e-mail, the role and the next sign-in."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.role}{user.is_active}"


def ask_for_reset(name: str) -> None:
    """Queue a mail if the name is somebody's who has an address; say nothing either way."""
    person = find_person(name)
    if person is None or not person.email or not may_sign_in(person):
        return
    window = int(timezone.now().timestamp()) // WINDOW
    key = f"account-reset:{person.pk}:{window}"
    queue([new_message(key=key, kind=ACCOUNT_RESET.slug, recipient_id=person.pk)])
    auditing.log("reset_asked", object=f"user:{person.pk}")


def wanted(messages: Sequence[Message]) -> dict[int, str | None]:
    """Everybody who may sign in still wants it; a demo person does not in earnest."""
    return {
        message.pk: None if may_sign_in(_person(message)) else "the person may not sign in"
        for message in messages
    }


def render(message: Message, language: str) -> Mail:
    """The mail with a link made now; the token is stored nowhere."""
    person = _person(message)
    path = reverse(
        "account_reset_password_from_key",
        args=[user_pk_to_url_str(person), ResetTokens().make_token(person)],
    )
    paragraphs = [
        _("Hello %(name)s,") % {"name": person.name},
        _("somebody, probably you, asked for a new password for MOT Course."),
        _("The link works once, for two hours."),
        _("If you did not ask, do nothing: your old password stays as it is."),
    ]
    subject = _("Choose a new password")
    return Mail(subject, "\n\n".join(paragraphs), url=path, button=subject)


def _person(message: Message) -> User:
    assert message.recipient is not None  # a reset goes to a person, never to a group
    return message.recipient


ACCOUNT_RESET = MessageKind(
    slug="account-reset",
    wanted=wanted,
    render=render,
    may_silence=False,
    expires_after=timedelta(hours=1),
)

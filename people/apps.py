"""People as an app: what it registers with others when the project starts."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added  # noqa: PLC0415 -- needs the models
        from django.contrib.auth.signals import user_logged_in  # noqa: PLC0415 -- likewise

        from outbox import addresses  # noqa: PLC0415 -- likewise
        from outbox.kinds import register  # noqa: PLC0415 -- likewise
        from people import (  # noqa: F401, PLC0415 -- likewise
            checks,
            reaching,
            second_factor,
            sessions,
        )
        from people.announcing import ANNOUNCEMENT_KIND  # noqa: PLC0415 -- likewise
        from people.digests import DIGEST_KIND  # noqa: PLC0415 -- likewise
        from people.resetting import ACCOUNT_RESET  # noqa: PLC0415 -- likewise

        register(ACCOUNT_RESET)
        register(DIGEST_KIND)
        register(ANNOUNCEMENT_KIND)
        addresses.register(reaching.addresses)
        user_logged_in.connect(sessions.note_sign_in, dispatch_uid="people.note_sign_in")
        authenticator_added.connect(second_factor.on_added, dispatch_uid="people.factor_added")

"""What admins type about deliveries: a reason for a pause, a filter, a word of confirmation."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from outbox.models import Message

STATES: dict[str, Promise] = {
    "queued": pgettext_lazy("message", "waiting"),
    "leased": pgettext_lazy("message", "being sent"),
    "sent": pgettext_lazy("message", "sent"),
    "failed": pgettext_lazy("message", "failed"),
    "ambiguous": pgettext_lazy("message", "uncertain"),
    "cancelled": pgettext_lazy("message", "cancelled"),
}
# What has happened to a message, where that is not the state it came to.
EVENTS: dict[str, Promise] = {
    **STATES,
    "queued": _("Not taken: tried again later"),
    "unknown": _("No answer: asked again later"),
    "again": _("Queued again"),
}
# Kinds that nobody can choose have no name elsewhere.
KIND_NAMES: dict[str, Promise] = {"account-reset": _("Link for a new password")}
CHANNELS: dict[str, Promise] = {
    "inbox": pgettext_lazy("channel", "Inbox on the site"),
    "email": pgettext_lazy("channel", "E-mail"),
    "wecom": pgettext_lazy("channel", "WeCom"),
    "dingtalk": pgettext_lazy("channel", "DingTalk"),
    "feishu": pgettext_lazy("channel", "Feishu"),
    "sms": pgettext_lazy("channel", "SMS"),
    "group": pgettext_lazy("channel", "Group robots"),
}
TO_LOOK_AFTER = ("failed", "ambiguous")


class PauseForm(forms.Form):
    """Why no message leaves, for whoever reads it later."""

    why = forms.CharField(label=_("Why"), max_length=200)


class SureForm(forms.Form):
    """Whoever sends an uncertain message again has to know what that means."""

    sure = forms.BooleanField(label=_("It may arrive twice. Send it again all the same."))


class FilterForm(forms.Form):
    """Which messages are listed; nonsense in the address is left out."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Failed and uncertain")), *STATES.items()],
    )
    channel = forms.ChoiceField(
        label=_("Channel"), required=False, choices=[("", _("All channels")), *CHANNELS.items()]
    )

    def wanted(self) -> dict[str, Any]:
        """The filter as the database takes it."""
        self.is_valid()
        state, channel = self.cleaned_data.get("state"), self.cleaned_data.get("channel")
        wanted: dict[str, Any] = {"state": state} if state else {"state__in": TO_LOOK_AFTER}
        if channel in Message.Channel.values:
            wanted["channel"] = channel
        return wanted

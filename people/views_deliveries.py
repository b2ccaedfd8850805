"""What left and what did not, for admins: is sending on, what waits, what needs a look."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mot_course.web import Request
from outbox import health, reconciling, resuming, switching
from outbox.kinds import KINDS
from outbox.models import Message
from people.access import admins_only
from people.auditing import record
from people.forms_deliveries import (
    CHANNELS,
    EVENTS,
    KIND_NAMES,
    STATES,
    TO_LOOK_AFTER,
    FilterForm,
    PauseForm,
    SureForm,
)

PER_PAGE = 50
SHOWN_STATES = ("sent", "queued", "cancelled", "failed", "ambiguous")


@require_safe
@admins_only
def overview(request: Request) -> HttpResponse:
    """Whether sending is on, each channel's state, and the messages that need a look."""
    return _overview(request, PauseForm())


def _overview(request: Request, form: PauseForm, status: int = 200) -> HttpResponse:
    now = health.state()
    chosen = FilterForm(request.GET)
    found = Message.objects.filter(**chosen.wanted()).select_related("recipient", "robot")
    page = Paginator(found.order_by("-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "health": now,
        "channels": [_shown_channel(channel) for channel in now.channels],
        "days": health.DAYS,
        "form": form,
        "filter": chosen,
        "is_filtered": bool(request.GET.get("state") or request.GET.get("channel")),
        "page": page,
        "rows": [_shown(message) for message in page.object_list],
    }
    return render(request, "deliveries/overview.html", context, status=status)


@require_safe
@admins_only
def message(request: Request, message: int) -> HttpResponse:
    """One message with all that has happened to it, and what can be done."""
    return _message(request, message, SureForm())


def _message(request: Request, pk: int, form: SureForm, status: int = 200) -> HttpResponse:
    query = Message.objects.select_related("recipient", "robot").prefetch_related("deliveries")
    found = get_object_or_404(query, pk=pk)
    events = [
        {"label": _event(event.event), "detail": event.detail, "at": event.at}
        for event in found.deliveries.all()
    ]
    context = {"message": found, "shown": _shown(found), "events": events, "form": form}
    return render(request, "deliveries/message.html", context, status=status)


@require_POST
@admins_only
def pause(request: Request) -> HttpResponse:
    """Let no message leave from now on. 422 without a reason."""
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _overview(request, form, 422)
    if switching.pause(form.cleaned_data["why"], request.user):
        record(request.user, "sending_paused", "switch:sending", after=form.cleaned_data)
        messages.success(request, _("Sending is paused. Nothing is lost: it all waits."))
    return redirect("deliveries:overview")


@require_POST
@admins_only
def resume(request: Request) -> HttpResponse:
    """Let messages leave again."""
    paused = switching.current_pause()
    if paused is not None:
        ends = resuming.resume()
        record(request.user, "sending_resumed", "switch:sending", after=dict(ends))
        messages.success(request, _("Messages leave again."))
    return redirect("deliveries:overview")


@require_POST
@admins_only
def again(request: Request, message: int) -> HttpResponse:
    """Send a message again that failed, or is uncertain and somebody is sure. 422 without that."""
    found = get_object_or_404(Message, pk=message)
    form = SureForm(request.POST)
    if found.state == Message.State.AMBIGUOUS and not form.is_valid():
        return _message(request, message, form, 422)
    if reconciling.queue_again(found.pk, _by(request), from_states=_may_leave_again(found)):
        record(request.user, "message_sent_again", f"message:{found.pk}")
        messages.success(request, _("It is sent again with the next pass, in a few seconds."))
    else:
        messages.info(request, _("That has changed meanwhile: look at its events."))
    return redirect("deliveries:message", found.pk)


@require_POST
@admins_only
def arrived(request: Request, message: int) -> HttpResponse:
    """Note that an uncertain message has arrived."""
    found = get_object_or_404(Message, pk=message)
    if reconciling.arrived(found.pk, _by(request)):
        record(request.user, "message_arrived", f"message:{found.pk}")
        messages.success(request, _("Noted: it has arrived."))
    else:
        messages.info(request, _("That has changed meanwhile: look at its events."))
    return redirect("deliveries:message", found.pk)


def _may_leave_again(message: Message) -> list[str]:
    """The state it was judged in: what became uncertain meanwhile asks for a confirmation."""
    return [message.state] if message.state in TO_LOOK_AFTER else []


def _by(request: Request) -> str:
    return f"by {request.user.name}"


def _event(name: str) -> str:
    """The event in the reader's words; a late one came when its message was another sender's."""
    label = str(EVENTS.get(name.removeprefix("late "), name))
    return _("Too late to count: %(event)s") % {"event": label} if name[:5] == "late " else label


def _shown(message: Message) -> dict[str, Any]:
    """Who gets it, what it is and how it is, in the reader's words. Nothing of its text."""
    kind = KINDS.get(message.kind)
    return {
        "pk": message.pk,
        "who": str(message.recipient or message.robot),
        "kind": str(kind.title)
        if kind and kind.title
        else str(KIND_NAMES.get(message.kind, message.kind)),
        "channel": CHANNELS[message.channel],
        "state": STATES[message.state],
        "is_failed": message.state == Message.State.FAILED,
        "is_ambiguous": message.state == Message.State.AMBIGUOUS,
        "is_sent": message.state == Message.State.SENT,
        "send_at": message.send_at,
        "reason": message.reason,
    }


def _shown_channel(channel: health.ChannelHealth) -> dict[str, Any]:
    counts = [
        (state, STATES[state], channel.counts[state])
        for state in SHOWN_STATES
        if channel.counts.get(state)
    ]
    return {"name": CHANNELS[channel.slug], "state": channel, "counts": counts}

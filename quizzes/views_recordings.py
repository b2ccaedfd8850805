"""Recordings: keep one, hear it, send it to the instructors, delete it."""

import re
from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mot_course.web import Request, at_most, safe_next, signed_in_or_401
from people.access import instructors_only
from quizzes import recordings
from quizzes.models import Exercise, Recording
from quizzes.questions import spec_of
from quizzes.recordings import MOST_KEPT, audible_to, kept_by, path_of, sent_to

SENT_ON_A_PAGE = 20
MOST_SENT = 3_000_000  # bytes of a request; a recording is smaller


class RecordingForm(forms.Form):
    """A recording and the exercise it belongs to."""

    exercise = forms.SlugField(max_length=120)
    file = forms.FileField(
        max_length=200, error_messages={"required": gettext_lazy("There is no recording in it.")}
    )

    def clean_exercise(self) -> Exercise:
        slug = self.cleaned_data["exercise"]
        found = Exercise.objects.filter(slug=slug, current__kind="voice").first()
        if found is None:
            raise forms.ValidationError(_("This exercise takes no recording."))
        return found


@require_POST
@at_most(MOST_SENT)
@signed_in_or_401
def upload(request: Request) -> HttpResponse:
    """Keep a recording: 201 with its number and address.

    422 with `why` for what cannot be taken, 507 where the disk refuses it.
    """
    form = RecordingForm(request.POST, request.FILES)
    if not form.is_valid():
        why = next(str(errors[0]) for errors in form.errors.values())
        return JsonResponse({"error": "invalid", "why": why}, status=422)
    try:
        kept = recordings.keep_recording(
            owner=request.user,
            exercise=form.cleaned_data["exercise"],
            file=form.cleaned_data["file"],
        )
    except recordings.TooLarge:
        why = _("The recording is too large. Half a minute is enough.")
        return JsonResponse({"error": "large", "why": why}, status=422)
    except recordings.NotARecording:
        why = _("This is not a recording that can be played here.")
        return JsonResponse({"error": "type", "why": why}, status=422)
    except recordings.QuotaReached:
        why = _("You keep %(n)d recordings, and there is room for no more. Delete one first.")
        why %= {"n": MOST_KEPT}
        return JsonResponse({"error": "quota", "why": why}, status=422)
    except recordings.CannotKeep:
        why = _("The site has no room for recordings just now. Write it instead, or try later.")
        return JsonResponse({"error": "disk", "why": why}, status=507)
    url = f"/quizzes/recordings/{kept.pk}/"
    return JsonResponse({"recording": kept.pk, "url": url}, status=201)


@require_safe
@login_required
def recording(request: Request, recording_id: int) -> HttpResponse:
    """The sound, whole or the asked part of it; with `state=1`, whether it has been sent.

    For its owner, and once sent for instructors whose duties reach the owner. Else 404.
    """
    found = get_object_or_404(audible_to(request.user), pk=recording_id)
    if request.GET.get("state") == "1":
        gone_at = found.made_at + timedelta(days=settings.RECORDING_DAYS)
        days = max(0, (gone_at - timezone.now()).days)
        return JsonResponse({"sent": found.sent_at is not None, "days": days})
    try:
        content = path_of(found.name).read_bytes()
    except OSError as error:
        raise Http404 from error
    return _sound(request, found, content)


@require_safe
@instructors_only
def sent_recordings(request: Request) -> HttpResponse:
    """What trainees have sent to be heard, each beside the cue and the model line."""
    found = sent_to(request.user).select_related("owner", "exercise__current")
    page = Paginator(found, SENT_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [
        {"recording": one, "spec": spec_of(one.exercise.current)}
        for one in page
        if one.exercise.current is not None and one.exercise.current.kind == "voice"
    ]
    return render(request, "marking/recordings.html", {"page": page, "rows": rows})


def _sound(request: HttpRequest, found: Recording, content: bytes) -> HttpResponse:
    """Safari plays nothing that does not answer Range requests."""
    part = _range(request.headers.get("Range", ""), len(content))
    if part == ():
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{len(content)}"
        return response
    if part:
        first, last = part
        response = HttpResponse(
            content[first : last + 1], status=206, content_type=found.content_type
        )
        response["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    else:
        response = HttpResponse(content, content_type=found.content_type)
    ending = found.name.rpartition(".")[2]
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = f'inline; filename="recording-{found.pk}.{ending}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    # Compressed, the bytes would no longer be those the range names.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    return response


def _range(header: str, size: int) -> tuple[int, int] | tuple[()] | None:
    """First and last byte asked for; None for all of it, () for what is not there."""
    match = re.fullmatch(r"bytes=(\d{0,12})-(\d{0,12})", header)
    if match is None or match.groups() == ("", ""):
        return None  # no range, several, or another unit: the whole is a right answer
    first, last = match.groups()
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) else ()
    end = min(int(last), size - 1) if last else size - 1
    return (int(first), end) if int(first) <= end else ()


@require_POST
@login_required
def delete_recording(request: Request, recording_id: int) -> HttpResponse:
    """Delete one's own recording, file and all."""
    found = get_object_or_404(kept_by(request.user), pk=recording_id)
    try:
        recordings.delete_recording(found)
    except recordings.CannotKeep:
        why = _("It could not be deleted just now. Try again later.")
        return _answered(request, why, status=507)
    return _answered(request, _("The recording is deleted."))


@require_POST
@login_required
def send_recording(request: Request, recording_id: int) -> HttpResponse:
    """Let one's instructors hear one's own recording."""
    found = get_object_or_404(kept_by(request.user), pk=recording_id)
    recordings.send_recording(found)
    return _answered(request, _("Sent. Your instructors can hear it now."))


def _answered(request: Request, words: str, *, status: int = 200) -> HttpResponse:
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"done": status == 200, "why": words}, status=status)
    (messages.success if status == 200 else messages.error)(request, words)
    return redirect(safe_next(request, "/"))

"""Say it aloud: into the phone, or where no microphone is allowed, in writing. Never graded."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from mot_course.web import Json, Text
from quizzes.kinds.base import Content, Grade, Kind, Mask

LONGEST = 400


class VoiceContent(Content):
    """Something to say in at most `seconds`, and a line to compare with."""

    seconds: int = Field(30, ge=5, le=30)
    cue: Text = Field(description="what the customer has just said")
    model_line: Text = Field(description="one good way to say it, shown afterwards")
    listen_for: tuple[Text, ...] = Field(
        min_length=1, max_length=4, description="what to listen for in one's own recording"
    )


class VoiceForm(forms.Form):
    """A recording that the site keeps, or a text."""

    recording = forms.IntegerField(min_value=1, max_value=2**53, required=False)
    text = forms.CharField(max_length=LONGEST, required=False)

    def typed(self) -> Json:
        """What is filled in so far, as a response."""
        response: Json = {}
        if recording := self.cleaned_data.get("recording"):
            response["recording"] = recording
        if text := self.cleaned_data.get("text"):
            response["text"] = text
        return response

    def clean(self) -> Json:
        response = self.typed()
        if not response and not self.errors:
            raise forms.ValidationError(_("Say it, or write it."), code="required")
        return response


class Voice(Kind[VoiceContent]):
    slug = "voice"
    label = _("Say it aloud")
    content_model = VoiceContent
    styles = ("css/voice.css",)
    scripts = ("js/voice.js",)
    is_graded = False
    sample_content = {
        "prompt": {"zh": "您怎么说？", "en": "What do you say?"},
        "cue": {"zh": "房间太吵了！", "en": "The room is far too loud."},
        "model_line": {"zh": "吵成这样，谁也睡不好。", "en": "Nobody could sleep with that."},
        "listen_for": [{"zh": "先说感受。", "en": "The feeling comes first."}],
        "explanation": {"zh": "声音先到，意思后到。", "en": "The tone arrives before the words."},
    }
    sample_response = {"text": "我这就看看。"}
    sample_wrong = {"text": "不知道。"}

    def form(
        self, spec: VoiceContent, data: Any, mask: Mask, prefix: str | None = None
    ) -> VoiceForm:
        return VoiceForm(data, prefix=prefix)

    def post_data(self, spec: VoiceContent, response: Json, mask: Mask) -> dict[str, Any]:
        return {name: response[name] for name in ("recording", "text") if name in response}

    def typed(self, form: VoiceForm) -> Json:
        return form.typed()

    def grade(self, spec: VoiceContent, response: Json) -> Grade:
        """Never graded by a machine."""
        return Grade(0, 0)

    def present(
        self, spec: VoiceContent, response: Json | None, mask: Mask, *, reveal: bool
    ) -> Mapping[str, Any]:
        given = response or {}
        return {
            "seconds": spec.seconds,
            "cue": spec.cue.said,
            "text": given.get("text", ""),
            "recording": given.get("recording"),
            "longest": LONGEST,
            "model_line": spec.model_line.said if reveal else "",
            "listen_for": [one.said for one in spec.listen_for],
        }

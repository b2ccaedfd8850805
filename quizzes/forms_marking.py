"""Forms of marking: the filter of the queue, a mark with its comments, saved comments, levels."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mot_course.web import Json
from quizzes.anchoring import find
from quizzes.kinds.rubrics import LEVELS, Criterion
from quizzes.marking import Judgement
from quizzes.marking_queue import Wanted
from quizzes.marking_shown import Piece
from quizzes.models import Mark

MOST_COMMENTS = 40
_PREFIX = re.compile(r"^comment-(\d{1,3})-(?:text|quote)$")


class QueueForm(forms.Form):
    """Which part of the queue; what is nonsense is left out, not complained of."""

    cohort = forms.CharField(required=False, max_length=50)
    kind = forms.CharField(required=False, max_length=30)
    came_back = forms.BooleanField(required=False)

    def wanted(self, *, kinds: Iterable[str], cohorts: Iterable[str] | None = None) -> Wanted:
        """The filter; `cohorts` are those there are to choose from, where that is known."""
        self.is_valid()
        given = self.cleaned_data
        cohort, kind = given.get("cohort", ""), given.get("kind", "")
        return Wanted(
            cohort=cohort if cohorts is None or cohort in set(cohorts) else "",
            kind=kind if kind in set(kinds) else "",
            came_back=given.get("came_back", False),
        )


class CommentForm(forms.Form):
    """A comment at a passage: the part, the passage as it stands there, and what to say about it.

    `start` is where a script found the passage; without it, it is looked for.
    """

    part = forms.CharField(required=False, max_length=80)
    start = forms.IntegerField(required=False, min_value=0, max_value=100_000)
    quote = forms.CharField(required=False, max_length=1000, strip=False)
    text = forms.CharField(required=False, max_length=1000)
    saved = forms.CharField(required=False, max_length=500)
    keep = forms.BooleanField(required=False)

    def __init__(self, *args: Any, pieces: Sequence[Piece], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pieces = {piece.id: piece for piece in pieces}
        self.number = int((self.prefix or "-0").rpartition("-")[2])

    @property
    def error(self) -> str:
        """The first thing that is wrong, in words."""
        return next((str(one[0]) for one in self.errors.values()), "")

    def clean(self) -> Json:
        given = self.cleaned_data
        text = given.get("text") or given.get("saved") or ""
        quote, part = given.get("quote") or "", given.get("part") or ""
        if not self.errors and not text and not quote.strip():
            return {}
        if not text and not self.errors:
            raise forms.ValidationError(_("Write what you want to say about this passage."))
        if part not in self.pieces:
            raise forms.ValidationError(_("Choose the part this is about."))
        place = find(self.pieces[part].text, quote, given.get("start"))
        if quote.strip() and place is None:
            raise forms.ValidationError(
                _("This passage does not stand in the text. Copy it exactly as it stands there.")
            )
        start, end = place or (0, 0)
        quote = self.pieces[part].text[start:end]
        return {"part": part, "from": start, "to": end, "quote": quote, "text": text}


class MarkForm(forms.Form):
    """A level for each criterion, comments, how it ends, a word to the trainee."""

    seen = forms.IntegerField(min_value=0, max_value=100_000, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(required=False)
    why = forms.CharField(required=False, max_length=2000)
    language = forms.ChoiceField(choices=[("zh", "中文"), ("en", "English")], required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        criteria: Sequence[Criterion],
        pieces: Sequence[Piece],
        outcomes: Sequence[str],
        start_with: Mark | None = None,
        language: str = "zh",
    ) -> None:
        last = start_with
        initial: Json = {"seen": last.number if last else 0, "language": language}
        if last is not None:
            initial |= {f"level-{name}": str(level) for name, level in last.levels.items()}
            initial["outcome"] = last.outcome
        super().__init__(data, initial=initial)
        self.criteria, self.pieces, self.outcomes = criteria, pieces, outcomes
        self.comments_before = last.comments if last else []
        self.theirs: Mark | None = None  # in a conflict: what the other one has saved
        words = dict(Mark.Outcome.choices)
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            (one, words[Mark.Outcome(one)]) for one in outcomes
        ]
        for one in criteria:
            self.fields[f"level-{one.id}"] = forms.ChoiceField(
                choices=[(str(n), str(n)) for n in range(1, LEVELS + 1)],
                label=one.title.said,
                error_messages={"required": gettext_lazy("Choose a level.")},
            )

    @cached_property
    def comment_forms(self) -> list[CommentForm]:
        """What is filled in, or what the last mark said; two empty ones follow on the page."""
        if not self.is_bound:
            before = enumerate(self.comments_before)
            return [
                CommentForm(
                    prefix=f"comment-{n}", pieces=self.pieces, initial=one | {"start": one["from"]}
                )
                for n, one in before
            ]
        numbers = sorted({int(m[1]) for name in self.data if (m := _PREFIX.match(name))})
        filled = [
            CommentForm(self.data, prefix=f"comment-{n}", pieces=self.pieces)
            for n in numbers[:MOST_COMMENTS]
        ]
        return [one for one in filled if not one.is_valid() or one.cleaned_data]

    @property
    def spare_forms(self) -> list[CommentForm]:
        """Empty ones, for whoever has no script."""
        taken = max((one.number for one in self.comment_forms), default=-1)
        return [
            CommentForm(prefix=f"comment-{taken + n}", pieces=self.pieces)
            for n in (1, 2)
            if taken + n < MOST_COMMENTS
        ]

    @property
    def blank(self) -> CommentForm:
        """What a script copies for a new comment; `999` stands for its number."""
        return CommentForm(prefix="comment-999", pieces=self.pieces)

    def clean(self) -> Json:
        given = super().clean() or {}
        given["outcome"] = given.get("outcome") or self.outcomes[0]
        given["language"] = given.get("language") or "zh"
        if not given.get("why") and not self.has_error("why"):
            if given["outcome"] == Mark.Outcome.RETURNED:
                self.add_error("why", _("Say what they should work on before they send it again."))
            elif given.get("seen"):
                self.add_error("why", _("Say why you mark this again."))
        if any(not one.is_valid() for one in self.comment_forms):
            raise forms.ValidationError(_("A comment is not finished yet; see there."))
        return given

    def judgement(self) -> Judgement:
        """What a valid form says."""
        given = self.cleaned_data
        return Judgement(
            levels={one.id: int(given[f"level-{one.id}"]) for one in self.criteria},
            outcome=given["outcome"],
            why=given["why"],
            language=given["language"],
            comments=[dict(one.cleaned_data) for one in self.comment_forms],
        )

    def to_keep(self) -> list[str]:
        """Comments that are to be saved for another time."""
        return [
            one.cleaned_data["text"]
            for one in self.comment_forms
            if self.data.get(f"{one.prefix}-keep")
        ]

    @cached_property
    def rows(self) -> list["Row"]:
        """The criteria with their levels, as the page shows them."""
        theirs = self.theirs.levels if self.theirs else {}
        return [Row(one, self[f"level-{one.id}"], theirs.get(one.id)) for one in self.criteria]


class Row:
    """A criterion with its field; in a conflict, with the level another one chose."""

    def __init__(
        self, criterion: Criterion, field: forms.BoundField, theirs: int | None = None
    ) -> None:
        self.criterion, self.field, self.theirs = criterion, field, theirs
        self.value = str(field.value() or "")

    @property
    def levels(self) -> list[Json]:
        """Number, description, and who chose it, the lowest first."""
        return [
            {
                "number": n,
                "says": text.said,
                "chosen": str(n) == self.value,
                "theirs": n == self.theirs,
            }
            for n, text in enumerate(self.criterion.levels, start=1)
        ]


class SavedCommentForm(forms.Form):
    text = forms.CharField(
        max_length=500,
        error_messages={"required": gettext_lazy("Write the comment you want to keep.")},
    )


class LevelsForm(forms.Form):
    """A level for each criterion of a calibration text."""

    def __init__(self, data: Any = None, *, criteria: Sequence[Criterion]) -> None:
        super().__init__(data)
        self.criteria = criteria
        for one in criteria:
            self.fields[f"level-{one.id}"] = forms.ChoiceField(
                choices=[(str(n), str(n)) for n in range(1, LEVELS + 1)],
                label=one.title.said,
                error_messages={"required": gettext_lazy("Choose a level.")},
            )

    @cached_property
    def rows(self) -> list[Row]:
        return [Row(one, self[f"level-{one.id}"]) for one in self.criteria]

    def levels(self) -> dict[str, int]:
        """What a valid form says: criterion to level."""
        return {one.id: int(self.cleaned_data[f"level-{one.id}"]) for one in self.criteria}

"""What pages and scripts send about sheets."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from units.filling import LONGEST
from units.worksheet_content import WorksheetFile

MOST_VERSION = 2**31 - 1


class Versions(forms.Field):
    """JSON: the versions of the cells that the page has seen, by key."""

    def to_python(self, value: Any) -> dict[str, int]:
        if not value:
            return {}
        try:
            found = json.loads(value)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or not all(map(_is_version, found.values())):
            raise forms.ValidationError("versions")
        return found


def _is_version(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_VERSION


class SeenForm(forms.Form):
    """The versions that a page has seen."""

    seen = Versions(required=False)


class CellForm(forms.Form):
    """One cell, as the script saves it."""

    key = forms.CharField(max_length=250)
    text = forms.CharField(required=False, strip=False)
    seen = forms.IntegerField(min_value=0, max_value=MOST_VERSION)


class CommentForm(forms.Form):
    """What an instructor says about a cell, or about the whole sheet."""

    key = forms.CharField(max_length=250, required=False)
    text = forms.CharField(
        max_length=LONGEST,
        label=_("Comment"),
        error_messages={
            "required": _("Write something first."),
            "max_length": _("At most 4,000 characters; these are %(show_value)d."),
        },
    )

    def __init__(self, *args: Any, content: WorksheetFile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.content = content

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if key and key not in set(self.content.keys):
            raise forms.ValidationError("key")
        return key


def typed_cells(data: Any, content: WorksheetFile) -> dict[str, str]:
    """What a page says stands in the cells, by key; what is no cell of the sheet is left out."""
    return {key: data[f"cell-{key}"] for key in content.keys if f"cell-{key}" in data}


def kept_choices(data: Any, content: WorksheetFile) -> dict[str, str]:
    """Which text shall stand where two differ: `mine`, `theirs` or `both`, by key."""
    found = {key: data.get(f"keep-{key}", "") for key in content.keys}
    return {key: one for key, one in found.items() if one in ("mine", "theirs", "both")}

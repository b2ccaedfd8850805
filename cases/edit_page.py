"""What the case editor's page shows of a document: light rows, and a preview of a part of it."""

import secrets
import string
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from cases.document_diff import said
from cases.editing import lines_of
from cases.proofreading import presentable
from cases.releasing import Standing
from cases.views import page_of
from mot_course.steps import ACTION_BY_SLUG, STEP_BY_SLUG, Action, Step
from mot_course.web import Json, content_language

WINDOW = 80  # lines shown to either side of the one that is edited, in a long case
WHOLE = 300  # up to so many lines the preview shows the whole case


@dataclass(frozen=True)
class Row:
    """A line as the list shows it."""

    id: str
    number: int
    speaker: str
    is_staff: bool
    words: str
    language: str  # of the words, where the reader's are missing
    missing: tuple[str, ...]
    polarity: str
    effect: str
    is_required: bool
    step: Step | None
    action: Action | None
    why: str


@dataclass(frozen=True)
class SceneRows:
    """A scene with its rows."""

    id: str
    title: str
    version: str
    rows: list[Row]
    form: Any = None  # the fields of its title and version


def new_id(word: str) -> str:
    """An id nobody else has: the word and eight letters and digits."""
    letters = string.ascii_lowercase + string.digits
    return word + "".join(secrets.choice(letters) for _ in range(8))


def scene_rows(content: Json) -> list[SceneRows]:
    """The document's scenes as light rows, numbered through."""
    mine = content_language()
    other = "zh" if mine == "en" else "en"
    roles = {role["id"]: role for role in content.get("roles", [])}
    scenes, number = [], 0
    for scene in content.get("scenes", []):
        rows = []
        for line in scene.get("lines", []):
            number += 1
            role = roles.get(line.get("who", ""), {})
            name = role.get("name", {})
            words = said(line)
            moment: Json = line.get("moment") or next(
                (one["moment"] for one in line.get("phrases", []) if one.get("moment")), {}
            )
            why = moment.get("why") or {}
            rows.append(
                Row(
                    id=line["id"],
                    number=number,
                    speaker=name.get(mine) or name.get(other) or "？",
                    is_staff=role.get("side") == "staff",
                    words=words[mine] or words[other],
                    language=mine if words[mine] else other,
                    missing=tuple(key for key in ("zh", "en") if not words[key].strip()),
                    polarity=moment.get("polarity", ""),
                    effect=moment.get("effect") or "",
                    is_required=bool(moment.get("required")),
                    step=STEP_BY_SLUG.get(moment.get("step") or ""),
                    action=ACTION_BY_SLUG.get(moment.get("action") or ""),
                    why=why.get(mine) or why.get(other) or "",
                )
            )
        title = scene.get("title") or {}
        scenes.append(
            SceneRows(
                scene["id"],
                title.get(mine) or title.get(other) or "",
                scene.get("version") or "",
                rows,
            )
        )
    return scenes


def scenes_with_forms(content: Json, forms: Any) -> list[SceneRows]:
    """The scenes' rows together with the fields of each scene."""
    by_id = {str(form["id"].value()): form for form in forms}
    return [replace(scene, form=by_id.get(scene.id)) for scene in scene_rows(content)]


def blank_scene(forms: Any) -> SceneRows:
    """A scene for scripts to copy."""
    return SceneRows("", "", "", [], forms.empty_form)


def chip_words() -> dict[str, str]:
    """What the rows' chips say; looked up once for thousands of rows."""
    return {
        "good": _("wins trust"),
        "bad": _("costs trust"),
        "up": _("trust goes up"),
        "down": _("trust goes down"),
        "no_zh": _("Chinese is missing"),
        "no_en": _("English is missing"),
    }


def order_of(content: Json) -> list[str]:
    """Ids of all lines, in order."""
    return [line["id"] for line in lines_of(content)]


def preview_of(content: Json, *, at: str = "") -> Json:
    """The context of `cases/_document.html` for a draft, as somebody sees it who has practised.

    Of a long case only the lines around `at`; `cut` says how many are left out.
    """
    order = order_of(content)
    cut = 0
    if len(order) > WHOLE:
        middle = order.index(at) if at in order else 0
        start = max(0, min(middle - WINDOW, len(order) - 2 * WINDOW))
        kept = set(order[start : start + 2 * WINDOW])
        cut = len(order) - len(kept)
        content = content | {
            "scenes": [
                scene | {"lines": [line for line in scene["lines"] if line["id"] in kept]}
                for scene in content["scenes"]
            ]
        }
    standing = Standing(is_released=True, is_open=False, is_done=True)
    return page_of(presentable(content), standing) | {"cut": cut, "count": len(order)}

"""One canonical form of content, from the pack, an editor and the database alike.

Two things mean the same exactly when their canonical forms have the same digest.
"""

import hashlib
import json
from typing import Any

from pydantic import BaseModel

from mot_course.web import Json


def digest(value: Any) -> str:
    """SHA-256 of the value as JSON with sorted keys, 64 hexadecimal characters."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def plain(model: BaseModel) -> Json:
    """The model as JSON, without what only repeats a default."""
    return model.model_dump(mode="json", exclude_defaults=True)


def exercise_form(kind: str, content: BaseModel) -> Json:
    """{"kind": …, "content": …}; its digest is that of the revision."""
    return {"kind": kind, "content": plain(content)}

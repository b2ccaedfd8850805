"""The security log: who did what to whom, as a row and as a line."""

import re
from typing import Any

import structlog
from django.db import models

from people.models import AuditEntry, User

logger = structlog.get_logger("people.audit")

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def record(
    actor: User | None,
    action: str,
    object: models.Model | str = "",
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Store what happened and say it in the log; the log names fields, never their values."""
    entry = AuditEntry.objects.create(
        actor=actor,
        action=one_line(action)[:60],
        object=one_line(named(object))[:120],
        before=_storable(before),
        after=_storable(after),
    )
    changed = ",".join(sorted({*(before or {}), *(after or {})}))
    log(entry.action, actor=actor.pk if actor else None, object=entry.object, changed=changed)
    return entry


def log(action: str, **facts: Any) -> None:
    """Say it in the log only: for what strangers can cause without end."""
    logger.info(action, **{key: one_line(str(value)) for key, value in facts.items() if value})


def named(object: models.Model | str) -> str:
    """`user:12` for a row, a text as it is."""
    if isinstance(object, models.Model):
        return f"{object._meta.model_name}:{object.pk}"
    return object


def one_line(text: str) -> str:
    """The text with everything that could begin a new line or hide a word made visible."""
    return CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _storable(values: dict[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    plain = (bool, int, float, type(None))
    return {
        one_line(key): value if isinstance(value, plain) else one_line(str(value))
        for key, value in values.items()
    }

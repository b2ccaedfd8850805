"""Whether messages leave at all, and from which database.

A copy of the database that is started somewhere, a restored backup, or a standby that has taken
over may lack what the former one did last. It must not send again what that one had sent, so it
pauses by itself until somebody who knows says go (`manage.py sending resume`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import connection
from django.db.models import Model

from outbox.clock import Now, database_now
from outbox.models import Heartbeat, Switch

logger = structlog.get_logger(__name__)

NAME = "sending"
OTHER_DATABASE = "this is not the database that sent last: restored, copied or taken over"

# An ordinary role may read all three (PostgreSQL 16 to 18): the control data's functions are
# open to everybody. The timeline comes from the name of the present WAL file, because that of
# pg_control_checkpoint() lags behind a promotion. Not seen: a disk snapshot of the same server.
FINGERPRINT = """
    SELECT (SELECT system_identifier FROM pg_control_system())
           || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())
           || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
"""
LOOK = f"""
    SELECT fingerprint, paused_at IS NOT NULL, ({FINGERPRINT})
      FROM (SELECT 1) one LEFT JOIN outbox_switch ON name = 'sending'
"""  # noqa: S608 -- a fixed text


def fingerprint() -> str:
    """The name of this very database: server, database, timeline."""
    with connection.cursor() as cursor:
        cursor.execute(FINGERPRINT)
        (value,) = cursor.fetchone()
    return str(value)


def may_send() -> bool:
    """Whether messages may leave now; pauses sending when this is another database than before."""
    with connection.cursor() as cursor:
        cursor.execute(LOOK)
        known, is_paused, own = cursor.fetchone()
    if known == own and not is_paused:
        return True
    if not known:  # a new installation, or one that has never been asked: this is the one
        Switch.objects.bulk_create([Switch(name=NAME, fingerprint=own)], ignore_conflicts=True)
        Switch.objects.filter(name=NAME, fingerprint="").update(fingerprint=own)
        return not is_paused
    if known != own and not is_paused:
        Switch.objects.filter(name=NAME, fingerprint=known, paused_at=None).update(
            paused_at=Now(), why=OTHER_DATABASE, by=None
        )
        logger.error("sending_paused", why=OTHER_DATABASE)
    Heartbeat.beat("outbox.paused")
    return False


def pause(why: str, by: Model | None = None) -> bool:
    """Let no message leave from now on; False if it was paused already."""
    Switch.objects.bulk_create(
        [Switch(name=NAME, fingerprint=fingerprint())], ignore_conflicts=True
    )
    changed = Switch.objects.filter(name=NAME, paused_at=None).update(
        paused_at=Now(), why=why[:300], by=by
    )
    if changed:
        logger.warning("sending_paused", why=why[:300])
    return changed == 1


@dataclass(frozen=True)
class Pause:
    """A pause that is on. `is_other_database`: this is not the database that sent last."""

    since: datetime
    why: str
    by: Any
    is_other_database: bool


def current_pause() -> Pause | None:
    """The pause that is on, or None."""
    switch = Switch.objects.select_related("by").filter(name=NAME).first()
    if switch is None:
        return None
    is_other = bool(switch.fingerprint) and switch.fingerprint != fingerprint()
    if switch.paused_at is None:
        # No pass has looked yet; none will send.
        return Pause(database_now(), OTHER_DATABASE, None, is_other) if is_other else None
    return Pause(switch.paused_at, switch.why, switch.by, is_other)

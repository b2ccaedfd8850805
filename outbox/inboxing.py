"""Delivers to the inbox: notices are rows of ours, written in the statement that settles.

So a notice is there exactly when its message is sent, and none is ever ambiguous.
"""

from collections import Counter
from uuid import UUID

import structlog
from django.db import DatabaseError, connection

from outbox.asking import rendered
from outbox.ends import end_after
from outbox.kinds import Mail
from outbox.leasing import ARE_SENDING, settle
from outbox.models import Message
from outbox.verdicts import verdict_on

logger = structlog.get_logger(__name__)

TELL = f"""
    WITH given(id, title, body, url) AS (
        SELECT * FROM unnest(%(ids)s::bigint[], %(titles)s::text[], %(bodies)s::text[],
                             %(urls)s::text[])
    ), settled AS (
        UPDATE outbox_message message
           SET state = 'sent', sent_at = mot_now(), tries = tries + 1, reason = '',
               lease_token = NULL, lease_until = NULL, begun_at = NULL
          FROM given
         WHERE message.id = given.id AND message.lease_token = %(token)s
           AND message.lease_until > mot_now() AND {ARE_SENDING}
        RETURNING message.id, message.recipient_id, message.kind
    ), told AS (
        INSERT INTO outbox_notice (message_id, recipient_id, kind, title, body, url, at)
        SELECT id, recipient_id, kind, title, body, url, mot_now()
          FROM settled JOIN given USING (id) ORDER BY id
    )
    INSERT INTO outbox_delivery (message_id, at, event, detail)
    SELECT id, mot_now(), 'sent', '' FROM settled ORDER BY id
"""  # noqa: S608 -- a fixed text


def tell(messages: list[Message], token: UUID, ends: Counter[str]) -> None:
    """Put the messages into the inboxes of their readers."""
    written: list[tuple[Message, Mail]] = []
    for message in messages:
        try:
            written.append((message, rendered(message)))
        except Exception as error:
            logger.exception("outbox_kind_failed", kind=message.kind, messages=1)
            ends[_put_off(message, error, token)] += 1
    try:
        ends["sent"] += _tell(written, token)
    except (DatabaseError, ValueError) as error:
        # One text that the database does not bear; a lost connection raises again below.
        logger.warning("outbox_notices_one_by_one", why=str(error)[:200])
        for message, mail in written:
            try:
                ends["sent"] += _tell([(message, mail)], token)
            except (DatabaseError, ValueError) as trouble:
                ends[_put_off(message, trouble, token)] += 1


def _tell(written: list[tuple[Message, Mail]], token: UUID) -> int:
    if not written:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            TELL,
            {
                "ids": [message.pk for message, _ in written],
                "titles": [" ".join(mail.subject.split())[:200] for _, mail in written],
                "bodies": [body_of(mail) for _, mail in written],
                "urls": [mail.url if len(mail.url) <= 300 else "" for _, mail in written],
                "token": str(token),
            },
        )
        return int(cursor.rowcount)


def body_of(mail: Mail) -> str:
    """A notice's text: the mail's, with its rows as lines."""
    rows = [f"- {row.title}" + (f"\n  {row.note}" if row.note else "") for row in mail.rows]
    return "\n\n".join([mail.body.strip(), *(["\n".join(rows)] if rows else [])])


def _put_off(message: Message, error: Exception, token: UUID) -> str:
    end = end_after(verdict_on(error, may_have_gone_out=False), message, is_begun=False)
    settle(end, token)
    return end.state

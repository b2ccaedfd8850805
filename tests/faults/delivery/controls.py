"""What others do: naive senders, each a few lines, that the same faults have to catch.

They work on a table `naive` or on nothing but the broker, never on the outbox.
"""

import os
import smtplib
import time
from datetime import timedelta

import psycopg2
from celery import Celery

naive = Celery("naive", broker=os.environ.get("REDIS_URL", "redis://127.0.0.1:1/0"))
naive.conf.update(
    task_default_queue="naive",
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    beat_schedule={
        "the day's mail": {"task": "naive.the_days_mail", "schedule": timedelta(seconds=2)}
    },
)
QUEUED = "state = 'queued'"
FREE = f"({QUEUED} OR (state = 'leased' AND lease_until < clock_timestamp()))"
NEXT = (
    "SELECT id, message_id, recipient FROM naive WHERE {}"
    " ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
)


def post(message_id: str, recipient: str) -> None:
    """One mail on a connection of its own."""
    with smtplib.SMTP("127.0.0.1", int(os.environ["EMAIL_PORT"]), timeout=5) as server:
        text = f"Message-ID: {message_id}\r\nSubject: naive\r\n\r\nHello"
        server.sendmail("naive@faults.example", [recipient], text)


def _connect():
    return psycopg2.connect(os.environ["DATABASE_URL"])


def mark_then_send() -> None:
    """Mark a row as sent, commit, send."""
    with _connect() as database, database.cursor() as cursor:
        while True:
            cursor.execute(
                f"WITH next AS ({NEXT.format(QUEUED)})"
                " UPDATE naive SET state = 'sent' FROM next WHERE naive.id = next.id"
                " RETURNING next.message_id, next.recipient"
            )
            row = cursor.fetchone()
            database.commit()
            if row:
                post(*row)
            else:
                time.sleep(0.1)


def send_in_the_lock() -> None:
    """Lock a row, send, mark, commit."""
    with _connect() as database, database.cursor() as cursor:
        while True:
            cursor.execute(NEXT.format(QUEUED))
            row = cursor.fetchone()
            if row:
                try:
                    post(*row[1:])
                    cursor.execute("UPDATE naive SET state = 'sent' WHERE id = %s", [row[0]])
                except (OSError, smtplib.SMTPException):
                    database.rollback()
            database.commit()
            time.sleep(0 if row else 0.1)


def lease_and_retry_blindly() -> None:
    """Lease a row, send, mark; after any trouble, or when the lease is over, send again."""
    with _connect() as database, database.cursor() as cursor:
        while True:
            cursor.execute(
                f"WITH next AS ({NEXT.format(FREE)}) UPDATE naive SET state = 'leased',"
                " lease_until = clock_timestamp() + interval '2 seconds' FROM next"
                " WHERE naive.id = next.id RETURNING next.id, next.message_id, next.recipient"
            )
            row = cursor.fetchone()
            database.commit()
            if row is None:
                time.sleep(0.1)
                continue
            state = "sent"
            try:
                post(*row[1:])
            except (OSError, smtplib.SMTPException):
                state = "queued"
            cursor.execute("UPDATE naive SET state = %s WHERE id = %s", [state, row[0]])
            database.commit()


@naive.task(name="naive.mail", acks_late=True)
def mail(message_id: str, recipient: str) -> None:
    """A task per mail: the broker alone knows of it."""
    post(message_id, recipient)


@naive.task(name="naive.the_days_mail")
def the_days_mail() -> None:
    """What beat says is done, with no key that says for which day: a day lasts two seconds here."""
    day = int(time.time() / 2)
    post(f"<day-{day}@faults.example>", "post1@faults.example")

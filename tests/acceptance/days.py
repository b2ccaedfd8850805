"""What happens while days go by: the minute pass, the senders, and people at their browsers."""

import email
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

from django.test import Client

from assignments.planning import run_pass
from outbox.channels import CHANNELS
from outbox.delivering import send_due
from people.models import User
from quizzes.models import Answer
from tests.browser.right_answers import right_answer
from tests.clock import at
from tests.quizzes.making import fields_for
from tests.smtp_sink import Sink
from units.models import Lesson, Unit


def a_minute_passes() -> None:
    """What beat rings for each minute: plan, then send on every channel."""
    run_pass()
    for channel in list(CHANNELS):
        send_due(channel)


@contextmanager
def at_hour(text: str, tz: str = "Asia/Shanghai") -> Iterator[None]:
    """Inside it is that moment, and the platform has just done what was due."""
    with at(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz)).astimezone(UTC)):
        a_minute_passes()
        yield


def browser_of(person: User, language: str = "en") -> Client:
    """A browser in which the person has just signed in."""
    User.objects.filter(pk=person.pk).update(language=language)
    client = Client(headers={"accept-language": language})
    client.force_login(person)
    return client


def text_of(page: Any) -> str:
    """What a page says, without its tags."""
    assert page.status_code == 200, (page.status_code, page.headers.get("Location"))
    found = page.content.decode()
    found = re.sub(r"<(script|style|head)\b.*?</\1>", " ", found, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found)).split())


def hidden(page: Any, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert found, f"no field {name!r}"
    return unescape(found[1])


def mails_to(post: Sink, address: str) -> list[EmailMessage]:
    """The mails to an address as a mail program reads them, in the order in which they came."""
    return [
        email.message_from_bytes(mail, policy=policy.default)  # type: ignore[misc]
        for recipient, mail in post.raw
        if recipient == address
    ]


def plain_of(mail: EmailMessage) -> str:
    body = mail.get_body(["plain"])
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def arrival_of(mail: EmailMessage, tz: str) -> datetime:
    """When it was sent, by the clock of that zone."""
    return parsedate_to_datetime(mail["Date"]).astimezone(ZoneInfo(tz))


def read_lessons(client: Client, unit: str) -> None:
    """Open every lesson of a unit and press the button at its end."""
    lessons = Lesson.objects.filter(unit__slug=unit, archived_at=None, more=False)
    for lesson in lessons.order_by("position"):
        address = f"/units/{unit}/{lesson.slug}/"
        assert client.get(address).status_code == 200
        assert client.post(f"{address}finish/").status_code == 302


def take(client: Client, address: str, *, wrong: int = 0) -> Any:
    """Begin the quiz at that address, answer (the first `wrong` ones not), submit; the result."""
    begun = client.post(address)
    assert begun.status_code == 302, text_of(client.get(address))
    attempt = int(begun.url.strip("/").split("/")[-1])
    fields = {"ticket": hidden(client.get(begun.url), "ticket"), "confirmed": "1"}
    answers = Answer.objects.filter(attempt=attempt).order_by("position")
    for answer in list(answers.select_related("revision", "exercise"))[wrong:]:
        fields |= fields_for(answer, right_answer(answer.revision))
    submitted = client.post(f"{begun.url}submit/", fields)
    assert submitted.status_code == 302
    return client.get(submitted.url)


def finish_unit(client: Client, unit: str, *, wrong: int = 0) -> None:
    """Read a unit and pass its check, through the pages."""
    read_lessons(client, unit)
    check = Unit.objects.select_related("check_quiz").get(slug=unit).check_quiz
    assert check is not None
    take(client, f"/quizzes/{check.slug}/", wrong=wrong)

"""SMS by a small gateway of the company's own, which speaks to its provider.

    POST <SMS_GATEWAY_URL>
    Authorization: Bearer <SMS_GATEWAY_TOKEN>
    Content-Type: application/json; charset=utf-8

    {"to": "+8613800138000", "text": "今天有一课到期 https://mot.example/", "id": "4f1c…"}

2xx          taken; {"id": "…"} in the answer, if there is one, is kept as the provider's id
409          it has taken this id before: taken
400 404 422  never: no such number, or the text is refused
401 403 429  the gateway is in trouble: later
5xx, silence nobody knows. A gateway that takes an `id` only once may say for how many hours in
             SMS_IDEMPOTENT_HOURS; then such a message is sent again, else it stays ambiguous.

The text is the subject and a link, in one part where that is possible; it names nobody.
"""

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from outbox.channels.http import WebChannel, WebSession, as_json, later, never, trouble
from outbox.channels.messenger import shortened
from outbox.kinds import Mail

if TYPE_CHECKING:
    from outbox.models import Message

PART, PART_OF_MANY = 70, 67  # characters of a part in UCS-2: alone, and with others
LEAST_SUBJECT = 24  # a longer link gives way to that of the site


class SmsSession(WebSession):
    def send(self, message: "Message", mail: Mail, address: str) -> str:
        """Hand the text over to the gateway; its id, if it says one."""
        self.web.has_spoken = False
        number = e164(address, settings.SMS_DEFAULT_REGION)
        if not number:
            raise never("this is not a telephone number")
        answer = self.web.call(
            "POST",
            settings.SMS_GATEWAY_URL,
            headers={"Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}"},
            body=as_json(
                {
                    "to": number,
                    "text": text_of(mail),
                    "id": message.message_id.strip("<>").partition("@")[0],
                }
            ),
            puts_out=True,
        )
        if answer.status < 300 or answer.status == 409:
            return str(answer.json.get("id", ""))[:120]
        if answer.status in (400, 404, 422):
            raise never(f"the gateway refused number or text ({answer.status})")
        if answer.status in (401, 403):
            raise trouble(f"the gateway does not know us ({answer.status})")
        raise later(f"the gateway answered {answer.status}")


class SmsChannel(WebChannel):
    slug = "sms"

    def __init__(self) -> None:
        self.per_minute = settings.SMS_PER_MINUTE
        hours = settings.SMS_IDEMPOTENT_HOURS
        self.is_idempotent_for = timedelta(hours=hours) if hours else None

    def open(self) -> SmsSession:
        return SmsSession()


def configured() -> SmsChannel | None:
    """The channel, if the gateway's address and token are set."""
    is_on = settings.SMS_GATEWAY_URL and settings.SMS_GATEWAY_TOKEN
    return SmsChannel() if is_on else None


def text_of(mail: Mail) -> str:
    """Subject and link in one part; the subject is cut rather than the link."""
    subject = " ".join(mail.subject.split())
    link = settings.SITE_URL + mail.url
    if length(link) > PART - LEAST_SUBJECT - 1:
        parts = urlsplit(settings.SITE_URL)
        link = f"{parts.scheme}://{parts.netloc}/"
    return f"{shortened(subject, max(PART - length(link) - 1, LEAST_SUBJECT))} {link}"


def length(text: str) -> int:
    """Characters as SMS counts them: an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


def part_count(text: str) -> int:
    """How many parts the text is billed as."""
    count = length(text)
    return 1 if count <= PART else -(-count // PART_OF_MANY)


def e164(number: str, region: str) -> str:
    """The number as +8613800138000; "" if it is none. `region` is for numbers without one."""
    plain = "".join(sign for sign in number if sign.isdigit() or sign == "+")
    if plain.startswith("+"):
        digits = plain[1:]
    elif plain.startswith("00"):
        digits = plain[2:]
    elif region == "86" and len(plain) == 13 and plain.startswith("861"):
        digits = plain
    else:
        digits = region + plain.lstrip("0")
    is_one = digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 15 and digits[0] != "0"
    return f"+{digits}" if is_one else ""

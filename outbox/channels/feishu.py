"""Feishu (飞书): messages of the company's own application, as cards.

POST /open-apis/auth/v3/tenant_access_token/internal     app_id, app_secret: a token
POST /open-apis/im/v1/messages?receive_id_type=user_id   receive_id, msg_type, content, uuid

Of requests with the same `uuid` Feishu carries out one within an hour.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings

from outbox.channels import messenger
from outbox.channels.http import Json, WebChannel, as_json, later, never, trouble, unknown
from outbox.channels.messenger import Meaning, MessengerSession, TokenIsOver, refused
from outbox.channels.tokens import Token
from outbox.kinds import Mail

if TYPE_CHECKING:
    from outbox.models import Message

TITLE, TEXT, BUTTON = 80, 1500, 24
TOKEN_IS_OVER = (99991661, 99991663, 99991664, 99991671, 99991677)

MEANINGS: dict[object, Meaning] = {
    10003: Meaning(trouble, "app id or secret is wrong"),
    10014: Meaning(trouble, "app id or secret is wrong"),
    230001: Meaning(never, "there is no such user, or the message is not well-formed"),
    230006: Meaning(trouble, "the application has no robot"),
    230013: Meaning(never, "the user is not in the application's scope"),
    230020: Meaning(trouble, "too many calls"),
    230022: Meaning(never, "the content was refused"),
    230025: Meaning(never, "the message is too long"),
    230027: Meaning(trouble, "the application may not send messages"),
    230034: Meaning(never, "there is no such user"),
    230049: Meaning(later, "it is being sent"),
    230053: Meaning(never, "the user does not want the robot's messages"),
    99991400: Meaning(trouble, "too many calls"),
    99991672: Meaning(trouble, "the application may not send messages"),
    99992351: Meaning(never, "there is no such user"),
    99992352: Meaning(never, "there is no such user"),
    99992353: Meaning(never, "there is no such user"),
    99992364: Meaning(never, "the user belongs to another company"),
}


class FeishuSession(MessengerSession):
    service = "Feishu"

    def __init__(self) -> None:
        super().__init__()
        self.token = Token(
            "feishu", settings.FEISHU_APP_ID, settings.FEISHU_APP_SECRET, fetch=self._fetch_token
        )

    def hand_over(self, token: str, message: "Message", mail: Mail, address: str) -> str:
        answer = self.web.call(
            "POST",
            f"{settings.FEISHU_BASE_URL}/open-apis/im/v1/messages",
            query={"receive_id_type": "user_id"},
            headers={"Authorization": f"Bearer {token}"},
            body=as_json(
                {
                    "receive_id": address,
                    "msg_type": "interactive",
                    "content": as_json(_card(message, mail)).decode(),
                    "uuid": message.message_id.strip("<>").partition("@")[0],
                }
            ),
            puts_out=True,
        )
        code = answer.json.get("code")
        if code in TOKEN_IS_OVER:
            raise TokenIsOver
        if code is None:
            raise unknown(f"Feishu answered {answer.status} without a code")
        if code != 0:
            raise refused("Feishu", code, MEANINGS)
        data = answer.json.get("data")
        return str(data.get("message_id", "")) if isinstance(data, dict) else ""

    def _fetch_token(self) -> tuple[str, int]:
        account = {"app_id": settings.FEISHU_APP_ID, "app_secret": settings.FEISHU_APP_SECRET}
        answer = self.web.call(
            "POST",
            f"{settings.FEISHU_BASE_URL}/open-apis/auth/v3/tenant_access_token/internal",
            body=as_json(account),
            puts_out=False,
        )
        token = answer.json.get("tenant_access_token")
        if not token:
            code = answer.json.get("code")
            raise trouble(f"no access token: {refused('Feishu', code, MEANINGS)}")
        return str(token), int(answer.json.get("expire", 0))


class FeishuChannel(WebChannel):
    slug = "feishu"
    is_idempotent_for = timedelta(minutes=55)

    def __init__(self) -> None:
        self.per_minute = settings.FEISHU_PER_MINUTE

    def open(self) -> FeishuSession:
        return FeishuSession()


def configured() -> FeishuChannel | None:
    """The channel, if app id and secret are set."""
    is_on = settings.FEISHU_APP_ID and settings.FEISHU_APP_SECRET
    return FeishuChannel() if is_on else None


def _card(message: "Message", mail: Mail) -> Json:
    """A card of plain text: nothing in it can become a link or a mention."""
    press = {
        "tag": "button",
        "type": "primary",
        "url": messenger.link(message, mail),
        "text": _plain(messenger.button(mail, BUTTON)),
    }
    elements: list[Json] = []
    if text := messenger.words(mail, TEXT):
        elements.append({"tag": "div", "text": _plain(text)})
    elements.append({"tag": "action", "actions": [press]})
    return {
        "config": {"wide_screen_mode": True},
        "header": {"title": _plain(messenger.subject(mail, TITLE))},
        "elements": elements,
    }


def _plain(text: str) -> dict[str, Any]:
    return {"tag": "plain_text", "content": text}

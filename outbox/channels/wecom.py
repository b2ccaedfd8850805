"""WeCom (企业微信): application messages to one person, as text cards.

GET  /cgi-bin/gettoken?corpid=…&corpsecret=…            a token for two hours
POST /cgi-bin/message/send?access_token=…               touser, agentid, msgtype textcard

WeCom can drop what it has taken before: `enable_duplicate_check` compares the request's JSON for
up to four hours. So the JSON of a message is kept for that long and repeated to the letter.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache

from outbox.channels import messenger
from outbox.channels.http import (
    CallFailed,
    WebChannel,
    as_json,
    later,
    never,
    trouble,
    unknown,
)
from outbox.channels.messenger import Meaning, MessengerSession, TokenIsOver, refused
from outbox.channels.tokens import Token
from outbox.kinds import Mail
from outbox.verdicts import Outcome

if TYPE_CHECKING:
    from outbox.models import Message

DUPLICATES = 4 * 60 * 60  # seconds; the longest that WeCom offers
TITLE, DESCRIPTION, BUTTON = 60, 400, 4
TOKEN_IS_OVER = (40014, 41001, 42001)
NO_MARKUP = str.maketrans("<>", "＜＞")

MEANINGS: dict[object, Meaning] = {
    -1: Meaning(later, "the service is busy"),
    40001: Meaning(trouble, "the secret is wrong"),
    40003: Meaning(never, "there is no such user"),
    40013: Meaning(trouble, "the corp id is wrong"),
    40031: Meaning(never, "there is no such user"),
    40056: Meaning(trouble, "the agent id is wrong"),
    45002: Meaning(never, "the message is too long"),
    45009: Meaning(trouble, "too many calls"),
    45033: Meaning(trouble, "too many calls at once"),
    48002: Meaning(trouble, "the application may not send messages"),
    60011: Meaning(never, "the application may not see the user"),
    60020: Meaning(trouble, "our address is not on the application's list"),
    60111: Meaning(never, "there is no such user"),
    81013: Meaning(never, "the user is not in the application's scope"),
    301002: Meaning(trouble, "the application may not use this agent id"),
}


class WeComSession(MessengerSession):
    service = "WeCom"

    def __init__(self) -> None:
        super().__init__()
        self.token = Token(
            "wecom", settings.WECOM_CORP_ID, settings.WECOM_SECRET, fetch=self._fetch_token
        )

    def hand_over(self, token: str, message: "Message", mail: Mail, address: str) -> str:
        body, is_first = _kept(message, mail, address)
        try:
            return self._hand_over(token, body)
        except (CallFailed, TokenIsOver) as error:
            outcome = error.verdict.outcome if isinstance(error, CallFailed) else None
            if is_first and outcome is not Outcome.UNKNOWN:
                cache.delete(_place(message))  # nothing went out: the next try may say it anew
            raise

    def _hand_over(self, token: str, body: bytes) -> str:
        answer = self.web.call(
            "POST",
            f"{settings.WECOM_BASE_URL}/cgi-bin/message/send",
            query={"access_token": token},
            body=body,
            puts_out=True,
        )
        code = answer.json.get("errcode")
        if code in TOKEN_IS_OVER:
            raise TokenIsOver
        if code is None:
            raise unknown(f"WeCom answered {answer.status} without a code")
        if code != 0:
            raise refused("WeCom", code, MEANINGS)
        if answer.json.get("invaliduser") or answer.json.get("unlicenseduser"):
            raise never("WeCom knows no such user, or the user has no licence")
        return str(answer.json.get("msgid", ""))

    def _fetch_token(self) -> tuple[str, int]:
        answer = self.web.call(
            "GET",
            f"{settings.WECOM_BASE_URL}/cgi-bin/gettoken",
            query={"corpid": settings.WECOM_CORP_ID, "corpsecret": settings.WECOM_SECRET},
            puts_out=False,
        )
        token = answer.json.get("access_token")
        if not token:
            code = answer.json.get("errcode")
            raise trouble(f"no access token: {refused('WeCom', code, MEANINGS)}")
        return str(token), int(answer.json.get("expires_in", 0))


class WeComChannel(WebChannel):
    slug = "wecom"
    is_idempotent_for = timedelta(seconds=DUPLICATES) - timedelta(minutes=15)

    def __init__(self) -> None:
        self.per_minute = settings.WECOM_PER_MINUTE

    def open(self) -> WeComSession:
        return WeComSession()


def configured() -> WeComChannel | None:
    """The channel, if corp id, secret and agent id are set."""
    is_on = settings.WECOM_CORP_ID and settings.WECOM_SECRET and settings.WECOM_AGENT_ID
    return WeComChannel() if is_on else None


def _place(message: "Message") -> str:
    return f"wecom:{message.message_id.strip('<>')}"


def _kept(message: "Message", mail: Mail, address: str) -> tuple[bytes, bool]:
    """The request's JSON, as at the first try that WeCom may remember; whether this is the first.

    Kept before the call, for a sender that dies in it.
    """
    body = cache.get(_place(message))
    if body is not None:
        return str(body).encode(), False
    new = as_json(_body(message, mail, address))
    cache.set(_place(message), new.decode(), timeout=DUPLICATES)
    return new, True


def _body(message: "Message", mail: Mail, address: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "touser": address,
        "agentid": int(settings.WECOM_AGENT_ID),
        "enable_duplicate_check": 1,
        "duplicate_check_interval": DUPLICATES,
    }
    title = messenger.subject(mail, TITLE).translate(NO_MARKUP)
    card = {
        "title": title,
        "description": messenger.words(mail, DESCRIPTION).translate(NO_MARKUP) or title,
        "url": messenger.link(message, mail),
        "btntxt": messenger.button(mail, BUTTON),
    }
    return body | {"msgtype": "textcard", "textcard": card}

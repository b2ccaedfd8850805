"""DingTalk (钉钉): one-to-one messages of the company's own robot.

POST /v1.0/oauth2/accessToken               appKey, appSecret: a token for two hours
POST /v1.0/robot/oToMessages/batchSend      robotCode, userIds, msgKey, msgParam

Not the older `asyncsend_v2` (工作通知): it answers "ok" for people whom it does not know and for
messages beyond its limits, and drops them silently. This one names both in its answer. It has no
key against duplicates: what nobody knows the end of stays ambiguous.
"""

from typing import TYPE_CHECKING

from django.conf import settings

from outbox.channels import messenger
from outbox.channels.http import Answer, Json, WebChannel, as_json, never, trouble, unknown
from outbox.channels.messenger import Meaning, MessengerSession, TokenIsOver, refused
from outbox.channels.tokens import Token
from outbox.kinds import Mail

if TYPE_CHECKING:
    from outbox.models import Message

TITLE, TEXT, BUTTON = 60, 1500, 20
# What Markdown would make of somebody's text: links, headings, emphasis.
NO_MARKUP = str.maketrans("[]<>*`#", "［］＜＞＊｀＃")
TOKEN_IS_OVER = ("InvalidAuthentication",)
LIMITS = ("qps", "limit", "throttl", "flowcontrol")

MEANINGS: dict[object, Meaning] = {
    "staffId.notExisted": Meaning(never, "there is no such user"),
    "invalidParameter.userIds.notExisted": Meaning(never, "there is no such user"),
    "invalidParameter.msgParam": Meaning(never, "the message is not well-formed"),
    "invalidClientIdOrSecret": Meaning(trouble, "app key or secret is wrong"),
    "invalidParameter.robotCode.notExisted": Meaning(trouble, "the robot code is wrong"),
    "robot.notExisted": Meaning(trouble, "the robot code is wrong"),
}


class DingTalkSession(MessengerSession):
    service = "DingTalk"

    def __init__(self) -> None:
        super().__init__()
        self.token = Token(
            "dingtalk",
            settings.DINGTALK_APP_KEY,
            settings.DINGTALK_APP_SECRET,
            fetch=self._fetch_token,
        )

    def hand_over(self, token: str, message: "Message", mail: Mail, address: str) -> str:
        answer = self.web.call(
            "POST",
            f"{settings.DINGTALK_BASE_URL}/v1.0/robot/oToMessages/batchSend",
            headers={"x-acs-dingtalk-access-token": token},
            body=as_json(_body(message, mail, address)),
            puts_out=True,
        )
        if answer.status >= 400:
            raise _refused(answer)
        if address in answer.json.get("invalidStaffIdList", []):
            raise never("DingTalk knows no such user")
        if address in answer.json.get("flowControlledStaffIdList", []):
            raise trouble("DingTalk asks to slow down")
        if not answer.json.get("processQueryKey"):
            raise unknown(f"DingTalk answered {answer.status} without a key")
        return str(answer.json["processQueryKey"])

    def _fetch_token(self) -> tuple[str, int]:
        account = {"appKey": settings.DINGTALK_APP_KEY, "appSecret": settings.DINGTALK_APP_SECRET}
        answer = self.web.call(
            "POST",
            f"{settings.DINGTALK_BASE_URL}/v1.0/oauth2/accessToken",
            body=as_json(account),
            puts_out=False,
        )
        token = answer.json.get("accessToken")
        if not token:
            code = answer.json.get("code")
            raise trouble(f"no access token: {refused('DingTalk', code, MEANINGS)}")
        return str(token), int(answer.json.get("expireIn", 0))


class DingTalkChannel(WebChannel):
    slug = "dingtalk"

    def __init__(self) -> None:
        self.per_minute = settings.DINGTALK_PER_MINUTE

    def open(self) -> DingTalkSession:
        return DingTalkSession()


def configured() -> DingTalkChannel | None:
    """The channel, if app key, secret and robot code are set."""
    is_on = (
        settings.DINGTALK_APP_KEY and settings.DINGTALK_APP_SECRET and settings.DINGTALK_ROBOT_CODE
    )
    return DingTalkChannel() if is_on else None


def _refused(answer: Answer) -> Exception:
    code = str(answer.json.get("code", ""))
    if code in TOKEN_IS_OVER or answer.status == 401:
        return TokenIsOver()
    if code in MEANINGS:
        return refused("DingTalk", code, MEANINGS)
    if any(word in code.lower() for word in LIMITS):
        return trouble(f"DingTalk {code[:60]}: too many calls")
    if answer.status == 403:
        return trouble(f"DingTalk {code[:60]}: the application may not do this")
    return refused("DingTalk", code or answer.status, MEANINGS)


def _body(message: "Message", mail: Mail, address: str) -> Json:
    title = messenger.subject(mail, TITLE).translate(NO_MARKUP)
    # In DingTalk's Markdown a line ends with two spaces.
    text = messenger.words(mail, TEXT).translate(NO_MARKUP).replace("\n", "  \n")
    card = {
        "title": title,
        "text": f"**{title}**  \n{text}",
        "singleTitle": messenger.button(mail, BUTTON),
        "singleURL": messenger.link(message, mail),
    }
    return {
        "robotCode": settings.DINGTALK_ROBOT_CODE,
        "userIds": [address],
        "msgKey": "sampleActionCard",
        "msgParam": as_json(card).decode(),
    }

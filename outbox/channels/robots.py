"""Robots of group chats: announcements to a group, and nothing else.

WeCom     POST /cgi-bin/webhook/send?key=…                              {"errcode": 0}
DingTalk  POST /robot/send?access_token=…&timestamp=…&sign=…            {"errcode": 0}
Feishu    POST /open-apis/bot/v2/hook/<token>   timestamp, sign in it   {"code": 0}

A robot's host is its service's own: the row of the robot holds only token and secret. None of
them has a key against duplicates. The shortest limit of the three is 20 messages a minute.
"""

import base64
import hmac
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.conf import settings

from outbox.channels import messenger
from outbox.channels.http import (
    Answer,
    Json,
    WebChannel,
    WebSession,
    as_json,
    never,
    trouble,
    unknown,
)
from outbox.channels.messenger import Meaning, refused
from outbox.kinds import Mail

if TYPE_CHECKING:
    from outbox.models import Message, Robot

TEXT = 1000  # characters; WeCom takes 2,048 bytes only, and cuts on its own
WECOM_BYTES = 2048
NO_MENTIONS = str.maketrans("<>", "＜＞")  # <at user_id="all"></at> calls everybody in Feishu

WECOM: dict[object, Meaning] = {
    45009: Meaning(trouble, "too many messages"),
    93000: Meaning(never, "the robot's key is wrong"),
}
DINGTALK: dict[object, Meaning] = {
    130101: Meaning(trouble, "too many messages"),
    300001: Meaning(never, "the robot's token is wrong"),
    310000: Meaning(never, "the robot's signature, keyword or address list says no"),
    410100: Meaning(trouble, "too many messages"),
}
FEISHU: dict[object, Meaning] = {
    9499: Meaning(trouble, "too many messages"),
    11232: Meaning(trouble, "too many messages"),
    19001: Meaning(never, "the robot's token is wrong"),
    19021: Meaning(never, "the robot's signature is wrong"),
    19022: Meaning(never, "our address is not on the robot's list"),
    19024: Meaning(never, "a keyword of the robot is missing"),
}


class RobotSession(WebSession):
    def send(self, message: "Message", mail: Mail, address: str) -> str:
        """Let the message's robot say it in its group."""
        self.web.has_spoken = False
        robot = message.robot
        if robot is None or robot.archived_at:
            raise never("the group has no robot any more")
        speak = {"wecom": self._wecom, "dingtalk": self._dingtalk, "feishu": self._feishu}
        speak[robot.service](robot, _text(mail))
        return ""

    def _wecom(self, robot: "Robot", text: str) -> None:
        cut = text.encode()[:WECOM_BYTES].decode(errors="ignore")
        answer = self._post(
            f"{settings.WECOM_BASE_URL}/cgi-bin/webhook/send",
            {"msgtype": "text", "text": {"content": cut}},
            {"key": robot.token},
        )
        _check("WeCom", answer, answer.json.get("errcode"), WECOM)

    def _dingtalk(self, robot: "Robot", text: str) -> None:
        query = {"access_token": robot.token}
        if robot.secret:
            stamp = str(round(time.time() * 1000))
            query |= {"timestamp": stamp, "sign": dingtalk_sign(stamp, robot.secret)}
        answer = self._post(
            f"{settings.DINGTALK_ROBOT_BASE_URL}/robot/send",
            {"msgtype": "text", "text": {"content": text}},
            query,
        )
        _check("DingTalk", answer, answer.json.get("errcode"), DINGTALK)

    def _feishu(self, robot: "Robot", text: str) -> None:
        body: Json = {"msg_type": "text", "content": {"text": text.translate(NO_MENTIONS)}}
        if robot.secret:
            stamp = str(round(time.time()))
            body |= {"timestamp": stamp, "sign": feishu_sign(stamp, robot.secret)}
        token = quote(robot.token, safe="")
        answer = self._post(f"{settings.FEISHU_BASE_URL}/open-apis/bot/v2/hook/{token}", body, {})
        _check("Feishu", answer, answer.json.get("code"), FEISHU)

    def _post(self, url: str, body: Json, query: dict[str, str]) -> Answer:
        return self.web.call("POST", url, body=as_json(body), query=query, puts_out=True)


class RobotChannel(WebChannel):
    slug = "group"
    per_minute = 20

    def open(self) -> RobotSession:
        return RobotSession()


def configured() -> RobotChannel:
    """The channel; which groups have a robot stands in the database."""
    return RobotChannel()


def dingtalk_sign(stamp: str, secret: str) -> str:
    """HMAC-SHA256 of "stamp, new line, secret" under the secret."""
    digest = hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), "sha256")
    return base64.b64encode(digest).decode()


def feishu_sign(stamp: str, secret: str) -> str:
    """HMAC-SHA256 of nothing under "stamp, new line, secret"."""
    return base64.b64encode(hmac.digest(f"{stamp}\n{secret}".encode(), b"", "sha256")).decode()


def _text(mail: Mail) -> str:
    """Subject, body and link as plain text; nobody is mentioned."""
    lines = [messenger.subject(mail, 80), messenger.words(mail, TEXT)]
    if mail.url:
        lines.append(settings.SITE_URL + mail.url)
    return "\n".join(line for line in lines if line)


def _check(service: str, answer: Answer, code: object, meanings: dict[object, Meaning]) -> None:
    if code is None:
        raise unknown(f"{service} answered {answer.status} without a code")
    if code != 0:
        raise refused(service, code, meanings)

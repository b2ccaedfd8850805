"""WeCom, DingTalk, Feishu, their group robots and an SMS gateway, on loopback.

The server checks each call against what the services document, and complains; it does as the
recipient's name says, and keeps a ledger of what it has taken.

ok…        taken                          unknown…   there is no such user
limited…   too many calls                 busy…      the service is busy (first time)
silent…    taken, and the connection ends without a word (first time)
broken…    taken, and answered with 500 (first time)        refused… 500 and not taken
moved…     a redirect                     huge…      taken, and 200 kB of answer
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

WECOM = {"corpid": "corp-1", "corpsecret": "wecom-secret"}
DINGTALK = {"appKey": "ding-key", "appSecret": "ding-secret"}
FEISHU = {"app_id": "cli_1", "app_secret": "feishu-secret"}
ROBOT_TOKEN, ROBOT_SECRET = "robot-token", "robot-secret"
SMS_TOKEN = "sms-token"

SETTINGS = {
    "WECOM_CORP_ID": WECOM["corpid"],
    "WECOM_SECRET": WECOM["corpsecret"],
    "WECOM_AGENT_ID": "1000002",
    "DINGTALK_APP_KEY": DINGTALK["appKey"],
    "DINGTALK_APP_SECRET": DINGTALK["appSecret"],
    "DINGTALK_ROBOT_CODE": "ding-robot",
    "FEISHU_APP_ID": FEISHU["app_id"],
    "FEISHU_APP_SECRET": FEISHU["app_secret"],
    "SMS_GATEWAY_TOKEN": SMS_TOKEN,
}


@dataclass
class Taken:
    """One message that the service has."""

    service: str
    to: str
    body: dict[str, Any]


@dataclass
class Services:
    """A running server."""

    url: str = ""
    ledger: list[Taken] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)  # that are good now
    tokens_given: list[str] = field(default_factory=list)
    slow_seconds: float = 0
    seen: set[str] = field(default_factory=set)  # idempotency keys, and names seen once
    lock: threading.Lock = field(default_factory=threading.Lock)

    def taken_by(self, service: str) -> list[str]:
        return [one.to for one in self.ledger if one.service == service]

    def expire_tokens(self) -> None:
        self.tokens.clear()

    def new_token(self) -> str:
        with self.lock:
            token = f"token-{len(self.tokens_given) + 1}"
            self.tokens_given.append(token)
            self.tokens = {token}
        return token

    def take(self, service: str, to: str, body: dict[str, Any], key: str) -> None:
        """Take it; what has been taken with the same key before is dropped."""
        with self.lock:
            if not key or (service, key) not in self.seen:
                self.ledger.append(Taken(service, to, body))
            self.seen.add((service, key))  # type: ignore[arg-type]

    def is_first(self, name: str) -> bool:
        with self.lock:
            is_new = name not in self.seen
            self.seen.add(name)
        return is_new


class Hangup(Exception):
    """End the connection without a word."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def log_message(self, *args: Any) -> None:
        """Be quiet."""

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._check(self.headers["Content-Type"] == "application/json; charset=utf-8", "type")
        self._answer(json.loads(raw))

    @property
    def services(self) -> Services:
        return self.server.services

    def _check(self, is_right: bool, what: str) -> bool:
        if not is_right:
            self.services.complaints.append(f"{self.command} {self.path}: {what}")
        return is_right

    def _answer(self, body: dict[str, Any]) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.services.calls.append(parts.path)
        route = ROUTES.get((self.command, parts.path))
        if parts.path.startswith("/open-apis/bot/v2/hook/"):
            route = feishu_robot
        try:
            if route is None:
                self.services.complaints.append(f"no such address: {self.command} {self.path}")
                self._say(404, {})
            else:
                self._say(*route(self, query, body))
        except Hangup:
            self.close_connection = True
        except BrokenPipeError:
            pass

    def _say(self, status: int, answer: dict[str, Any]) -> None:
        text = json.dumps(answer).encode()
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def behave(
        self, service: str, to: str, body: dict[str, Any], key: str, yes: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        """What the name of the recipient says, for all that is the same everywhere."""
        services = self.services
        time.sleep(services.slow_seconds)
        if to.startswith("moved"):
            return 302, {}
        if to.startswith("refused"):
            return 500, {}
        services.take(service, to, body, key)
        if to.startswith("silent") and services.is_first(f"{service} {to}"):
            raise Hangup
        if to.startswith("broken") and services.is_first(f"{service} {to}"):
            return 500, {}
        if to.startswith("huge"):
            return 200, yes | {"padding": "x" * 200_000}
        return 200, yes


Reply = tuple[int, dict[str, Any]]


def wecom_token(call: Handler, query: dict[str, str], body: dict[str, Any]) -> Reply:
    if not call._check(query == WECOM, "corpid and corpsecret"):
        return 200, {"errcode": 40001, "errmsg": "invalid credential"}
    token = call.services.new_token()
    return 200, {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7200}


def wecom_send(call: Handler, query: dict[str, str], body: dict[str, Any]) -> Reply:
    if query.get("access_token") not in call.services.tokens:
        return 200, {"errcode": 42001, "errmsg": "access_token expired"}
    to = body["touser"]
    call._check(body["agentid"] == 1000002 and "|" not in to and to != "@all", "agent, one user")
    call._check(body["enable_duplicate_check"] == 1, "enable_duplicate_check")
    call._check(0 < body["duplicate_check_interval"] <= 14400, "duplicate_check_interval")
    call._check(body["msgtype"] == "textcard", "msgtype")
    card = body["textcard"]
    call._check(len(card["title"].encode()) <= 256 and card["title"], "title")
    call._check(0 < len(card["description"]) <= 512, "description")
    call._check(card["url"].startswith("https://mot.example/"), "url")
    call._check(len(card["btntxt"]) <= 4, "btntxt")
    call._check("<" not in json.dumps(card), "markup")
    if to.startswith("unknown"):
        return 200, {"errcode": 81013, "errmsg": "user & party & tag all invalid"}
    if to.startswith("limited"):
        return 200, {"errcode": 45009, "errmsg": "api freq out of limit"}
    if to.startswith("busy") and call.services.is_first(f"busy {to}"):
        return 200, {"errcode": -1, "errmsg": "system busy"}
    digest = hashlib.sha256(json.dumps(body).encode()).hexdigest()  # WeCom compares the JSON
    return call.behave("wecom", to, body, digest, {"errcode": 0, "errmsg": "ok", "msgid": "w-1"})


def dingtalk_token(call: Handler, query: dict[str, str], body: dict[str, Any]) -> Reply:
    if not call._check(body == DINGTALK, "appKey and appSecret"):
        return 400, {"code": "invalidClientIdOrSecret", "message": "?"}
    return 200, {"accessToken": call.services.new_token(), "expireIn": 7200}


def dingtalk_send(call: Handler, query: dict[str, str], body: dict[str, Any]) -> Reply:
    if call.headers["x-acs-dingtalk-access-token"] not in call.services.tokens:
        return 400, {"code": "InvalidAuthentication", "message": "?", "requestid": "1"}
    call._check(set(body) == {"robotCode", "userIds", "msgKey", "msgParam"}, "fields")
    call._check(body["robotCode"] == "ding-robot" and len(body["userIds"]) == 1, "robot, users")
    parameters = json.loads(body["msgParam"])
    call._check(body["msgKey"] == "sampleActionCard", "msgKey")
    call._check(parameters["singleURL"].startswith("https://mot.example/"), "singleURL")
    fields = {"title", "text", "singleTitle", "singleURL"}
    call._check(set(parameters) == fields and all(parameters.values()), "msgParam")
    (to,) = body["userIds"]
    invalid = [to] if to.startswith("unknown") else []
    slow = [to] if to.startswith("limited") else []
    if invalid or slow:
        return 200, {
            "processQueryKey": "d-0",
            "invalidStaffIdList": invalid,
            "flowControlledStaffIdList": slow,
        }
    if to.startswith("busy") and call.services.is_first(f"busy {to}"):
        return 403, {"code": "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", "message": "?"}
    yes = {"processQueryKey": "d-1", "invalidStaffIdList": [], "flowControlledStaffIdList": []}
    return call.behave("dingtalk", to, body, "", yes)


def feishu_token(call: Handler, query: dict[str, str], body: dict[str, Any]) -> Reply:
    if not call._check(body == FEISHU, "app_id and app_secret"):
        return 200, {"code": 10014, "msg": "app secret invalid"}
    token = call.services.new_token()
    return 200, {"code": 0, "msg": "ok", "tenant_access_token": token, "expire": 7200}


def feishu_send(call: Handler, query: dict[str, str], body: dict[str, Any]) -> Reply:
    kind, _, token = (call.headers["Authorization"] or "").partition(" ")
    if kind != "Bearer" or token not in call.services.tokens:
        return 400, {"code": 99991663, "msg": "Invalid access token"}
    call._check(query == {"receive_id_type": "user_id"}, "receive_id_type")
    call._check(set(body) == {"receive_id", "msg_type", "content", "uuid"}, "fields")
    call._check(0 < len(body["uuid"]) <= 50, "uuid")
    card = json.loads(body["content"])
    call._check(body["msg_type"] == "interactive" and "header" in card, "card")
    call._check(all(one["tag"] in ("div", "action") for one in card["elements"]), "elements")
    to = body["receive_id"]
    if to.startswith("unknown"):
        return 400, {"code": 230013, "msg": "Bot has NO availability to this user."}
    if to.startswith("limited"):
        return 400, {"code": 99991400, "msg": "request trigger frequency limit"}
    if to.startswith("busy") and call.services.is_first(f"busy {to}"):
        return 400, {"code": 230020, "msg": "frequency limit"}
    yes = {"code": 0, "msg": "success", "data": {"message_id": "om_1"}}
    return call.behave("feishu", to, body, body["uuid"], yes)


def sms(call: Handler, query: dict[str, str], body: dict[str, Any]) -> Reply:
    if call.headers["Authorization"] != f"Bearer {SMS_TOKEN}":
        return 401, {}
    call._check(set(body) == {"to", "text", "id"} and all(body.values()), "fields")
    call._check(len(body["text"]) <= 70, "length")
    if body["to"].endswith("404"):
        return 422, {}
    if body["to"].endswith("500") and call.services.is_first(body["to"]):
        call.services.take("sms", body["to"], body, body["id"])
        return 502, {}
    if ("sms", body["id"]) in call.services.seen:
        return 409, {}
    return call.behave("sms", body["to"], body, body["id"], {"id": "s-1"})


def wecom_robot(call: Handler, query: dict[str, str], body: dict[str, Any]) -> Reply:
    if query != {"key": ROBOT_TOKEN}:
        return 200, {"errcode": 93000, "errmsg": "invalid webhook url"}
    call._check(body["msgtype"] == "text" and set(body["text"]) == {"content"}, "text, no mention")
    call._check(len(body["text"]["content"].encode()) <= 2048, "length")
    return call.behave("wecom-robot", ROBOT_TOKEN, body, "", {"errcode": 0, "errmsg": "ok"})


def dingtalk_robot(call: Handler, query: dict[str, str], body: dict[str, Any]) -> Reply:
    if query.get("access_token") != ROBOT_TOKEN:
        return 200, {"errcode": 300001, "errmsg": "token is not exist"}
    stamp = query.get("timestamp", "0")
    signed = hmac.new(ROBOT_SECRET.encode(), f"{stamp}\n{ROBOT_SECRET}".encode(), hashlib.sha256)
    is_signed = query.get("sign") == base64.b64encode(signed.digest()).decode()
    if not is_signed or abs(time.time() * 1000 - int(stamp)) > 3_600_000:
        return 200, {"errcode": 310000, "errmsg": "sign not match"}
    call._check(body["msgtype"] == "text" and "at" not in body, "text, nobody mentioned")
    return call.behave("dingtalk-robot", ROBOT_TOKEN, body, "", {"errcode": 0, "errmsg": "ok"})


def feishu_robot(call: Handler, query: dict[str, str], body: dict[str, Any]) -> Reply:
    if not call.path.endswith(f"/{ROBOT_TOKEN}"):
        return 200, {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"}
    key = f"{body.get('timestamp')}\n{ROBOT_SECRET}".encode()
    signed = base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
    if body.get("sign") != signed:
        return 200, {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}
    call._check(body["msg_type"] == "text" and "<at" not in body["content"]["text"], "text")
    return call.behave("feishu-robot", ROBOT_TOKEN, body, "", {"code": 0, "msg": "success"})


ROUTES = {
    ("GET", "/cgi-bin/gettoken"): wecom_token,
    ("POST", "/cgi-bin/message/send"): wecom_send,
    ("POST", "/v1.0/oauth2/accessToken"): dingtalk_token,
    ("POST", "/v1.0/robot/oToMessages/batchSend"): dingtalk_send,
    ("POST", "/open-apis/auth/v3/tenant_access_token/internal"): feishu_token,
    ("POST", "/open-apis/im/v1/messages"): feishu_send,
    ("POST", "/sms"): sms,
    ("POST", "/cgi-bin/webhook/send"): wecom_robot,
    ("POST", "/robot/send"): dingtalk_robot,
}


def start_services() -> tuple[Services, ThreadingHTTPServer]:
    """The services, and the server to shut down."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    services = Services(url=f"http://127.0.0.1:{server.server_address[1]}")
    server.services = services  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return services, server


@contextmanager
def running(settings: Any) -> Iterator[Services]:
    """The services, with settings that name them; afterwards the channels are off again."""
    from outbox.channels import find_channels

    services, server = start_services()
    for name, value in SETTINGS.items():
        setattr(settings, name, value)
    for name in ("WECOM", "DINGTALK", "DINGTALK_ROBOT", "FEISHU"):
        setattr(settings, f"{name}_BASE_URL", services.url)
    settings.SMS_GATEWAY_URL = f"{services.url}/sms"
    settings.OUTBOX_HOSTS = [services.url]
    find_channels()
    try:
        yield services
    finally:
        server.shutdown()
        server.server_close()
        for name in (*SETTINGS, "SMS_GATEWAY_URL"):
            setattr(settings, name, "")
        find_channels()


def make_due_again(message: Any) -> None:
    """The pauses of the message and of its channel are over."""
    from outbox.models import ChannelState, Message

    Message.objects.filter(pk=message.pk).update(next_try_at=message.send_at)
    ChannelState.objects.update(paused_until=None)

"""An OpenID provider and the companies' sign-in calls, on loopback, that check what they get."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "mot-course", "a very quiet secret"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class IdentityProvider:
    """`claims` are those of whoever signs in next; `lies` changes the id_token's claims."""

    def __init__(self):
        self.claims = {"sub": "s-1", "preferred_username": "00123", "name": "Lin"}
        self.lies = {}
        self.codes = {}
        self.calls = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def authorize(self, query):
        """What the browser is sent back with, after the person has signed in here."""
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form):
        """The tokens for a code, once, to whoever has the secret and began the sign-in."""
        asked = self.codes.pop(form.get("code"), None)
        if asked is None or (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = self.claims | {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60}
        token = jwt.encode(claims | self.lies, KEY, algorithm="RS256", headers={"kid": "k"})
        return 200, {"access_token": "at", "token_type": "Bearer", "id_token": token}

    def answer(self, method, path, query, form, headers):
        self.calls.append((method, path))
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/jwks",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        if path == "/token":
            return self.token(form)
        if path == "/userinfo" and headers["Authorization"] == "Bearer at":
            return 200, self.claims
        return 404, {}

    def _handler(provider):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urlsplit(self.path)
                if parts.path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(parts.query))
                    self.end_headers()
                    return
                self._say(provider.answer("GET", parts.path, parts.query, {}, self.headers))

            def do_POST(self):
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                if "json" in self.headers.get("Content-Type", ""):
                    form = json.loads(body)
                self._say(provider.answer("POST", parts.path, parts.query, form, self.headers))

            def _say(self, answer):
                status, body = answer
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *args):
                pass

        return Handler


class CompanyServer(IdentityProvider):
    """The documented calls of WeCom, DingTalk and Feishu after somebody has signed in there."""

    GOOD = "good-code"

    def answer(self, method, path, query, form, headers):
        self.calls.append((method, path))
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        if path == "/cgi-bin/gettoken":
            return 200, {"errcode": 0, "access_token": "app-token", "expires_in": 7200}
        if path == "/cgi-bin/auth/getuserinfo":
            if asked == {"access_token": "app-token", "code": self.GOOD}:
                return 200, {"errcode": 0, "errmsg": "ok", "userid": "zhangsan"}
            return 200, {"errcode": 40029, "errmsg": "invalid code"}
        if path == "/v1.0/oauth2/userAccessToken":
            if (form["code"], form["grantType"]) == (self.GOOD, "authorization_code"):
                return 200, {"accessToken": "user-token", "refreshToken": "r", "expireIn": 7200}
            return 400, {"code": "invalidParameter.authCode.notFound"}
        if path == "/v1.0/contact/users/me":
            assert headers["x-acs-dingtalk-access-token"] == "user-token"
            return 200, {"unionId": "u-1", "openId": "o-1", "nick": "Zhang"}
        if path == "/v1.0/oauth2/accessToken":
            return 200, {"accessToken": "app-token", "expireIn": 7200}
        if path == "/topapi/user/getbyunionid":
            assert asked == {"access_token": "app-token"}
            assert form == {"unionid": "u-1"}
            return 200, {"errcode": 0, "result": {"userid": "zhangsan", "contact_type": 0}}
        if path == "/open-apis/authen/v2/oauth/token":
            if form["code"] == self.GOOD and form["client_secret"] == SECRET:
                return 200, {"code": 0, "access_token": "user-token", "expires_in": 7200}
            return 400, {"code": 20003, "error": "invalid_grant"}
        if path == "/open-apis/authen/v1/user_info":
            assert headers["Authorization"] == "Bearer user-token"
            return 200, {"code": 0, "data": {"open_id": "ou_1", "user_id": "zhangsan"}}
        return 404, {}

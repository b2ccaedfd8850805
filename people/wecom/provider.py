"""WeCom (企业微信): signing on by its page, or without any page inside the app.

Outside: login.work.weixin.qq.com/wwlogin/sso/login?login_type=CorpApp&appid=…&agentid=…
Inside:  open.weixin.qq.com/connect/oauth2/authorize?…&scope=snsapi_base#wechat_redirect
Then     GET /cgi-bin/auth/getuserinfo?access_token=…&code=… says the userid.
"""

from django.conf import settings
from django.http import HttpRequest

from outbox.channels.http import Web
from outbox.channels.wecom import WeComSession
from people.company_provider import CompanyOAuth2Adapter, CompanyProvider, callback_of, said

OUTSIDE = "https://login.work.weixin.qq.com/wwlogin/sso/login"
INSIDE = "https://open.weixin.qq.com/connect/oauth2/authorize"


class WeComAdapter(CompanyOAuth2Adapter):
    provider_id = "wecom"

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.is_inside = "wxwork" in request.headers.get("User-Agent", "")
        self.authorize_url = INSIDE if self.is_inside else OUTSIDE
        self.fragment = "#wechat_redirect" if self.is_inside else ""

    def query(self, client_id: str, callback: str, state: str) -> dict[str, str]:
        common = {
            "appid": client_id, "agentid": settings.WECOM_AGENT_ID,
            "redirect_uri": callback, "state": state,
        }  # fmt: skip
        if self.is_inside:
            return common | {"response_type": "code", "scope": "snsapi_base"}
        return common | {"login_type": "CorpApp"}

    def user_id(self, web: Web, code: str) -> str:
        session = WeComSession()
        try:
            token = session.token.get()
        finally:
            session.close()
        answer = web.call(
            "GET",
            f"{settings.WECOM_BASE_URL}/cgi-bin/auth/getuserinfo",
            query={"access_token": token, "code": code},
            puts_out=False,
        )
        return str(said(answer).get("userid", ""))  # outsiders have an openid and no userid


class WeComProvider(CompanyProvider):
    id = "wecom"
    name = "WeCom"
    oauth2_adapter_class = WeComAdapter


provider_classes = [WeComProvider]
callback = callback_of(WeComAdapter)

"""Feishu (飞书): signing on by its page.

accounts.feishu.cn/open-apis/authen/v1/authorize, then POST /open-apis/authen/v2/oauth/token and
GET /open-apis/authen/v1/user_info say the user_id, where the app has the permission
contact:user.employee_id:readonly.
"""

from django.conf import settings

from outbox.channels.http import Web, as_json
from people.company_provider import CompanyOAuth2Adapter, CompanyProvider, callback_of, said


class FeishuAdapter(CompanyOAuth2Adapter):
    provider_id = "feishu"
    authorize_url = "https://accounts.feishu.cn/open-apis/authen/v1/authorize"

    def query(self, client_id: str, callback: str, state: str) -> dict[str, str]:
        return {
            "client_id": client_id, "redirect_uri": callback, "response_type": "code",
            "state": state,
        }  # fmt: skip

    def user_id(self, web: Web, code: str) -> str:
        app = self.get_provider().app
        asked = {
            "grant_type": "authorization_code", "client_id": settings.FEISHU_APP_ID,
            "client_secret": settings.FEISHU_APP_SECRET, "code": code,
            "redirect_uri": self.get_callback_url(self.request, app),
        }  # fmt: skip
        base = settings.FEISHU_BASE_URL
        answer = web.call(
            "POST", f"{base}/open-apis/authen/v2/oauth/token", body=as_json(asked), puts_out=False
        )
        token = str(said(answer, "code").get("access_token", ""))
        answer = web.call(
            "GET",
            f"{base}/open-apis/authen/v1/user_info",
            headers={"Authorization": f"Bearer {token}"},
            puts_out=False,
        )
        return str((said(answer, "code").get("data") or {}).get("user_id", ""))


class FeishuProvider(CompanyProvider):
    id = "feishu"
    name = "Feishu"
    oauth2_adapter_class = FeishuAdapter


provider_classes = [FeishuProvider]
callback = callback_of(FeishuAdapter)

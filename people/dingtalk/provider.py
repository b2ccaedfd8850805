"""DingTalk (钉钉): signing on by its page.

login.dingtalk.com/oauth2/auth, then POST /v1.0/oauth2/userAccessToken and
GET /v1.0/contact/users/me say the unionId, and topapi/user/getbyunionid the userid in the company.
"""

from django.conf import settings

from outbox.channels.dingtalk import DingTalkSession
from outbox.channels.http import Web, as_json
from people.company_provider import CompanyOAuth2Adapter, CompanyProvider, callback_of, said


class DingTalkAdapter(CompanyOAuth2Adapter):
    provider_id = "dingtalk"
    authorize_url = "https://login.dingtalk.com/oauth2/auth"

    def query(self, client_id: str, callback: str, state: str) -> dict[str, str]:
        return {
            "client_id": client_id, "redirect_uri": callback, "response_type": "code",
            "scope": "openid corpid", "prompt": "consent", "state": state,
        }  # fmt: skip

    def user_id(self, web: Web, code: str) -> str:
        asked = {
            "clientId": settings.DINGTALK_APP_KEY, "clientSecret": settings.DINGTALK_APP_SECRET,
            "code": code, "grantType": "authorization_code",
        }  # fmt: skip
        base = settings.DINGTALK_BASE_URL
        answer = web.call(
            "POST", f"{base}/v1.0/oauth2/userAccessToken", body=as_json(asked), puts_out=False
        )
        token = str(said(answer, "code").get("accessToken", ""))
        answer = web.call(
            "GET",
            f"{base}/v1.0/contact/users/me",
            headers={"x-acs-dingtalk-access-token": token},
            puts_out=False,
        )
        union = str(said(answer, "code").get("unionId", ""))
        session = DingTalkSession()
        try:
            own = session.token.get()
        finally:
            session.close()
        answer = web.call(
            "POST",
            f"{settings.DINGTALK_ROBOT_BASE_URL}/topapi/user/getbyunionid",
            query={"access_token": own},
            body=as_json({"unionid": union}),
            puts_out=False,
        )
        return str((said(answer).get("result") or {}).get("userid", ""))


class DingTalkProvider(CompanyProvider):
    id = "dingtalk"
    name = "DingTalk"
    oauth2_adapter_class = DingTalkAdapter


provider_classes = [DingTalkProvider]
callback = callback_of(DingTalkAdapter)

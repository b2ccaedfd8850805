"""Addresses of sign-in and people.

Of allauth's pages only those listed here exist: no sign-up, no e-mail pages, and of the company
sign-on nothing but the way back.
Its names have to be global, so the namespace "people" holds only our own.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.socialaccount.providers.openid_connect.views import callback as oidc_callback
from django.urls import include, path, re_path

from people import views, views_sign_on
from people.dingtalk.provider import callback as dingtalk_callback
from people.feishu.provider import callback as feishu_callback
from people.wecom.provider import callback as wecom_callback

RESET_KEY = r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/$"

accounts = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/choose/", views.choose_password, name="account_set_password"),
    path("password/reset/", views.ask_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(RESET_KEY, account.password_reset_from_key, name="account_reset_password_from_key"),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", mfa.index, name="mfa_index"),
    path("2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("company/wecom/back/", wecom_callback, name="wecom_callback"),
    path("company/dingtalk/back/", dingtalk_callback, name="dingtalk_callback"),
    path("company/feishu/back/", feishu_callback, name="feishu_callback"),
    path("company/<slug:provider_id>/back/", oidc_callback, name="openid_connect_callback"),
]

people = [
    path("accounts/link/<slug:token>/", views.use_sign_in_link, name="use_link"),
    path("accounts/company/<slug:provider>/", views_sign_on.begin, name="company_sign_on"),
    path("accounts/sessions/", views.sessions, name="sessions"),
    path("accounts/sessions/others/end/", views.end_other_sessions, name="end_other_sessions"),
    path("accounts/sessions/<int:session_id>/end/", views.end_session, name="end_session"),
    path("people/<str:username>/link/", views.person_link, name="person_link"),
    path("language/", views.set_language, name="set_language"),
]

urlpatterns = [
    path("accounts/", include(accounts)),
    path("", include((people, "people"))),
]

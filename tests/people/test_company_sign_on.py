"""Signing on with the company's accounts, at a provider of our own on loopback."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from people.models import MessengerAccount
from tests.factories import make_admin, make_person, make_trainee
from tests.identity_provider import CLIENT, SECRET, CompanyServer, IdentityProvider

pytestmark = pytest.mark.django_db
BACK = "/accounts/company/company/back/"


@pytest.fixture
def client():
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def provider(settings):
    server = IdentityProvider()
    settings.OUTBOX_HOSTS = [server.url]
    settings.COMPANY_SIGN_ON = [
        {
            "provider": "openid_connect", "provider_id": "company", "name": "The Hotel Group",
            "client_id": CLIENT, "secret": SECRET, "settings": {"server_url": server.url},
        }
    ]  # fmt: skip
    yield server
    server.stop()


def begin(client, provider="company", **values):
    """Where the sign-in page leads: the address of the company's own page."""
    page = client.post(f"/accounts/company/{provider}/", values)
    assert page.status_code == 200
    return page.context["address"]


def come_back(client, provider, address=None):
    """Sign in at the provider and follow its way back to us."""
    back = provider.authorize(urlsplit(address or begin(client)).query)
    assert back.startswith("http://testserver" + BACK)
    return client.get(back.removeprefix("http://testserver"))


def signed_in(client):
    return client.session.get("_auth_user_id")


def test_somebody_on_the_list_comes_in_and_lands_where_they_wanted(client, provider):
    person = make_trainee(username="00123")

    response = come_back(client, provider, begin(client, next="/cases/"))

    assert (response.status_code, response.url) == (302, "/cases/")
    assert signed_in(client) == str(person.pk)
    assert client.session["signed_in_at"]


def test_the_page_offers_it_and_leads_on_by_a_link_under_our_policy(client, provider):
    page = client.get("/accounts/login/").content.decode()
    assert "The Hotel Group" in page
    assert 'action="/accounts/company/company/"' in page

    onward = client.post("/accounts/company/company/")

    assert "form-action 'self'" in onward["Content-Security-Policy"]
    assert re.search(
        r'<a class="button wide" href="http://127.0.0.1:\d+/authorize\?', onward.content.decode()
    )


def test_nothing_is_there_where_nothing_is_configured(client, settings):
    assert "company account" not in client.get("/accounts/login/").content.decode()
    for path in (BACK, "/accounts/company/wecom/back/"):
        assert client.get(path).status_code == 404
    assert client.post("/accounts/company/company/").status_code == 404


@pytest.mark.parametrize("state", ["unknown", "deactivated", "demo"])
def test_whoever_may_not_come_in_reads_the_same_words(client, provider, state):
    if state != "unknown":
        person = make_trainee(username="00123")
        person.is_active = state != "deactivated"
        person.is_demo = state == "demo"
        person.save()

    response = come_back(client, provider)

    assert response.status_code == 403
    assert "not known here" in response.content.decode()
    assert signed_in(client) is None
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "lie", [{"iss": "https://elsewhere.example"}, {"aud": "another-client"}, {"exp": 1}]
)
def test_an_identity_made_for_somebody_else_or_too_old_is_refused(client, provider, lie):
    make_trainee(username="00123")
    provider.lies = lie

    assert come_back(client, provider).status_code == 401
    assert signed_in(client) is None


def test_a_code_works_once(client, provider):
    make_trainee(username="00123")
    back = provider.authorize(urlsplit(begin(client)).query).removeprefix("http://testserver")
    assert client.get(back).status_code == 302
    client.logout()

    assert client.get(back).status_code == 401
    assert signed_in(client) is None


def test_the_way_back_works_only_where_it_began(client, provider):
    make_trainee(username="00123")
    back = provider.authorize(urlsplit(begin(client)).query).removeprefix("http://testserver")

    assert Client().get(back).status_code == 401
    assert client.get(BACK + "?code=x&state=y").status_code == 401


def test_whoever_turns_back_at_the_company_is_told_so(client, provider):
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]

    response = client.get(f"{BACK}?error=access_denied&state={state}")

    assert "You have not signed in" in response.content.decode()


def test_an_address_counts_only_where_the_provider_has_verified_it(client, provider, settings):
    settings.OIDC_CLAIM = "email"
    person = make_trainee(email="lin@mot.example")
    provider.claims = {"sub": "s", "email": "Lin@mot.example", "email_verified": False}
    assert come_back(client, provider).status_code == 403

    provider.claims["email_verified"] = True
    assert come_back(client, provider).status_code == 302
    assert signed_in(client) == str(person.pk)


def test_an_admin_still_needs_the_second_factor(client, provider):
    make_admin(username="00123")

    response = come_back(client, provider)

    assert response.url.startswith("/accounts/2fa/authenticate/")
    assert signed_in(client) is None


def test_somebody_else_who_was_signed_in_is_not_any_more(client, provider):
    client.force_login(make_person())
    before = client.session.session_key
    person = make_trainee(username="00123")

    come_back(client, provider)

    assert signed_in(client) == str(person.pk)
    assert client.session.session_key != before


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_it_leads_nowhere_else(client, provider, target):
    make_trainee(username="00123")

    assert come_back(client, provider, begin(client, next=target)).url == "/"


def test_a_host_that_is_not_allowed_is_not_asked(client, provider, settings):
    settings.OUTBOX_HOSTS = ["elsewhere.example"]

    response = client.post("/accounts/company/company/")

    assert response.status_code == 503
    assert "cannot be reached" in response.content.decode()
    assert provider.calls == []


@pytest.fixture
def company(settings):
    server = CompanyServer()
    settings.OUTBOX_HOSTS = [server.url]
    for service in ("WECOM", "DINGTALK", "FEISHU"):
        setattr(settings, f"{service}_BASE_URL", server.url)
    settings.DINGTALK_ROBOT_BASE_URL = server.url
    settings.WECOM_CORP_ID, settings.WECOM_SECRET, settings.WECOM_AGENT_ID = "corp", SECRET, "7"
    settings.DINGTALK_APP_KEY, settings.DINGTALK_APP_SECRET = "key", SECRET
    settings.FEISHU_APP_ID, settings.FEISHU_APP_SECRET = "app", SECRET
    settings.COMPANY_SIGN_ON = [
        {"provider": slug, "provider_id": slug, "name": slug, "client_id": client, "secret": SECRET}
        for slug, client in (("wecom", "corp"), ("dingtalk", "key"), ("feishu", "app"))
    ]
    yield server
    server.stop()


HOSTS = {
    "wecom": "login.work.weixin.qq.com",
    "dingtalk": "login.dingtalk.com",
    "feishu": "accounts.feishu.cn",
}


@pytest.mark.parametrize("service", ["wecom", "dingtalk", "feishu"])
def test_a_messengers_account_leads_to_its_person(client, company, service):
    person = make_trainee()
    MessengerAccount.objects.create(person=person, channel=service, account="zhangsan")
    address = urlsplit(begin(client, service))
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert address.hostname == HOSTS[service]
    assert asked["redirect_uri"] == f"http://testserver/accounts/company/{service}/back/"

    word = "authCode" if service == "dingtalk" else "code"
    path = urlsplit(asked["redirect_uri"]).path
    response = client.get(path, {word: company.GOOD, "state": asked["state"]})

    assert response.status_code == 302, response.content.decode()
    assert signed_in(client) == str(person.pk)


@pytest.mark.parametrize("service", ["wecom", "dingtalk", "feishu"])
def test_a_wrong_code_and_a_strangers_account_are_refused(client, company, service):
    for code, status in (("wrong", 401), (company.GOOD, 403)):
        state = parse_qs(urlsplit(begin(client, service)).query)["state"][0]
        path = f"/accounts/company/{service}/back/"
        assert client.get(path, {"code": code, "state": state}).status_code == status
    assert signed_in(client) is None


def test_inside_wecom_no_page_has_to_be_passed(client, company):
    page = client.post("/accounts/company/wecom/", headers={"user-agent": "Mobile wxwork/4.1"})

    address = page.context["address"]
    assert address.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?appid=corp")
    assert "scope=snsapi_base" in address
    assert address.endswith("#wechat_redirect")


@pytest.mark.parametrize("claim", ["ADMIN", "admin"])
def test_large_and_small_letters_are_the_same(client, provider, claim):
    person = make_trainee(username="Admin")
    provider.claims = {"sub": "s", "preferred_username": claim}

    assert come_back(client, provider).status_code == 302
    assert signed_in(client) == str(person.pk)


@pytest.mark.parametrize("claim", ["admın", "ADMİN", "\u212aim", "ſam"])
def test_a_letter_that_folds_into_another_is_nobodys_name(client, provider, claim):
    for name in ("admin", "kim", "sam"):
        make_trainee(username=name)
    provider.claims = {"sub": "s", "preferred_username": claim}

    assert come_back(client, provider).status_code == 403


def test_a_word_that_says_no_is_no_verification(client, provider, settings):
    settings.OIDC_CLAIM = "email"
    make_trainee(email="lin@mot.example")
    provider.claims = {"sub": "s", "email": "lin@mot.example", "email_verified": "false"}

    assert come_back(client, provider).status_code == 403

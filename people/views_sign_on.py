"""The way to the company's own sign-in page."""

import requests
from allauth.socialaccount.adapter import get_adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mot_course.web import safe_next
from people import auditing
from people.company_sign_on import refusal, sign_ons
from people.throttling import take_try


@require_POST
def begin(request: HttpRequest, provider: str) -> HttpResponse:
    """Lead on to the company's page.

    By a page of ours with a link, not by a redirect: `form-action 'self'` lets no form lead
    elsewhere, and that is worth one tap (browsers that refresh do it by themselves).
    """
    if provider not in sign_ons():
        raise Http404
    if take_try(request, "sign_on") is None:
        return render(request, "429.html", status=429)
    found = get_adapter().get_provider(request, provider)
    try:
        response = found.redirect(request, process="login", next_url=safe_next(request, "/"))
    except requests.RequestException as error:
        auditing.log("sign_on_unreachable", provider=provider, why=type(error).__name__)
        why = _("The company's sign-in cannot be reached just now.")
        return refusal(request, why, status=503)
    context = {"name": sign_ons()[provider], "address": response["Location"]}
    return render(request, "account/company.html", context)

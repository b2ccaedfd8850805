"""Language and time zone of the person who asks, and no shared cache for what they get."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from mot_course.web import zone


class PersonMiddleware:
    """Speaks the person's language and tells the time where they are.

    Without a sign-in the language is the browser's (LocaleMiddleware has seen to that).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if request.user.language:
                translation.activate(request.user.language)
                request.LANGUAGE_CODE = translation.get_language()
            with timezone.override(zone(request.user.tz)):
                response = self.get_response(request)
        else:
            response = self.get_response(request)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "private, no-store"
        patch_vary_headers(response, ["HX-Request", "Cookie"])
        return response

"""What every response carries besides what Django and the content policy add."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Exercises are spoken into the phone; nothing else of the device is any business of ours.
PERMISSIONS = "microphone=(self), camera=(), geolocation=()"


class PermissionsPolicy:
    """Says which parts of the device our pages may ask for, and frames within them may not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Permissions-Policy"] = PERMISSIONS
        return response

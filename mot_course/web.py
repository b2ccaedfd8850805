"""What every app's views share. Imports no app at run time, so any app may import it."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django_htmx.middleware import HtmxDetails
from pydantic import BaseModel, ConfigDict, StringConstraints

from mot_course.steps import STEPS

if TYPE_CHECKING:
    from people.models import User

Json = dict[str, Any]
View = Callable[..., HttpResponse]
_DRAINED = 32_000_000  # read and thrown away, so that the browser gets to see the answer
_PIECE = 65_536
NonEmpty = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Request(HttpRequest):
    """A request as our views behind a sign-in see it."""

    htmx: HtmxDetails
    user: "User"


def content_language() -> str:
    """The key of the reader's language in content: `zh` or `en`."""
    return "en" if (get_language() or "").startswith("en") else "zh"


class Text(BaseModel):
    """A text in both languages; `said` is the reader's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: NonEmpty
    en: NonEmpty

    @property
    def said(self) -> str:
        return self.en if content_language() == "en" else self.zh

    def __str__(self) -> str:
        return self.said


class Both:
    """Reads `title_zh` or `title_en` as `title`, by the reader's language."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        return getattr(instance, f"{self.name}_{content_language()}")


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """The time zone of that name."""
    return ZoneInfo(name)


@lru_cache(maxsize=8192)
def address(name: str, *arguments: object) -> str:
    """As reverse(), remembered: addresses do not change while a process lives."""
    return reverse(name, args=arguments)


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What every template may use: the content's language and the five steps."""
    return {"language": content_language(), "steps": STEPS}


def render_error(
    request: HttpRequest, status: int, *, context: dict[str, Any] | None = None
) -> HttpResponse:
    """The designed page for an error; scripts that ask for JSON get the status alone."""
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"error": status}, status=status)
    return render(request, f"errors/{status}.html", context or {}, status=status)


def safe_next(request: HttpRequest, default: str) -> str:
    """Where a form wants to go back to, if that is an address of this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return default


def signed_in_or_401(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For addresses that scripts call: a stranger gets 401, not a redirect to a page."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return JsonResponse({"error": "signed_out"}, status=401)
        return view(request, *args, **kwargs)

    return checked


def at_most(bytes_: int) -> Callable[[View], View]:
    """Refuse a larger request with 413 and a page that says so, before anything reads it.

    The check of the form token reads the request, too, so it is done here, after the size.
    """

    def decorate(view: View) -> View:
        protected = csrf_protect(view)

        @csrf_exempt
        @wraps(view)
        def sized(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if int(request.META.get("CONTENT_LENGTH") or 0) <= bytes_:
                return protected(request, *args, **kwargs)
            left = _DRAINED
            while left > 0 and (piece := request.read(_PIECE)):
                left -= len(piece)
            if request.headers.get("Accept", "").startswith("application/json"):
                return JsonResponse({"error": "too_large"}, status=413)
            context = {"most": bytes_ // 1000}
            return render(request, "editor/too_large.html", context, status=413)

        return sized

    return decorate

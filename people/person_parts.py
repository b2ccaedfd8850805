"""What other apps add to the page of a person; they register it in their `ready()`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from mot_course.web import Request
from people.models import User


@dataclass(frozen=True)
class Part:
    """A template and what it needs; the page shows it below the person's facts."""

    template: str
    context: dict[str, Any]


# Asked with the request and the person; None where there is nothing to show, or nothing that
# whoever asks may see. The page has made sure that they may see the person.
Build = Callable[[Request, User], Part | None]

PARTS: dict[str, tuple[int, Build]] = {}


def register(name: str, build: Build, *, order: int = 100) -> None:
    """Have every person's page show this part; low orders come first."""
    PARTS[name] = (order, build)


def parts_for(request: Request, person: User) -> list[SafeString]:
    """The parts of this person's page, rendered, in their order."""
    built = [build(request, person) for _, (_, build) in sorted(PARTS.items(), key=_place)]
    return [
        render_to_string(part.template, {"person": person, **part.context}, request)
        for part in built
        if part is not None
    ]


def _place(item: tuple[str, tuple[int, Build]]) -> tuple[int, str]:
    name, (order, _) = item
    return order, name

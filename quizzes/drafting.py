"""Drafts of anything that is edited here: who saw which version, and who is editing, too.

A page names the state it has seen as "version.revision": how often the draft has been saved, and
which published revision it began with. A save that has not seen the latest of both is refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from mot_course.web import Json
from people.models import User
from quizzes.models.marking import Draft

PRESENT_SECONDS = 60


@dataclass(frozen=True)
class Present:
    """What an editor finds: the draft, or what is published where nobody has begun one."""

    content: Json
    version: int  # 0: there is no draft yet
    based_on: int  # number of the published revision the content began with
    edited_by: User | None = None
    edited_at: Any = None

    @property
    def seen(self) -> str:
        """What a page sends back to say that it has seen this."""
        return f"{self.version}.{self.based_on}"


class NewerDraftExists(Exception):
    """Somebody else has saved since this page was opened; nothing was changed."""

    def __init__(self, present: Present) -> None:
        super().__init__(present.seen)
        self.present = present


class NotReady(Exception):
    """The draft cannot be published yet; nothing typed is lost. `findings` say what is missing."""

    def __init__(self, findings: Sequence[Any]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = findings


class NothingChanged(Exception):
    """The draft says what is published already."""


class PublishedMeanwhile(Exception):
    """A newer revision than the draft began with has been published; `revision` is that one."""

    def __init__(self, revision: Any) -> None:
        super().__init__(str(revision))
        self.revision = revision


def present_of(draft: Draft | None, published: Json, number: int, blank: Json) -> Present:
    """The draft's content, or the published one where the draft says nothing newer.

    `number` is that of the published revision, 0 without one. A draft that has been published,
    or thrown away, is empty: its version goes on counting.
    """
    if draft is not None and draft.content:
        return Present(
            draft.content, draft.version, draft.based_on, draft.edited_by, draft.edited_at
        )
    version = draft.version if draft is not None else 0
    return Present(published if number else blank, version, number)


def refuse_unseen(present: Present, seen: str) -> None:
    """Raise NewerDraftExists unless the page has seen the present state."""
    if seen != present.seen:
        raise NewerDraftExists(present)


def store_draft(
    draft: Draft | None,
    make: Callable[..., Draft],
    *,
    present: Present,
    content: Json,
    by: User,
) -> Draft:
    """The draft with that content, one version on. The caller holds the lock of the thing."""
    draft = draft or make(version=0)
    draft.content = content
    draft.version += 1
    draft.based_on = present.based_on
    draft.edited_by = by
    draft.edited_at = timezone.now()
    draft.save()
    return draft


def empty_draft(draft: Draft | None, *, by: User) -> None:
    """Leave nothing of the draft but its version, which open pages may have seen."""
    if draft is not None:
        draft.content = {}
        draft.version += 1
        draft.edited_by = by
        draft.edited_at = timezone.now()
        draft.save()


def say_here(thing: str, person: User) -> list[str]:
    """Note that the person is editing the thing; the names of others who are, too.

    Two beats at the same moment may overwrite each other: the next ones, soon, mend that.
    """
    now = timezone.now().timestamp()
    key = f"editing:{thing}"
    noted = {
        who: (name, at)
        for who, (name, at) in cache.get(key, {}).items()
        if now - at < PRESENT_SECONDS and who != person.pk
    }
    cache.set(key, noted | {person.pk: (str(person), now)}, PRESENT_SECONDS)
    return [name for name, _ in noted.values()]

"""Announcements to the group chat of a cohort.

An instructor writes them; nothing generates them. They never come from who is late, and a text
in which somebody of the cohort is named is held until its writer has said that it may.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from outbox.kinds import Mail, MessageKind
from outbox.models import Message
from outbox.posting import new_message, queue
from people import auditing
from people.models import Cohort, User

ANNOUNCEMENT = "announcement"
SHORTEST_NAME = 2  # a name of one character would be found in every text


class NoRobot(Exception):
    """The cohort has no group chat that is connected."""


def names_in(text: str, cohort: Cohort) -> list[str]:
    """The names and staff numbers of the cohort's people that stand in the text."""
    people = User.objects.filter(memberships__cohort=cohort, memberships__left_at=None)
    lower = text.casefold()
    found = {
        word
        for pair in people.values_list("name", "username")
        for word in pair
        if len(word) >= SHORTEST_NAME and word.casefold() in lower
    }
    return sorted(found)


@transaction.atomic
def announce(
    *, cohort: Cohort, by: User, once: UUID, subjects: dict[str, str], texts: dict[str, str]
) -> None:
    """Queue the announcement for the cohort's group; the same `once` twice is one announcement.

    Raises NoRobot.
    """
    robot = cohort.robot
    if robot is None or robot.archived_at:
        raise NoRobot
    key = f"announcement:{cohort.pk}:{once}:group"
    if Message.objects.filter(key=key).exists():
        return
    payload = {"cohort": cohort.pk, "by": by.pk, "subjects": subjects, "texts": texts}
    channel = Message.Channel.GROUP
    queue(
        [
            new_message(
                key=key, kind=ANNOUNCEMENT, robot_id=robot.pk, payload=payload, channel=channel
            )
        ]
    )
    auditing.record(by, "announced", cohort, after={"subject": subjects.get("en", "")})


def announced_to(cohort: Cohort) -> QuerySet[Message]:
    """What was announced to the cohort's group, newest first."""
    return Message.objects.filter(
        channel=Message.Channel.GROUP, kind=ANNOUNCEMENT, payload__cohort=cohort.pk
    ).order_by("-pk")


def wanted(messages: Sequence[Message]) -> dict[int, str | None]:
    """Wanted as long as the cohort is there and its robot is the one it was written for."""
    ids = {message.payload.get("cohort") for message in messages}
    robots = dict(
        Cohort.objects.filter(pk__in=ids, archived_at=None, robot__archived_at=None).values_list(
            "pk", "robot_id"
        )
    )
    return {
        message.pk: None
        if robots.get(message.payload.get("cohort", 0)) == message.robot_id
        else "the cohort's group is not connected any more"
        for message in messages
    }


def render(message: Message, language: str) -> Mail:
    """Both languages, one below the other: a group reads in both."""
    subjects, texts = message.payload["subjects"], message.payload["texts"]
    return Mail(
        subject=" · ".join(dict.fromkeys([subjects["zh"], subjects["en"]])),
        body="\n\n".join(dict.fromkeys([texts["zh"], texts["en"]])),
    )


ANNOUNCEMENT_KIND = MessageKind(
    slug=ANNOUNCEMENT,
    wanted=wanted,
    render=render,
    may_silence=False,
    expires_after=timedelta(hours=12),
)

"""What waits to be marked: whose, in which order, under which filter."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from people.duties import cohorts_reached_by
from people.models import Cohort, Membership, User
from quizzes.kinds import KINDS, Kind
from quizzes.marking import within_reach
from quizzes.models import Answer
from quizzes.questions import spec_of
from quizzes.resubmitting import newer_versions, returned_before, title_of_text
from quizzes.revisions import revisions_of

PAGE = 25


@dataclass(frozen=True)
class Wanted:
    """Which part of the queue somebody works through."""

    cohort: str = ""
    kind: str = ""
    came_back: bool = False

    def __bool__(self) -> bool:
        return bool(self.cohort or self.kind or self.came_back)

    @property
    def query(self) -> str:
        """As the end of an address: `?cohort=…`, or empty."""
        chosen = {
            "cohort": self.cohort,
            "kind": self.kind,
            "came_back": "1" if self.came_back else "",
        }
        text = urlencode({name: value for name, value in chosen.items() if value})
        return f"?{text}" if text else ""


ALL = Wanted()


def kinds_to_mark() -> list[tuple[str, Any]]:
    """Slug and label of the kinds that have a rubric."""
    return [(one.slug, one.label) for one in KINDS.values() if type(one).rubric is not Kind.rubric]


def cohorts_to_mark(person: User) -> list[Cohort]:
    """The cohorts whose people's work the person sees, by name."""
    return list(cohorts_reached_by(person).only("slug", "name", "parent").order_by("name"))


def waiting(person: User, wanted: Wanted = ALL, cohorts: Iterable[Cohort] = ()) -> QuerySet[Answer]:
    """What waits for the person's mark. A returned text shows in its newest version alone.

    `cohorts` are those of cohorts_to_mark, where one of them is wanted.
    """
    found = within_reach(person).filter(~Exists(newer_versions()), needs_mark=True)
    if wanted.kind:
        found = found.filter(revision__kind=wanted.kind)
    if wanted.came_back:
        found = found.filter(Exists(returned_before()))
    if wanted.cohort:
        below = _with_those_below(wanted.cohort, list(cohorts))
        members = Membership.objects.filter(left_at=None, cohort__in=below)
        found = found.filter(attempt__trainee__in=members.values("person"))
    return found


def count_waiting(person: User) -> int:
    """How many pieces wait for the person's mark."""
    return waiting(person).count()


def oldest_first(answers: QuerySet[Answer]) -> QuerySet[Answer]:
    """In the order in which they were handed in."""
    handed_in_at = Coalesce("checked_at", "attempt__submitted_at")
    return answers.annotate(handed_in_at=handed_in_at).order_by("handed_in_at", "pk")


def next_waiting(person: User, wanted: Wanted, *, after: int) -> int | None:
    """The id of the oldest piece that still waits under this filter, but for the one just seen."""
    cohorts = cohorts_to_mark(person) if wanted.cohort else ()
    rest = oldest_first(waiting(person, wanted, cohorts)).exclude(pk=after)
    return rest.values_list("pk", flat=True).first()


@dataclass(frozen=True)
class Row:
    """A piece of work as the queue shows it."""

    answer: Answer
    trainee: User
    prompt: str
    kind: Any
    title: str
    cohort: str
    handed_in_at: datetime
    days: int
    came_back: bool


def with_what_shows(answers: QuerySet[Answer], person: User) -> QuerySet[Answer]:
    """The same answers with what a row of the queue needs, and no more."""
    cohorts = cohorts_reached_by(person)
    names = Membership.objects.filter(
        Q(cohort__in=cohorts), person=OuterRef("attempt__trainee"), left_at=None
    ).order_by("pk")
    return (
        oldest_first(answers)
        .select_related("attempt__trainee", "attempt__quiz")
        .annotate(
            digest=F("revision__digest"),
            came_back=Exists(returned_before()),
            text_title=title_of_text(),
            cohort_name=Subquery(names.values("cohort__name")[:1]),
        )
    )


def rows_of(answers: Iterable[Any]) -> list[Row]:
    """The rows of one page of the queue; one more query for wordings not yet known."""
    listed = list(answers)
    now = timezone.now()
    revisions = revisions_of([(one.revision_id, one.digest) for one in listed])
    return [
        Row(
            answer=one,
            trainee=one.attempt.trainee,
            # Two cases of one person are told apart by what they are called.
            prompt=one.text_title or spec_of(revision).prompt.said,
            kind=revision.rules.label,
            title=one.attempt.quiz.title,
            cohort=one.cohort_name or "",
            handed_in_at=one.handed_in_at,
            days=(now - one.handed_in_at).days,
            came_back=one.came_back,
        )
        for one, revision in zip(listed, revisions, strict=True)
    ]


def _with_those_below(slug: str, cohorts: list[Cohort]) -> set[int]:
    """The cohort of that slug and all below it."""
    found = {one.pk for one in cohorts if one.slug == slug}
    while more := {one.pk for one in cohorts if one.parent_id in found} - found:
        found |= more
    return found

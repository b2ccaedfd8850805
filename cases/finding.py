"""Finding cases in the library."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case as When_
from django.db.models import IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.searching import query_of
from mot_course.steps import STEP_BY_SLUG
from mot_course.web import content_language

INDUSTRIES = {
    "shop": _("Shop"),
    "hotel": _("Hotel"),
    "restaurant": _("Restaurant"),
    "bank": _("Bank"),
    "telecom": _("Telecom"),
    "airline": _("Airline"),
    "library": _("Library"),
    "office": _("Office"),
    "other": _("Elsewhere"),
}
VERSIONS = {"bad": _("How it went wrong"), "good": _("How it went well")}
ORIGINS = {
    "course": _("From the original course"),
    "own": _("Written for this course"),
    "trainee": _("By a colleague"),
}
# Lines of conversation: from, and up to.
LENGTHS = {
    "none": (_("A story, no conversation"), 0, 0),
    "short": (_("Up to 10 lines"), 1, 10),
    "middle": (_("11 to 20 lines"), 11, 20),
    "long": (_("More than 20 lines"), 21, 1_000_000),
}
LONGEST_SEARCH = 100
MOST_FOUND = 500  # whoever finds so many will type another word


@dataclass(frozen=True)
class Search:
    """What somebody looks for; what is not known of a filter is left out."""

    words: str = ""
    industry: str = ""
    step: str = ""
    version: str = ""
    origin: str = ""
    length: str = ""

    @classmethod
    def of(cls, asked: Any) -> "Search":
        """The search in a query string."""

        def one(name: str, known: Any) -> str:
            value = asked.get(name, "")
            return value if value in known else ""

        return cls(
            words=asked.get("q", "").strip()[:LONGEST_SEARCH],
            industry=one("industry", INDUSTRIES),
            step=one("step", STEP_BY_SLUG),
            version=one("version", VERSIONS),
            origin=one("origin", ORIGINS),
            length=one("length", LENGTHS),
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether a filter is set, the words apart."""
        return any((self.industry, self.step, self.version, self.origin, self.length))


def find_cases(search: Search) -> QuerySet[Case]:
    """Published cases that fit, those with the words in their title first, then by alphabet."""
    found = Case.objects.published().defer("tokens")
    if search.industry:
        found = found.filter(industry=search.industry)
    if search.step:
        found = found.filter(steps__contains=[search.step])
    if search.version:
        found = found.filter(versions__contains=[search.version])
    if search.origin:
        found = found.filter(origin=search.origin)
    if search.length:
        _name, least, most = LENGTHS[search.length]
        found = found.filter(length__gte=least, length__lte=most)
    alphabet = [Lower("title_en"), "slug"] if content_language() == "en" else ["sort_key", "slug"]
    if not search.words:
        return found.order_by(*alphabet)
    query = query_of(search.words)
    if not query:
        return Case.objects.none()
    words = search.words.replace("\x00", "")
    in_title = Q(title_zh__icontains=words) | Q(title_en__icontains=words)
    titled = found.filter(in_title).order_by().values_list("pk", flat=True)[:MOST_FOUND]
    told = (
        found.filter(tokens=SearchQuery(query, config="simple", search_type="raw"))
        .order_by()
        .values_list("pk", flat=True)[:MOST_FOUND]
    )
    # A limit on each, so that a word that stands in every case costs no more than a rare one.
    return (
        Case.objects.filter(pk__in=list(titled.union(told)))
        .defer("tokens")
        .annotate(
            place=When_(
                When(in_title, then=Value(0)), default=Value(1), output_field=IntegerField()
            )
        )
        .order_by("place", *alphabet)
    )


def related_to(case: Case, count: int = 3) -> QuerySet[Case]:
    """Other published cases with a step in common, those of the same trade first."""
    return (
        Case.objects.published()
        .exclude(pk=case.pk)
        .filter(steps__overlap=case.steps)
        .defer("tokens")
        .annotate(
            place=When_(
                When(industry=case.industry, then=Value(0)),
                default=Value(1),
                output_field=IntegerField(),
            )
        )
        .order_by("place", "sort_key", "slug")[:count]
    )

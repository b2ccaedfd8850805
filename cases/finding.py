"""Finding cases in the library."""

from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.searching import tokens
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
MOST_TOKENS = 24  # of a search; more narrow nothing down


def find_cases(*, words: str, industry: str, step: str) -> QuerySet[Case]:
    """Published cases in the reader's alphabetical order that have all of the words."""
    found = Case.objects.published().defer("tokens")
    if industry:
        found = found.filter(industry=industry)
    if step:
        found = found.filter(steps__contains=[step])
    wanted = list(dict.fromkeys(tokens(words)))[:MOST_TOKENS]
    if wanted:
        # Tokens are letters, digits and Chinese characters only: nothing to escape.
        every = " & ".join(f"'{token}'" for token in wanted)
        found = found.filter(tokens=SearchQuery(every, config="simple", search_type="raw"))
    elif words.strip():
        return Case.objects.none()
    if content_language() == "en":
        return found.order_by(Lower("title_en"), "slug")
    return found.order_by("sort_key", "slug")

"""From what a trainee has told, with consent, to a draft in the library."""

import re

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cases.drafting import start_case
from cases.models import Case, WriteUp
from cases.write_ups import nominated_write_ups, texts_of
from mot_course.web import Json
from people.models import User

EVENT = "event"  # the part that tells the story
BRIEF = ("short", "note")  # parts that tell it in a few lines
_NUMBERED = re.compile(r"^\s*(?:[一二三四五六七八九十]+、|\d+[.、])\s*")


class NotNominated(Exception):
    """The author has withdrawn it, or a case has been made of it already."""


def nominated() -> QuerySet[WriteUp]:
    """What waits for an editor."""
    return nominated_write_ups()


def suggestion(write_up: WriteUp) -> Json:
    """What the form for the new case is filled with."""
    return {
        f"title_{write_up.language}": write_up.title,
        "slug": slugify(write_up.title)[:60] or f"colleague-{write_up.pk}",
    }


@transaction.atomic
def start_from_write_up(
    *, write_up_id: int, slug: str, title: Json, by: User, names_author: bool
) -> Case:
    """A draft with the texts in the language they were written in. Raises NotNominated."""
    write_up = (
        WriteUp.objects.select_for_update(of=("self",))
        .filter(pk=write_up_id, state=WriteUp.State.NOMINATED, consent_at__isnull=False, case=None)
        .select_related("author")
        .first()
    )
    if write_up is None:
        raise NotNominated
    content = document_of(write_up, names_author=names_author)
    return start_case(slug=slug, title=title, by=by, content=content, write_up_id=write_up.pk)


def document_of(write_up: WriteUp, *, names_author: bool) -> Json:
    """What is known of the case: the story, what the author thinks of it, where it comes from."""
    language = write_up.language
    with translation.override("en" if language == "en" else "zh-hans"):
        texts = texts_of(write_up)
    written = {one.part: one for one in texts}
    story = [written[EVENT]] if EVENT in written else texts
    brief = next((written[part].text for part in BRIEF if part in written), "")
    rest = [one for one in texts if one not in story and one.part not in BRIEF]
    source = {}
    for key, code in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(code):
            source[key] = _("A case by a colleague, told with consent.")
            if names_author:
                source[key] = _("A case by %(name)s, told with consent.") % {
                    "name": write_up.author.name
                }
    content: Json = {
        "origin": "trainee",
        "source": source,
        "situation": {language: "\n\n".join(one.text for one in story)},
    }
    if brief:
        content["summary"] = {language: " ".join(brief.split())[:400]}
    if rest:
        content["analysis"] = [
            {
                "question": {language: _NUMBERED.sub("", one.title)},
                "answer": {language: one.text},
            }
            for one in rest
        ]
    return content

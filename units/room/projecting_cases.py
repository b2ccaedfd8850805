"""Slides made of a case: the situation, the conversation line by line, the experts' view."""

from django.utils.html import format_html
from django.utils.translation import gettext as _
from pydantic import TypeAdapter

from cases.document import Analysis
from mot_course.web import Json
from quizzes.kinds.transcript import Role, Scene
from quizzes.prose import rendered
from units.room.conversations import judged, talks_of
from units.room.cutting import cut
from units.room.paging import ROOM, prose_pages
from units.room.pieces import Words, pages_of
from units.room.projecting import Slide, talk_slides

_ROLES: TypeAdapter[tuple[Role, ...]] = TypeAdapter(tuple[Role, ...])
_SCENES: TypeAdapter[tuple[Scene, ...]] = TypeAdapter(tuple[Scene, ...])
_ANALYSIS: TypeAdapter[tuple[Analysis, ...]] = TypeAdapter(tuple[Analysis, ...])


def case_slides(content: Json, language: str) -> list[Slide]:
    """The case on the wall. Each question stands before its answer, the marks after the talk."""
    title = content["title"][language]
    summary = format_html("<p>{}</p>", content["summary"][language])
    slides = [Slide("title", title, _("A case"), notes=summary)]
    pages = prose_pages(cut(rendered(content["situation"][language])))
    slides += [
        Slide("text", _("The situation"), title, page, page=n, pages=len(pages))
        for n, page in enumerate(pages, start=1)
    ]
    roles = _ROLES.validate_python(content.get("roles", ()))
    scenes = _SCENES.validate_python(content.get("scenes", ()))
    for scene in scenes:
        talks, moments = talks_of(roles, (scene,), is_marked=True)
        slides += talk_slides(talks, title)
        if moments:
            slides.append(
                Slide(
                    "question",
                    _("Which lines win trust, which cost it?"),
                    title,
                )
            )
            slides += [
                Slide("answer", _("What the experts see"), title, pieces=page)
                for page in pages_of([judged(moments)], ROOM)
            ]
    for one in _ANALYSIS.validate_python(content.get("analysis", ())):
        slides.append(Slide("question", one.question.said, title))
        slides += [
            Slide("answer", one.question.said, title, pieces=page)
            for page in pages_of([Words(one.answer.said)], ROOM)
        ]
    return slides

"""Conversations on paper and on a wall, and what the experts see in them. Pure."""

from dataclasses import replace

from django.utils.translation import gettext as _

from mot_course.steps import ACTION_BY_SLUG, STEP_BY_SLUG
from quizzes.kinds.transcript import Moment, Role, Scene, spots_of
from units.room.pieces import Answers, Item, Piece, Said, Talk, Words


def heads_of(scenes: tuple[Scene, ...]) -> list[str]:
    """What stands over each scene where it is asked: nothing that says how well it went.

    The title of one telling of two (the one that went wrong, the one that went well) often
    gives that away, so that it stands in the key alone.
    """
    told = [one for one in scenes if one.version]
    numbered = {one.id: n for n, one in enumerate(told, start=1)}
    heads = []
    for one in scenes:
        if not one.version:
            heads.append(one.title.said if one.title else "")
        elif len(told) == 1:
            heads.append(_("Conversation"))
        else:
            heads.append(_("Conversation %(n)s") % {"n": numbered[one.id]})
    return heads


def versions_of(scenes: tuple[Scene, ...]) -> list[Piece]:
    """For the key: which telling each scene is, and its own title."""
    words = {"bad": _("How it went wrong"), "good": _("How it went well")}
    told: list[Piece] = []
    for one, head in zip(scenes, heads_of(scenes), strict=True):
        if one.version:
            title = f" · {one.title.said}" if one.title else ""
            told.append(Words(f"{words[one.version]}{title}", head))
    return told


def talks_of(
    roles: tuple[Role, ...], scenes: tuple[Scene, ...], *, is_marked: bool
) -> tuple[list[Talk], list[tuple[str, Moment, str]]]:
    """The conversation with its markable places numbered; and the experts' moments by number."""
    by_id = {role.id: role for role in roles}
    talks, moments, number = [], [], 0
    for scene in scenes:
        lines, met = [], set()
        for line in scene.lines:
            role = by_id[line.who]
            is_staff = role.side == "staff"
            spots = []
            for spot in spots_of(line, is_staff=is_staff):
                mark = ""
                if is_staff:
                    number += 1
                    mark = str(number)
                spots.append((mark, spot.text.said))
                if spot.moment is not None and is_staff:
                    moments.append((mark, spot.moment, spot.text.said))
            part = "" if line.who in met else role.part.said
            met.add(line.who)
            lines.append(Said(role.name.said, part, is_staff, tuple(spots)))
        title = scene.title.said if scene.title else ""
        talks.append(Talk(tuple(lines), title, is_marked=is_marked))
    return talks, moments


def headed(talks: list[Talk], scenes: tuple[Scene, ...]) -> list[Talk]:
    """The conversations with heads that tell nothing."""
    heads = heads_of(scenes)
    return [replace(talk, title=head) for talk, head in zip(talks, heads, strict=True)]


def judged(moments: list[tuple[str, Moment, str]]) -> Answers:
    """What the experts see, by the numbers of the lines."""
    words = {
        "good": _("wins trust"),
        "bad": _("costs trust"),
        "neutral": _("neither wins nor costs"),
    }
    items = []
    for number, moment, text in moments:
        names = [words[moment.polarity]]
        if moment.step:
            names.append(str(STEP_BY_SLUG[moment.step].name))
        if moment.action:
            names.append(str(ACTION_BY_SLUG[moment.action].name))
        if not moment.required:
            names.append(_("not required"))
        right = {"good": True, "bad": False}.get(moment.polarity)
        why = moment.why.said if moment.why else ""
        items.append(Item(text, number, right, why, note=" · ".join(names)))
    return Answers(tuple(items))

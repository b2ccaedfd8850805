"""What differs between two states of a case's document, line by line and word by word. Pure."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from cases.editing import lines_of
from cases.finding import INDUSTRIES, VERSIONS
from cases.proofreading import PARTS, SIDES
from mot_course.steps import ACTION_BY_SLUG, STEP_BY_SLUG
from mot_course.web import Json
from quizzes.word_diff import Change, Piece, words_changed

TEXTS = ("title", "summary", "situation", "source")


@dataclass(frozen=True)
class LineChange:
    """A line that is `added`, `removed`, `moved` or `changed`."""

    how: str
    id: str
    number: int  # in the new state; in the old one where it was removed
    was: int  # in the old state, 0 where it is new
    speaker: Json
    text: Json
    changes: list[Change] = field(default_factory=list)
    is_moved: bool = False


@dataclass(frozen=True)
class Diff:
    """All that differs; false where nothing does."""

    document: list[Change]
    lines: list[LineChange]

    def __bool__(self) -> bool:
        return bool(self.document or self.lines)

    @property
    def counts(self) -> dict[str, int]:
        """How many lines are added, removed, moved (only moved) and changed."""
        found = dict.fromkeys(("added", "removed", "moved", "changed"), 0)
        for line in self.lines:
            found[line.how] += 1
        return found


def compare(old: Json, new: Json) -> Diff:
    """What has to be done to the old document to get the new one, as a person would say it."""
    return Diff(list(_document(old, new)), list(_lines(old, new)))


def _both(name: str, old: Any, new: Any) -> Iterator[Change]:
    for language in ("zh", "en"):
        before, after = _text(old, language), _text(new, language)
        if before != after:
            yield Change(name, words_changed(before, after), language)


def _text(value: Any, language: str) -> str:
    return str(value.get(language) or "") if isinstance(value, dict) else ""


def _one(name: str, old: str, new: str) -> Iterator[Change]:
    if old != new:
        pieces = [Piece("gone", old)] if old else []
        yield Change(name, pieces + ([Piece("new", new)] if new else []))


def _document(old: Json, new: Json) -> Iterator[Change]:
    for name in TEXTS:
        yield from _both(str(PARTS[name]), old.get(name), new.get(name))
    yield from _one(_("Trade"), _trade(old), _trade(new))
    yield from _one(_("Steps"), _steps(old.get("steps")), _steps(new.get("steps")))
    yield from _people(old, new)
    yield from _scenes(old, new)
    yield from _questions(old, new)
    yield from _exercises(old, new)


def _trade(content: Json) -> str:
    return str(INDUSTRIES.get(str(content.get("industry", "")), ""))


def _steps(slugs: Any) -> str:
    found = [STEP_BY_SLUG[slug] for slug in slugs or () if slug in STEP_BY_SLUG]
    return _(", ").join(str(step.name) for step in found)


def _people(old: Json, new: Json) -> Iterator[Change]:
    before = {role["id"]: role for role in old.get("roles", [])}
    after = {role["id"]: role for role in new.get("roles", [])}
    for one in [*before, *(key for key in after if key not in before)]:
        was, now = before.get(one, {}), after.get(one, {})
        if not (was and now):
            pieces = [Piece("new" if now else "gone", _introduced(now or was))]
            yield Change(_("Person"), pieces)
            continue
        yield from _both(_("Person"), was.get("name"), now.get("name"))
        yield from _both(str(PARTS["part"]), was.get("part"), now.get("part"))
        yield from _one(_("Side"), _side(was), _side(now))


def _side(role: Json) -> str:
    return str(SIDES.get(role.get("side", ""), ""))


def _introduced(role: Json) -> str:
    """A person in a line: the name, the part and the side."""
    texts = [_text(role.get(name), key) for name in ("name", "part") for key in ("zh", "en")]
    return " · ".join(dict.fromkeys(text for text in (*texts, _side(role)) if text))


def _scenes(old: Json, new: Json) -> Iterator[Change]:
    before = {scene["id"]: scene for scene in old.get("scenes", [])}
    after = {scene["id"]: scene for scene in new.get("scenes", [])}
    for one in [*before, *(key for key in after if key not in before)]:
        was, now = before.get(one, {}), after.get(one, {})
        yield from _both(_("Title of a scene"), was.get("title"), now.get("title"))
        yield from _one(_("Version"), _version(was), _version(now))


def _version(scene: Json) -> str:
    return str(VERSIONS.get(scene.get("version") or "", ""))


def _questions(old: Json, new: Json) -> Iterator[Change]:
    before, after = old.get("analysis", []), new.get("analysis", [])
    for n in range(max(len(before), len(after))):
        was = before[n] if n < len(before) else {}
        now = after[n] if n < len(after) else {}
        for name in ("question", "answer"):
            yield from _both(f"{PARTS[name]} {n + 1}", was.get(name), now.get(name))


def _exercises(old: Json, new: Json) -> Iterator[Change]:
    before = {str(entry.get("id")): entry for entry in old.get("exercises", [])}
    after = {str(entry.get("id")): entry for entry in new.get("exercises", [])}
    for one in [*before, *(key for key in after if key not in before)]:
        if one not in after:
            yield Change(_("Exercise"), [Piece("gone", one)])
        elif one not in before:
            yield Change(_("Exercise"), [Piece("new", one)])
        elif before[one] != after[one]:
            keys = sorted(
                key
                for key in {*before[one], *after[one]}
                if before[one].get(key) != after[one].get(key)
            )
            yield Change(f"{_('Exercise')} {one}", [Piece("new", ", ".join(keys))])


def _lines(old: Json, new: Json) -> Iterator[LineChange]:
    """In the order of the new document; what was removed stands where it had been."""
    before, after = lines_of(old), lines_of(new)
    was = {line["id"]: n for n, line in enumerate(before)}
    now = {line["id"]: n for n, line in enumerate(after)}
    homes = (_homes(old), _homes(new))
    names = ({**_names(old)}, {**_names(new)})
    moved = _moved([was[line["id"]] for line in after if line["id"] in was], before)
    gone = 0  # so many lines of the old document have had their say
    for n, line in enumerate(after):
        one = line["id"]
        if one in was:
            while gone <= was[one]:
                if before[gone]["id"] not in now:
                    yield _removed(before[gone], gone, names[0])
                gone += 1
            changes = list(_line(before[was[one]], line, names))
            is_moved = one in moved or homes[0][one] != homes[1][one]
            if changes or is_moved:
                yield LineChange(
                    "changed" if changes else "moved",
                    one,
                    n + 1,
                    was[one] + 1,
                    names[1].get(line.get("who", ""), {}),
                    said(line),
                    changes,
                    is_moved,
                )
        else:
            speaker = names[1].get(line.get("who", ""), {})
            yield LineChange("added", one, n + 1, 0, speaker, said(line))
    for n in range(gone, len(before)):
        if before[n]["id"] not in now:
            yield _removed(before[n], n, names[0])


def _removed(line: Json, n: int, names: dict[str, Json]) -> LineChange:
    return LineChange(
        "removed", line["id"], n + 1, n + 1, names.get(line.get("who", ""), {}), said(line)
    )


def _homes(content: Json) -> dict[str, str]:
    return {
        line["id"]: scene["id"] for scene in content.get("scenes", []) for line in scene["lines"]
    }


def _names(content: Json) -> dict[str, Json]:
    return {role["id"]: role.get("name", {}) for role in content.get("roles", [])}


def said(line: Json) -> Json:
    """What is said in the line, phrases joined, by language."""
    if not line.get("phrases"):
        return {key: _text(line.get("text"), key) for key in ("zh", "en")}
    return {
        key: ("" if key == "zh" else " ").join(_text(one["text"], key) for one in line["phrases"])
        for key in ("zh", "en")
    }


def _moved(places: list[int], before: list[Json]) -> set[str]:
    """Ids of the fewest lines whose moving explains the new order: all but a longest rising run.

    `places`: where the lines that both have stood, in the new order.
    """
    ends: list[int] = []  # the smallest last place of a rising run of each length
    at: list[int] = []
    for place in places:
        length = bisect_left(ends, place)
        at.append(length)
        if length == len(ends):
            ends.append(place)
        else:
            ends[length] = place
    stayed, wanted = set(), len(ends) - 1
    for place, length in zip(reversed(places), reversed(at), strict=True):
        if length == wanted:
            stayed.add(place)
            wanted -= 1
    return {before[place]["id"] for place in places if place not in stayed}


def _line(old: Json, new: Json, names: tuple[dict[str, Json], dict[str, Json]]) -> Iterator[Change]:
    if old.get("who") != new.get("who"):
        yield from _one(
            _("Speaker"),
            _text(names[0].get(old.get("who", "")), "zh"),
            _text(names[1].get(new.get("who", "")), "zh"),
        )
    yield from _both("", said(old), said(new))
    was, now = _moments(old), _moments(new)
    yield from _one(_("Moment"), _in_words(was), _in_words(now))
    for n in range(max(len(was), len(now))):
        before = was[n] if n < len(was) else {}
        after = now[n] if n < len(now) else {}
        yield from _both(_("Why"), before.get("why"), after.get("why"))


def _moments(line: Json) -> list[Json]:
    return [one["moment"] for one in (line, *line.get("phrases", [])) if one.get("moment")]


def _in_words(moments: list[Json]) -> str:
    said_of = []
    for moment in moments:
        words = [polarity_words(moment.get("polarity", ""))]
        if moment.get("required"):
            words.append(_("has to be found"))
        step, action = moment.get("step") or "", moment.get("action") or ""
        if step in STEP_BY_SLUG:
            words.append(str(STEP_BY_SLUG[step].name))
        if action in ACTION_BY_SLUG:
            words.append(str(ACTION_BY_SLUG[action].name))
        others = [
            *(
                str(STEP_BY_SLUG[x].name)
                for x in moment.get("accept_five", ())
                if x in STEP_BY_SLUG
            ),
            *(
                str(ACTION_BY_SLUG[x].name)
                for x in moment.get("accept_eoac", ())
                if x in ACTION_BY_SLUG
            ),
            *(polarity_words(x) for x in moment.get("accept_polarity", ())),
            *moment.get("accept_at", ()),
        ]
        if others:
            words.append(_("also right: %(what)s") % {"what": _(", ").join(others)})
        if moment.get("effect"):
            words.append(_("trust goes up") if moment["effect"] == "up" else _("trust goes down"))
        said_of.append(" · ".join(words))
    return _("; ").join(said_of)


def polarity_words(polarity: str) -> str:
    """good, bad or neutral in the reader's language."""
    return {"good": _("wins trust"), "bad": _("costs trust")}.get(polarity, _("neutral"))

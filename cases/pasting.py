"""A conversation pasted as text, one “Name: words” a line; and lines put into a document. Pure."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.document_diff import said
from cases.editing import clean_text, lines_of
from cases.transfer import LONGEST_CELL, BadImport, Fault, NewId, Spoken
from mot_course.web import Json
from quizzes.kinds.transcript import LONGEST

_LINE = re.compile(r"^\s*(?P<name>[^:：]{1,60}?)\s*[:：]\s*(?P<words>.+?)\s*$")
_CUSTOMER = re.compile(
    r"客|先生|女士|太太|小姐|老人|guest|customer|client|mr |ms |mrs ", re.IGNORECASE
)


def read_paste(text: str, language: str) -> list[tuple[str, str]]:
    """(name, words) of each line that is not empty; raises BadImport with the lines without."""
    found, faults = [], []
    which = _("Chinese") if language == "zh" else _("English")
    for number, line in enumerate(clean_text(text).split("\n"), start=1):
        if not line.strip():
            continue
        place = f"{which} · " + _("Line %(n)s") % {"n": number}
        match = _LINE.match(line)
        if match is None:
            faults.append(Fault(place, _("there is no name with a colon before the words")))
        elif len(match["words"]) > LONGEST_CELL:
            faults.append(
                Fault(place, _("longer than %(most)s characters") % {"most": LONGEST_CELL})
            )
        else:
            found.append((match["name"], match["words"]))
    if faults:
        raise BadImport(faults)
    return found


def spoken_in(zh: str, en: str) -> list[Spoken]:
    """The lines of one paste, or of two zipped line by line; raises BadImport."""
    chinese, english = read_paste(zh, "zh"), read_paste(en, "en")
    if chinese and english and len(chinese) != len(english):
        raise BadImport([Fault(_("Both languages"), _counts(len(chinese), len(english)))])
    if not (chinese or english):
        raise BadImport([Fault(_("Both languages"), _("there is nothing to read yet"))])
    if not chinese:
        return [Spoken(name, "", words, knows_moment=False) for name, words in english]
    if not english:
        return [Spoken(name, words, "", knows_moment=False) for name, words in chinese]
    return [
        Spoken(name, words, other, speaker_en=other_name, knows_moment=False)
        for (name, words), (other_name, other) in zip(chinese, english, strict=True)
    ]


def _counts(chinese: int, english: int) -> str:
    first = ngettext("%(n)s line in Chinese", "%(n)s lines in Chinese", chinese) % {"n": chinese}
    second = ngettext("%(n)s in English", "%(n)s in English", english) % {"n": english}
    return _("%(first)s, %(second)s: they have to match line by line") % {
        "first": first,
        "second": second,
    }


def filled_in(content: Json, zh: str, en: str) -> Json:
    """The document with the other language of its own lines, in order; raises BadImport."""
    lines = lines_of(content)
    new: dict[str, Json] = {line["id"]: dict(line) for line in lines}
    for language, text in (("zh", zh), ("en", en)):
        words = read_paste(text, language)
        if not words:
            continue
        if len(words) != len(lines):
            message = _("%(n)s lines pasted, the case has %(there)s: they have to match") % {
                "n": len(words),
                "there": len(lines),
            }
            raise BadImport([Fault(_("Chinese") if language == "zh" else _("English"), message)])
        for line, (_name, said_so) in zip(lines, words, strict=True):
            if not line.get("phrases"):
                new[line["id"]]["text"] = (new[line["id"]].get("text") or {}) | {language: said_so}
    scenes = [
        scene | {"lines": [new[line["id"]] for line in scene["lines"]]}
        for scene in content["scenes"]
    ]
    return content | {"scenes": scenes}


def with_lines(content: Json, spoken: list[Spoken], *, replaces: bool, new_id: NewId) -> Json:
    """The document with these lines, as its conversation or as one more scene.

    A line that stays keeps its id: the one it names, or that of a line with the same words.
    """
    here = [] if replaces else lines_of(content)
    if len(here) + len(spoken) > LONGEST:
        message = _("a case has at most %(most)s lines") % {"most": LONGEST}
        raise BadImport([Fault(_("Table"), message)])
    roles = [dict(role) for role in content.get("roles", [])]
    old = lines_of(content) if replaces else []
    by_id = {line["id"]: line for line in old}
    names = _ids_by_name(roles)
    who = [_role(one, roles, names, new_id) for one in spoken]
    unused: dict[tuple[str, str, str], list[str]] = {}
    for line in old:
        words = said(line)
        key = (line.get("who", ""), words["zh"], words["en"])
        unused.setdefault(key, []).append(line["id"])
    taken: set[str] = set()
    lines = []
    for one, speaker in zip(spoken, who, strict=True):
        same = unused.get((speaker, one.zh, one.en), [])
        found = one.id if one.id in by_id else next((x for x in same if x not in taken), "")
        if not found or found in taken:
            found = new_id("l")
        taken.add(found)
        lines.append(_line(by_id.get(found, {"id": found}), one, speaker))
    scenes = list(content.get("scenes", []))
    if not replaces:
        empty = next((n for n, scene in enumerate(scenes) if not scene.get("lines")), None)
        if empty is None:
            scenes.append({"id": new_id("s"), "lines": lines})
        else:
            scenes[empty] = scenes[empty] | {"lines": lines}
        return content | {"roles": roles, "scenes": scenes}
    return content | {"roles": roles, "scenes": _in_their_scenes(scenes, lines, new_id)}


def _in_their_scenes(scenes: list[Json], lines: list[Json], new_id: NewId) -> list[Json]:
    """Lines that had a scene stay in it; a new one goes with the line before it."""
    home = {line["id"]: n for n, scene in enumerate(scenes) for line in scene.get("lines", [])}
    kept: list[Json] = [scene | {"lines": []} for scene in scenes] or [
        {"id": new_id("s"), "lines": []}
    ]
    at = next((home[line["id"]] for line in lines if line["id"] in home), 0)
    for line in lines:
        at = max(at, home.get(line["id"], at))  # the order of the table stands
        kept[at]["lines"].append(line)
    return [scene for scene in kept if scene["lines"]]


def _line(old: Json, one: Spoken, who: str) -> Json:
    line = {key: value for key, value in old.items() if key != "moment"} | {"who": who}
    if not line.get("phrases"):
        line["text"] = {"zh": one.zh, "en": one.en}
    was = old.get("moment")
    if not one.knows_moment:
        moment = was
    elif one.moment is None:
        moment = None
    else:
        moment = _moment(was or {}, one.moment)
    return line | {"moment": moment} if moment else line


def _moment(was: Json, now: Json) -> Json:
    """What the table says, and of the rest what was there while the judgement stays."""
    rest = was if was.get("polarity") == now["polarity"] else {}
    kept = {key: value for key, value in rest.items() if key not in ("step", "why")}
    if not rest and now["polarity"] != "neutral":
        kept["required"] = True
    return kept | now


def _ids_by_name(roles: list[Json]) -> dict[str, str]:
    names: dict[str, str] = {}
    for role in roles:
        for name in (role.get("name") or {}).values():
            names.setdefault(str(name).strip(), role["id"])
    return names


def _role(one: Spoken, roles: list[Json], names: dict[str, str], new_id: NewId) -> str:
    """The id of who speaks; somebody unknown becomes a person, on the side the name suggests."""
    found = names.get(one.speaker) or names.get(one.speaker_en or "")
    if found is None:
        found = new_id("r")
        is_english = not one.zh and bool(one.en)
        english = one.speaker_en or (one.speaker if is_english or one.speaker.isascii() else "")
        name = {"zh": "" if is_english else one.speaker, "en": english}
        side = "customer" if _CUSTOMER.search(f"{one.speaker} {english} ") else "staff"
        roles.append({"id": found, "name": name, "part": {"zh": "", "en": ""}, "side": side})
    else:
        _name_in_both(roles, found, one)
    names[one.speaker] = found
    if one.speaker_en:
        names[one.speaker_en] = found
    return found


def _name_in_both(roles: list[Json], wanted: str, one: Spoken) -> None:
    for n, role in enumerate(roles):
        name = role.get("name") or {}
        if role["id"] == wanted and one.speaker_en and not name.get("en"):
            roles[n] = role | {"name": name | {"en": one.speaker_en}}


def new_people(old: Json, new: Json) -> list[Json]:
    """Who speaks in the new document and did not in the old one."""
    known = {role["id"] for role in old.get("roles", [])}
    return [role for role in new.get("roles", []) if role["id"] not in known]

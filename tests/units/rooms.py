"""The small course with all that a room needs: guide, crib, briefing card."""

from pathlib import Path

import yaml

from tests.units.packs import COURSE, LESSON, TEXT, UNIT, write_pack


def both(text: str) -> dict[str, str]:
    return {"zh": f"{text}（中）", "en": text}


CRIB = [{"title": both("First sentence"), "points": [both("Greet"), both("Look up")]}]
BRIEFING = {
    "scene": both("A guest knocks on the desk."),
    "question": both("What could we do?"),
    "listen_for": [both("Look up"), both("Say a word")],
    "act": both("Look up first."),
    "collect": both("When did you look up?"),
}
SESSIONS = [
    {
        "id": "opening",
        "starts": "09:00",
        "minutes": 30,
        "title": both("Opening"),
        "aim": both("Everybody speaks"),
        "units": ["first"],
        "lessons": ["first/one"],
        "cases": ["a-case"],
        "if_it_fails": both("Raise hands instead"),
        "paper": both("Use the handout"),
        "steps": [
            {
                "minutes": 10,
                "do": both("Ask them to stand up"),
                "ask": [both("Why do you stand here?")],
                "expect": [both("It is warmer")],
                "debrief": both("Do not judge"),
                "show": "first/one",
            },
            {"minutes": 20, "do": both("Let them work"), "show": "cases/a-case"},
        ],
    },
    {
        "id": "pause",
        "starts": "09:30",
        "minutes": 30,
        "title": both("Break"),
        "is_break": True,
    },
    {
        "id": "work",
        "starts": "10:00",
        "minutes": 30,
        "title": both("Work"),
        "aim": both("They practise"),
        "if_it_fails": both("Stop"),
        "paper": both("On paper"),
        "steps": [{"minutes": 30, "do": both("Practise in pairs"), "show": "first"}],
    },
]
GUIDE = {
    "summary": both("One morning"),
    "group": both("Twelve people"),
    "before": [both("Print the handout")],
    "materials": [both("Pens")],
    "after": [both("Ask again in a week")],
    "sessions": SESSIONS,
}
CLASSROOM = "\n::: classroom\nBefore: pairs.\n:::\n"


def yaml_of(content: object) -> str:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def write_room(folder: Path) -> Path:
    """The pack with guide, crib and briefing card in that folder."""
    write_pack(folder)
    extras = {
        "if_then": both("When somebody comes, I look up first"),
        "field_task": both("Look up three times"),
        "crib": CRIB,
        "briefing": BRIEFING,
    }
    (folder / "units/01-first/unit.yaml").write_text(
        UNIT + "".join(yaml_of({name: value}) for name, value in extras.items())
    )
    for language in ("zh", "en"):
        (folder / f"units/01-first/01-one.{language}.md").write_text(TEXT[language] + CLASSROOM)
    certificate = {"rule": both("All units, and a case of your own"), "own_case": True}
    course = {"setting": "room", "outcomes": [both("Look up")], "certificate": certificate}
    (folder / "courses/core.yaml").write_text(COURSE + yaml_of(course))
    (folder / "guides").mkdir()
    (folder / "guides/core.yaml").write_text(yaml_of(GUIDE))
    return folder


def add_lesson(folder: Path, name: str, *, exercises: int = 1, more: bool = False) -> None:
    """One more lesson, with as many statements as wanted."""
    head = LESSON.split("exercises:")[0].replace("Lesson one", f"Lesson {name}")
    if more:
        head = head.replace("step: diagnose", "step: diagnose\nmore: true")
    ids = [f"{name}-true-{n}" for n in range(exercises)]
    asked = [
        {
            "id": one,
            "kind": "true_false",
            "prompt": both(f"Statement {one}"),
            "answer": True,
            "explanation": both("Because"),
        }
        for one in ids
    ]
    place = folder / "units/01-first"
    (place / f"02-{name}.yaml").write_text(head + yaml_of({"exercises": asked}))
    for language in ("zh", "en"):
        text = "## Go\n\n::: figure leaving :::\n\n" + f"::: keep\nKeep {name}.\n:::\n\n"
        text += "\n\n".join(f"::: exercise {one} :::" for one in ids)
        (place / f"02-{name}.{language}.md").write_text(text + "\n")

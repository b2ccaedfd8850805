"""The three plans that are always there. They are made by a migration and kept as they are."""

from typing import Any

MORNING = "09:00"
BEFORE_SHIFT = None  # a quarter of an hour before the person's shift

# Per rule: anchor, days, time, audience. Days around the due date are working days.
Line = tuple[str, int, str | None, str]

OPENS: Line = ("opens", 0, MORNING, "trainee")


def _due(*days: int) -> list[Line]:
    return [("due", n, MORNING, "trainee") for n in days]


PRESETS: dict[str, dict[str, Any]] = {
    "gentle": {
        "title_zh": "温和",
        "title_en": "Gentle",
        "max_count": 4,
        "rules": [OPENS, *_due(-3, -1, 2)],
    },
    "standard": {
        "title_zh": "标准",
        "title_en": "Standard",
        "max_count": 8,
        "rules": [OPENS, *_due(-7, -3, -1, 0, 1, 3), ("due", 3, MORNING, "instructor")],
    },
    "strict": {
        "title_zh": "严格",
        "title_en": "Strict",
        "max_count": 10,
        "rules": [
            OPENS,
            *_due(-7, -3, -2, -1),
            ("due", 0, BEFORE_SHIFT, "trainee"),
            *_due(1, 2, 3, 5),
            ("due", 1, MORNING, "instructor"),
            ("due", 5, MORNING, "manager"),
        ],
    },
}
QUIET = {"quiet_from": "21:00", "quiet_to": "08:00"}
# Where somebody has no company messenger, e-mail takes its place by itself.
CHANNELS = ["messenger"]


def make_presets(plans: Any, rules: Any) -> None:
    """Make what is missing of the three, with the managers of Plan and Rule that are given."""
    for preset, about in PRESETS.items():
        titles = {name: about[name] for name in ("title_zh", "title_en", "max_count")}
        plan, is_new = plans.get_or_create(preset=preset, defaults=titles | QUIET)
        if not is_new:
            continue
        rules.bulk_create(
            rules.model(
                plan=plan,
                position=position,
                anchor=anchor,
                days=days,
                working=anchor == "due",
                at=at,
                audience=audience,
                channels=CHANNELS,
            )
            for position, (anchor, days, at, audience) in enumerate(about["rules"], start=1)
        )

"""What a course pack holds, in figures, and where it falls short of its own rules.

Pure: from a pack to a report. `manage.py course_report` prints it, a test holds the course to it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from quizzes.guessing import Blind, blind_scores
from quizzes.kinds.choice import MultipleChoiceContent, SingleChoiceContent
from quizzes.kinds.true_false import TrueFalseContent
from units.pack.reading import Pack, PackBank, PackLesson, PackUnit, embeds_of

CORE_LESSONS, CORE_MINUTES = 24, 150
BANK_ITEMS, BANK_KINDS, DRAWN = 20, 4, 10
TRUE_SHARE = (40, 60)  # percent of true/false items whose answer is "true"
LONGEST_STRETCH = {"zh": 420, "en": 260}  # characters, words without an interaction or a figure
RECALLED = 1 / 3  # of a unit's practice, from the fourth unit of a course on
FIRST_WITH_RECALL = 4

_WORD = re.compile(r"[A-Za-z0-9’'-]+")
_CHARACTER = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class BankReport:
    """A bank's items, and what they give away."""

    slug: str
    items: int
    kinds: dict[str, int]
    objectives: dict[str, int]
    true_share: float | None  # percent; None without true/false items
    lengths: dict[str, tuple[float, float]]  # by language: mean of right options, of wrong ones
    blind: list[Blind]
    faults: list[str]


@dataclass(frozen=True)
class UnitReport:
    """A unit in figures."""

    slug: str
    minutes: int
    more_minutes: int
    lessons: int
    more: int
    interactions: int
    figures: int
    kinds: dict[str, int]
    recalled: float  # share of the exercises that practise an earlier unit
    bank: BankReport | None
    faults: list[str] = field(default_factory=list)

    @property
    def all_faults(self) -> list[str]:
        return self.faults + (self.bank.faults if self.bank else [])


@dataclass(frozen=True)
class CourseReport:
    slug: str
    lessons: int
    minutes: int
    faults: list[str]


@dataclass(frozen=True)
class Report:
    units: list[UnitReport]
    banks: list[BankReport]  # those that no unit's check draws from
    courses: list[CourseReport]

    @property
    def faults(self) -> list[str]:
        """Everything that falls short, each with the name of what it is about."""
        found = [f"{one.slug}: {fault}" for one in self.units for fault in one.all_faults]
        found += [f"{one.slug}: {fault}" for one in self.banks for fault in one.faults]
        return found + [f"{one.slug}: {fault}" for one in self.courses for fault in one.faults]


def report_on(pack: Pack) -> Report:
    """The whole report."""
    checked = {unit.file.check.bank for unit in pack.units.values() if unit.file.check}
    return Report(
        [_unit(pack, unit) for unit in pack.units.values()],
        [_bank(one, is_check=False) for slug, one in pack.banks.items() if slug not in checked],
        [_course(pack, slug) for slug in pack.courses],
    )


def _unit(pack: Pack, unit: PackUnit) -> UnitReport:
    core = [one for one in unit.lessons if not one.file.more]
    exercises = [exercise for one in unit.lessons for exercise in one.exercises]
    embeds = [e for one in unit.lessons for e in embeds_of(one, "zh")]
    check = unit.file.check
    bank = pack.banks.get(check.bank) if check else None
    report = UnitReport(
        unit.slug,
        sum(one.file.minutes for one in core),
        sum(one.file.minutes for one in unit.lessons if one.file.more),
        len(core),
        len(unit.lessons) - len(core),
        sum(one.what == "exercise" for one in embeds),
        sum(one.what == "figure" for one in embeds),
        dict(Counter(one.kind for one in exercises).most_common()),
        _recalled(unit),
        _bank(bank, is_check=True) if bank else None,
    )
    report.faults.extend(_unit_faults(unit, core, report))
    return report


def _recalled(unit: PackUnit) -> float:
    """The share of the unit's practice that is from earlier units."""
    exercises = [one for lesson in unit.lessons for one in lesson.exercises]
    return sum(1 for one in exercises if one.content.recalls) / max(len(exercises), 1)


def _unit_faults(unit: PackUnit, core: list[PackLesson], report: UnitReport) -> Iterator[str]:
    for name in ("field_task", "if_then", "crib", "briefing", "check"):
        if not getattr(unit.file, name):
            yield f"has no {name}"
    for lesson in unit.lessons:
        if not 1 <= lesson.file.minutes <= 8:
            yield f"{lesson.slug} takes {lesson.file.minutes} minutes"
        if not any(one.what == "exercise" for one in embeds_of(lesson, "zh")):
            yield f"{lesson.slug} has no interaction"
        for language, most in LONGEST_STRETCH.items():
            longest = longest_stretch(lesson.markdown[language], language)
            if longest > most:
                yield f"{lesson.slug}.{language}: {longest} without an interaction, {most} at most"
    if report.bank is None:
        return
    if unit.file.check and (unit.file.check.draw or report.bank.items) < DRAWN:
        yield f"its check draws fewer than {DRAWN}"
    for lesson in core:
        if lesson.slug not in report.bank.objectives:
            yield f"nothing in its check asks for {lesson.slug}"


def longest_stretch(markdown: str, language: str) -> int:
    """Characters (zh) or words (en) of the longest text without an exercise, figure or case.

    What the reader closes or does not see (the classroom page) does not count.
    """
    longest = here = 0
    in_classroom = False
    for line in markdown.split("\n"):
        text = line.strip()
        if text == "::: classroom":
            in_classroom = True
        elif text == ":::":
            in_classroom = False
        elif re.match(r"::: *(exercise|figure|case|worksheet)\b", text):
            here = 0
        elif not in_classroom:
            here += len((_CHARACTER if language == "zh" else _WORD).findall(text))
            longest = max(longest, here)
    return longest


def _bank(bank: PackBank, *, is_check: bool) -> BankReport:
    items = [(item.exercise.kind, item.exercise.content) for item in bank.items]
    answers = [c.answer for _, c in items if isinstance(c, TrueFalseContent)]
    report = BankReport(
        bank.slug,
        len(items),
        dict(Counter(kind for kind, _ in items).most_common()),
        dict(Counter(item.place.objective for item in bank.items)),
        100 * sum(answers) / len(answers) if answers else None,
        {language: _lengths(bank, language) for language in ("zh", "en")},
        blind_scores(items),
        [],
    )
    report.faults.extend(_bank_faults(report, is_check=is_check))
    return report


def _lengths(bank: PackBank, language: str) -> tuple[float, float]:
    right: list[int] = []
    wrong: list[int] = []
    for item in bank.items:
        content = item.exercise.content
        if isinstance(content, SingleChoiceContent | MultipleChoiceContent):
            for option in content.options:
                (right if option.correct else wrong).append(len(getattr(option.text, language)))
    return _mean(right), _mean(wrong)


def _mean(values: list[int]) -> float:
    return sum(values) / len(values) if values else 0.0


def _bank_faults(bank: BankReport, *, is_check: bool) -> Iterator[str]:
    if is_check and bank.items < BANK_ITEMS:
        yield f"{bank.slug} holds {bank.items} items, fewer than {BANK_ITEMS}"
    if is_check and len(bank.kinds) < BANK_KINDS:
        yield f"{bank.slug} holds {len(bank.kinds)} kinds, fewer than {BANK_KINDS}"
    if bank.true_share is not None and not TRUE_SHARE[0] <= bank.true_share <= TRUE_SHARE[1]:
        yield f"{bank.slug}: {bank.true_share:.0f}% of its statements are true"
    for one in bank.blind:
        if one.is_fair:
            continue
        yield (
            f"{bank.slug}: “{one.strategy}” in {one.language} gets {one.score:.1f}, guessing "
            f"{one.guessing:.1f}"
            + (f"; of partial credit {one.partial:.1f}" if one.partial is not None else "")
        )


def _course(pack: Pack, slug: str) -> CourseReport:
    course = pack.courses[slug]
    core = [
        one
        for unit in course.units
        if unit in pack.units
        for one in pack.units[unit].lessons
        if not one.file.more
    ]
    minutes = sum(one.file.minutes for one in core)
    return CourseReport(slug, len(core), minutes, list(_course_faults(pack, slug, core, minutes)))


def _course_faults(pack: Pack, slug: str, core: list[PackLesson], minutes: int) -> Iterator[str]:
    course = pack.courses[slug]
    if course.setting == "alone":
        if len(core) > CORE_LESSONS:
            yield f"its way has {len(core)} lessons, more than {CORE_LESSONS}"
        if minutes > CORE_MINUTES:
            yield f"its way takes {minutes} minutes, more than {CORE_MINUTES}"
    for name in ("outcomes", "certificate"):
        if not getattr(course, name):
            yield f"has no {name}"
    if slug not in pack.guides:
        yield "has no trainer's guide"
    for unit in course.units[FIRST_WITH_RECALL - 1 :] if course.setting == "alone" else ():
        share = _recalled(pack.units[unit])
        if share < RECALLED - 0.005:
            yield f"only {share:.0%} of the practice of {unit} is from earlier units"

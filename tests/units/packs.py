"""A small course pack for tests, and ways to change it."""

from pathlib import Path

UNIT = """\
title: {zh: 第一单元, en: Unit one}
stage: service-concepts
summary: {zh: 概要, en: A summary}
objectives:
- {zh: 能做到, en: You can do it}
check: {bank: check-one, draw: 2}
"""
LESSON = """\
title: {zh: 第一课, en: Lesson one}
step: diagnose
minutes: 5
covers: [position-vs-interest]
afterwards: {zh: 学会了, en: You have it}
figures:
- id: leaving
  type: bars
  title: {zh: 离开的原因, en: Why they leave}
  unit: '%'
  rows:
  - {label: {zh: 冷漠, en: Indifference}, value: 68, highlight: true}
  - {label: {zh: 价格, en: Price}, value: [5, 9]}
  source: {zh: 教材, en: Textbooks}
  evidence: {zh: 当个提醒, en: Take it as a reminder}
exercises:
- id: lesson-one-true
  kind: true_false
  prompt: {zh: 服务由客人评价, en: The guest judges}
  answer: true
  explanation: {zh: 感受在客人, en: The feeling is theirs}
"""
TEXT = {
    "zh": "## 开头\n\n一段话。{own}\n\n::: figure leaving :::\n\n::: exercise lesson-one-true :::\n\n"
    "::: keep\n记住这一句。\n:::\n\n::: case a-case :::\n",
    "en": "## Beginning\n\nA paragraph.{own}\n\n::: figure leaving :::\n\n"
    "::: exercise lesson-one-true :::\n\n::: keep\nKeep this.\n:::\n\n::: case a-case :::\n",
}
BANK = """\
title: {zh: 题库, en: Bank}
items:
- objective: one
  id: check-one-01
  kind: true_false
  prompt: {zh: 甲, en: A}
  answer: true
  explanation: {zh: 理由, en: Because}
- objective: one
  id: check-one-02
  kind: single_choice
  prompt: {zh: 乙, en: B}
  explanation: {zh: 理由, en: Because}
  options:
  - {id: a, text: {zh: 一, en: one}, correct: true, feedback: {zh: 对, en: yes it is}}
  - {id: b, text: {zh: 二, en: two}, feedback: {zh: 不, en: not quite}}
  - {id: c, text: {zh: 三, en: three}, feedback: {zh: 不, en: not quite}}
"""
CASE = """\
title: {zh: 一个案例, en: A case}
industry: hotel
origin: own
source: {zh: 本课补写, en: Our own}
summary: {zh: 概要, en: Summary}
situation: {zh: 前台, en: At the desk}
roles:
- {id: guest, name: {zh: 客人, en: Guest}, part: {zh: 住客, en: guest}, side: customer}
- {id: clerk, name: {zh: 小林, en: Lin}, part: {zh: 前台, en: clerk}, side: staff}
scenes:
- id: s1
  lines:
  - {id: l1, who: guest, text: {zh: 换房, en: Another room}, moment: {polarity: neutral, effect: down}}
  - {id: l2, who: clerk, text: {zh: 满了, en: Full}, moment: {polarity: bad, step: diagnose, required: true}}
"""
COURSE = """\
title: {zh: 课程, en: Course}
summary: {zh: 概要, en: Summary}
audience: {zh: 一线, en: Front line}
minutes: 60
units: [first]
pre_test: {bank: beliefs}
post_test: {bank: beliefs}
"""


def beliefs() -> str:
    lines = ["title: {zh: 观念, en: Beliefs}", "beliefs:"]
    for belief in ("price", "product"):
        lines += [
            f"- id: {belief}",
            f"  title: {{zh: {belief}, en: {belief}}}",
            "  holds: {zh: 成立, en: It holds}",
            "  myth: {zh: 误区, en: A myth}",
        ]
    lines.append("items:")
    for form in "ABC":
        for belief in ("price", "product"):
            lines += [
                f"- id: belief-{belief}-{form.lower()}",
                f"  form: {form}",
                f"  objective: {belief}",
                "  kind: true_false",
                f"  prompt: {{zh: 说法{form}, en: Statement {form}}}",
                f"  answer: {'true' if form == 'A' else 'false'}",
                "  confidence: true",
                "  explanation: {zh: 理由, en: Because}",
            ]
    return "\n".join(lines) + "\n"


FILES = {
    "units/01-first/unit.yaml": UNIT,
    "units/01-first/01-one.yaml": LESSON,
    "units/01-first/01-one.zh.md": TEXT["zh"],
    "units/01-first/01-one.en.md": TEXT["en"],
    "banks/check-one.yaml": BANK,
    "banks/beliefs.yaml": beliefs(),
    "cases/a-case.yaml": CASE,
    "courses/core.yaml": COURSE,
}


def write_pack(folder: Path) -> Path:
    """The small pack in that folder."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Replace a text in one file of the pack; it has to be there."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} does not stand in {name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

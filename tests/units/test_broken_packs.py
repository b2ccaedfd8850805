"""Forty ways to break a pack: each gives a clear error, with file and line, and nothing else."""

import os

import pytest

from quizzes.models import Exercise
from quizzes.problems import PackIsBroken
from tests.units.packs import change, write_pack
from units.models import Unit
from units.pack.loading import load_course

LESSON = "units/01-first/01-one.yaml"
ZH, EN = "units/01-first/01-one.zh.md", "units/01-first/01-one.en.md"
UNIT = "units/01-first/unit.yaml"
BANK, CASE, COURSE = "banks/check-one.yaml", "cases/a-case.yaml", "courses/core.yaml"


def replaced(name, old, new):
    return lambda folder: change(folder, name, old, new)


def written(name, data):
    def write(folder):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())

    return write


def removed(name):
    return lambda folder: (folder / name).unlink()


def renamed(name, other):
    return lambda folder: (folder / name).rename(folder / other)


def linked(folder):
    os.symlink("/etc/passwd", folder / "banks/linked.yaml")


# name -> (how to break it, file:line it is reported at, words of the message)
BREAKS = {
    "a language is missing": (
        replaced(LESSON, "title: {zh: 第一课, en: Lesson one}", "title: {zh: 第一课}"),
        f"{LESSON}:1", "the English text is missing"),
    "an empty text": (
        replaced(BANK, "prompt: {zh: 甲, en: A}", "prompt: {zh: 甲, en: ''}"),
        f"{BANK}:6", "is empty"),
    "an unknown key": (
        replaced(LESSON, "minutes: 5", "minutes: 5\nminuets: 6"),
        f"{LESSON}:4", "is not a key that belongs here"),
    "an unknown key inside an exercise": (
        replaced(LESSON, "  answer: true", "  answer: true\n  anser: false"),
        f"{LESSON}:21", "is not a key that belongs here"),
    "a key twice": (
        replaced(LESSON, "minutes: 5", "minutes: 5\nminutes: 6"), f"{LESSON}:4", "stands twice"),
    "a missing key": (
        replaced(LESSON, "minutes: 5\n", ""), LESSON, "is missing"),
    "an alias": (
        replaced(UNIT, "summary: {zh: 概要, en: A summary}", "summary: &a {zh: 概要, en: S}"),
        f"{UNIT}:3", "anchors and aliases"),
    "a YAML bomb": (
        written("banks/bomb.yaml", "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n"),
        "banks/bomb.yaml:1", "anchors and aliases"),
    "nested without end": (
        written("banks/deep.yaml", "a: " + "[" * 60 + "]" * 60),
        "banks/deep.yaml:1", "nested deeper than"),
    "not YAML": (
        replaced(CASE, "industry: hotel", "industry: [hotel"), CASE, "this is not YAML"),
    "a Python object": (
        written("banks/evil.yaml", "title: !!python/object/apply:os.system ['true']\n"),
        "banks/evil.yaml", "this is not YAML"),
    "not UTF-8": (
        written("banks/latin.yaml", b"title: caf\xe9\n"), "banks/latin.yaml:1", "not UTF-8"),
    "a NUL character": (
        written("banks/nul.yaml", b"title: a\n\x00b: c\n"), "banks/nul.yaml:2", "NUL"),
    "over 1 MB": (
        written("banks/large.yaml", "title: " + "x" * 1_000_001), "banks/large.yaml", "1 MB"),
    "an empty file": (written("banks/empty.yaml", ""), "banks/empty.yaml:1", "empty"),
    "a list at the top": (
        written("banks/list.yaml", "- a\n"), "banks/list.yaml:1", "keys and values"),
    "a link out of the pack": (linked, "banks/linked.yaml", "links are not followed"),
    "an id used twice": (
        replaced(BANK, "id: check-one-02", "id: lesson-one-true"),
        f"{BANK}:10", "is used twice"),
    "an id with capitals": (
        replaced(BANK, "id: check-one-02", "id: Check 2"), f"{BANK}:10", "is no id"),
    "an unknown kind": (
        replaced(BANK, "kind: single_choice", "kind: essay"), f"{BANK}:11", "is no kind"),
    "two right options": (
        replaced(BANK, "{id: b, text: {zh: 二, en: two},", "{id: b, correct: true, text: {zh: 二, en: two},"),
        f"{BANK}:9", "exactly one option has to be correct"),
    "an answer that is neither true nor false": (
        replaced(BANK, "answer: true", "answer: perhaps"), f"{BANK}:7", "true or false"),
    "an objective that is no lesson": (
        replaced(BANK, "- objective: one\n  id: check-one-02", "- objective: two\n  id: check-one-02"),
        f"{BANK}:10", "is no lesson of the unit"),
    "more drawn than there are": (
        replaced(UNIT, "draw: 2", "draw: 9"), UNIT, "draws 9, but"),
    "a bank that is not there": (
        replaced(UNIT, "bank: check-one", "bank: check-two"), UNIT, "there is no bank"),
    "a unit that is not there": (
        replaced(COURSE, "units: [first]", "units: [first, second]"), COURSE, "there is no unit"),
    "an embed that does not exist": (
        replaced(ZH, "exercise lesson-one-true", "exercise lesson-one-false"),
        f"{ZH}:7", "there is no exercise"),
    "a case that does not exist": (
        replaced(EN, "case a-case", "case b-case"), f"{EN}:13", "there is no case"),
    "a language that embeds different things": (
        replaced(EN, "::: figure leaving :::\n", ""), LESSON, "embed different things"),
    "an exercise nobody embeds": (
        lambda folder: [
            change(folder, name, "::: exercise lesson-one-true :::\n", "") for name in (ZH, EN)
        ],
        LESSON, "is not embedded in the text"),
    "an embed written wrongly": (
        replaced(ZH, "::: figure leaving :::", "::: figure leaving"), f"{ZH}:5", "write an embed as"),
    "a block that is never closed": (
        replaced(ZH, "记住这一句。\n:::", "记住这一句。"), f"{ZH}:9", "never closed"),
    "a block of no kind": (
        replaced(ZH, "::: keep", "::: kept"), f"{ZH}:9", "no block called"),
    "a Chinese text that is missing": (removed(ZH), LESSON, "the Chinese text"),
    "a text that belongs to no lesson": (
        written("units/01-first/02-two.zh.md", "x"), "units/01-first/02-two.zh.md", "no lesson"),
    "a stray folder": (written("extra/x.yaml", "a: b\n"), "extra", "belong here"),
    "a reserved slug": (
        renamed(CASE, "cases/mine.yaml"), "cases/mine.yaml", "an address of its own"),
    "a customer's line marked as a moment": (
        replaced(CASE, "polarity: neutral, effect: down", "polarity: bad, required: true"),
        CASE, "a customer's line is a reading"),
    "a speaker who is nobody": (
        replaced(CASE, "id: l2, who: clerk", "id: l2, who: porter"), CASE, "who is no role"),
    "a figure that does not add up": (
        replaced(LESSON, "  type: bars", "  type: pie"), f"{LESSON}:7", "pie"),
    "a test without its three forms": (
        replaced(COURSE, "pre_test: {bank: beliefs}", "pre_test: {bank: check-one}"),
        COURSE, "needs the forms A, B and C"),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_pack_says_what_is_wrong_and_changes_nothing(name, tmp_path):
    breaks, where, words = BREAKS[name]
    breaks(write_pack(tmp_path))

    with pytest.raises(PackIsBroken) as broken:
        load_course(tmp_path)

    lines = [str(problem) for problem in broken.value.problems]
    assert any(line.startswith(where) and words in line for line in lines), lines
    assert not Unit.objects.exists()
    assert not Exercise.objects.exists()


def test_every_problem_of_the_files_is_told_at_once(tmp_path):
    from units.pack.reading import read_pack

    write_pack(tmp_path)
    for name in ("an unknown key", "a speaker who is nobody", "an unknown kind"):
        BREAKS[name][0](tmp_path)

    with pytest.raises(PackIsBroken) as broken:
        read_pack(tmp_path)

    assert [problem.file for problem in broken.value.problems] == [BANK, CASE, LESSON]

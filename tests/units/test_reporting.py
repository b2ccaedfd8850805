"""The course in figures: what a report counts, and what it finds at fault."""

import pytest
from django.core.management import CommandError, call_command

from tests.units.packs import write_pack
from units.pack.reading import read_pack
from units.pack.reporting import longest_stretch, report_on

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def report(tmp_path):
    return report_on(read_pack(write_pack(tmp_path / "pack")))


def test_a_unit_is_counted(report):
    (unit,) = report.units

    assert (unit.lessons, unit.more, unit.minutes) == (1, 0, 5)
    assert (unit.interactions, unit.figures, unit.recalled) == (1, 1, 0)
    assert unit.kinds == {"true_false": 1}
    assert unit.bank.items == 2
    assert unit.bank.true_share == 100


def test_what_falls_short_is_named(report):
    faults = "\n".join(report.faults)

    for words in (
        "first: has no crib",
        "first: has no briefing",
        "check-one holds 2 items",
        "100% of its statements are true",
        "“always true” in zh gets 66.7",
    ):
        assert words in faults


def test_the_command_prints_and_fails(tmp_path, capsys):
    folder = write_pack(tmp_path / "pack")

    with pytest.raises(CommandError, match="faults"):
        call_command("course_report", folder)
    assert "unit first: 1 lessons 5 min" in capsys.readouterr().out


def test_the_longest_stretch_counts_characters_and_words():
    assert longest_stretch("一二三四。\n\n::: exercise a :::\n\n五六", "zh") == 4
    assert longest_stretch("one two\n\n::: figure a :::\n\nthree four five", "en") == 3


def test_what_is_folded_away_for_the_classroom_does_not_count():
    assert longest_stretch("一二\n\n::: classroom\n三四五六七八\n:::\n", "zh") == 2

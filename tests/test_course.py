"""The course itself: does it keep its own rules, and does every exercise show in both languages?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from quizzes.canonical import digest, plain
from quizzes.models import Revision
from quizzes.questions import Question
from units.pack.reading import read_pack
from units.pack.reporting import report_on

ROOT = Path(__file__).parents[1]
PACK = ROOT / "fixtures" / "mot"
INVENTORY = Path(os.environ.get("INVENTORY", ROOT.parent / "shared" / "curriculum")) / "coverage.py"


@pytest.fixture(scope="module")
def pack():
    return read_pack(PACK)


def test_the_course_keeps_its_own_rules(pack):
    assert report_on(pack).faults == []


@pytest.mark.skipif(not INVENTORY.exists(), reason="the inventory is not on this machine")
def test_where_the_inventory_is_there_every_item_is_taught_with_its_figures():
    environment = os.environ | {"PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, INVENTORY, PACK, "--facts", "--list"],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    print(done.stdout)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_exercise_shows_before_and_after_an_answer(pack, language):
    count = 0
    with override(language):
        for exercise in pack.all_exercises:
            content = plain(exercise.content)
            revision = Revision(pk=0, kind=exercise.kind, content=content, digest=digest(content))
            question = Question(revision, exercise.slug, position=1, seed="7")
            shown = render_to_string(question.template, {"question": question, "language": "en"})
            assert shown.strip(), exercise.slug
            for blind in question.rules.blind(question.spec, "zh").values():
                answered = Question(
                    revision, exercise.slug, position=1, seed="7", response=blind, reveal=True
                )
                assert render_to_string(answered.template, {"question": answered}).strip()
            count += 1
    assert count > 900

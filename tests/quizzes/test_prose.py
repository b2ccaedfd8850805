"""Texts of trainees and authors on their way to a page: nothing in them may run."""

import time

import pytest

from quizzes.prose import render
from tests.payloads import PAYLOADS, dangers_in


def test_there_are_five_hundred_payloads_and_each_would_be_seen():
    assert len(set(PAYLOADS)) >= 500
    assert dangers_in("<p><img src=x onerror=1></p>") == ["<img>", "<img src>", "<img onerror>"]
    assert dangers_in('<a href="java\nscript:x">y</a>') != []
    assert dangers_in('<a href="https://x/y:z" rel="noopener">y</a>') == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_survives_rendering(payload):
    assert dangers_in(render(payload)) == []


@pytest.mark.parametrize(
    "text",
    ["*" * 100_000, "[" * 100_000, "> " * 50_000, "`" * 99_999, "<" * 100_000, "_a" * 50_000,
     "![](" * 25_000, "| a " * 25_000, "- " * 50_000, "&#" * 50_000],
    ids=lambda text: text[:4],
)  # fmt: skip
def test_a_hostile_text_takes_no_long_time(text):
    begun = time.process_time()

    render(text)

    # A quadratic renderer takes minutes here; a timed limit this wide does not depend on load.
    assert time.process_time() - begun < 10

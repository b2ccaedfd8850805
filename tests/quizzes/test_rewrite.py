"""Picking the worst line and saying it better."""

import json

from django.http import QueryDict
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from quizzes.afterwards import Afterwards
from quizzes.kinds import KINDS, Mask, Peer
from quizzes.kinds.lengths import length_of
from quizzes.models import Revision
from quizzes.questions import Question
from tests.quizzes.conversations import rewriting, text

KIND = KINDS["rewrite"]
MASK = Mask("sample", "7")


def page(content, response=None, *, reveal=False, afterwards=None):
    revision = Revision(kind="rewrite", content=content, digest=json.dumps(content))
    asked = Question(revision, "sample", position=3, response=response, reveal=reveal, seed="7")
    asked.afterwards = afterwards
    return render_to_string("quizzes/_question.html", {"question": asked})


@given(st.sampled_from(["", "s1", "s2"]), st.text(max_size=400))
def test_it_waits_for_an_instructor_and_says_whether_experts_pick_that_line(line, said):
    grade = KIND.grade(KIND.parse(rewriting()), {"line": line, "text": said})

    assert (grade.earned, grade.possible, grade.needs_mark) == (0, 0, True)
    assert grade.right == (line == "s1")


def test_it_is_complete_with_a_line_and_a_sentence():
    spec = KIND.parse(rewriting())

    assert KIND.is_complete(spec, {"line": "s2", "text": "Let me see."})
    assert not KIND.is_complete(spec, {"line": "", "text": "Let me see."})
    assert not KIND.is_complete(spec, {"line": "s2", "text": " \n"})


def test_a_customers_line_cannot_be_picked():
    token = MASK.token("c1")
    form = KIND.form(KIND.parse(rewriting()), QueryDict(f"a3-line={token}&a3-text=x"), MASK, "a3")

    assert not form.is_valid()
    assert f'value="{token}"' not in page(rewriting())


def test_before_feedback_the_page_does_not_depend_on_the_key():
    other = rewriting() | {"worst": ["s2"], "expert": text("canary")}
    for one in other["criteria"]:
        one["levels"] = [text("canary") for _ in range(4)]
    for response in (None, {"line": "s2", "text": "Let me see."}):
        assert page(rewriting(), response) == page(other, response)
    assert "what an expert says" not in page(rewriting())
    assert "level 4" not in page(rewriting())


def test_with_feedback_the_versions_stand_side_by_side():
    afterwards = Afterwards(peers=[Peer("<i>one way</i>"), Peer("another", "said in s2")])
    html = page(
        rewriting(), {"line": "s1", "text": "<b>mine</b>"}, reveal=True, afterwards=afterwards
    )

    assert html.count('class="version ') == 4
    assert "&lt;b&gt;mine" in html
    assert "&lt;i&gt;one way" in html
    assert "said in s2" in html
    for name in ("hears", "moves", "sayable"):
        assert f"level 4 of {name}" in html
        assert f"level 3 of {name}" not in html


def test_the_lengths_of_texts_are_what_people_count():
    assert length_of("您好，我看看Wi-Fi。") == 6
    assert length_of("I don't know, let me look.") == 6

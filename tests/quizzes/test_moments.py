"""Marking moments: what a mark is worth, and what a page tells before and after."""

import json

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from mot_course.steps import STEP_SLUGS
from quizzes.kinds import KINDS, Mask
from quizzes.models import Revision
from quizzes.questions import Question
from quizzes.tallying import Heat
from tests.quizzes.conversations import CUSTOMER, RIGHT, conversation, line, marks, text, usual

KIND = KINDS["moments"]
MASK = Mask("sample", "7")


def spec_of(content):
    return KIND.parse(content)


def grade(response, content=None):
    return KIND.grade(spec_of(content or usual()), response)


def page(content, response=None, *, reveal=False):
    revision = Revision(kind="moments", content=content, digest=json.dumps(content))
    asked = Question(revision, "sample", position=3, response=response, reveal=reveal, seed="7")
    return render_to_string("quizzes/_question.html", {"question": asked})


# Conversations of any shape, and marks of any kind

POLARITY = st.sampled_from(["good", "bad"])


@st.composite
def conversations(draw):
    count = draw(st.integers(2, 7))
    names = [f"l{n}" for n in range(count)]
    lines = []
    for name in names:
        if draw(st.integers(0, 4)) == 0:
            lines.append(line(name, CUSTOMER, polarity="neutral"))
            continue
        kind = draw(st.sampled_from(["required", "required", "bonus", "trap", "open"]))
        if kind == "open":
            lines.append(line(name))
            continue
        moment = {"polarity": "neutral" if kind == "trap" else draw(POLARITY)}
        if kind != "trap":
            moment["required"] = kind == "required"
            moment["step"] = draw(st.none() | st.sampled_from(STEP_SLUGS))
            moment["accept_five"] = draw(st.lists(st.sampled_from(STEP_SLUGS), max_size=1))
            moment["accept_at"] = draw(st.lists(st.sampled_from(names), max_size=2))
            moment["accept_polarity"] = draw(
                st.lists(st.sampled_from(["good", "bad", "neutral"]), max_size=1)
            )
        lines.append(line(name, **moment))
    content = conversation(*lines, ask=draw(st.sampled_from(["polarity", "step"])))
    try:
        return spec_of(content)
    except ValidationError:
        assume(False)


@st.composite
def marked(draw, names):
    found = {}
    for name in names:
        if draw(st.booleans()):
            found[name] = {"polarity": draw(POLARITY)}
            if draw(st.booleans()):
                found[name]["step"] = draw(st.sampled_from(STEP_SLUGS))
    return found


def all_lines(spec):
    return [one.id for scene in spec.scenes for one in scene.lines]


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_points_lie_between_nothing_and_everything_in_whatever_order_one_marks(data):
    spec = data.draw(conversations())
    given_marks = data.draw(marked(all_lines(spec)))
    result = KIND.grade(spec, {"marks": given_marks})

    assert 0 <= result.earned <= result.possible
    assert result.possible > 0
    shuffled = dict(data.draw(st.permutations(list(given_marks.items()))))
    assert KIND.grade(spec, {"marks": shuffled}) == result


@given(conversations())
@settings(max_examples=120, deadline=None)
def test_the_experts_marks_earn_everything(spec):
    right = {}
    for name, moment in spec.required.items():
        right[name] = {"polarity": moment.polarity} | ({"step": moment.step} if moment.step else {})
    result = KIND.grade(spec, {"marks": right})

    assert result.earned == result.possible
    assert result.right == result.of


@given(conversations(), POLARITY)
@settings(max_examples=120, deadline=None)
def test_marking_every_line_alike_or_none_earns_nothing(spec, polarity):
    everything = {spot.id: {"polarity": polarity} for spot in spec.staff_spots}

    assert KIND.grade(spec, {"marks": everything}).earned == 0
    assert KIND.grade(spec, {"marks": {}}).earned == 0


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_one_more_right_mark_never_lowers(data):
    spec = data.draw(conversations())
    given_marks = data.draw(marked(all_lines(spec)))
    name = data.draw(st.sampled_from(list(spec.required)))
    given_marks.pop(name, None)
    moment = spec.required[name]
    more = given_marks | {
        name: {"polarity": moment.polarity} | ({"step": moment.step} if moment.step else {})
    }

    before, after = (KIND.grade(spec, {"marks": one}) for one in (given_marks, more))

    assert after.earned >= before.earned
    assert after.right >= before.right


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_a_customers_line_never_matters(data):
    spec = data.draw(conversations())
    given_marks = data.draw(marked(all_lines(spec)))
    staff = {spot.id for spot in spec.staff_spots}
    without = {name: mark for name, mark in given_marks.items() if name in staff}

    assert KIND.grade(spec, {"marks": given_marks}) == KIND.grade(spec, {"marks": without})


# What single marks are worth


def test_seven_parts_of_ten_are_for_finding_and_three_for_the_step():
    unnamed = grade(marks(s1="bad", s3="good", s6="bad"))

    assert unnamed.earned * 10 == unnamed.possible * 7
    assert grade(RIGHT).verdict == "right"


def test_a_step_that_can_be_defended_is_right():
    assert grade(marks(s1="bad/diagnose", s3="good/solve", s6="bad/solve")).verdict == "right"


def test_a_mark_beside_the_moment_counts_where_the_experts_accept_it():
    beside = grade(marks(s2="bad/diagnose", s3="good/solve", s6="bad/follow-up"))
    both = grade(marks(s1="bad/diagnose", s2="bad", s3="good/solve", s6="bad/follow-up"))

    assert beside.verdict == both.verdict == "right"
    assert (both.right, both.beyond) == (3, 0)


def test_a_trap_costs_and_a_bonus_makes_up_for_it():
    trap = grade({"marks": RIGHT["marks"] | marks(s5="bad")["marks"]})
    with_bonus = grade({"marks": RIGHT["marks"] | marks(s5="bad", s4="good")["marks"]})

    assert (trap.verdict, trap.beyond) == ("partly", 1)
    assert (with_bonus.verdict, with_bonus.beyond) == ("right", 1)


def test_a_moment_read_the_other_way_round_is_no_line_left_open():
    grade_of = grade(marks(s1="good", s3="good/solve"))

    assert (grade_of.right, grade_of.beyond) == (1, 0)
    summary = KIND.present(spec_of(usual()), marks(s1="good", s3="good/solve"), MASK, reveal=True)[
        "summary"
    ]
    assert (summary["opposite"], summary["missed"]) == (1, 2)
    assert (summary["steps"].right, summary["steps"].of_found) == (1, 1)


def test_content_in_which_marking_everything_pays_is_refused():
    with pytest.raises(ValidationError, match="marks every line alike"):
        spec_of(conversation(line("a", polarity="bad", required=True), line("c", CUSTOMER)))


# The form


def test_marks_with_step_and_reason_are_stored_by_line():
    spec = spec_of(usual())
    token = MASK.token("s1")
    data = QueryDict(f"a3-mark-{token}=bad&a3-step-{token}=diagnose&a3-why-{token}=nobody+asked")
    form = KIND.form(spec, data, MASK, "a3")

    assert form.is_valid()
    assert form.cleaned_data == {
        "marks": {"s1": {"polarity": "bad", "step": "diagnose", "why": "nobody asked"}}
    }


def test_a_step_without_a_judgement_is_no_mark():
    token = MASK.token("s1")
    form = KIND.form(spec_of(usual()), QueryDict(f"a3-step-{token}=diagnose"), MASK, "a3")

    assert not form.is_valid()
    assert form.has_error("__all__", "required")


# The page


def hide(content):
    """The same conversation with quite other moments."""
    other = json.loads(json.dumps(content))
    lines = other["scenes"][0]["lines"]
    for one in lines:
        one.pop("moment", None)
    lines[2]["moment"] = {"polarity": "good", "required": True, "why": text("canary")}
    return other


@pytest.mark.parametrize("ask", ["polarity", "step", "action"])
def test_before_feedback_the_page_does_not_depend_on_the_moments(ask):
    content, response = usual(ask), marks(s1="bad", c1="good")

    assert page(content) == page(hide(content))
    assert page(content, response) == page(hide(content), response)
    assert "why of" not in page(content)


def test_with_feedback_each_line_says_what_became_of_it():
    html = page(usual(), marks(s2="bad/diagnose", s3="good/solve", s5="bad"), reveal=True)

    for words in ("看到了，标在旁边一句", "seen, marked at a line beside it"):
        if words in html:
            break
    else:
        raise AssertionError("no word for a moment found beside its line")
    for outcome in ("nearby", "near", "found", "beyond", "extra", "missed", "reading"):
        assert f'class="spot {outcome}' in html
    assert "why of s6" in html


def test_the_heat_map_is_shown_only_where_there_is_one():
    content = usual()
    revision = Revision(kind="moments", content=content, digest=json.dumps(content))
    asked = Question(revision, "sample", position=3, response=RIGHT, reveal=True, seed="7")

    class Some:
        heat = Heat(people=12, lines={"s1": {"bad": 9, "good": 1}})
        marks = peers = ()

    asked.afterwards = Some()
    html = render_to_string("quizzes/_question.html", {"question": asked})

    assert html.count('class="heat"') == 1
    assert ">9</b>" in html
    assert 'class="heat"' not in page(content, RIGHT, reveal=True)


def test_what_somebody_typed_is_escaped():
    response = {"marks": {"s1": {"polarity": "bad", "why": "<b onclick=x>"}}}

    for reveal in (False, True):
        assert "<b onclick" not in page(usual(), response, reveal=reveal)
        assert "&lt;b onclick" in page(usual(), response, reveal=reveal)


def test_phrases_of_a_line_are_marked_one_by_one():
    content = usual()
    content["scenes"][0]["lines"][2] = {
        "id": "s2",
        "who": "lin",
        "phrases": [
            {"id": "s2a", "text": text("first"), "moment": {"polarity": "good", "required": True}},
            {"id": "s2b", "text": text("second"), "moment": {"polarity": "bad", "required": True}},
        ],
    }
    content["scenes"][0]["lines"][1]["moment"]["accept_at"] = ["s2b"]

    assert page(content).count("data-spot=") == 9
    assert grade(marks(s2a="good", s2b="bad", s1="bad"), content).right == 3

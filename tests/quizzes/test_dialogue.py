"""The engine of a conversation: ways, grades, what decided; and what an author is told."""

import json
import time

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.kinds import KINDS, Mask
from quizzes.kinds.dialogue import MOST_RUNS, NotOffered, go_back, take_turn
from quizzes.kinds.dialogue_content import DialogueContent
from quizzes.kinds.dialogue_map import best_from, deciding_turn
from quizzes.kinds.dialogue_paths import gained, is_over, offered, walk
from quizzes.models import Revision
from quizzes.questions import Question
from tests.quizzes.dialogues import both, content, ending, node, reply, spec, walks

KIND = KINDS["dialogue"]
SAMPLE = spec()


def every_way(of, path=()):
    """All whole ways, by trying each; slow and simple, to hold the map against."""
    here = offered(of, walk(of, path)[-1], path)
    if not here:
        yield list(path)
    for one in here:
        yield from every_way(of, (*path, one.id))


# Grades


@given(run=walks(SAMPLE, whole=True))
def test_a_grade_lies_between_nothing_and_everything(run):
    grade = KIND.grade(SAMPLE, {"runs": [run]})

    assert 0 <= grade.earned <= grade.possible == SAMPLE.best
    assert 0 <= grade.right <= grade.of == len(run)


def test_the_best_way_gets_everything_and_only_a_best_way_does():
    grades = {tuple(run): KIND.grade(SAMPLE, {"runs": [run]}) for run in every_way(SAMPLE)}

    best = [run for run, grade in grades.items() if grade.earned == grade.possible]

    assert best == [("warm", "ask", "sum")]


@given(run=walks(SAMPLE))
def test_an_unfinished_run_earns_nothing_yet(run):
    if not is_over(SAMPLE, run):
        assert KIND.grade(SAMPLE, {"runs": [run]}).earned == 0


@given(first=walks(SAMPLE, whole=True), others=st.lists(walks(SAMPLE), max_size=3))
def test_later_runs_never_change_the_grade(first, others):
    assert KIND.grade(SAMPLE, {"runs": [first, *others]}) == KIND.grade(SAMPLE, {"runs": [first]})


def test_somebody_who_chooses_blindly_earns_little():
    def mean(of, path=(), chance=1.0):
        here = offered(of, walk(of, path)[-1], path)
        if not here:
            return chance * max(0, gained(of, path)) / of.best
        return sum(mean(of, (*path, one.id), chance / len(here)) for one in here)

    assert SAMPLE.map.blind_share() == pytest.approx(mean(SAMPLE))
    assert SAMPLE.map.blind_share() < 0.2


def test_somebody_at_full_trust_still_earns_for_every_good_reply():
    full = spec(trust=10)

    assert KIND.grade(full, {"runs": [["warm", "ask", "sum"]]}).verdict == "right"


# What can still be reached, and what decided


@given(path=walks(SAMPLE))
def test_the_map_knows_the_best_of_all_ways_on(path):
    by_trying = max(gained(SAMPLE, way) for way in every_way(SAMPLE, tuple(path)))

    assert best_from(SAMPLE, path) == by_trying


@given(run=walks(SAMPLE, whole=True))
def test_the_deciding_turn_is_on_the_path_and_nothing_fell_further(run):
    turn = deciding_turn(SAMPLE, run)
    best = [best_from(SAMPLE, run[:n]) for n in range(len(run) + 1)]
    falls = [best[n] - best[n + 1] for n in range(len(run))]

    assert 0 <= turn < len(run)
    assert falls[turn] == max(falls)


def test_without_a_loss_the_moment_with_the_most_to_lose_decided():
    assert deciding_turn(SAMPLE, ["warm", "ask", "sum"]) == 1  # `push` would have cost most


def test_a_dialogue_of_12_nodes_that_all_lead_to_each_other_is_read_in_no_time():
    names = [f"n{n}" for n in range(12)]
    nodes = [
        node(
            name,
            reply(f"{name}-good", 1, names[n + 1] if n < 11 else "yes"),
            reply(f"{name}-bad", -3, names[n - 1] if n else "gone"),
            reply(f"{name}-worse", -3, "gone"),
        )
        for n, name in enumerate(names)
    ]
    began = time.process_time()

    read = spec(start="n0", nodes=nodes, endings=[ending("yes", "won"), ending("gone", "lost")])

    assert read.best == 12
    assert time.process_time() - began < 10
    began = time.process_time()
    for _ in range(100):
        KIND.present(read, {"runs": [["n0-good", "n1-worse"]]}, Mask("x", "1"), reveal=True)
    assert time.process_time() - began < 10


# Turns


@given(run=walks(SAMPLE, whole=True))
def test_a_run_is_built_turn_by_turn_and_each_turn_sent_twice_is_one(run):
    response = None
    for n, one in enumerate(run):
        response = take_turn(SAMPLE, response, run=0, at=n, reply=one)
        assert take_turn(SAMPLE, response, run=0, at=n, reply=one) == response

    assert response == {"runs": [run]}
    with pytest.raises(NotOffered):
        take_turn(SAMPLE, response, run=0, at=len(run), reply="warm")


@given(run=walks(SAMPLE, whole=True), data=st.data())
def test_going_back_begins_a_new_run_at_that_moment_and_twice_is_once(run, data):
    to = data.draw(st.integers(0, len(run) - 1))

    gone_back = go_back(SAMPLE, {"runs": [run]}, run=0, to=to)

    assert gone_back == {"runs": [run, run[:to]]}
    assert go_back(SAMPLE, gone_back, run=0, to=to) == gone_back


@given(
    run=st.integers(-2, 5), at=st.integers(-2, 9), said=st.sampled_from([*SAMPLE.reply, "nothing"])
)
def test_no_odd_turn_changes_what_was_said(run, at, said):
    before = {"runs": [["warm", "ask"]]}
    try:
        after = take_turn(SAMPLE, before, run=run, at=at, reply=said)
    except NotOffered:
        after = before

    assert after["runs"][0][:2] == ["warm", "ask"]
    assert len(after["runs"]) == 1


def test_one_goes_back_only_from_an_ending_and_not_for_ever():
    whole = ["cold", "excuse"]
    for response, run, to in [
        (None, 0, 0),
        ({"runs": [["cold"]]}, 0, 0),
        ({"runs": [whole]}, 1, 0),
        ({"runs": [whole]}, 0, 2),
        ({"runs": [whole, []]}, 0, 1),
        ({"runs": [whole] * MOST_RUNS}, 0, 0),
    ]:
        with pytest.raises(NotOffered):
            go_back(SAMPLE, response, run=run, to=to)


def test_a_run_that_goes_on_survives_the_pages_own_field():
    mask = Mask("x", "1")
    response = {"runs": [["cold", "excuse"], []]}

    form = KIND.form(SAMPLE, KIND.post_data(SAMPLE, response, mask), mask)

    assert form.is_valid()
    assert form.cleaned_data == response
    assert not KIND.form(SAMPLE, {"runs": "|"}, mask).is_valid()


# Runs beside each other


def test_runs_are_compared_with_the_earlier_one_they_are_most_like():
    runs = [["cold", "excuse"], ["warm", "push", "bye"], ["warm", "ask", "sum"], ["cold", "excuse"]]

    shown = KIND.present(SAMPLE, {"runs": runs}, Mask("x", "1"), reveal=True)
    rows = shown["compared"]

    assert [row["outcome"] for row in rows] == ["lost", "kept", "won", "lost"]
    assert [row.get("like") for row in rows] == [None, 1, 2, 1]
    assert (rows[2]["turn"], rows[2]["said"], rows[2]["instead"]) == (2, "say ask", "say push") or (
        rows[2]["said"] == "say ask（中）"
    )
    assert rows[3]["is_same"] is True


@given(run=walks(SAMPLE, whole=True))
def test_the_line_of_trust_stays_inside_its_picture(run):
    shown = KIND.present(SAMPLE, {"runs": [run]}, Mask("x", "1"), reveal=True)
    dots = shown["debriefs"][0]["line"]["dots"]

    assert len(dots) == len(run) + 1
    assert all(0 <= float(dot["x"]) <= 350 and 10 <= float(dot["y"]) <= 110 for dot in dots)
    assert sum(dot["is_decisive"] for dot in dots) == 1


# What reaches the page


def canary(name):
    return {"zh": f"canary-{name}", "en": f"canary-{name}"}


def page(given, response, *, reveal=False, language="en"):
    digest = f"dialogue-{hash(json.dumps(given))}"
    revision = Revision(kind="dialogue", content=given, digest=digest)
    question = Question(revision, "talk", position=3, response=response, reveal=reveal, seed="7")
    with override(language):
        return render_to_string(
            "quizzes/_question.html", {"question": question, "turn_url": "/turn/"}
        )


def with_canaries():
    """Every text that is not to be seen after `warm`, and every why, is a canary."""
    secret = content(explanation=canary("explanation"), misconception=canary("misconception"))
    for one in secret["nodes"]:
        if one["id"] not in ("open", "talk"):
            one["says"] = canary(one["id"])
        for said in one["replies"]:
            said["why"] = canary(f"why-{said['id']}")
            if one["id"] not in ("open", "talk") or said["id"] in ("cold", "flat"):
                said["text"] = canary(said["id"])
    for one in secret["endings"]:
        one["says"] = one["summary"] = canary(one["id"])
    return secret


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_before_feedback_no_byte_tells_what_was_not_said_or_comes_later(language):
    html = page(with_canaries(), {"runs": [["warm"]]}, language=language)

    assert "say ask" in html
    for secret in ("canary", "trust", "信任", "decided", "won", "lost"):
        assert secret not in html.replace("data-trust", "")


def test_before_feedback_not_even_how_it_ended_is_said():
    secret = with_canaries()
    secret["endings"][2]["says"] = both("good bye")
    secret["nodes"][2]["says"] = both("and now")
    secret["nodes"][2]["replies"][1]["text"] = both("sorry, policy")
    secret["nodes"][0]["replies"][1]["text"] = both("no")
    html = page(secret, {"runs": [["cold", "excuse"]]})

    shown = KIND.present(SAMPLE, {"runs": [["cold", "excuse"]]}, Mask("x"), reveal=False)
    assert not shown["now"].keys() & {"word", "tone", "icon", "summary"}
    assert shown["debriefs"] == shown["compared"] == []
    assert "good bye" in html
    assert "canary" not in html
    assert "Lost" not in html
    assert 'name="choice"' not in html
    assert 'name="back"' not in html


def test_the_page_is_the_same_whatever_the_replies_are_worth():
    other = content()
    for one in other["nodes"]:
        for said in one["replies"]:
            said["trust"] = {2: 3, -2: -3}.get(said["trust"], said["trust"])

    assert page(content(), {"runs": [["warm"]]}) == page(other, {"runs": [["warm"]]})


@pytest.mark.parametrize("channel", ["counter", "phone", "chat"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_debrief_says_why_and_what_else_and_names_the_moment(channel, language):
    runs = [["cold", "sorry", "ask", "bye"], ["warm", "ask", "sum"]]

    html = page(content(channel=channel), {"runs": runs}, reveal=True, language=language)

    assert html.count('class="turn decisive"') == 2
    assert "why cold" in html
    assert "why flat" in html
    assert html.count('name="back"') == 7
    assert "explained" in html
    assert "<table>" in html


@settings(max_examples=30, deadline=None)
@given(trust=st.integers(3, 10))
def test_the_answer_does_not_depend_on_the_order_of_keys(trust):
    turned = json.loads(json.dumps(content(trust=trust), sort_keys=True))
    run = ["cold", "sorry", "ask", "sum"]

    assert KIND.grade(spec(trust=trust), {"runs": [run]}) == KIND.grade(
        DialogueContent.model_validate(turned), {"runs": [run]}
    )

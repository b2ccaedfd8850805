"""What every kind of exercise has to keep, and so what a new kind gets tested for free."""

import json
import re

import pytest
from django.forms import CharField
from django.http import QueryDict
from django.template.loader import get_template, render_to_string
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.kinds import KINDS, Mask
from quizzes.models import Revision
from quizzes.questions import Question

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
MASK = Mask("sample", "7")


def sample(kind):
    return kind.parse(kind.sample_content)


def posted(data, prefix="a3"):
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(f"{prefix}-{name}", value if isinstance(value, list) else [value])
    return query


def question(kind, *, response=None, reveal=False):
    revision = Revision(kind=kind.slug, content=kind.sample_content, digest=f"test-{kind.slug}")
    return Question(revision, "sample", position=3, response=response, reveal=reveal, seed="7")


def is_judged_by_machine(kind):
    """Whether points come at once: not where nothing is wrong, nor where an instructor marks."""
    return kind.is_graded and not kind.grade(sample(kind), kind.sample_response).needs_mark


machine_kinds = pytest.mark.parametrize(
    "kind",
    [kind for kind in KINDS.values() if is_judged_by_machine(kind)],
    ids=lambda kind: kind.slug,
)
other_kinds = pytest.mark.parametrize(
    "kind",
    [kind for kind in KINDS.values() if not is_judged_by_machine(kind)],
    ids=lambda kind: kind.slug,
)


@machine_kinds
def test_a_right_answer_gets_every_point(kind):
    grade = kind.grade(sample(kind), kind.sample_response)

    assert grade.possible > 0
    assert grade.earned == grade.possible
    assert grade.verdict == "right"


@machine_kinds
def test_a_wrong_answer_gets_none(kind):
    grade = kind.grade(sample(kind), kind.sample_wrong)

    assert (grade.earned, grade.verdict) == (0, "wrong")


@other_kinds
def test_what_no_machine_judges_has_no_points_and_is_noted(kind):
    for response in (kind.sample_response, kind.sample_wrong):
        grade = kind.grade(sample(kind), response)

        assert (grade.earned, grade.possible, grade.verdict) == (0, 0, "noted")


@every_kind
def test_whatever_an_instructor_marks_has_criteria(kind):
    spec = sample(kind)

    if kind.grade(spec, kind.sample_response).needs_mark:
        assert kind.rubric(spec)
        assert all(len(criterion.levels) == 4 for criterion in kind.rubric(spec))


@every_kind
def test_no_answer_earns_nothing(kind):
    grade = kind.unanswered(sample(kind))

    assert grade.earned == 0
    assert (grade.possible > 0) == kind.is_graded
    assert not grade.needs_mark


@every_kind
def test_a_posted_answer_is_stored_as_the_response(kind):
    for response in (kind.sample_response, kind.sample_wrong):
        data = posted(kind.post_data(sample(kind), response, MASK))

        form = kind.form(sample(kind), data, MASK, "a3")

        assert form.is_valid(), form.errors
        assert form.cleaned_data == response


@every_kind
def test_a_response_survives_json(kind):
    stored = json.loads(json.dumps(kind.sample_response))

    assert kind.grade(sample(kind), stored) == kind.grade(sample(kind), kind.sample_response)


@every_kind
def test_no_answer_is_refused(kind):
    assert not kind.form(sample(kind), QueryDict(), MASK, "a3").is_valid()


@every_kind
def test_nonsense_is_refused_or_is_a_text_as_typed(kind):
    fields = kind.form(sample(kind), QueryDict(), MASK, "a3").fields
    chosen = [name for name, field in fields.items() if type(field) is not CharField]
    typed = [name for name in fields if name not in chosen]

    for name in chosen:
        data = posted({name: ["999999", "<script>"]})
        assert not kind.form(sample(kind), data, MASK, "a3").is_valid(), name
    form = kind.form(sample(kind), posted(dict.fromkeys(typed, "<script>")), MASK, "a3")
    if form.is_valid():
        assert "<script>" in json.dumps(form.cleaned_data)


@every_kind
def test_a_complete_answer_is_known_as_complete(kind):
    assert kind.is_complete(sample(kind), kind.sample_response)


@every_kind
def test_it_is_shown_in_both_languages_with_every_field(kind):
    assert get_template(kind.template)
    for language in ("zh-hans", "en"):
        with override(language):
            html = render_to_string("quizzes/_question.html", {"question": question(kind)})
        assert kind.sample_content["prompt"]["zh" if language == "zh-hans" else "en"] in html
        for name in kind.post_data(sample(kind), kind.sample_response, MASK):
            assert f'name="a3-{name}"' in html


@every_kind
def test_before_feedback_nothing_tells_the_key(kind):
    """Every secret text is replaced by a canary; and the page does not depend on the key."""
    secret = with_canaries(kind.sample_content)
    for option in secret.get("options", []):
        if "percent" in option:
            assert f">{option['percent']}<" not in page(kind, secret)

    assert "canary" not in page(kind, secret)
    assert "correct" not in page(kind, secret)


SECRET = {"explanation", "misconception", "feedback", "why", "how", "expert", "model_line"}


def with_canaries(content):
    """The content with every text replaced that belongs to the feedback."""
    if isinstance(content, list):
        return [with_canaries(one) for one in content]
    if not isinstance(content, dict):
        return content
    return {
        name: {"zh": "canary-zh", "en": "canary-en"}
        if name in SECRET and isinstance(value, dict)
        else with_canaries(value)
        for name, value in content.items()
    }


def page(kind, content):
    revision = Revision(
        kind=kind.slug, content=content, digest=f"secret-{kind.slug}-{len(str(content))}"
    )
    asked = Question(revision, "sample", position=3, seed="7")
    return render_to_string("quizzes/_question.html", {"question": asked})


@every_kind
def test_the_authors_ids_do_not_reach_the_page(kind):
    html = render_to_string("quizzes/_question.html", {"question": question(kind)})

    for one in ("k3", "a9", "f5", "m2"):
        assert f'"{one}"' not in html
        assert f"-{one}" not in html


@every_kind
def test_with_feedback_the_explanation_is_shown(kind):
    shown = question(kind, response=kind.sample_wrong, reveal=True)

    html = render_to_string("quizzes/_question.html", {"question": shown})
    html += render_to_string("quizzes/_verdict.html", {"question": shown})

    assert kind.sample_content["explanation"]["zh"] in html or (
        kind.sample_content["explanation"]["en"].replace("'", "&#x27;") in html
    )
    for control in re.findall(r"<(?:input|select|textarea)\b[^>]*>", html):
        if 'name="a3-' in control and 'type="hidden"' not in control:
            assert " disabled" in control, control


@every_kind
def test_the_order_shown_is_not_the_right_one(kind):
    if kind.slug != "ordering":
        return
    right = [item["text"]["zh"] for item in kind.sample_content["items"]]
    with override("zh-hans"):
        for seed in range(200):
            things = kind.present(sample(kind), None, Mask("sample", str(seed)), reveal=False)
            assert [thing.text for thing in things["things"]] != right


# What guessing earns, and what honest partial knowledge earns


def test_ticking_all_or_nothing_earns_nothing():
    kind = KINDS["multiple_choice"]
    everything = {"choices": ["a9", "f5", "k3", "m2"]}

    assert kind.grade(sample(kind), everything).earned == 0
    assert kind.grade(sample(kind), {"choices": ["k3"]}).earned > 0


def test_putting_every_card_on_one_pile_earns_nothing():
    kind = KINDS["sorting"]
    one_pile = {"placed": {card["id"]: "pos" for card in kind.sample_content["cards"]}}

    grade = kind.grade(sample(kind), one_pile)

    assert (grade.earned, grade.right, grade.of) == (0, 2, 4)


def test_spreading_evenly_earns_nothing():
    kind = KINDS["allocate"]

    assert kind.grade(sample(kind), {"percents": {"k3": 34, "a9": 33, "f5": 33}}).earned < 5
    assert kind.grade(sample(kind), {"percents": {"k3": 60, "a9": 25, "f5": 15}}).earned == 80


def test_one_slip_between_neighbours_costs_little():
    kind = KINDS["ordering"]

    grade = kind.grade(sample(kind), {"placed": {"k3": "1", "a9": "3", "f5": "2"}})

    assert (grade.earned, grade.possible, grade.right) == (1, 3, 1)


def test_two_cards_cannot_lie_on_one_place():
    kind = KINDS["ordering"]
    twice = {"placed": {"k3": "1", "a9": "1", "f5": "3"}}

    assert not kind.form(
        sample(kind), posted(kind.post_data(sample(kind), twice, MASK)), MASK, "a3"
    ).is_valid()


def test_an_unfinished_answer_is_stored_but_not_complete():
    kind = KINDS["matching"]
    half = {"placed": {"k3": "k3"}}
    form = kind.form(sample(kind), posted(kind.post_data(sample(kind), half, MASK)), MASK, "a3")

    assert form.is_valid()
    assert form.cleaned_data == half
    assert not kind.is_complete(sample(kind), half)


placements = st.dictionaries(
    st.sampled_from(["k3", "a9", "f5", "m2"]), st.sampled_from(["pos", "int"]), min_size=1
)


@given(
    ticked=st.sets(st.sampled_from(["k3", "a9", "f5", "m2"]), min_size=1),
    placed=placements,
    matched=st.dictionaries(
        st.sampled_from(["k3", "a9", "f5"]), st.sampled_from(["k3", "a9", "f5"]), min_size=1
    ),
    order=st.permutations(["1", "2", "3"]),
    percents=st.lists(st.integers(0, 50), min_size=3, max_size=3),
)
@settings(max_examples=200, deadline=None)
def test_no_response_earns_less_than_nothing_or_more_than_everything(
    ticked, placed, matched, order, percents
):
    responses = {
        "multiple_choice": {"choices": sorted(ticked)},
        "sorting": {"placed": placed},
        "matching": {"placed": matched},
        "ordering": {"placed": dict(zip(["k3", "a9", "f5"], order, strict=True))},
        "allocate": {"percents": dict(zip(["k3", "a9", "f5"], percents, strict=True))},
    }
    for slug, response in responses.items():
        kind = KINDS[slug]
        grade = kind.grade(sample(kind), response)
        again = kind.grade(sample(kind), reversed_keys(response))

        assert 0 <= grade.earned <= grade.possible
        assert again == grade


def reversed_keys(response):
    ((name, value),) = response.items()
    if isinstance(value, list):
        return {name: value[::-1]}
    return {name: dict(reversed(value.items()))}

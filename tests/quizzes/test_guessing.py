"""Who answers without reading: what each strategy gets, exactly."""

import pytest

from quizzes.guessing import STRATEGIES, blind_scores
from quizzes.kinds import KINDS

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def text(words):
    return {"zh": words, "en": words}


def statement(answer):
    content = {"prompt": text("p"), "explanation": text("e"), "answer": answer}
    return "true_false", KINDS["true_false"].parse(content)


def choice(kind, *options):
    content = {
        "prompt": text("p"),
        "explanation": text("e"),
        "options": [
            {"id": f"o{n}", "text": text(words), "correct": right, "feedback": text("f")}
            for n, (words, right) in enumerate(options)
        ],
    }
    return kind, KINDS[kind].parse(content)


def score(items, strategy):
    return next(
        one for one in blind_scores(items) if (one.strategy, one.language) == (strategy, "zh")
    )


def test_half_true_statements_give_nothing_away():
    for strategy in ("always true", "always false"):
        assert score([statement(True), statement(False)], strategy).score == 50


def test_statements_that_are_all_myths_give_always_false_everything():
    one = score([statement(False)] * 10, "always false")

    assert (one.score, one.guessing, one.is_fair) == (100, 50, False)


def test_the_longest_option_is_found_by_its_length():
    right = choice("single_choice", ("a", False), ("bb", False), ("the right one", True))
    wrong = choice("single_choice", ("a", True), ("bb", False), ("a wrong one", False))

    assert score([right], "longest").score == 100
    assert score([right], "shortest").score == 0
    assert score([wrong], "shortest").score == 100
    assert not score([right] * 3, "longest").is_fair
    assert score([right, wrong, wrong], "longest").is_fair


def test_ticking_everything_earns_nothing():
    item = choice("multiple_choice", ("a", True), ("b", True), ("c", False), ("d", False))
    one = score([item], "all")

    assert (one.score, one.partial) == (0, 0)


def test_partial_credit_above_a_quarter_is_unfair():
    item = choice("multiple_choice", ("a", True), ("b", True), ("c", False), ("d", False))
    one = score([item], "first")

    assert one.partial == 50
    assert not one.is_fair


def test_where_a_strategy_says_nothing_it_gets_what_guessing_gets():
    one = score([statement(True), statement(True)], "longest")

    assert (one.score, one.guessing, one.partial) == (50, 50, None)


@every_kind
def test_a_kind_knows_only_strategies_there_are(kind):
    spec = kind.parse(kind.sample_content)

    for language in ("zh", "en"):
        assert set(kind.blind(spec, language)) <= set(STRATEGIES)


@every_kind
def test_blind_answers_can_be_graded(kind):
    spec = kind.parse(kind.sample_content)

    for response in kind.blind(spec, "zh").values():
        grade = kind.grade(spec, response)
        assert 0 <= grade.earned <= grade.possible
    assert 0 <= kind.chance(spec) < 1

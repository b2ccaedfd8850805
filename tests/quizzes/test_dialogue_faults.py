"""What an author of a dialogue is told: dead ends, idle parts, slips and chance that pay."""

import pytest
from pydantic import ValidationError

from quizzes.kinds.dialogue_content import DialogueContent
from tests.quizzes.dialogues import content, ending, node, reply


def refusal(**changes):
    with pytest.raises(ValidationError) as refused:
        DialogueContent.model_validate(content(**changes))
    return str(refused.value)


def changed(place, *replies):
    return [node(place, *replies) if one["id"] == place else one for one in content()["nodes"]]


def test_a_dead_end_is_refused_with_the_way_to_it():
    nodes = changed(
        "again", reply("sorry", 1, "talk", when={"trust_at_least": 9}), reply("x", -2, "gone",
        when={"trust_at_least": 9}),
    )  # fmt: skip

    assert "node 'again' is a dead end after cold: no reply is left" in refusal(nodes=nodes)


def test_a_place_nobody_reaches_is_refused():
    nodes = [*content()["nodes"], node("island", reply("i", 1, "yes"), reply("j", -1, "gone"))]

    assert "'island' cannot be reached" in refusal(nodes=nodes)


def test_a_reply_that_is_never_offered_is_refused():
    replies = [*content()["nodes"][0]["replies"]]
    replies.append(reply("never", -1, "gone", when={"trust_at_least": 9}))

    assert "reply 'never' is never offered" in refusal(nodes=changed("open", *replies))


def test_replies_that_only_lead_round_in_a_circle_are_refused():
    nodes = changed("again", reply("sorry", 1, "round"), reply("excuse", -2, "round"))
    nodes.append(node("round", reply("r", 0, "again"), reply("s", -1, "again")))

    assert "from node 'again' no ending can be reached" in refusal(nodes=nodes)


def test_without_a_way_to_win_or_to_lose_it_is_refused():
    nothing_lost = [ending("yes", "won"), ending("so-so", "kept"), ending("gone", "kept")]
    nothing_won = [ending("yes", "kept"), ending("so-so", "kept"), ending("gone", "lost")]

    assert "one ending has to be lost" in refusal(endings=nothing_lost)
    assert "no way leads to an ending that is won" in refusal(endings=nothing_won)


def test_a_way_that_gains_most_and_does_not_win_is_refused():
    nodes = changed("close", reply("sum", 2, "so-so"), reply("bye", -2, "yes"))

    assert "the way that gains most leads to no ending that is won" in refusal(nodes=nodes)


def test_a_slip_whose_repair_gives_back_more_is_refused():
    nodes = changed("again", reply("sorry", 3, "talk"), reply("excuse", -3, "gone"))
    nodes[0]["replies"][1]["trust"] = -1
    nodes[0]["replies"][0]["trust"] = 1

    assert "a slip pays: 'cold'" in refusal(nodes=nodes) or "a slip pays: 'guess'" in refusal(
        nodes=nodes
    )


def test_replies_that_pay_for_choosing_at_random_are_refused():
    nodes = changed("close", reply("sum", 3, "yes"), reply("bye", 1, "so-so"))

    assert "choosing blindly would pay" in refusal(nodes=nodes)
    gifts = [
        node("open", reply("a", 3, "talk"), reply("b", -3, "talk")),
        node("talk", reply("c", 0, "yes"), reply("d", 0, "gone")),
    ]
    endings = [ending("yes", "won"), ending("gone", "lost")]
    assert "choosing at random earns 50% of the points" in refusal(nodes=gifts, endings=endings)


def test_a_missing_language_is_refused_and_the_place_is_named():
    nodes = content()["nodes"]
    del nodes[1]["replies"][0]["why"]["en"]

    assert "nodes.1.replies.0.why.en" in refusal(nodes=nodes)


def test_too_many_situations_are_refused():
    names = [f"n{n}" for n in range(12)]
    nodes = [
        node(
            name,
            *(reply(f"{name}-{k}", 2 - 2 * k, names[(n + 5 * k + 1) % 12]) for k in range(3)),
            reply(f"{name}-out", -1, "yes" if n == 7 else "gone"),
        )
        for n, name in enumerate(names)
    ]

    assert "make it smaller" in refusal(
        start="n0", nodes=nodes, endings=[ending("yes", "won"), ending("gone", "lost")]
    )

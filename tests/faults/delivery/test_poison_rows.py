"""Experiment 29: rows that break what touches them fail alone, and an alarm can tell."""

import time

import pytest

from tests.faults.delivery import ledger
from tests.faults.delivery.harness import SEEDS, N, wait_until

pytestmark = pytest.mark.faults
ALARM = """
import django, json; django.setup()
from outbox import health
print(json.dumps(health.state().failed))
"""
POISON = {
    "template": {"payload": '{"breaks": true}'},
    "asking": {"payload": '{"breaks_asking": true}'},
    "preparing": {"payload": '{"breaks_preparing": true}', "kind": "test-prepared"},
    "refused": {"to": "never", "people": 50},
}


@pytest.mark.parametrize("seed", SEEDS)
def test_29_poison_rows_fail_alone_and_are_counted(lay_out, seed):
    post = lay_out()
    post.sql("UPDATE people_user SET is_active = false WHERE username = 'later49'")
    two_lines = "UPDATE people_user SET email = %s WHERE username = 'later48'"
    post.sql(two_lines, ["a\nBcc: all@faults.example"])
    for name, fields in POISON.items():
        post.queue(3, prefix=name, **fields)
    ids = post.queue(N // 2, prefix="a") + post.queue(N // 2, prefix="b", kind="test-prepared")
    for name, number in (("gone", 49), ("nowhere", 48)):
        post.queue(1, prefix=name)
        post.sql(
            "UPDATE outbox_message SET recipient_id = person.id FROM people_user person"
            " WHERE key = %s AND username = %s",
            [f"{name}1", f"later{number}"],
        )
    post.queue(1, prefix="unknown", kind="nobody-knows-it")

    begun = time.time()
    senders = post.start_senders()
    senders.add()
    senders.add()
    ended = wait_until(lambda: not post.waits(), 60)

    result = ledger.count(ids, post.lines)
    took = max(line.at for line in post.lines) - begun
    failed = post.states()["failed"]
    ledger.report(
        "29 poison rows", seed, result, ambiguous=post.were_ambiguous(), late=int(took > 30),
        seconds=time.time() - post.begun,
        note=f"{failed} failed, {post.states()['cancelled']} cancelled; others out in {took:.1f} s",
    )  # fmt: skip
    assert ended, post.states()
    assert (result.lost, result.duplicate) == (0, 0)
    broken = "message_id SIMILAR TO '<(template|asking|preparing|refused|nowhere)%%'"
    assert post.states(broken) == {"failed": 13}
    assert post.states("message_id SIMILAR TO '<(gone|unknown)%%'") == {"cancelled": 2}
    assert post.sql("SELECT max(tries) FROM outbox_message")[0][0] <= 12
    assert post.base.python(ALARM) == failed

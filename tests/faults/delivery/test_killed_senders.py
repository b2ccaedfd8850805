"""Experiments 1 and 2: senders are killed with -9 in mid-send, alone or as a worker's child."""

import os
import random
import signal
import time

import pytest

from tests.faults.delivery import ledger
from tests.faults.delivery.by_broker import publish, start_naive_worker
from tests.faults.delivery.harness import LEASE, POLL, SEEDS, SETTLING, N, wait_until

pytestmark = pytest.mark.faults
SLOW = {"before": 0.015, "after": 0.015}  # seconds of the mail server's work, so that kills hit
SLACK = 3 * POLL  # the machine's own


@pytest.mark.parametrize("seed", SEEDS)
def test_1_kill_9_in_mid_send_loses_and_doubles_nothing(lay_out, seed):
    post = lay_out()
    post.behave(**SLOW)
    ids = post.queue(N)
    senders = post.start_senders()

    last = senders.kill_now_and_then(
        random.Random(seed), lambda: not post.waits(), most=10 + N // 20
    )
    ended = wait_until(lambda: not post.waits(), LEASE + SETTLING + 30)

    result = ledger.count(ids, post.lines)
    late = sum(line.at > last + LEASE + SETTLING + SLACK for line in post.lines)
    ledger.report(
        "1 kill -9 a sender", seed, result, ambiguous=post.were_ambiguous(), late=late,
        seconds=time.time() - post.begun,
        note=f"{senders.kills} kills; ambiguous for a time, settled by the mail log",
    )  # fmt: skip
    assert ended, post.states()
    assert (result.lost, result.duplicate, late) == (0, 0, 0)
    assert post.ids("sent") == set(ids)
    assert senders.kills > 5


@pytest.mark.parametrize(("design", "fails_by"), [("mark", "lost"), ("lock", "duplicate")])
def test_control_1_others_lose_or_double_by_the_same_kills(lay_out, design, fails_by):
    post = lay_out()
    post.behave(**SLOW)
    ids = post.queue_naive(N)
    senders = post.start_senders(design)
    queued = "SELECT count(*) FROM naive WHERE state = 'queued'"

    senders.kill_now_and_then(random.Random(7), lambda: post.sql(queued)[0][0] == 0)
    wait_until(lambda: post.sql(queued)[0][0] == 0, 20)
    time.sleep(0.3)

    result = ledger.count(ids, post.lines)
    name = {"mark": "mark, then send", "lock": "send in the row's lock"}[design]
    ledger.report(
        f"1 control: {name}", 7, result, seconds=time.time() - post.begun,
        note=f"{senders.kills} kills",
    )  # fmt: skip
    assert getattr(result, fails_by) > 0


def kill_children(post, chance, is_done, *, most=40):
    """Kill a child of the worker's pool each 0.7 s or so; how many."""
    kills = seen = 0
    while not is_done() and kills < most:
        time.sleep(0.7 * chance.uniform(0.5, 1.5))
        children = post.children("worker")
        if children and len(post.lines) > seen:  # else they are only starting
            seen = len(post.lines)
            try:
                os.kill(chance.choice(children), signal.SIGKILL)
            except ProcessLookupError:
                continue
            kills += 1
    return kills


@pytest.mark.parametrize("seed", SEEDS)
def test_2_kill_9_of_a_pool_child_loses_and_doubles_nothing(lay_out, seed):
    post = lay_out()
    post.behave(**SLOW)
    post.start_worker(pool="prefork", threads=2)
    post.start_beat()
    assert wait_until(lambda: len(post.children("worker")) == 2, 60), post.said("worker")
    post.wait_for_passes()
    ids = post.queue(N)

    kills = kill_children(
        post, random.Random(seed), lambda: len(post.lines) >= len(ids) * 0.9, most=8 + N // 50
    )
    last = time.time()
    ended = wait_until(lambda: not post.waits(), LEASE + SETTLING + 60)

    result = ledger.count(ids, post.lines)
    late = sum(line.at > last + LEASE + SETTLING + 3 * POLL + SLACK for line in post.lines)
    ledger.report(
        "2 kill -9 the pool's child", seed, result, ambiguous=post.were_ambiguous(), late=late,
        seconds=time.time() - post.begun, note=f"{kills} kills, prefork",
    )  # fmt: skip
    assert ended, (post.states(), post.said("worker"))
    assert (result.lost, result.duplicate) == (0, 0)
    assert post.ids("sent") == set(ids)
    assert kills >= 3


def test_control_2_a_late_acknowledged_task_per_mail_is_lost_with_the_child(lay_out):
    post = lay_out()
    post.behave(before=0.2)
    start_naive_worker(post)
    ids = publish(post, N // 2)

    kills = kill_children(
        post, random.Random(7), lambda: post.redis.ask("LLEN naive") == b":0", most=10
    )
    wait_until(lambda: post.redis.ask("LLEN naive") == b":0", 30)
    time.sleep(2)

    result = ledger.count(ids, post.lines)
    ledger.report(
        "2 control: acks_late task per mail", 7, result, seconds=time.time() - post.begun,
        note=f"{kills} kills",
    )  # fmt: skip
    assert result.lost > 0

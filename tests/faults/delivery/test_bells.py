"""Experiments 8 and 9: the bell rings twice, or has not rung for an hour."""

import time

import pytest

from tests.faults.delivery import ledger
from tests.faults.delivery.by_broker import start_naive_beat, start_naive_worker
from tests.faults.delivery.harness import BATCH, LEASE, POLL, SEEDS, N, wait_until

pytestmark = pytest.mark.faults
RATE = 600 if N <= 300 else 3000  # mails a minute
BEATS = [3, pytest.param(2, marks=pytest.mark.faults_full)]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("beats", BEATS)
def test_8_several_beats_and_two_workers_send_each_mail_once(lay_out, beats, seed):
    post = lay_out()
    post.behave(before=0.01)
    post.start_worker("worker")
    post.start_worker("second")
    for number in range(beats):
        post.start_beat(f"beat{number}")
    post.wait_for_passes()

    ids = []
    for number in range(10):
        ids += post.queue(N // 10, prefix=f"m{seed}-{number}-")
        time.sleep(0.3)
    queued = time.time()
    ended = wait_until(lambda: not post.waits(), LEASE + 30)

    result = ledger.count(ids, post.lines)
    ledger.report(
        f"8 {beats} beats, 2 workers", seed, result, ambiguous=post.were_ambiguous(),
        late=sum(line.at > queued + N / 30 + POLL + 3 for line in post.lines),
        seconds=time.time() - post.begun,
    )  # fmt: skip
    assert ended, post.states()
    assert (result.lost, result.duplicate) == (0, 0)


def test_control_8_without_a_key_two_beats_send_the_days_mail_twice(lay_out):
    post = lay_out()
    start_naive_worker(post)
    start_naive_beat(post, "beat0")
    start_naive_beat(post, "beat1")

    def twice():
        ids = [line.message_id for line in post.lines]
        return len(ids) > len(set(ids)) + 1

    wait_until(twice, 30)

    lines = post.lines
    result = ledger.count({line.message_id for line in lines}, lines)
    ledger.report("8 control: 2 beats, no key", 7, result, seconds=time.time() - post.begun)
    assert result.duplicate > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_9_after_an_hour_without_a_bell_all_leave_once_oldest_first_no_faster_than_allowed(
    lay_out, seed
):
    post = lay_out(options={"MAILS_PER_MINUTE": str(RATE)})
    place = f"((n * 7919 + {seed}) %% {N})"  # so that they are not due in the order of their ids
    ids = post.queue(N, send_at=f"mot_now() + {place} * interval '3600 seconds' / {N}")
    wanted = post.sql("SELECT message_id FROM outbox_message ORDER BY send_at")
    rank = {message_id: number for number, (message_id,) in enumerate(wanted)}
    post.sql(f"ALTER DATABASE {post.name} SET mot.clock_shift = '3601 seconds'")
    begun = time.time()
    post.start_worker()
    post.start_beat()
    ended = wait_until(lambda: not post.waits(), N / (RATE / 60) + 60)

    lines = post.lines
    result = ledger.count(ids, lines)
    displaced = max(abs(rank[line.message_id] - n) for n, line in enumerate(lines))
    over = ledger.over_the_bucket(lines, RATE)
    ledger.report(
        "9 no beat for an hour", seed, result, ambiguous=post.were_ambiguous(),
        seconds=time.time() - post.begun,
        note=f"{RATE} a minute: {max(0, over):.0f} over the bucket; moved by {displaced} places"
        f" at most; all out in {lines[-1].at - begun:.0f} s",
    )  # fmt: skip
    assert ended, post.states()
    assert (result.lost, result.duplicate) == (0, 0)
    assert displaced <= 2 * BATCH
    assert over <= 0.02 * N + 2  # mails wait a moment between leaving and the ledger

"""Experiments 3 and 4: the mail server refuses, hangs, or takes a mail and does not say so."""

import time
from collections import Counter

import pytest

from tests.faults.delivery import ledger
from tests.faults.delivery.harness import OUTAGE, POLL, SEEDS, N, wait_until

pytestmark = pytest.mark.faults
SLACK = 1.5  # seconds that this machine may take beside the poll
FEW = 20


def inbox_waited(post):
    """How long each notice took from being due to being in the inbox, in seconds."""
    rows = post.sql(
        "SELECT extract(epoch FROM notice.at - message.send_at)::float8 FROM outbox_notice notice"
        " JOIN outbox_message message ON message.id = notice.message_id"
    )
    return [seconds for (seconds,) in rows]


def queue_to_the_inbox(post, name):
    """A few notices in the course of the outage."""
    for n in range(FEW):
        post.queue(1, prefix=f"{name}{n}-", channel="inbox")
        time.sleep(OUTAGE / FEW)


@pytest.mark.parametrize("seed", SEEDS)
def test_3_a_server_that_refuses_or_hangs_loses_nothing_and_delays_no_other_channel(lay_out, seed):
    post = lay_out()
    post.start_worker()
    post.start_beat()
    post.wait_for_passes()
    post.wait_for_passes("inbox")

    post.kill("mail server")
    ids = post.queue(N // 2, prefix=f"a{seed}-")
    ids += post.queue(FEW, to="later", people=50, prefix="l")
    post.queue(FEW, to="never", people=50, prefix="n")
    queue_to_the_inbox(post, "refusing")
    post.start_mail_server()
    assert wait_until(lambda: len(post.lines) >= len(ids) * 0.9, 60), post.states()
    post.behave(hang=True)
    ids += post.queue(N - N // 2, prefix=f"b{seed}-")
    queue_to_the_inbox(post, "hanging")
    post.behave(hang=False)
    ended = wait_until(lambda: not post.waits(), 60)

    result = ledger.count(ids, post.lines)
    waited = inbox_waited(post)
    late = sum(seconds > POLL + SLACK for seconds in waited)
    ledger.report(
        "3 SMTP refuses, hangs, 4xx, 5xx", seed, result, late=late,
        ambiguous=post.were_ambiguous(), seconds=time.time() - post.begun,
        note=f"another channel waited {max(waited):.1f} s at most; {FEW} x 5xx failed at once",
    )  # fmt: skip
    assert ended, post.states()
    assert (result.lost, result.duplicate, late) == (0, 0, 0)
    assert post.states("message_id LIKE '<n%%'") == {"failed": FEW}
    assert post.attempts("never") == FEW
    assert post.attempts("later") >= 3 * FEW
    assert len(waited) == 2 * FEW


SHARES = [0.1, *(pytest.param(p, marks=pytest.mark.faults_full) for p in (0.02, 0.2))]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("share", SHARES)
def test_4_what_was_taken_without_a_word_is_ambiguous_and_never_sent_twice(lay_out, share, seed):
    post = lay_out(mail_log=False, options={"FAULTS_LEASE": "60"})
    post.behave(drop=share, seed=seed)
    ids = post.queue(N)
    senders = post.start_senders()
    senders.add()
    senders.add()

    ended = wait_until(lambda: not {"queued", "leased"} & set(post.states()), 60 + N / 20)
    dropped = {line.message_id for line in post.lines if line.is_dropped}
    ambiguous = post.ids("ambiguous")
    sent = post.ids("sent")
    post.kill("senders ours")
    post.mail_log = True
    post.start_senders().add()
    settled = wait_until(lambda: not post.waits(), 30)

    result = ledger.count(ids, post.lines)
    ledger.report(
        f"4 SMTP takes {share:.0%} without a 250", seed, result, ambiguous=len(ambiguous),
        seconds=time.time() - post.begun,
        note=f"{len(dropped)} dropped; with the mail log 0 of them remain",
    )  # fmt: skip
    assert ended, post.states()
    assert ambiguous == dropped
    assert dropped
    assert sent == set(ids) - dropped
    assert settled, post.states()
    assert post.ids("sent") == set(ids)
    assert (result.lost, result.duplicate) == (0, 0), history_of_doubles(post)


def history_of_doubles(post):
    """What the ledger and the log of deliveries have on mails that came twice."""
    seen = Counter(line.message_id for line in post.lines)
    twice = [message_id for message_id, number in seen.items() if number > 1]
    events = post.sql(
        "SELECT message.message_id, at, event, detail FROM outbox_delivery delivery"
        " JOIN outbox_message message ON message.id = delivery.message_id"
        " WHERE message.message_id = ANY(%s) ORDER BY 1, 2",
        [twice],
    )
    return [line for line in post.lines if line.message_id in twice], events


def test_control_4_a_blind_retry_sends_them_twice(lay_out):
    post = lay_out()
    post.behave(drop=0.1, seed=7)
    ids = post.queue_naive(N)
    post.start_senders("blind").add()

    left = "SELECT count(*) FROM naive WHERE state <> 'sent'"
    wait_until(lambda: post.sql(left)[0][0] == 0, 30)

    result = ledger.count(ids, post.lines)
    ledger.report("4 control: blind retry", 7, result, seconds=time.time() - post.begun)
    assert result.duplicate > 0

"""Experiments 5, 6 and 7: Redis is stopped, frozen or wiped while people work and mails are due."""

import asyncio
import os
import random
import signal
import sys
import threading
import time
from itertools import count, pairwise

import pytest

from mot_course.embedded.processes import free_port
from tests.bench.client import Connection
from tests.faults.delivery import ledger
from tests.faults.delivery.by_broker import publish, start_naive_worker
from tests.faults.delivery.harness import OUTAGE, POLL, SEEDS, N, wait_until
from tests.faults.test_killed_servers import page_fields

pytestmark = pytest.mark.faults
RESUMES = 10.0  # seconds after Redis is back
TRAINEES = int(os.environ.get("FAULTS_TRAINEES", "12" if N <= 300 else "100"))
QUESTIONS = 20
runs = count(1)
PREPARE = """
import django, json; django.setup()
from django.test import Client
from people.models import User
from quizzes.kinds import KINDS
from quizzes.models import *
from quizzes.starting import start_attempt
run = {run}
bank = Bank.objects.create(slug=f"b{{run}}", title_zh="b", title_en="b")
for n in range({questions}):
    exercise = Exercise.objects.create(slug=f"e{{run}}-{{n}}")
    exercise.current = Revision.objects.create(exercise=exercise, number=1, kind="true_false",
        content=KINDS["true_false"].sample_content, digest=str(n), origin="pack")
    exercise.save()
    BankItem.objects.create(bank=bank, exercise=exercise, position=n)
quiz = Quiz.objects.create(slug=f"q{{run}}", title_zh="q", title_en="q", purpose="check", bank=bank)
found = []
for n in range({clients}):
    person = User.objects.create_user(f"t{{run}}-{{n}}", name="P")
    client = Client(); client.force_login(person)
    attempt = start_attempt(quiz=quiz, trainee=person)
    found.append([client.cookies["mot-session"].value, attempt.pk])
print(json.dumps(found))
"""
COMPARE = """
import django, json; django.setup()
from quizzes.models import Answer
print(json.dumps([[a.attempt_id, a.position, a.response, a.earned]
                  for a in Answer.objects.filter(attempt__quiz__slug="q{run}")]))
"""


class Trainees:
    """They save answer after answer and submit, and note what the page told them and how fast."""

    def __init__(self, port, people):
        self.port, self.people = port, people
        self.saved, self.took, self.failed = {}, [], 0

    def work(self, seconds):
        asyncio.run(self._all(seconds))

    async def _all(self, seconds):
        await asyncio.gather(*(self._one(*person, seconds) for person in self.people))

    async def _one(self, key, attempt, seconds):
        chance = random.Random(attempt)
        client = Connection(self.port, {"mot-session": key})
        form = await page_fields(client, attempt)
        # Some submit early, in mid-outage, the others at the end.
        pause = seconds * chance.uniform(0.4, 1) / QUESTIONS
        for position in range(1, QUESTIONS + 1):
            await asyncio.sleep(pause)
            value = chance.random() < 0.5
            fields = form | {"n": str(position), f"a{position}-answer": str(value).lower()}
            path = f"/quizzes/attempts/{attempt}/answers/{position}/"
            if await self._ask(client, path, fields) == 200:
                self.saved[attempt, position] = value
        path = f"/quizzes/attempts/{attempt}/submit/"
        await self._ask(client, path, form | {"confirmed": "1", "sequences": "-"})
        client.close()

    async def _ask(self, client, path, fields):
        begun = time.perf_counter()
        try:
            reply = await asyncio.wait_for(client.ask("POST", path, fields), 60)
            status = reply.status
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            status = 0
        self.took.append(time.perf_counter() - begun)
        self.failed += status not in (200, 302)
        return status

    @property
    def p99(self):
        return sorted(self.took)[int(len(self.took) * 0.99)]

    def lost(self, base, run):
        rows = base.python(COMPARE.format(run=run))
        stored = {(attempt, position): (said, earned) for attempt, position, said, earned in rows}
        return sum(
            stored[key] != ({"answer": value}, int(value)) for key, value in self.saved.items()
        )


def start_web(post, port):
    words = ["-m", "gunicorn", "mot_course.wsgi", "--workers", "2", "--threads", "4"]
    words += ["--bind", f"127.0.0.1:{port}", "--log-level", "critical", "--no-control-socket"]
    post.start("web", [sys.executable, *words])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("how", ["stopped", "frozen"])
def test_5_and_6_redis_away_costs_delay_and_nothing_else(lay_out, how, seed):
    port, run = free_port(), next(runs)
    post = lay_out(options={"SITE_URL": f"http://127.0.0.1:{port}"})
    start_web(post, port)
    post.start_worker()
    post.start_beat()
    people = post.base.python(PREPARE.format(run=run, questions=QUESTIONS, clients=TRAINEES))
    post.wait_for_passes()
    trainees = Trainees(port, people)
    working = threading.Thread(target=trainees.work, args=[OUTAGE + 3])
    working.start()
    time.sleep(1)

    if how == "stopped":
        post.redis.signal(signal.SIGTERM)
        post.redis.process.wait(20)
    else:
        post.redis.signal(signal.SIGSTOP)
    ids = []
    for number in range(10):
        ids += post.queue(N // 10, prefix=f"m{number}-")
        time.sleep(OUTAGE / 10)
    if how == "stopped":
        post.redis.start()
    else:
        post.redis.signal(signal.SIGCONT)
    back = time.time()
    ended = wait_until(lambda: not post.waits(), 60)
    working.join()

    result = ledger.count(ids, post.lines)
    after = [line.at - back for line in post.lines if line.at > back]
    resumed = min(after, default=0.0)
    lost = trainees.lost(post.base, run)
    ledger.report(
        f"{5 if how == 'stopped' else 6} Redis {how} {OUTAGE:.0f} s", seed, result,
        ambiguous=post.were_ambiguous(), late=sum(at > RESUMES + N / 100 for at in after),
        seconds=time.time() - post.begun,
        note=f"worker resumed after {resumed:.1f} s; {len(trainees.saved)} answers by {TRAINEES}"
        f" trainees: {lost} lost, {trainees.failed} failed, p99 {trainees.p99:.2f} s, longest"
        f" {max(trainees.took):.2f} s",
    )  # fmt: skip
    assert ended, (post.states(), post.said("worker"))
    assert (result.lost, result.duplicate) == (0, 0)
    assert (lost, trainees.failed) == (0, 0)
    assert len(trainees.saved) == TRAINEES * QUESTIONS
    assert resumed < RESUMES
    assert max(trainees.took) < 5
    assert trainees.p99 < 2


@pytest.mark.parametrize("seed", SEEDS)
def test_7_flushall_delays_due_reminders_by_a_poll_at_most(lay_out, seed):
    post = lay_out()
    chance = random.Random(seed)
    post.behave(before=0.01)
    post.start_worker()
    post.start_beat()
    post.wait_for_passes()

    ids, wiped = [], []
    for number in range(5):
        ids += post.queue(100, prefix=f"m{number}-")
        time.sleep(chance.uniform(0, 1))
        assert post.redis.ask("FLUSHALL") == b"+OK"
        wiped.append(time.time())
    ended = wait_until(lambda: not post.waits(), 60)

    lines = post.lines
    result = ledger.count(ids, lines)
    times = sorted([*wiped, *(line.at for line in lines)])
    gap = max(b - a for a, b in pairwise(times))
    ledger.report(
        "7 FLUSHALL, 500 due", seed, result, ambiguous=post.were_ambiguous(),
        late=int(gap > POLL + 2), seconds=time.time() - post.begun,
        note=f"{len(wiped)} times wiped; longest silence {gap:.1f} s, poll {POLL:.0f} s",
    )  # fmt: skip
    assert ended, (post.states(), post.said("worker"))
    assert (result.lost, result.duplicate) == (0, 0)
    assert gap <= POLL + 2


def test_control_7_reminders_that_only_the_broker_knows_are_gone(lay_out):
    post = lay_out()
    post.behave(before=0.05)
    start_naive_worker(post)
    ids = publish(post, N)
    wait_until(lambda: len(post.lines) > 5, 20)

    post.redis.ask("FLUSHALL")
    time.sleep(2)

    result = ledger.count(ids, post.lines)
    ledger.report("7 control: broker only", 7, result, seconds=time.time() - post.begun)
    assert result.lost > 0

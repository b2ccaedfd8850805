"""kill -9 of web and PostgreSQL while answers are being saved, with an independent ledger.

The ledger is written by the test's clients: what the page was told is "saved". Afterwards it is
compared with what PostgreSQL holds and with what is graded. The control acknowledges before it
writes: the same killing has to lose some of its answers, else the killing proves nothing.
"""

import asyncio
import os
import random
import signal
import time

import pytest

from mot_course.embedded import start_redis
from tests.bench.client import Connection, hidden
from tests.faults.platform import Platform

pytestmark = pytest.mark.faults

CLIENTS, QUESTIONS = 12, 60
PREPARE = """
import django, json, sys; django.setup()
from django.core.management import call_command
from django.test import Client
from people.models import User
from quizzes.kinds import KINDS
from quizzes.models import *
from quizzes.starting import start_attempt
call_command("migrate", verbosity=0)
bank = Bank.objects.create(slug="b", title_zh="b", title_en="b")
for n in range({questions}):
    exercise = Exercise.objects.create(slug=f"e{{n}}")
    exercise.current = Revision.objects.create(exercise=exercise, number=1, kind="true_false",
        content=KINDS["true_false"].sample_content, digest=str(n), origin="pack")
    exercise.save()
    BankItem.objects.create(bank=bank, exercise=exercise, position=n)
quiz = Quiz.objects.create(slug="q", title_zh="q", title_en="q", purpose="check", bank=bank)
found = []
for n in range({clients}):
    person = User.objects.create_user(f"p{{n}}", name="P")
    client = Client(); client.force_login(person)
    attempt = start_attempt(quiz=quiz, trainee=person)
    found.append([client.cookies["mot-session"].value, attempt.pk])
print(json.dumps(found))
"""
COMPARE = """
import django, json; django.setup()
from quizzes.models import Answer
print(json.dumps([[a.attempt_id, a.position, a.response, a.earned] for a in Answer.objects.all()]))
"""


async def answer_all(platform, key, attempt, base, ledger, chance):
    """One trainee: answers question by question, again and again until each is acknowledged."""
    client = Connection(platform.port, {"mot-session": key})
    form = await page_fields(client, attempt)
    for position in range(1, QUESTIONS + 1):
        value = chance.random() < 0.5
        fields = form | {"n": str(position), f"a{position}-answer": str(value).lower()}
        url = f"{base}attempts/{attempt}/answers/{position}/"
        while True:
            try:
                reply = await asyncio.wait_for(client.ask("POST", url, fields), 5)
            except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError):
                client.close()
                await asyncio.sleep(0.1)
                continue
            if reply.status == 200 and b"saved" in reply.body:
                ledger[attempt, position] = value
                break
            assert reply.status >= 500, (reply.status, reply.body[:200])
            await asyncio.sleep(0.1)
        await asyncio.sleep(chance.random() * 0.06)
    client.close()


async def page_fields(client, attempt):
    client.compressed = False
    for _ in range(100):
        try:
            page = await client.ask("GET", f"/quizzes/attempts/{attempt}/")
        except OSError:
            await asyncio.sleep(0.1)
            continue
        if page.status == 200:
            return {name: hidden(page.body, name) for name in ("ticket", "csrfmiddlewaretoken")}
        await asyncio.sleep(0.1)
    raise AssertionError("the page never came")


async def kill_now_and_then(platform, working, chance):
    """Kill the web server or PostgreSQL about every second, and start it again."""
    for what in ["web", "postgres", "web", "postgres", "web"]:
        await asyncio.sleep(0.7 + chance.random())
        if working.done():
            return
        if what == "web":
            platform.kill_web()
            await asyncio.sleep(0.2)
            platform.start_web()
        else:
            platform.kill_postgres()
            await asyncio.sleep(0.2)
            platform.restart_postgres()


def run(platform, base):
    """Everybody answers while things are killed; the ledger and the people's attempts."""
    people = platform.python(PREPARE.format(questions=QUESTIONS, clients=CLIENTS))
    platform.start_web()
    ledger: dict[tuple[int, int], bool] = {}

    async def all_at_once():
        chance = random.Random(7)
        working = asyncio.gather(
            *(
                answer_all(platform, key, attempt, base, ledger, random.Random(attempt))
                for key, attempt in people
            )
        )
        await asyncio.gather(working, kill_now_and_then(platform, working, chance))

    asyncio.run(all_at_once())
    return ledger, people


async def submit_all(platform, people):
    for key, attempt in people:
        client = Connection(platform.port, {"mot-session": key})
        form = await page_fields(client, attempt) | {"confirmed": "1", "sequences": "-"}
        reply = await client.ask("POST", f"/quizzes/attempts/{attempt}/submit/", form)
        assert reply.status == 302, reply.status
        client.close()


def lost(platform, ledger):
    """The acknowledged answers that PostgreSQL does not hold, or that were not graded."""
    rows = platform.python(COMPARE)
    stored = {
        (attempt, position): (response, earned) for attempt, position, response, earned in rows
    }
    return [
        key for key, value in ledger.items()
        if stored[key] != ({"answer": value}, int(value))
    ]  # fmt: skip


def test_every_answer_shown_as_saved_survives_kill_9_and_is_graded(tmp_path, free_port):
    with start_redis(say=lambda text: None) as redis:
        os.kill(redis.pid, signal.SIGSTOP)  # frozen from the start: no page may notice
        platform = Platform(tmp_path, free_port(), redis.url)
        try:
            begun = time.monotonic()
            ledger, people = run(platform, "/quizzes/")
            asyncio.run(submit_all(platform, people))
            missing = lost(platform, ledger)
        finally:
            platform.stop()
            os.kill(redis.pid, signal.SIGCONT)
    print(
        f"\n{len(ledger)} answers acknowledged, {len(missing)} lost, kills: {platform.kills}, "
        f"{time.monotonic() - begun:.0f} s; upper 95 % bound {3 / len(ledger):.4f}"
    )

    assert missing == []
    assert len(ledger) >= 500
    assert platform.kills.count("web") >= 2
    assert platform.kills.count("postgres") >= 1


def test_control_a_save_that_acknowledges_before_it_writes_loses_some(tmp_path, free_port):
    platform = Platform(tmp_path, free_port(), "redis://127.0.0.1:1/0")
    try:
        ledger, people = run(platform, "/hasty/")
        asyncio.run(submit_all(platform, people))
        missing = lost(platform, ledger)
    finally:
        platform.stop()
    print(f"\ncontrol: {len(ledger)} answers acknowledged, {len(missing)} lost")

    assert len(missing) > 0

"""A whole class at the same second, over HTTP: two attempts are two, one result is one."""

import asyncio

import pytest

from tests.bench.client import Connection, hidden
from tests.faults.platform import Platform

pytestmark = pytest.mark.faults

PREPARE = """
import django, json; django.setup()
from django.core.management import call_command
from django.test import Client
from people.models import User
from quizzes.kinds import KINDS
from quizzes.models import *
call_command("migrate", verbosity=0)
bank = Bank.objects.create(slug="b", title_zh="b", title_en="b")
for n in range(10):
    exercise = Exercise.objects.create(slug=f"e{n}")
    exercise.current = Revision.objects.create(exercise=exercise, number=1, kind="true_false",
        content=KINDS["true_false"].sample_content, digest=str(n), origin="pack")
    exercise.save()
    BankItem.objects.create(bank=bank, exercise=exercise, position=n)
Quiz.objects.create(slug="two", title_zh="q", title_en="q", purpose="check", bank=bank,
    attempts_allowed=2)
person = User.objects.create_user("p", name="P")
client = Client(); client.force_login(person)
print(json.dumps([client.cookies["mot-session"].value]))
"""
COUNT = """
import django, json; django.setup()
from quizzes.models import Attempt
print(json.dumps([[a.number, a.score, a.submitted_at is not None]
                  for a in Attempt.objects.order_by("number")]))
"""
MANY = 200


@pytest.fixture
def platform(tmp_path, free_port):
    platform = Platform(tmp_path, free_port(), "redis://127.0.0.1:1/0")
    yield platform
    platform.stop()


async def page(platform, cookies, path):
    """A page, asked for until the server is up."""
    client = Connection(platform.port, dict(cookies), compressed=False)
    for _ in range(100):
        try:
            reply = await client.ask("GET", path)
        except OSError:
            await asyncio.sleep(0.1)
            continue
        client.close()
        assert reply.status == 200, reply.status
        return reply.body, client.cookies
    raise AssertionError("the server never came up")


async def at_once(platform, cookies, path, form):
    """The same form, from two hundred connections at once; the replies."""

    async def one():
        client = Connection(platform.port, dict(cookies))
        reply = await client.ask("POST", path, form)
        client.close()
        return reply

    return await asyncio.gather(*(one() for _ in range(MANY)))


async def rush(platform, key):
    """Start and submit three times, two hundred requests at each; statuses of each rush."""
    statuses = []
    body, cookies = await page(platform, {"mot-session": key}, "/quizzes/two/")
    token = hidden(body, "csrfmiddlewaretoken")
    for _ in range(3):
        started = await at_once(platform, cookies, "/quizzes/two/", {"csrfmiddlewaretoken": token})
        statuses.append({reply.status for reply in started})
        urls = {reply.headers.get("location") for reply in started} - {None}
        if not urls:
            continue
        (url,) = urls
        body, cookies = await page(platform, cookies, url)
        form = {name: hidden(body, name) for name in ("csrfmiddlewaretoken", "ticket")}
        form |= {"confirmed": "1", "sequences": "1:1", "a1-answer": "true"}
        submitted = await at_once(platform, cookies, f"{url}submit/", form)
        statuses.append({reply.status for reply in submitted})
    return statuses


def test_200_parallel_starts_and_submissions_make_two_attempts_and_no_error(platform):
    (key,) = platform.python(PREPARE)
    platform.start_web()

    statuses = asyncio.run(rush(platform, key))

    assert platform.python(COUNT) == [[1, 1000, True], [2, 1000, True]]
    assert statuses == [{302}, {302}, {302}, {302}, {409}]

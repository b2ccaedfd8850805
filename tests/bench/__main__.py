"""`make bench`: lesson, save and a ten-question quiz against bare requests, round by round.

Then the benches of sending and planning. Arguments choose: `lesson save quiz sending planning`.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from io import StringIO
from pathlib import Path

from mot_course.embedded import start_postgres
from tests.bench.client import Connection, hidden, rate

PORT = int(os.environ.get("BENCH_PORT", "8731"))
CONNECTIONS = 8
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
LESSON = "/units/what-service-is/result-and-feeling/"
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
    "DEMO": "1",
    "SECRET_KEY": "bench-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ALLOWED_HOSTS": "127.0.0.1",
    "SITE_URL": f"http://127.0.0.1:{PORT}",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}
OTHERS = ("sending", "planning")  # modules of this folder, each runnable alone
GOALS = {"lesson": 0.65, "save": 0.6, "quiz": 0.5}


def prepare(folder: Path) -> list[str]:
    """An installation with the real course and eight signed-in trainees; their session keys."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from people.models import User
    from quizzes.models import Bank, Quiz

    call_command("migrate", verbosity=0)
    call_command("compile_translations", stdout=StringIO())
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("load_course", "fixtures/mot", stdout=StringIO())
    bank = Bank.objects.get(slug="check-what-service-is")
    Quiz.objects.create(
        slug="bench", title_zh="测", title_en="Bench", purpose="check", bank=bank, draw=10
    )
    keys = []
    for n in range(CONNECTIONS):
        person = User.objects.create_user(f"bench{n}", name=f"Bench {n}", language="zh-hans")
        client = Client()
        client.force_login(person)
        keys.append(client.cookies["mot-session"].value)
    return keys


class Bench:
    """The deeds that are compared; each returns how many requests it took."""

    def __init__(self, keys: list[str]) -> None:
        self.connections = [Connection(PORT, {"mot-session": key}) for key in keys]
        self.sizes: dict[str, int] = {}
        self.quiz_id = self.answer_id = 0

    async def look(self) -> None:
        """Find out how large the pages are, and warm everything up."""
        from django.db import connections

        from quizzes.models import Answer, Quiz

        one = self.connections[0]
        one.compressed = False
        page = await one.ask("GET", LESSON)
        assert page.status == 200, page.status
        self.sizes["lesson"] = len(page.body)
        self.quiz_id = await asyncio.to_thread(lambda: Quiz.objects.get(slug="bench").pk)
        for name, path in (("start", "/quizzes/bench/"),):
            self.sizes[name] = len((await one.ask("GET", path)).body)
        attempt = await self.start(one)
        self.sizes["attempt"] = len((await one.ask("GET", attempt)).body)
        await self.finish(one, attempt)
        self.sizes["result"] = len((await one.ask("GET", attempt)).body)
        self.answer_id = await asyncio.to_thread(lambda: Answer.objects.first().pk)
        connections.close_all()
        one.compressed = True

    async def lesson(self, c: Connection) -> int:
        reply = await c.ask("GET", LESSON)
        assert reply.status == 200
        return 1

    async def bare_lesson(self, c: Connection) -> int:
        reply = await c.ask("GET", f"/bare/page/{self.quiz_id}/{self.sizes['lesson']}/")
        assert reply.status == 200
        return 1

    async def start(self, c: Connection) -> str:
        page = await self.plain(c, "/quizzes/bench/")
        reply = await c.ask(
            "POST", "/quizzes/bench/", {"csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken")}
        )
        assert reply.status == 302, reply.status
        return reply.headers["location"]

    async def plain(self, c: Connection, path: str) -> bytes:
        """A page's body, decompressed."""
        import gzip

        reply = await c.ask("GET", path)
        assert reply.status == 200, (path, reply.status)
        if reply.headers.get("content-encoding") == "gzip":
            return gzip.decompress(reply.body)
        return reply.body

    async def finish(self, c: Connection, attempt: str) -> None:
        page = await self.plain(c, attempt)
        form = {name: hidden(page, name) for name in ("csrfmiddlewaretoken", "ticket")}
        reply = await c.ask(
            "POST", attempt + "submit/", form | {"confirmed": "1", "sequences": "-"}
        )
        assert reply.status == 302, reply.status

    async def quiz(self, c: Connection) -> int:
        """Start page, start, questions, ten answers, submission, result: fifteen requests."""
        attempt = await self.start(c)
        page = await self.plain(c, attempt)
        form = {name: hidden(page, name) for name in ("csrfmiddlewaretoken", "ticket")}
        for position in range(1, 11):
            fields = form | {"n": "1", **self.first_fields(page, position)}
            reply = await c.ask("POST", f"{attempt}answers/{position}/", fields)
            assert reply.status == 200, (reply.status, reply.body[:300])
            assert reply.wire_bytes < 1024, reply.wire_bytes
        reply = await c.ask(
            "POST", attempt + "submit/", form | {"confirmed": "1", "sequences": "-"}
        )
        assert reply.status == 302
        reply = await c.ask("GET", attempt)
        assert reply.status == 200
        return 15

    def first_fields(self, page: bytes, position: int) -> dict[str, str]:
        """An answer to the question: its first option, first place or first number."""
        import re

        prefix = f"a{position}-".encode()
        found = re.search(
            rb'<(?:input type="(?:radio|checkbox)") name="('
            + prefix
            + rb'(?:answer|choice|choices|place-\w+))" value="(\w+)"',
            page,
        )
        if found is None:
            found = re.search(
                rb'<select name="(' + prefix + rb'place-\w+)".*?<option value="(\w+)"', page
            )
        assert found is not None, position
        return {found[1].decode(): found[2].decode()}

    async def bare_quiz(self, c: Connection) -> int:
        """Fifteen bare requests of the same sizes."""
        for name in ("start", "attempt", "result"):
            await c.ask("GET", f"/bare/page/{self.quiz_id}/{self.sizes[name]}/")
        for _ in range(12):
            await self.bare_save(c)
        return 15

    async def save(self, c: Connection) -> int:
        state = self.saving[id(c)]
        state["n"] += 1
        reply = await c.ask(
            "POST", state["path"], state["form"] | {"n": str(state["n"] % 999), **state["fields"]}
        )
        # After 999 saves numbers repeat: the same answer again is a success again.
        assert reply.status in (200, 409), reply.status
        return 1

    async def bare_save(self, c: Connection) -> int:
        state = self.saving[id(c)]
        reply = await c.ask("POST", f"/bare/save/{state['answer']}/", state["form"])
        assert reply.status == 200, reply.status
        return 1

    async def open_saves(self) -> None:
        """An open attempt for each connection to save into."""
        from django.db import connections

        from quizzes.models import Answer

        self.saving = {}
        for c in self.connections:
            attempt = await self.start(c)
            page = await self.plain(c, attempt)
            pk = int(attempt.rstrip("/").rsplit("/", 1)[1])
            answer = await asyncio.to_thread(
                lambda pk=pk: Answer.objects.get(attempt=pk, position=1).pk
            )
            self.saving[id(c)] = {
                "n": 0,
                "path": f"{attempt}answers/1/",
                "form": {name: hidden(page, name) for name in ("csrfmiddlewaretoken", "ticket")},
                "fields": self.first_fields(page, 1),
                "answer": answer,
            }
        connections.close_all()


async def compare(bench: Bench, name: str) -> float:
    """Print and return the median ratio of the real deed to the bare one."""
    real, bare = getattr(bench, name), getattr(bench, f"bare_{name}")
    if name != "quiz" or not hasattr(bench, "saving"):
        await bench.open_saves()
    if name == "quiz":
        bench_saving = bench.saving
        for c in bench.connections:  # the open attempts would be continued, not started
            path = bench_saving[id(c)]["path"].removesuffix("answers/1/")
            await bench.finish(c, path)
    await rate(bench.connections, bare, 1)
    await rate(bench.connections, real, 1)
    ratios, bares, reals, noise = [], [], [], []
    for _ in range(ROUNDS):
        first = await rate(bench.connections, bare, SECONDS)
        ours = await rate(bench.connections, real, SECONDS)
        second = await rate(bench.connections, bare, SECONDS)
        ratios.append(2 * ours / (first + second))
        noise.append(second / first)
        bares.append((first + second) / 2)
        reals.append(ours)
    median = statistics.median(ratios)
    print(
        f"{name:7} {median:.2f} x bare (range {min(ratios):.2f}-{max(ratios):.2f}, "
        f"goal {GOALS[name]}); {statistics.median(reals):.0f} of {statistics.median(bares):.0f} "
        f"requests/s; two equal bare runs differ by {min(noise):.2f}-{max(noise):.2f}",
        flush=True,
    )
    return median


async def run(keys: list[str]) -> bool:
    bench = Bench(keys)
    for _ in range(100):
        try:
            await bench.connections[0].ask("GET", "/healthz")
            break
        except OSError:
            time.sleep(0.1)
    await bench.look()
    print(f"bytes of HTML: {bench.sizes}", flush=True)
    names = [name for name in GOALS if len(sys.argv) < 2 or name in sys.argv[1:]]
    results = {name: await compare(bench, name) for name in names}
    return all(results[name] >= GOALS[name] for name in names)


def main() -> int:
    """0 when every goal of the chosen benches is reached, 1 when not."""
    environment = dict(os.environ)
    chosen = sys.argv[1:] or [*GOALS, *OTHERS]
    if unknown := set(chosen) - {*GOALS, *OTHERS}:
        raise SystemExit(f"There is no bench {', '.join(sorted(unknown))}.")
    failed = web() if set(chosen) & set(GOALS) else 0
    for name in OTHERS:
        if name in chosen:
            print(f"--- {name}", flush=True)
            command = [sys.executable, "-m", f"tests.bench.{name}"]
            failed += subprocess.call(command, env=environment)
    return 1 if failed else 0


def web() -> int:
    """The benches of pages: 0 when every goal is reached, 1 when not."""
    with tempfile.TemporaryDirectory() as folder, start_postgres() as postgres:
        os.environ.update(ENVIRONMENT | {"DATABASE_URL": postgres.url, "STATIC_ROOT": folder})
        keys = prepare(Path(folder))
        gunicorn = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", "mot_course.wsgi", "--bind", f"127.0.0.1:{PORT}",
                "--workers", "2", "--threads", "4", "--worker-class", "gthread",
                "--keep-alive", "30", "--log-level", "error",
            ]
        )  # fmt: skip
        try:
            reached = asyncio.run(run(keys))
        finally:
            gunicorn.terminate()
            gunicorn.wait(20)
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())

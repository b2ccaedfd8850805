"""Mail server, Redis, workers, beats and senders as processes that a test may kill.

The test speaks to the database by psycopg2, not by our models; it counts by the ledger.
"""

import contextlib
import json
import os
import random
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from mot_course.embedded.processes import die_with_parent, free_port
from mot_course.embedded.redis import _program
from mot_course.run_plan import commands
from tests.faults.delivery import ledger

N = int(os.environ.get("FAULTS_N", "200"))
SEEDS = [int(seed) for seed in os.environ.get("FAULTS_SEEDS", "7").split(",")]
OUTAGE = float(os.environ.get("FAULTS_OUTAGE", "5"))
PEOPLE = 500
LEASE, SETTLING, POLL = 5.0, 1.0, 1.0
BATCH = 20
PREPARE = """
import django; django.setup()
from django.core.management import call_command
from people.models import User
call_command("migrate", verbosity=0)
names = [f"post{{n}}" for n in range({people})]
names += [f"{{kind}}{{n}}" for kind in ("later", "never") for n in range(50)]
User.objects.bulk_create(
    User(username=name, name=name, password="!", email=f"{{name}}@faults.example", language="en")
    for name in names)
"""


@dataclass
class Base:
    """What all experiments of a run share: a database of their own with people in it."""

    url: str
    environment: dict[str, str]

    def python(self, code: str) -> Any:
        """What the code prints as JSON, run with the platform's settings."""
        done = subprocess.run(
            [sys.executable, "-c", code], env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else None


@dataclass
class Redis:
    """A Redis on a port that stays the same, to be stopped, frozen and wiped."""

    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        words = [str(_program()), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = spawn([*words, "--appendonly", "no", "--dir", "/tmp"], dict(os.environ))
        assert wait_until(lambda: self.ask("PING") == b"+PONG", 20)

    def ask(self, command: str) -> bytes:
        """Redis' answer to a plain command; empty while it is away."""
        import socket

        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(command.encode() + b"\r\n")
                return connection.recv(200).strip()
        except OSError:
            return b""

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def stop(self) -> None:
        if self.process is not None:
            end(self.process)
            self.process = None


@dataclass
class Experiment:
    """One experiment's processes and ledger. `stop()` ends them all."""

    base: Base
    folder: Path
    redis: Redis
    mail_log: bool = True
    options: dict[str, str] = field(default_factory=dict)  # further environment
    smtp_port: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen] = field(default_factory=dict)
    database: Any = None
    begun: float = field(default_factory=time.time)

    def __post_init__(self) -> None:
        self.connect()
        self.sql("TRUNCATE outbox_message, outbox_delivery, outbox_notice CASCADE")
        self.sql("DELETE FROM outbox_channelstate; DELETE FROM outbox_heartbeat")
        self.sql("DROP TABLE IF EXISTS naive")
        self.start_mail_server()

    # --- processes --------------------------------------------------------------------------

    @property
    def environment(self) -> dict[str, str]:
        return (
            self.base.environment
            | {
                "EMAIL_PORT": str(self.smtp_port),
                "REDIS_URL": self.redis.url,
                "MAIL_LOG": str(self.folder / "mail.log") if self.mail_log else "",
                "FAULTS_LEASE": str(LEASE),
                "FAULTS_POLL": str(POLL),
                "FAULTS_BATCH": str(BATCH),
            }
            | self.options
        )

    def start(self, name: str, command: list[str], **more: Any) -> subprocess.Popen:
        self.running[name] = spawn(command, self.environment, self.folder / f"{name}.log", **more)
        return self.running[name]

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """End a process and all that it has started."""
        end(self.running.pop(name), number)

    def start_mail_server(self) -> None:
        up = self.folder / "up"
        up.unlink(missing_ok=True)
        module = "tests.faults.delivery.smtp_server"
        self.start(
            "mail server", [sys.executable, "-m", module, str(self.folder), str(self.smtp_port)]
        )
        assert wait_until(up.exists, 30), self.said("mail server")

    def start_worker(self, name: str = "worker", *, pool: str = "threads", threads: int = 6) -> int:
        """A worker as `make run` starts it; its process id."""
        command = commands(self.folder)["worker"].replace("--pool=threads", f"--pool={pool}")
        command = command.replace("--concurrency=6", f"--concurrency={threads}")
        command += f" --hostname={name}@faults"
        return self.start(name, shlex.split(command.removeprefix("exec "))).pid

    def start_beat(self, name: str = "beat") -> None:
        """A beat as `make run` starts it, with a schedule file of its own."""
        (self.folder / name).mkdir(exist_ok=True)
        command = commands(self.folder / name)["beat"]
        self.start(name, shlex.split(command.removeprefix("exec ")))

    def start_senders(self, design: str = "ours") -> "Senders":
        module = "tests.faults.delivery.senders"
        process = self.start(
            f"senders {design}",
            [sys.executable, "-m", module, design],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", self.said(f"senders {design}")
        return Senders(process)

    def children(self, name: str) -> list[int]:
        """The pool's children of a worker."""
        try:
            found = psutil.Process(self.running[name].pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        return [one.pid for one in found if one.status() != psutil.STATUS_ZOMBIE]

    def said(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)
        self.sql(f"ALTER DATABASE {self.name} RESET mot.clock_shift")
        self.database.close()

    # --- the mail server and its ledger -----------------------------------------------------

    def behave(self, **mode: Any) -> None:
        """How the mail server behaves from now on; see smtp_server.py."""
        path = self.folder / "mode.json"
        path.with_suffix(".new").write_text(json.dumps(mode))
        path.with_suffix(".new").replace(path)

    @property
    def lines(self) -> list[ledger.Line]:
        return ledger.read(self.folder / "ledger")

    def attempts(self, prefix: str) -> int:
        """How often the server was asked to take a mail for such recipients."""
        text = (self.folder / "attempts").read_text()
        return sum(line.split("\t")[1].startswith(prefix) for line in text.splitlines())

    # --- the database -----------------------------------------------------------------------

    @property
    def name(self) -> str:
        return self.base.url.rsplit("/", 1)[1]

    def connect(self) -> None:
        self.database = psycopg2.connect(self.base.url)
        self.database.autocommit = True

    def sql(self, statement: str, values: Any = None) -> list[tuple]:
        with self.database.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def queue(
        self,
        count: int,
        *,
        to: str = "post",
        people: int = PEOPLE,
        channel: str = "email",
        payload: str = "{}",
        kind: str = "test-note",
        prefix: str = "m",
        send_at: str = "mot_now()",
    ) -> list[str]:
        """Queue messages; their Message-IDs. `send_at` is SQL, with `n` for the number."""
        rows = self.sql(
            f"""
            INSERT INTO outbox_message (key, kind, channel, recipient_id, payload, message_id,
                provider_id, send_at, next_try_at, state, tries, reason)
            SELECT %(prefix)s || n, %(kind)s, %(channel)s, person.id, %(payload)s,
                   '<' || %(prefix)s || n || '@faults.example>', '', {send_at}, {send_at},
                   'queued', 0, ''
              FROM generate_series(1, %(count)s) n
              JOIN people_user person ON person.username = %(to)s || (n %% %(people)s)
             ORDER BY n RETURNING message_id
            """,
            {
                "prefix": prefix, "kind": kind, "channel": channel, "payload": payload,
                "count": count, "to": to, "people": people,
            },
        )  # fmt: skip
        assert len(rows) == count
        return [message_id for (message_id,) in rows]

    def queue_naive(self, count: int) -> list[str]:
        """The same work for a control, in a table of its own."""
        self.sql(
            "CREATE TABLE naive (id serial PRIMARY KEY, message_id text, recipient text,"
            " state text NOT NULL DEFAULT 'queued', lease_until timestamptz)"
        )
        rows = self.sql(
            "INSERT INTO naive (message_id, recipient) SELECT '<c' || n || '@faults.example>',"
            " 'post' || n || '@faults.example' FROM generate_series(1, %s) n RETURNING message_id",
            [count],
        )
        return [message_id for (message_id,) in rows]

    def states(self, where: str = "true") -> dict[str, int]:
        return dict(
            self.sql(f"SELECT state, count(*) FROM outbox_message WHERE {where} GROUP BY state")
        )

    def ids(self, state: str) -> set[str]:
        rows = self.sql("SELECT message_id FROM outbox_message WHERE state = %s", [state])
        return {message_id for (message_id,) in rows}

    def were_ambiguous(self) -> int:
        """How many messages nobody knew of, for a time or still."""
        asked = "SELECT count(DISTINCT message_id) FROM outbox_delivery WHERE event = 'ambiguous'"
        return self.sql(asked)[0][0]

    def wait_for_passes(self, channel: str = "email") -> None:
        """Wait until bell, broker and worker have brought a pass about."""
        beat = "SELECT 1 FROM outbox_heartbeat WHERE name = %s"
        assert wait_until(lambda: self.sql(beat, [f"outbox.{channel}"]), 60), self.said("worker")

    def waits(self) -> bool:
        """Whether something has not come to its end, or nobody knows."""
        return bool({"queued", "leased", "ambiguous"} & set(self.states()))


@dataclass
class Senders:
    """A process that forks senders when asked: a killed one is replaced in milliseconds."""

    process: subprocess.Popen
    pids: list[int] = field(default_factory=list)
    kills: int = 0

    def add(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        self.pids.append(int(self.process.stdout.readline()))

    def kill_now_and_then(
        self, chance: random.Random, is_done: Callable[[], bool], *, count: int = 3, most: int = 80
    ) -> float:
        """Keep so many at work and kill one each 0.4 s until all is done; when the last died."""
        for _ in range(count):
            self.add()
        last = time.time()
        while self.kills < most and not is_done():
            time.sleep(0.4 * chance.uniform(0.5, 1.5))
            pid = self.pids.pop(chance.randrange(len(self.pids)))
            os.kill(pid, signal.SIGKILL)
            last = time.time()
            self.kills += 1
            self.add()
        return last


def spawn(
    command: list[str], environment: dict[str, str], log: Path | None = None, **more: Any
) -> subprocess.Popen:
    """Start a process in a group of its own that dies with this one."""
    tie = partial(die_with_parent, signal.SIGKILL, os.getpid())
    with (log or Path(os.devnull)).open("ab") as output:
        options = {"stdout": output, "stderr": output, "stdin": subprocess.DEVNULL} | more
        return subprocess.Popen(
            command, env=environment, start_new_session=True, preexec_fn=tie, **options
        )


def end(process: subprocess.Popen, number: signal.Signals = signal.SIGKILL) -> None:
    """Signal the process' group and collect it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
    process.wait(30)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def wait_until(is_so: Callable[[], object], seconds: float) -> bool:
    """Whether it came to be so in that time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.05)
    return bool(is_so())

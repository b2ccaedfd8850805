"""`make run`: servers, database, course pack, then web, worker and beat under one supervisor."""

import errno
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from mot_course.embedded import Server, ServerTrouble, start_postgres, start_redis
from mot_course.embedded.processes import die_with_parent, end, hold, processes, stop_child
from mot_course.run_plan import (
    MARK,
    PROJECT,
    SAID,
    Plan,
    banner,
    commands,
    place_of_data,
    read_plan,
    settings_for,
)
from mot_course.supervising import Supervisor

ROOM = 200_000_000


class Asked(BaseException):
    """Somebody pressed Ctrl-C or sent SIGTERM before the supervisor had taken over."""


def say(text: str) -> None:
    """Print a line now; a terminal that is gone is no reason to stop half-way."""
    with suppress(OSError):
        print(text, flush=True)


def complain(sentence: str) -> int:
    """Say what went wrong; the exit code that goes with it."""
    with suppress(OSError):
        print(sentence, end="\n" if sentence else "", file=sys.stderr, flush=True)
    return 1


def main() -> int:
    """Run everything until somebody ends it; 0 when that was asked for."""
    var = PROJECT / "var"
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _ask)
    try:
        plan = read_plan(os.environ)
        if not plan.database_url:
            _forget_postgres_variables()
        with ExitStack() as stack:
            try:
                code = _run(plan, var, stack)
                say("Ending ...")
            finally:
                _settle_signals()
    except Asked:
        code = 0
    except ServerTrouble as trouble:
        return complain(str(trouble))
    except OSError as error:
        return complain(_in_words(error))
    say(f"Everything has ended. The data stays in {place_of_data(plan, var)}")
    return code


def _forget_postgres_variables() -> None:
    """PGSSLMODE and the like are meant for other servers than our own."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]


def _ask(number: int, frame: FrameType | None) -> None:
    _settle_signals()
    raise Asked


def _settle_signals() -> None:
    """From here we are ending; a second Ctrl-C must not leave servers behind."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _run(plan: Plan, var: Path, stack: ExitStack) -> int:
    var.mkdir(exist_ok=True)
    lock = hold(
        var / "run.lock",
        f"MOT Course already runs from {PROJECT}; end that run (Ctrl-C there) before another.",
    )
    stack.enter_context(lock)
    _end_earlier_run()
    check_port(plan.port)
    check_room(var)
    environment = dict(os.environ, **settings_for(plan, var, os.environ))
    if not plan.database_url:
        postgres = stack.enter_context(_started("PostgreSQL", start_postgres(var / "pg", say=say)))
        environment["DATABASE_URL"] = postgres.url
    if not plan.redis_url:
        redis = stack.enter_context(_started("Redis", start_redis(var / "redis", say=say)))
        environment["REDIS_URL"] = redis.url
    _prepare(environment, plan)
    text = banner(plan, var, environment)
    supervisor = Supervisor(f"http://127.0.0.1:{plan.port}/healthz", text)
    for name, command in commands(var).items():
        supervisor.add_process(name, command, env=environment, cwd=str(PROJECT))
    supervisor.loop()
    if supervisor.died:
        return complain(f"{supervisor.died} ended by itself; its last lines above say why.")
    return 0


@contextmanager
def _started(name: str, server: Server) -> Iterator[Server]:
    say(f"{name} runs on 127.0.0.1:{urlsplit(server.url).port}")
    with server:
        yield server


def _end_earlier_run() -> None:
    """End what a killed run from this folder left; it carries our mark in its environment."""
    mark = f"\0{MARK}={PROJECT}\0".encode()
    orphans = []
    for pid in processes():
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if mark in b"\0" + environment + b"\0" and _is_ours(words) and pid != os.getpid():
            orphans.append(pid)
    if orphans:
        say(f"Ending what a killed run left behind: {', '.join(map(str, orphans))}")
        end(orphans, signal.SIGTERM, seconds=10)


def _is_ours(words: list[bytes]) -> bool:
    """Whether a command line is one of `commands` or of ourselves, and not somebody's editor."""
    return any(word in (b"mot_course.wsgi", b"mot_course", b"mot_course.running") for word in words)


def check_port(port: int) -> None:
    """Raise a ServerTrouble unless the web server will be able to listen on the port."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except PermissionError:
            raise ServerTrouble(
                f"Port {port} needs root; choose one above 1023, for instance: PORT=8080 make run"
            ) from None
        except OSError:
            raise ServerTrouble(
                f"Port {port} is taken by another program; choose another one, for instance: "
                f"PORT={port + 1 if port < 65535 else 8000} make run"
            ) from None


def check_room(var: Path) -> None:
    """Raise a ServerTrouble when the disk has no room for the databases."""
    if shutil.disk_usage(var).free < ROOM:
        raise ServerTrouble(
            f"The disk is full: {var} needs {ROOM // 1_000_000} MB; free some space "
            "and start again."
        )


def _prepare(environment: dict[str, str], plan: Plan) -> None:
    """Migrate, translate, collect and load in one process that ends with us."""
    command = [sys.executable, "-m", "mot_course.preparing"]
    command += ["--demo-people"] if plan.demo_people else []
    parent = os.getpid()
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: die_with_parent(signal.SIGTERM, parent),
    ) as process:
        try:
            code = process.wait()
        except Asked:
            stop_child(process, signal.SIGTERM)
            raise
    if code != 0:
        told = "" if code == SAID else "The site did not start: its preparation failed (above)."
        raise ServerTrouble(told)


def _in_words(error: OSError) -> str:
    """One sentence about a file that could not be read or written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full: free some space and start again."
    if isinstance(error, PermissionError) and error.filename:
        return (
            f"{error.filename} belongs to somebody else: start as the person who made it, "
            f"or move {PROJECT / 'var'} away."
        )
    return f"MOT Course did not start: {error}."


if __name__ == "__main__":
    sys.exit(main())

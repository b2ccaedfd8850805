"""The servers of `make run` and of the tests: they answer, keep data, heal, and leave nothing."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from mot_course.embedded import Server, ServerTrouble, places, start_postgres, start_redis
from mot_course.embedded.processes import alive, sentence, servers_in

PROJECT = Path(__file__).resolve().parent.parent
OWNER = """
import sys, time
from mot_course.embedded import start_postgres, start_redis
servers = [start_postgres(), start_redis()]
print(*[server.pid for server in servers], flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the account of PostgreSQL can enter; pytest's own is closed to it."""
    made = places.throwaway_folder()
    yield made
    shutil.rmtree(made)


def ask(server: Server, question: str) -> object:
    connection = psycopg2.connect(server.url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def kill(server: Server) -> None:
    """What the power button would do, but for the lock, which ends with our process only."""
    server.process.kill()
    server.process.wait()
    server.lock.close()


def gone(pids: list[int]) -> bool:
    deadline = time.monotonic() + 15
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(alive(pid) for pid in pids)


def test_a_throwaway_database_answers_in_utf8_without_a_locale_and_leaves_nothing() -> None:
    with start_postgres() as server:
        assert ask(server, "SHOW server_encoding") == "UTF8"
        assert ask(server, "SELECT datlocale FROM pg_database LIMIT 1") == "C.UTF-8"
        assert ask(server, "SHOW fsync") == "off"
        assert server.throwaway is not None

    assert not alive(server.pid)
    assert not server.throwaway.exists()


def test_a_throwaway_redis_answers_only_to_its_password_and_leaves_nothing() -> None:
    with start_redis() as server:
        client = redis.Redis.from_url(server.url)
        assert client.ping() is True
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        client.close()
        stranger = redis.Redis(port=int(server.url.rpartition(":")[2].split("/")[0]))
        with pytest.raises(redis.AuthenticationError):
            stranger.ping()
        stranger.close()

    assert not alive(server.pid)


def test_no_password_stands_in_the_process_list() -> None:
    with start_postgres() as postgres, start_redis() as broker:
        for server in (postgres, broker):
            secret = server.url.split("@")[0].rpartition(":")[2]
            assert secret not in Path(f"/proc/{server.pid}/cmdline").read_text()


def test_data_survives_an_end_and_a_second_start_finds_it_synced(folder: Path) -> None:
    with start_postgres(folder / "with space" / "pg") as server:
        ask(server, "CREATE TABLE kept AS SELECT 7 AS number")
        assert ask(server, "SHOW fsync") == "on"

    with start_postgres(folder / "with space" / "pg") as server:
        assert ask(server, "SELECT number FROM kept") == 7


def test_what_redis_was_told_survives_an_end(folder: Path) -> None:
    for expected in (1, 2):
        with start_redis(folder / "redis") as server:
            client = redis.Redis.from_url(server.url)
            assert client.incr("starts") == expected
            client.close()


def test_a_second_start_on_the_same_data_is_refused_in_one_sentence(folder: Path) -> None:
    with (
        start_postgres(folder / "pg"),
        start_redis(folder / "redis"),
    ):
        with pytest.raises(ServerTrouble, match="in use by another run"):
            start_postgres(folder / "pg")
        with pytest.raises(ServerTrouble, match="in use by another run"):
            start_redis(folder / "redis")


def test_after_a_kill_with_busy_connections_the_next_start_ends_the_orphans(folder: Path) -> None:
    said: list[str] = []
    server = start_postgres(folder / "pg")
    ask(server, "CREATE TABLE kept AS SELECT 7 AS number")

    def be_busy() -> None:
        with pytest.raises(psycopg2.Error):
            ask(server, "SELECT count(*) FROM generate_series(1, 4000000000)")

    busy = threading.Thread(target=be_busy)
    busy.start()
    time.sleep(0.5)
    kill(server)
    orphans = servers_in(server_data(folder), "postgres")

    with start_postgres(folder / "pg", say=said.append) as again:
        assert ask(again, "SELECT number FROM kept") == 7
    busy.join()

    assert orphans
    assert gone(orphans)
    assert said[0].startswith("Ending what a killed run left behind: postgres")


def server_data(folder: Path) -> Path:
    return (folder / "pg").resolve()


def test_a_pid_file_whose_number_belongs_to_a_stranger_is_removed_and_said(folder: Path) -> None:
    said: list[str] = []
    with start_postgres(folder / "pg"):
        pass
    (folder / "pg" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder / 'pg'}\n")

    with start_postgres(folder / "pg", say=said.append) as server:
        assert ask(server, "SELECT 1") == 1

    assert said == [f"Removing a stale pid file: process {os.getpid()} is not the database."]


def test_a_damaged_redis_file_is_moved_aside_and_said(folder: Path) -> None:
    said: list[str] = []
    (folder / "redis").mkdir()
    (folder / "redis" / "appendonly.aof").write_text("no such thing\n" * 100)

    with start_redis(folder / "redis", say=said.append):
        pass

    assert len(said) == 1
    assert said[0].startswith("The Redis data was damaged")
    assert len(list(folder.glob("redis.broken-*/appendonly.aof"))) == 1


def test_a_folder_with_other_things_in_it_is_not_touched(folder: Path) -> None:
    (folder / "pg").mkdir()
    (folder / "pg" / "letter.txt").write_text("dear")

    with pytest.raises(ServerTrouble, match="holds no PostgreSQL data"):
        start_postgres(folder / "pg")

    assert (folder / "pg" / "letter.txt").read_text() == "dear"


def test_a_half_made_database_is_made_anew(folder: Path) -> None:
    (folder / "pg.unfinished").mkdir()
    (folder / "pg.unfinished" / "half").write_text("")

    with start_postgres(folder / "pg") as server:
        assert ask(server, "SELECT 1") == 1

    assert not (folder / "pg.unfinished").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run PostgreSQL as somebody else")
def test_root_in_a_closed_folder_keeps_the_data_where_the_account_can_reach_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "OPEN_HOME", folder)
    closed = folder / "closed home"
    closed.mkdir(mode=0o700)

    with start_postgres(closed / "pg") as server:
        ask(server, "CREATE TABLE kept AS SELECT 7 AS number")
    with start_postgres(closed / "pg") as server:
        assert ask(server, "SELECT number FROM kept") == 7

    assert (closed / "pg").is_symlink()
    assert closed.stat().st_mode & 0o777 == 0o700


def test_both_servers_end_when_the_process_that_started_them_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        pids = [int(word) for word in owner.stdout.readline().split()]
        owner.send_signal(signal.SIGKILL)

    assert len(pids) == 2
    assert gone(pids)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'FATAL:  could not write lock file "x": No space left on device',
            "It did not start: the disk is full. Free some space and start again.",
        ),
        ("LOG:  hm\nFATAL:  no.\nLOG:  bye", "It did not start: FATAL:  no."),
        ("", "It did not start: it said nothing."),
    ],
)
def test_a_failed_start_is_one_sentence(text: str, expected: str) -> None:
    assert sentence("It did not start", text) == expected

"""`make run`: what it understands, what it refuses, and that it starts, ends and starts again."""

import ast
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import checks
from mot_course.embedded import ServerTrouble, places
from mot_course.embedded.processes import free_port, processes
from mot_course.run_plan import MARK, banner, commands, read_plan, secret_in, settings_for
from mot_course.running import check_port

PROJECT = Path(__file__).resolve().parent.parent
LOCKS = ["requirements.txt", "requirements-dev.txt"]
SUPERVISED = """
import sys
from mot_course.supervising import Supervisor
supervisor = Supervisor("http://127.0.0.1:1/", "ready")
for number, command in enumerate(sys.argv[1:]):
    supervisor.add_process(f"process{number}", command)
supervisor.loop()
print("died:", supervisor.died)
"""


def test_without_any_wish_everything_is_embedded_and_there_are_demo_people() -> None:
    plan = read_plan({})

    assert (plan.port, plan.site_url, plan.demo_people) == (8000, "http://127.0.0.1:8000", True)


@pytest.mark.parametrize(("demo", "expected"), [({}, False), ({"DEMO": "1"}, True)])
def test_a_database_of_ones_own_gets_demo_people_only_when_asked(
    demo: dict[str, str], expected: bool, tmp_path: Path
) -> None:
    own = {"DATABASE_URL": "postgres://a:b@db/c", "REDIS_URL": "redis://r", **demo}
    plan = read_plan(own)

    assert plan.demo_people is expected
    assert settings_for(plan, tmp_path, own)["DEMO"] == "1"  # plain http, only on this machine


def test_a_public_address_is_never_served_as_a_demo(tmp_path: Path) -> None:
    own = {"DATABASE_URL": "postgres://a:b@db/c", "SITE_URL": "https://course.example"}

    settings = settings_for(read_plan(own), tmp_path, own)

    assert settings["DEMO"] == "0"
    assert settings["ALLOWED_HOSTS"] == "127.0.0.1,course.example,localhost"


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "8 0", "٣"])
def test_a_port_that_is_none_is_refused_in_one_sentence(port: str) -> None:
    with pytest.raises(ServerTrouble, match="PORT must be a number from 1 to 65535"):
        read_plan({"PORT": port})


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ServerTrouble, match=rf"Port {port} is taken .* PORT=\d+ make run"):
            check_port(port)

    check_port(port)


def test_the_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first = secret_in(tmp_path / "secret-key")

    assert secret_in(tmp_path / "secret-key") == first
    assert len(first) > 60
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_the_banner_names_address_sign_ins_mail_and_no_password_of_a_database() -> None:
    own = {"DATABASE_URL": "postgres://a:geheim@db/course", "DEMO": "1", "PORT": "8123"}

    text = banner(read_plan(own), Path("/x/var"), {"MAIL_FOLDER": "/x/var/mail"})

    assert "http://127.0.0.1:8123/" in text
    assert "moment-of-truth" in text
    assert "/x/var/mail" in text
    assert "the database course on db" in text
    assert "geheim" not in text


def test_the_three_processes_run_in_our_python_whatever_the_folder_is_called() -> None:
    lines = commands(Path("/home/a person/course/var"))

    assert list(lines) == ["web", "worker", "beat"]
    assert all(line.startswith(f"exec {sys.executable} ") for line in lines.values())
    assert "'--schedule=/home/a person/course/var/beat-schedule'" in lines["beat"]


def test_when_one_process_ends_all_end_and_it_is_named() -> None:
    command = [sys.executable, "-c", SUPERVISED, "exec sleep 60", "echo ouch; exit 3"]

    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=30)

    assert "process1 | ouch" in result.stdout
    assert result.stdout.splitlines()[-1] == "died: process1"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_in_the_first_moment_is_not_lost(number: signal.Signals) -> None:
    command = [sys.executable, "-c", SUPERVISED, "exec sleep 60", "exec sleep 61"]

    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(number)
        rest = process.stdout.read()

    assert rest.splitlines()[-1] == "died: "


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_everything_with_hashes_and_names_no_address(lock: str) -> None:
    text = (PROJECT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())

    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)
    assert [e for e in entries if not re.match(r"[a-z0-9-]+==\S+.*\n\s+--hash=sha256:", e)] == []


def test_the_tests_run_on_the_very_versions_that_are_served() -> None:
    served, tested = [
        dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (PROJECT / lock).read_text(), re.MULTILINE))
        for lock in LOCKS
    ]

    assert {name: tested.get(name) for name in served} == served


def test_the_first_step_can_be_read_by_an_old_python() -> None:
    ast.parse((PROJECT / "deploy/bootstrap.py").read_text(), feature_version=(3, 6))


def test_a_python_without_venv_is_answered_in_one_sentence(tmp_path: Path) -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        pytest.skip("here it would install python3-venv")
    shutil.copytree(PROJECT / "deploy", tmp_path / "deploy")
    (tmp_path / "ensurepip.py").write_text("raise ImportError")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "deploy/bootstrap.py", "run"]

    result = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )

    assert result.returncode == 1
    assert "has no venv: install it" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_browser_is_looked_for_by_all_its_names() -> None:
    assert checks.BROWSERS[0] == "chromium"
    assert "google-chrome-stable" in checks.BROWSERS


@pytest.fixture
def copy() -> Iterator[Path]:
    """A copy of the project with a space in its name and the environment of this run."""
    parent = places.throwaway_folder()
    made = parent / "my course"
    leave = shutil.ignore_patterns(".venv", "var", ".git", ".*_cache", "__pycache__")
    shutil.copytree(PROJECT, made, ignore=leave)
    yield made
    shutil.rmtree(parent)


class Run:
    """One `python -m mot_course.running` in the copy, and what it has printed."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.address = f"http://127.0.0.1:{port}"
        names = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DEMO")
        environment = {name: word for name, word in os.environ.items() if name not in names}
        environment |= {"PORT": str(port), MARK: str(folder)}
        self.log = folder / "run.log"
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mot_course.running"],
                cwd=folder,
                env=environment,
                stdout=output,
                stderr=output,
            )

    def wait_until_ready(self, seconds: float) -> float:
        begun = time.monotonic()
        while "is ready" not in (text := self.log.read_text()):
            assert self.process.poll() is None, text
            assert time.monotonic() < begun + seconds, text
            time.sleep(0.1)
        return time.monotonic() - begun

    def ask(self, path: str) -> int:
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:
            return int(answer.status)

    def left(self) -> list[str]:
        """The command lines of processes that carry this run's mark or work in its data."""
        found = []
        mark = f"{MARK}={self.folder}\0".encode()
        for pid in processes():
            try:
                environment = Path(f"/proc/{pid}/environ").read_bytes() + b"\0"
                cwd = os.readlink(f"/proc/{pid}/cwd")
                if mark in environment or cwd.startswith(str(self.folder)):
                    found.append(Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
        return found


@pytest.mark.e2e_run
def test_the_whole_platform_starts_ends_cleanly_and_starts_again_in_ten_seconds(copy: Path) -> None:
    port = free_port()
    run = Run(copy, port)
    run.wait_until_ready(120)
    assert run.ask("/healthz") == 200
    run.process.send_signal(signal.SIGTERM)
    assert run.process.wait(timeout=30) == 0
    assert run.left() == []
    secret = (copy / "var" / "secret-key").read_text()

    again = Run(copy, port)
    assert again.wait_until_ready(60) < 10
    second = subprocess.run(
        [sys.executable, "-m", "mot_course.running"], cwd=copy, capture_output=True, text=True
    )
    again.process.send_signal(signal.SIGINT)
    assert again.process.wait(timeout=30) == 0

    assert again.left() == []
    assert (copy / "var" / "secret-key").read_text() == secret
    assert second.returncode == 1
    assert second.stderr.startswith("MOT Course already runs from")


@pytest.mark.e2e_run
def test_a_killed_run_leaves_nothing_and_the_next_one_starts(copy: Path) -> None:
    port = free_port()
    run = Run(copy, port)
    run.wait_until_ready(120)
    run.process.kill()
    run.process.wait()
    deadline = time.monotonic() + 20
    while run.left() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert run.left() == []

    again = Run(copy, port)
    again.wait_until_ready(60)
    again.process.send_signal(signal.SIGTERM)
    assert again.process.wait(timeout=30) == 0

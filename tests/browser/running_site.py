"""The whole site for the browser tests: PostgreSQL, the course, demo people, gunicorn. No Redis."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from functools import partial
from pathlib import Path
from urllib.error import URLError

from mot_course.embedded import Server, start_postgres
from mot_course.embedded.processes import die_with_parent

PROJECT = Path(__file__).resolve().parents[2]
QUIET_SECONDS = 60


class Clerk:
    """A process beside the site that reads and writes its database for the tests.

    A process of its own, because Playwright's event loop keeps Django's database away.
    """

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.clerk"],
            cwd=PROJECT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, start_new_session=True,
            preexec_fn=partial(die_with_parent, signal.SIGTERM, os.getpid()),
        )  # fmt: skip

    def ask(self, deed: str, **words):
        """What the deed of that name in clerk.py returns."""
        self.process.stdin.write(json.dumps([deed, words]) + "\n")
        self.process.stdin.flush()
        reply = self.process.stdout.readline()
        assert reply, f"the clerk ended while doing {deed!r}; its words are above"
        done = json.loads(reply)
        assert "trouble" not in done, done["trouble"]
        return done["answer"]

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


class Site:
    """The running site: its address in `url`, its database behind `clerk`."""

    def __init__(self, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{_free_port()}"
        self.log = folder / "gunicorn.log"
        self.postgres: Server = start_postgres(say=lambda text: None)
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "mot_course.settings",
            "PYTHONUTF8": "1",
            "DEMO": "1",
            "DEBUG": "False",
            "SECRET_KEY": "browser-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
            "ALLOWED_HOSTS": "127.0.0.1,testserver",
            "SITE_URL": self.url,
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": "redis://127.0.0.1:1/0",  # nobody listens: no page may notice
            "STATIC_ROOT": str(folder / "static"),
            "MAIL_FOLDER": str(folder / "mail"),
            "PRIVATE_FILES": str(folder / "private"),
            "LOG_LEVEL": "WARNING",
        }
        (folder / "static").mkdir()
        self.clerk = Clerk(environment)
        try:
            self.clerk.ask("prepare")
            self._start_web(environment)
        except BaseException:
            self.stop()
            raise

    def _start_web(self, environment: dict[str, str]) -> None:
        with self.log.open("ab") as log:
            self.web = subprocess.Popen(
                [
                    sys.executable, "-m", "gunicorn", "mot_course.wsgi", "--workers", "2",
                    "--threads", "4", "--bind", self.url.removeprefix("http://"),
                    "--no-control-socket",
                ],
                cwd=PROJECT, env=environment, start_new_session=True, stdout=log, stderr=log,
                preexec_fn=partial(die_with_parent, signal.SIGTERM, os.getpid()),
            )  # fmt: skip
        deadline = time.monotonic() + QUIET_SECONDS
        while not self._answers():
            assert self.web.poll() is None, self.log.read_text()[-3000:]
            assert time.monotonic() < deadline, self.log.read_text()[-3000:]
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as reply:
                return reply.status == 200
        except (URLError, OSError):
            return False

    def stop(self) -> None:
        """End what was started, in the other order."""
        web = getattr(self, "web", None)
        if web is not None and web.poll() is None:
            web.send_signal(signal.SIGQUIT)  # at once: nobody is waiting for an answer
            try:
                web.wait(timeout=15)
            except subprocess.TimeoutExpired:
                web.kill()
                web.wait()
        self.clerk.stop()
        self.postgres.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""A web server and a PostgreSQL of a test's own, which it may kill and start again."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from mot_course.embedded import start_postgres


@dataclass
class Platform:
    """A web server and a PostgreSQL that can be killed and started again."""

    folder: Path
    port: int
    redis_url: str
    web: subprocess.Popen | None = None
    kills: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.postgres = start_postgres(self.folder / "pg", say=lambda text: None)
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "DEMO": "1",
            "SECRET_KEY": "faults-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
            "ALLOWED_HOSTS": "127.0.0.1,testserver",
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis_url,
            "STATIC_ROOT": str(self.folder / "static"),
            "LOG_LEVEL": "CRITICAL",
        }

    def python(self, code: str) -> list:
        """What the code prints as JSON, run with the platform's settings."""
        done = subprocess.run(
            [sys.executable, "-c", code], env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    def start_web(self) -> None:
        self.web = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", "mot_course.wsgi", "--workers", "2",
                "--threads", "4", "--bind", f"127.0.0.1:{self.port}", "--log-level", "critical",
                "--no-control-socket",
            ],
            env=self.environment, start_new_session=True, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill_web(self) -> None:
        self.kills.append("web")
        os.killpg(self.web.pid, signal.SIGKILL)
        self.web.wait()

    def kill_postgres(self) -> None:
        self.kills.append("postgres")
        os.kill(self.postgres.pid, signal.SIGKILL)

    def restart_postgres(self) -> None:
        """The same address again: the web processes that live on have to find it by themselves."""
        self.postgres.stop()
        port = urlsplit(self.postgres.url).port
        self.postgres = start_postgres(self.folder / "pg", port=port, say=lambda text: None)

    def stop(self) -> None:
        if self.web is not None and self.web.poll() is None:
            self.kill_web()
        self.postgres.stop()

"""What `make run` was asked for, and what that means for the site, its processes and its banner."""

import os
import secrets
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from mot_course.embedded import ServerTrouble

PROJECT = Path(__file__).resolve().parent.parent
MARK = "MOT_COURSE_FOLDER"  # every process of a run carries it, so that a later run knows its own
SAID = 3  # exit code of a step that has told its trouble in words itself
LOCAL = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class Plan:
    """What the person asked for by PORT, DATABASE_URL, REDIS_URL, SITE_URL and DEMO."""

    port: int
    database_url: str
    redis_url: str
    site_url: str
    demo_people: bool

    @property
    def local(self) -> bool:
        """Whether the site is only for this machine, so that plain http is no risk."""
        return self.site_url.startswith("http://") and urlsplit(self.site_url).hostname in LOCAL


def read_plan(environment: Mapping[str, str]) -> Plan:
    """Understand the environment, or raise a ServerTrouble that names the variable."""
    word = environment.get("PORT") or "8000"
    if not word.isascii() or not word.isdigit() or not 0 < int(word) < 65536:
        raise ServerTrouble(f"PORT must be a number from 1 to 65535, not {word!r}.")
    database_url = environment.get("DATABASE_URL", "")
    site_url = environment.get("SITE_URL") or f"http://127.0.0.1:{int(word)}"
    # Demo people have a password that everybody knows: not where others may come by.
    is_public = urlsplit(site_url).hostname not in LOCAL
    demo = environment.get("DEMO") or ("0" if database_url or is_public else "1")
    if demo not in ("0", "1", "True", "False"):
        raise ServerTrouble(f"DEMO must be 0 or 1, not {demo!r}.")
    return Plan(
        port=int(word),
        database_url=database_url,
        redis_url=environment.get("REDIS_URL", ""),
        site_url=site_url,
        demo_people=demo in ("1", "True"),
    )


def settings_for(plan: Plan, var: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for mot_course.settings; what the person set stays as it is."""
    hosts = {*LOCAL, urlsplit(plan.site_url).hostname or LOCAL[0]}
    ours = {
        "ALLOWED_HOSTS": ",".join(sorted(hosts)),
        "DEBUG": "False",
        # Who names a mail server of their own wants the mail to leave.
        "MAIL_FOLDER": "" if environment.get("EMAIL_HOST") else str(var / "mail"),
        "STATIC_ROOT": str(var / "static"),
        "PRIVATE_FILES": str(var / "private"),
    }
    settings = {name: environment.get(name) or value for name, value in ours.items()}
    settings["SECRET_KEY"] = environment.get("SECRET_KEY") or secret_in(var / "secret-key")
    settings["SITE_URL"] = plan.site_url
    # DEMO allows plain http as well as demo people; whether there are any is `demo_people`.
    settings["DEMO"] = "1" if plan.local or plan.demo_people else "0"
    settings["DATABASE_URL"] = plan.database_url
    settings["REDIS_URL"] = plan.redis_url
    settings["PORT"] = str(plan.port)
    return settings | {
        "DJANGO_SETTINGS_MODULE": "mot_course.settings",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        MARK: str(PROJECT),
    }


def secret_in(path: Path) -> str:
    """The secret kept in a file that only its owner can read; made at the first call."""
    if not path.exists():
        unfinished = path.with_name(f"{path.name}.{os.getpid()}")
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_urlsafe(50), encoding="ascii")
        unfinished.rename(path)
    return path.read_text(encoding="ascii")


def commands(var: Path) -> dict[str, str]:
    """What the supervisor runs, by the name that stands before each line of its log.

    The worker's pool is threads: it needs no process per task, and a mail server that hangs does
    not hold up the planner.
    """
    # Celery warns about root in a dozen lines at every start.
    celery = ["-W", "ignore::UserWarning:celery.platforms", "-m", "celery", "-A", "mot_course"]
    celery += ["--quiet"]
    worker = ["worker", "--pool=threads", "--concurrency=6", "--loglevel=warning"]
    worker += ["--without-gossip", "--without-mingle"]
    beat = ["beat", "--loglevel=warning", "--pidfile=", f"--schedule={var / 'beat-schedule'}"]
    web = ["-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "mot_course.wsgi"]
    parts = {"web": web, "worker": celery + worker, "beat": celery + beat}
    return {name: "exec " + shlex.join([sys.executable, *words]) for name, words in parts.items()}


def banner(plan: Plan, var: Path, settings: Mapping[str, str]) -> str:
    """What is printed once the site answers."""
    address = plan.site_url.rstrip("/") + "/"
    lines = ["", f"  MOT Course is ready: {address}", ""]
    if plan.demo_people:
        lines += ["  Sign in as   admin, instructor, trainee1 … trainee12"]
        lines += ["  Password     moment-of-truth"]
    mail = settings["MAIL_FOLDER"]
    lines += [f"  Its mail     is kept in {mail}" if mail else "  Its mail     leaves this machine"]
    lines += [f"  Its data     is kept in {place_of_data(plan, var)}"]
    lines += ["  To end it    press Ctrl-C", ""]
    return "\n".join(lines)


def place_of_data(plan: Plan, var: Path) -> str:
    """Where the data is, without any password."""
    if not plan.database_url:
        return str(var)
    parts = urlsplit(plan.database_url)
    return f"the database {parts.path.lstrip('/')} on {parts.hostname}"

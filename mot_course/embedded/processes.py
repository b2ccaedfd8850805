"""Children that end with us, and what an earlier run that was killed left behind."""

import contextlib
import ctypes
import errno
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
TELLING = ("fatal", "panic", "error", "could not", "terminated by signal")
Say = Callable[[str], None]


class ServerTrouble(RuntimeError):
    """An embedded server cannot run; the message is one sentence for the person at the keyboard."""


@dataclass
class Server:
    """A running server: connect to `url`, call `stop()` (or leave the `with` block) at the end."""

    name: str
    url: str = field(repr=False)
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals
    lock: IO[str]
    throwaway: Path | None = None

    @property
    def pid(self) -> int:
        return self.process.pid

    def stop(self) -> None:
        """End the server in good order; calling it again does nothing."""
        stop_child(self.process, self.stop_signal)
        self.lock.close()
        if self.throwaway is not None:
            shutil.rmtree(self.throwaway, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def spawn(
    command: Sequence[str | Path],
    log: Path,
    last_signal: signal.Signals,
    *,
    identity: dict[str, Any],
    feed: bytes | None = None,
) -> subprocess.Popen[bytes]:
    """Start a server that writes to `log` and gets `last_signal` when our thread ends.

    In a session of its own, so that Ctrl-C reaches only us and we end it in the right order.
    """
    parent = os.getpid()
    if log.exists() and log.stat().st_size > 10_000_000:
        log.replace(log.with_name(f"{log.name}.1"))
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE if feed is not None else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(last_signal, parent),
            **identity,
        )
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(feed or b"")
            process.stdin.close()
    return process


def die_with_parent(last_signal: signal.Signals, parent: int) -> None:
    """Ask the kernel to send us a signal when the thread that forked us ends."""
    LIBC.prctl(PR_SET_PDEATHSIG, int(last_signal))
    if os.getppid() != parent:
        os._exit(1)


def stop_child(process: subprocess.Popen[bytes], first: signal.Signals) -> None:
    """End a child, kill it after ten seconds, and collect it."""
    if process.poll() is None:
        process.send_signal(first)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def sentence(what: str, text: str, log: Path | None = None) -> str:
    """One sentence from a server's own words; a full disk is called by its name."""
    if os.strerror(errno.ENOSPC) in text or os.strerror(errno.EDQUOT) in text:
        return f"{what}: the disk is full. Free some space and start again."
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("initdb: removing")]
    telling = [line for line in lines if any(word in line.lower() for word in TELLING)]
    reason = (telling or lines or ["it said nothing"])[-1].rstrip(".")
    return f"{what}: {reason}" + (f" (more in {log})." if log else ".")


def read_from(log: Path, begin: int) -> str:
    """What was written to a log since it had `begin` bytes."""
    with log.open("rb") as handle:
        handle.seek(begin if begin <= log.stat().st_size else 0)
        return handle.read(100_000).decode(errors="replace")


def end_orphans(folder: Path, program: str, first: signal.Signals, say: Say) -> None:
    """End what a killed run left working in `folder`, and say so."""
    orphans = servers_in(folder, program)
    if orphans:
        say(f"Ending what a killed run left behind: {program} {', '.join(map(str, orphans))}")
        end(orphans, first, seconds=10)


def hold(lock: Path, refusal: str) -> IO[str]:
    """Take a lock that ends with this process; raise when another process has it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    handle = lock.open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise ServerTrouble(refusal) from None
    return handle


def servers_in(folder: Path, program: str) -> list[int]:
    """The ids of the processes that run `program` inside `folder` (a server stays in its data)."""
    return [pid for pid in processes() if _runs_in(pid, folder.resolve(), program)]


def processes() -> Iterator[int]:
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            yield int(entry)


def _runs_in(pid: int, folder: Path, program: str) -> bool:
    try:
        name = os.path.basename(os.readlink(f"/proc/{pid}/exe")).removesuffix(" (deleted)")
        return name == program and os.readlink(f"/proc/{pid}/cwd") == str(folder)
    except OSError:
        return False


def end(pids: list[int], first: signal.Signals, *, seconds: float) -> None:
    """Ask processes to end, wait, and kill those that did not."""
    deadline = time.monotonic() + seconds
    waiting = _signal(pids, first)
    while waiting and time.monotonic() < deadline:
        time.sleep(0.05)
        waiting = [pid for pid in waiting if alive(pid)]
    _signal(waiting, signal.SIGKILL)
    while any(alive(pid) for pid in waiting) and time.monotonic() < deadline + 5:
        time.sleep(0.05)


def _signal(pids: list[int], number: signal.Signals) -> list[int]:
    reached = []
    for pid in pids:
        try:
            os.kill(pid, number)
            reached.append(pid)
        except ProcessLookupError:
            pass
    return reached


def alive(pid: int) -> bool:
    """Whether the process still runs; one that ended and was not yet collected does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as handle:
            return handle.read().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False

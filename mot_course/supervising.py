"""Honcho's manager, made safe for us: no orphans, no lost signal, a word on who died."""

import errno
import functools
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import urllib.request
from typing import Any

import honcho.manager
from honcho.printer import Message, Printer
from honcho.process import Popen, Process

from mot_course.embedded.processes import die_with_parent

# Longer than gunicorn's graceful_timeout, so that requests can finish.
honcho.manager.KILL_WAIT = 15


NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class TiedProcess(Process):
    """A process that ends when the supervisor is killed."""

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:  # noqa: FBT001, FBT002
        """Run in the forked process that passes on the output of one command."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        die_with_parent(signal.SIGKILL, os.getppid())
        self._child_ctor = functools.partial(
            Popen, stdin=subprocess.DEVNULL, preexec_fn=functools.partial(_begin, os.getpid())
        )
        super().run(events, ignore_signals)


def _begin(parent: int) -> None:
    """In the new process: signals as usual again, and no life without the supervisor."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    die_with_parent(signal.SIGTERM, parent)


class SafePrinter(Printer):
    """Prints also from a signal handler, and into a terminal that is gone."""

    _busy = False
    nobody_reads = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._waiting: list[Message] = []

    def write(self, message: Message) -> None:
        self._waiting.append(message)
        if self._busy:
            return
        self._busy = True
        try:
            while self._waiting:
                super().write(self._waiting.pop(0))
        except OSError as error:
            self.nobody_reads = error.errno in (errno.EIO, errno.EPIPE)
            self.output = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        finally:
            self._busy = False


class Supervisor(honcho.manager.Manager):
    """Runs the commands until one ends or somebody asks; `died` names the one that ended."""

    def __init__(self, health_url: str, banner: str) -> None:
        # Fork and not spawn: a Process holds what cannot be pickled.
        multiprocessing.set_start_method("fork", force=True)
        super().__init__(SafePrinter(sys.stdout))
        self._process_ctor = TiedProcess
        self._health_url = health_url
        self._banner = banner
        self._next_look = 0.0
        self._asked = False
        self.died = ""

    def loop(self) -> None:
        signal.signal(signal.SIGHUP, self._hang_up)
        super().loop()

    def _hang_up(self, number: int, frame: Any) -> None:
        self.returncode = 129
        self.terminate()

    def terminate(self) -> None:
        """Only note the wish: honcho calls this from a signal handler, maybe before all started."""
        self._asked = True

    def _all_started(self) -> bool:
        """Honcho's loop asks this ten times a second: the place to act on what was noted."""
        started = bool(super()._all_started())
        if started and not self._asked and not self._any_stopped():
            self._look_whether_ready()
        if self._printer.nobody_reads:
            self.terminate()  # the terminal was closed: nobody could end us by Ctrl-C
        if started and self._asked:
            super().terminate()
        return started

    def _any_stopped(self) -> bool:
        stopped = [name for name, one in self._processes.items() if "returncode" in one]
        if stopped and not self._asked and not self.died:
            self.died = stopped[0]
        return bool(stopped)

    def _all_stopped(self) -> bool:
        return all("returncode" in one for one in self._processes.values())

    def _look_whether_ready(self) -> None:
        """Print the banner at the first answer of the site."""
        if not self._banner or time.monotonic() < self._next_look:
            return
        try:
            NO_PROXY.open(self._health_url, timeout=0.5).close()
        except OSError as error:
            # A refusal is an answer too; an error of the site is none.
            if getattr(error, "code", 500) >= 500:
                self._next_look = time.monotonic() + 0.3
                return
        self._system_print(self._banner)
        self._banner = ""

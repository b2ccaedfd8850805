"""Reads the log of a Postfix on this machine: has it taken a mail with this Message-ID?

`cleanup` names the Message-ID while the text comes in; only `qmgr … (queue active)` with the same
queue id says that the mail was taken. The log is read on from where the last reading ended, the
rotated file (`mail.log.1`) first; a file is known by its inode, so a rotation loses nothing.
"""

import os
import re
import threading
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

LINE = re.compile(
    r"^(?P<time>\d{4}-\d\d-\d\dT\S+|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) .*?"
    r"postfix\S*/(?P<part>cleanup|qmgr)\[\d+\]: (?P<queue>[0-9A-Za-z]+): (?P<rest>.*)$"
)
TIME = re.compile(r"^(\d{4}-\d\d-\d\dT\S+|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) ")
MESSAGE_ID = re.compile(r"message-id=(<[^>]+>)")
MOST_KEPT = 500_000  # Message-IDs in memory; the oldest go first


class MailLog:
    """What one log says, kept in memory and read on when asked."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self.offsets: dict[int, int] = {}
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.coming: dict[str, str] = {}  # queue id: Message-ID
        self.taken: dict[str, None] = {}
        self.lock = threading.Lock()

    def has(self, message_id: str, since: datetime, until: datetime) -> bool | None:
        """True: taken. False: certainly not. None: the log does not tell of the whole time."""
        with self.lock:
            self._read_on()
            if message_id in self.taken:
                return True
            if self.first is None or self.last is None:
                return None
            return False if self.first <= since and self.last >= until else None

    def _read_on(self) -> None:
        for path in (self.path.with_name(self.path.name + ".1"), self.path):
            try:
                with path.open("rb") as file:
                    self._read_file(file)
            except OSError:
                continue

    def _read_file(self, file: BinaryIO) -> None:
        facts = os.fstat(file.fileno())
        offset = self.offsets.get(facts.st_ino, 0)
        if offset > facts.st_size:
            offset = 0  # cut short and begun anew
        file.seek(offset)
        written = datetime.fromtimestamp(facts.st_mtime).astimezone()
        for line in file:
            if not line.endswith(b"\n"):
                break  # still being written
            offset += len(line)
            self._take(line.decode("utf-8", "replace"), written)
        self.offsets[facts.st_ino] = offset

    def _take(self, line: str, written: datetime) -> None:
        match = TIME.match(line)
        if match is None:
            return
        at = moment(match[1], written)
        self.first = min(self.first or at, at)
        self.last = max(self.last or at, at)
        if (parts := LINE.match(line)) is None:
            return
        queue, rest = parts["queue"], parts["rest"]
        if parts["part"] == "cleanup" and (found := MESSAGE_ID.search(rest)):
            self.coming[queue] = found[1]
        elif parts["part"] == "qmgr" and "queue active" in rest and queue in self.coming:
            self.taken[self.coming.pop(queue)] = None
        kept: dict[str, Any]
        for kept in (self.coming, self.taken):
            while len(kept) > MOST_KEPT:
                del kept[next(iter(kept))]


def moment(text: str, written: datetime) -> datetime:
    """A line's time: with its zone, or in this machine's zone and without a year."""
    if text[0].isdigit():
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.astimezone()
    # The year is that of the file, or the one before where that would lie ahead of it.
    at = datetime.strptime(f"{written.year} {text}", "%Y %b %d %H:%M:%S").astimezone()
    if at > written + timedelta(days=2):
        at = at.replace(year=at.year - 1)
    return at


@lru_cache(maxsize=4)
def mail_log(path: str) -> MailLog:
    """The log at the path; one per process, so that it is read once."""
    return MailLog(path)

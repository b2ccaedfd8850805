"""`python -m tests.faults.delivery.smtp_server <folder> <port>`: a mail server with a ledger.

Files in the folder:
ledger     one line for each mail that was taken, on the disk before the client hears of it:
           time, Message-ID, recipient, "said" or "dropped" (taken, then hung up without a 250)
attempts   one line for each RCPT: time, recipient
mail.log   what Postfix would write; our reconciling reads it
mode.json  how to behave: drop (share of mails), seed, before and after (seconds of work before
           and after the ledger is written), hang (say nothing any more at RCPT)

Recipients: never…@ 550, later…@ 451 twice and then taken, all others taken.
"""

import asyncio
import json
import os
import random
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP

MODE = {"drop": 0.0, "seed": 1, "before": 0.0, "after": 0.0, "hang": False}


class Post:
    """What aiosmtpd asks when a recipient is named and when a mail has come in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = (folder / "ledger").open("a")
        self.attempts = (folder / "attempts").open("a", buffering=1)
        self.log = (folder / "mail.log").open("a", buffering=1)
        self.refused: Counter[str] = Counter()
        self.number = os.getpid() * 1_000_000
        self.mode, self.changed = dict(MODE), 0
        self.chance = random.Random(1)

    def behave(self) -> dict:
        """The mode that holds now."""
        try:
            changed = (self.folder / "mode.json").stat().st_mtime_ns
        except FileNotFoundError:
            return self.mode
        if changed != self.changed:
            self.changed = changed
            self.mode = MODE | json.loads((self.folder / "mode.json").read_text())
            self.chance = random.Random(self.mode["seed"])
        return self.mode

    def say(self, part: str, text: str) -> None:
        now = datetime.now().astimezone().isoformat(timespec="microseconds")
        self.log.write(f"{now} post postfix/{part}[1]: {text}\n")

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.attempts.write(f"{time.time():.3f}\t{address}\n")
        if self.behave()["hang"]:
            await asyncio.sleep(120)
        if address.startswith("never"):
            return "550 nobody here"
        if address.startswith("later"):
            self.refused[address] += 1
            if self.refused[address] <= 2:
                return "451 not now"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        mode = self.behave()
        head = envelope.content.split(b"\r\n\r\n", 1)[0].decode("latin-1")
        at = head.lower().index("message-id: ") + 12
        message_id = head[at:].split("\r\n", 1)[0]
        self.number += 1
        queue_id = f"{self.number:X}"
        self.say("cleanup", f"{queue_id}: message-id={message_id}")
        await asyncio.sleep(mode["before"])
        is_dropped = self.chance.random() < mode["drop"]
        said = "dropped" if is_dropped else "said"
        line = f"{time.time():.3f}\t{message_id}\t{envelope.rcpt_tos[0]}\t{said}\n"
        self.ledger.write(line)
        self.ledger.flush()
        os.fsync(self.ledger.fileno())
        self.say("qmgr", f"{queue_id}: from=<x>, size=1, nrcpt=1 (queue active)")
        await asyncio.sleep(mode["after"])
        if is_dropped:
            server.transport.abort()
        return "250 taken"


async def serve(folder: Path, port: int) -> None:
    post = Post(folder)
    loop = asyncio.get_running_loop()
    await loop.create_server(
        lambda: SMTP(post, hostname="post"), "127.0.0.1", port, reuse_address=True
    )
    while True:  # a log that goes on says of a mail that is not in it: it was not taken
        post.say("anvil", "statistics: max connection rate 1/60s")
        (folder / "up").write_text(str(os.getpid()))
        await asyncio.sleep(0.3)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))

"""A mail server on loopback that does as the recipient's name says, and keeps a ledger.

ok…@          takes the mail                    later…@       451 at RCPT
never…@       550 at RCPT                       full…@        452 after DATA
spam…@        554 after DATA                    hangup…@      ends the connection at RCPT
silent…@      takes the mail, then ends the connection without a word
held…@        takes the mail, then waits for `let_go` before it says so
"""

import socketserver
import threading
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any


@dataclass
class Sink:
    """A running server. `taken` lists (recipient, mail), whether it said so or not."""

    port: int
    taken: list[tuple[str, Message]] = field(default_factory=list)
    raw: list[tuple[str, bytes]] = field(default_factory=list)  # the same, byte for byte
    connections: list[str] = field(default_factory=list)
    greets_with: str = "220 sink"
    holding: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)

    @property
    def message_ids(self) -> list[str]:
        return [mail["Message-ID"] for _, mail in self.taken]

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.taken]


class Conversation(socketserver.StreamRequestHandler):
    server: Any

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        sink: Sink = self.server.sink
        sink.connections.append("open")
        self.say(sink.greets_with)
        recipient = ""
        while line := self.rfile.readline().decode().strip():
            word = line.split(":")[0].split()[0].upper()
            if word == "RCPT":
                recipient = line.split("<")[1].rstrip(">")
                if recipient.startswith("hangup"):
                    return
                self.say(self._about(recipient))
            elif word == "DATA":
                self.say("354 go ahead")
                if not self._take(sink, recipient):
                    return
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 sink")

    def _about(self, recipient: str) -> str:
        if recipient.startswith("later"):
            return "451 not now"
        return "550 nobody here" if recipient.startswith("never") else "250 ok"

    def _take(self, sink: Sink, recipient: str) -> bool:
        """Read the mail and answer; False when the connection is to end without a word."""
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        refusals = {"full": "452 no room", "spam": "554 we do not like it"}
        for name, refusal in refusals.items():
            if recipient.startswith(name):
                self.say(refusal)
                return True
        mail = b"".join(line.removeprefix(b".") for line in lines)
        sink.raw.append((recipient, mail))
        sink.taken.append((recipient, message_from_bytes(mail)))
        if recipient.startswith("silent"):
            return False
        if recipient.startswith("held"):
            sink.holding.set()
            sink.let_go.wait(20)
        self.say("250 taken")
        return True


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed in mid-sentence is what some tests are about."""


def start_sink() -> tuple[Sink, Server]:
    """A sink on a free port, with the server to shut down in the end."""
    server = Server(("127.0.0.1", 0), Conversation)
    server.sink = Sink(port=server.server_address[1])  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.sink, server  # type: ignore[attr-defined]

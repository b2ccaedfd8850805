"""Puts a multipart mail into bytes, many times faster than the standard library's generators.

The parts are what `letter` made, so the result parses to the same text (a test holds that to the
standard library's parser). A header with a line break in it is refused, never folded away.
"""

import re
from binascii import b2a_base64
from email.header import Header
from email.utils import formatdate
from functools import lru_cache
from uuid import uuid4

from django.core.mail import BadHeaderError, EmailMultiAlternatives
from django.core.mail.message import sanitize_address

LONGEST_LINE = 900  # characters; RFC 5322 allows 998
LINE_END = re.compile(r"\r\n|\r|\n")
ENCODED_LINE = 57  # bytes that make 76 characters


PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class Letter(EmailMultiAlternatives):
    """A mail of one plain and one HTML part."""

    def message(self) -> "Bytes":  # type: ignore[override]
        return Bytes(self)


class Bytes:
    """What Django's backends ask of a message that is ready to leave."""

    def __init__(self, email: Letter) -> None:
        self.bytes = _as_bytes(email)

    def as_bytes(self, unixfrom: bool = False, linesep: str = "\n") -> bytes:  # noqa: FBT001, FBT002 -- as in the standard library
        """The whole mail with these line ends."""
        return self.bytes if linesep == "\r\n" else self.bytes.replace(b"\r\n", b"\n")


def _as_bytes(email: Letter) -> bytes:
    boundary = f"=_{uuid4().hex}"
    headers = {
        "Subject": _header(email.subject),
        "From": address_for_header(email.extra_headers.get("From", email.from_email)),
        "To": ", ".join(address_for_header(to) for to in email.to),
        "Date": formatdate(usegmt=True),
        **{name: _plain(value) for name, value in email.extra_headers.items() if name != "From"},
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
    }
    if email.reply_to:
        headers["Reply-To"] = ", ".join(address_for_header(to) for to in email.reply_to)
    lines = [f"{name}: {value}".encode("ascii") for name, value in headers.items()]
    lines.append(b"")
    parts = [(str(email.body), "plain")]
    parts += [(str(content), "html") for content, _type in email.alternatives]
    for text, subtype in parts:
        encoding, content = _encoded(text)
        lines += [
            f"--{boundary}".encode(),
            f'Content-Type: text/{subtype}; charset="utf-8"'.encode(),
            f"Content-Transfer-Encoding: {encoding}".encode(),
            b"",
            content,
        ]
    lines += [f"--{boundary}--".encode(), b""]
    return b"\r\n".join(lines)


def _encoded(text: str) -> tuple[str, bytes]:
    """The text as it travels: plain where it can be read as it is, else base64."""
    lines = LINE_END.split(text)
    if text.isascii() and "\x00" not in text and all(len(line) <= LONGEST_LINE for line in lines):
        return "7bit", "\r\n".join(lines).encode("ascii")
    raw = "\r\n".join(lines).encode("utf-8", "replace")
    chunks = range(0, len(raw), ENCODED_LINE)
    return "base64", b"\r\n".join(
        b2a_base64(raw[at : at + ENCODED_LINE], newline=False) for at in chunks
    )


@lru_cache(maxsize=1000)
def _header(text: str) -> str:
    """A header's words: as they are, or encoded and folded."""
    text = _one_line(text)
    if text.isascii() and len(text) <= 70:
        return text
    return Header(text, "utf-8", maxlinelen=75, header_name="Subject").encode(linesep="\r\n")


@lru_cache(maxsize=2_000)
def address_for_header(text: str) -> str:
    """An address as headers and the server bear it; what is plain already needs no parser."""
    text = _one_line(text)
    return text if PLAIN_ADDRESS.fullmatch(text) else str(sanitize_address(text, "utf-8"))


def _plain(value: object) -> str:
    """A value that only machines read."""
    return _one_line(str(value)).encode("ascii").decode()


def _one_line(text: str) -> str:
    if any(character in text for character in "\r\n\x00"):
        raise BadHeaderError(f"A header cannot have more than one line: {text!r}")
    return text

"""A client that costs little: raw keep-alive connections, requests prepared as bytes."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

Headers = dict[str, str]


@dataclass
class Reply:
    status: int
    headers: Headers
    body: bytes

    @property
    def wire_bytes(self) -> int:
        """Body and headers as they came over the line."""
        return len(self.body) + sum(len(k) + len(v) + 4 for k, v in self.headers.items()) + 17


@dataclass
class Connection:
    """One browser: its connection and its cookies."""

    port: int
    cookies: Headers = field(default_factory=dict)
    compressed: bool = True
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, form: Headers | None = None) -> Reply:
        """The reply to one request; opens the connection again when the server closed it."""
        body = urlencode(form or {}).encode()
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Cookie: {cookies}",
            f"Accept-Encoding: {'gzip' if self.compressed else 'identity'}",
            f"Origin: http://127.0.0.1:{self.port}",
        ]
        if method == "POST":
            lines.append("Content-Type: application/x-www-form-urlencoded")
            lines.append(f"Content-Length: {len(body)}")
        data = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
        for _ in range(2):
            if self.writer is None:
                self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                self.writer.write(data)
                reply = await self._read()
            except (asyncio.IncompleteReadError, ConnectionError):
                self.close()
                continue
            if reply.headers.get("connection") == "close":
                self.close()
            return reply
        raise ConnectionError(path)

    def close(self) -> None:
        """Let the connection go."""
        if self.writer is not None:
            self.writer.close()
            self.writer = None

    async def _read(self) -> Reply:
        assert self.reader is not None
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers: Headers = {}
        for line in head[1:]:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                cookie, _, rest = value.partition("=")
                self.cookies[cookie] = rest.partition(";")[0]
            elif name:
                headers[name.lower()] = value
        if "content-length" in headers:
            body = await self.reader.readexactly(int(headers["content-length"]))
        elif headers.get("transfer-encoding") == "chunked":
            body = await self._chunks()
        else:
            body = b""
        return Reply(int(head[0].split()[1]), headers, body)

    async def _chunks(self) -> bytes:
        assert self.reader is not None
        parts = []
        while size := int((await self.reader.readuntil(b"\r\n")).strip(), 16):
            parts.append(await self.reader.readexactly(size))
            await self.reader.readexactly(2)
        await self.reader.readuntil(b"\r\n")
        return b"".join(parts)


def hidden(html: bytes, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rb'name="' + name.encode() + rb'" value="([^"]*)"', html)
    if found is None:
        raise LookupError(name)
    return found[1].decode()


Deed = Callable[[Connection], Awaitable[int]]


async def rate(connections: list[Connection], deed: Deed, seconds: float) -> float:
    """Requests per second when every connection does the deed again and again."""
    until = time.perf_counter() + seconds
    count = 0

    async def work(connection: Connection) -> None:
        nonlocal count
        while time.perf_counter() < until:
            count += await deed(connection)

    begun = time.perf_counter()
    await asyncio.gather(*(work(connection) for connection in connections))
    return count / (time.perf_counter() - begun)

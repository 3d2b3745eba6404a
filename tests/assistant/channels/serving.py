"""A service as it is started by command, and clients that notice every request that is lost."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
QUESTION = "2018年国务院印发了什么文件？"
BODY = json.dumps({"question": QUESTION}).encode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Service:
    """``python -m assistant serve`` in a process of its own."""

    def __init__(self, folder: Path, index: Path, *arguments: str, **settings: str) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.env = {
            **os.environ, "POLICY_DATA_DIR": str(folder), "POLICY_INDEX": str(index), "HOST": "127.0.0.1",
            "POLICY_LOG_FORMAT": "json", "POLICY_RATE_LIMIT": "0", "PYTHONPATH": str(ROOT), **settings,
        }  # fmt: skip
        command = [sys.executable, "-m", "assistant", "serve", "--port", str(self.port), *arguments]
        self.log = (folder / f"log-{self.port}").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, stderr=self.log, text=True
        )

    def wait(self) -> None:
        """Wait until it says that it serves."""
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        assert "已启动" in said, self.said()

    def run(self, *arguments: str) -> str:
        """Run a command of the assistant with the same settings."""
        done = subprocess.run(
            [sys.executable, "-m", "assistant", *arguments],
            cwd=ROOT, env=self.env, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout

    def stop(self) -> float:
        """Tell it to stop and wait; return the seconds that took."""
        started = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return time.monotonic() - started

    def said(self) -> str:
        """Return what it has logged."""
        return Path(self.log.name).read_text(encoding="utf-8")

    def workers(self) -> list[int]:
        """Return its worker processes, oldest first."""
        found = []
        for status in Path("/proc").glob("[0-9]*/status"):
            with contextlib.suppress(OSError):
                if f"\nPPid:\t{self.process.pid}\n" in status.read_text():
                    command = (status.parent / "cmdline").read_bytes()
                    if b"spawn_main" in command:
                        found.append(int(status.parent.name))
        return sorted(found)


@contextlib.contextmanager
def serving(folder: Path, index: Path, *arguments: str, **settings: str) -> Iterator[Service]:
    """Serve for as long as the context lasts."""
    service = Service(folder, index, *arguments, **settings)
    try:
        service.wait()
        yield service
    finally:
        service.stop()
        service.log.close()


def request(body: bytes = BODY, path: str = "/api/ask", *, close: bool = True) -> bytes:
    """Return a request as it goes over the line."""
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + (b"Connection: close\r\n\r\n" if close else b"\r\n") + body


async def ask_anew(port: int) -> str:
    """Ask over a connection of its own; return the status, ``refused`` where nobody listens, or ``lost``."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return "refused"
    try:
        writer.write(request())
        whole = await reader.read()
    except OSError:
        return "lost"
    finally:
        writer.close()
    head, _, body = whole.partition(b"\r\n\r\n")
    length = next((int(row[15:]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length:")), None)
    return head[9:12].decode() if length == len(body) else "lost"


async def ask_on(port: int, told: Counter[str], until: float) -> None:
    """Ask again and again over one connection, for as long as the server keeps it open."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        told["refused"] += 1
        return
    try:
        while time.monotonic() < until:
            writer.write(request(close=False))
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = next(int(row[15:]) for row in head.split(b"\r\n") if row.startswith(b"content-length:"))
            await reader.readexactly(length)
            told[head[9:12].decode()] += 1
            if b"connection: close" in head:
                return
    except (OSError, asyncio.IncompleteReadError):
        told["lost"] += 1
    finally:
        writer.close()


async def load(port: int, seconds: float, clients: int, *, keep: bool = False) -> Counter[str]:
    """Ask by ``clients`` at a time for some seconds, or until nobody listens; return how often what came back."""
    told: Counter[str] = Counter()
    until = time.monotonic() + seconds

    async def one() -> None:
        while time.monotonic() < until and not told["refused"]:
            if keep:
                await ask_on(port, told, until)
            else:
                told[await ask_anew(port)] += 1

    await asyncio.gather(*(one() for _ in range(clients)))
    return told

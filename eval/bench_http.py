"""The HTTP API under load on loopback: ``python -m eval.bench_http``, against a bare route that returns as many bytes.

Three services are measured in one run: one worker, two workers, and a bare FastAPI route with a JSON of the same size, each
at 1, 16 and 128 connections, by a client in this process. At 128 connections one worker is over its capacity on purpose:
what it turns away (429) is counted apart, and is no error. Absolute figures vary with the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.compose import embedder
from knowledge.build import build

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "knowledge" / "corpus"
QUESTION = "2018年国务院印发了什么文件？"
CONNECTIONS = (1, 16, 128)
SECONDS = 6.0
WARM_UP = 1.0
_OK, _BUSY = 200, 429
_BARE = """
import sys, uvicorn
from fastapi import FastAPI, Request
app, body = FastAPI(), {"text": "a" * (int(sys.argv[2]) - 11)}
@app.post("/api/ask")
async def ask(request: Request):
    await request.json()
    return body
uvicorn.run(app, port=int(sys.argv[1]), log_level="critical")
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What came back in a time: ``seconds`` of the good answers, one each, and how often each status, 0 for none."""

    length: float
    seconds: tuple[float, ...]
    statuses: Counter[int]

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return len(self.seconds) / self.length

    @property
    def errors(self) -> int:
        """Requests that got neither an answer nor a 429."""
        return sum(self.statuses.values()) - self.statuses[_OK] - self.statuses[_BUSY]

    def quantile(self, share: float) -> float:
        """Return the milliseconds within which a share of the good answers came."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def main() -> int:
    """Print a table of measured rates; return 1 where there were errors."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench_http", description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="时长，每个格子")
    options = parser.parse_args()
    errors = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder / "index", [str(CORPUS)], embedder())
        print(f"负载：{', '.join(f'{load:.1f}' for load in os.getloadavg())}；每格 {options.seconds:g} 秒")
        print("服务 连接数 次/秒 p50毫秒 p99毫秒 429 错误")
        size = 0
        for title in ("1 个进程", "2 个进程", "只返回同样多字节的 FastAPI"):
            (folder / ".env").write_text(f"POLICY_DATA_DIR={folder / 'var'}\n", encoding="utf-8")
            with served(title, folder, size) as port:
                size = size or asyncio.run(answer_size(port))
                for count in CONNECTIONS:
                    told = asyncio.run(measured(port, count, options.seconds))
                    errors += told.errors
                    row = f"{told.rate:.0f} {told.quantile(0.5):.1f} {told.quantile(0.99):.1f}"
                    print(f"{title} {count} {row} {told.statuses[_BUSY]} {told.errors}", flush=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"回答 {size} 字节；最大的一个进程 {peak:.0f} MB")
    return 1 if errors else 0


@contextlib.contextmanager
def served(title: str, folder: Path, size: int) -> Iterator[int]:
    """Serve one of the three for as long as the context lasts; yields its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    serve = [sys.executable, "-m", "assistant", "serve", "--port", str(port), "--index", str(folder / "index")]
    command = (
        [*serve, "--workers", title[0]] if title[0].isdigit() else [sys.executable, "-c", _BARE, str(port), str(size)]
    )
    process = subprocess.Popen(  # noqa: S603  # our own command
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(60)


def _wait(port: int, process: subprocess.Popen[bytes], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as line:
            line.settimeout(60)
            line.sendall(_request())
            if line.recv(64):
                return
        time.sleep(0.2)
    raise RuntimeError("the service did not come up")


async def answer_size(port: int) -> int:
    """Return the bytes of an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_request())
    _, length = await _response(reader)
    writer.close()
    return length


async def measured(port: int, connections: int, seconds: float) -> Load:
    """Ask over so many kept connections at a time."""
    taken: list[float] = []
    statuses: Counter[int] = Counter()
    begin = time.perf_counter() + WARM_UP
    end = begin + seconds

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            while (now := time.perf_counter()) < end:
                writer.write(_request())
                status, _ = await _response(reader)
                if now >= begin:
                    statuses[status] += 1
                    if status == _OK:
                        taken.append(time.perf_counter() - now)
                if status == _BUSY:
                    await asyncio.sleep(0.1)  # a client that listens to Retry-After would wait longer
        except (OSError, asyncio.IncompleteReadError, ValueError):
            statuses[0] += 1
        finally:
            writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return Load(seconds, tuple(taken), statuses)


async def _response(reader: asyncio.StreamReader) -> tuple[int, int]:
    """Read one response; return its status and the bytes of its body."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    await reader.readexactly(length)
    return int(head[9:12]), length


def _request() -> bytes:
    body = json.dumps({"question": QUESTION}).encode()
    head = f"POST /api/ask HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


if __name__ == "__main__":
    sys.exit(main())

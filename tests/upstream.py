"""A server that speaks OpenAI's chat-completions protocol over HTTP, plain and as events, and plays faults by script.

It is written on bare sockets, so that it can do what no library lets a server do: break off in the middle of a chunk,
say nothing, drip, or never end. What it plays is decided by ``server.plays`` (one after the other) or ``server.reply``
(from the request). Run as a program it serves the replies of ``scripted_reply`` until its input ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass
class Play:
    """How one request is answered. Seconds; ``raw`` is the whole body in place of a completion.

    ``cut``: the connection is broken off after the words, in the middle of a chunk. ``size``: characters of a piece.
    """

    text: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    content_type: str | None = None
    before_head: float = 0.0
    before_words: float = 0.0
    between: float = 0.0
    size: int = 4
    finish: str | None = "stop"
    done: bool = True
    usage: tuple[int, int] | None = (1000, 50)
    cut: bool = False
    endless: bool = False
    keepalive: float = 0.0
    deltas: list[dict[str, Any]] | None = None


@dataclass
class Asked:
    """A request as it came, when, and when the client left before it was answered (None where it did not)."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    at: float
    left: float | None = None
    ended: float | None = None

    @property
    def prompt(self) -> str:
        return "\n".join(str(message["content"]) for message in self.body["messages"])


class Server:
    """The server, in a thread with a loop of its own."""

    def __init__(self) -> None:
        self.plays: deque[Play] = deque()
        self.reply: Callable[[Asked], Play] = lambda _: Play()
        self.asked: list[Asked] = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=256))
        self.port = self._server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def close(self) -> None:
        async def stop() -> None:
            self._server.close()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._loop.stop()

        asyncio.run_coroutine_threadsafe(stop(), self._loop)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._one(reader, writer):
                pass
        with contextlib.suppress(ConnectionError, RuntimeError):
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = json.loads(await reader.readexactly(int(headers.get("content-length", "0"))) or b"{}")
        asked = Asked(head[0].split()[1], headers, body, time.monotonic())
        self.asked.append(asked)
        play = self.plays.popleft() if self.plays else self.reply(asked)
        answering = asyncio.ensure_future(self._answer(play, asked, writer))
        leaving = asyncio.ensure_future(reader.read(1))
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            asked.left = time.monotonic()
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)
            return False
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        keep = not answering.exception() and answering.result()
        if answering.exception():
            asked.left = time.monotonic()
        return bool(keep)

    async def _answer(self, play: Play, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        await asyncio.sleep(play.before_head)
        streams = bool(asked.body.get("stream")) and play.status == 200 and play.raw is None
        kind = play.content_type or ("text/event-stream" if streams else "application/json")
        lines = [f"HTTP/1.1 {play.status} X", f"Content-Type: {kind}", *(f"{k}: {v}" for k, v in play.headers.items())]
        if not streams:
            content = play.raw if play.raw is not None else self._plain(play)
            writer.write(("\r\n".join([*lines, f"Content-Length: {len(content)}"]) + "\r\n\r\n").encode() + content)
            await writer.drain()
            asked.ended = time.monotonic()
            return True
        writer.write(("\r\n".join([*lines, "Transfer-Encoding: chunked"]) + "\r\n\r\n").encode())
        await writer.drain()
        await self._events(play, writer)
        if play.cut:
            writer.write(b'40\r\ndata: {"id": "x", "choi')
            await writer.drain()
            writer.transport.abort()
            return False
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        asked.ended = time.monotonic()
        return True

    async def _events(self, play: Play, writer: asyncio.StreamWriter) -> None:
        async def event(data: str) -> None:
            payload = f"{data}\n\n".encode()
            writer.write(b"%x\r\n%s\r\n" % (len(payload), payload))
            await writer.drain()

        def chunk(delta: dict[str, Any], finish: str | None = None) -> str:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            return "data: " + json.dumps({**HEAD, "choices": [choice]}, ensure_ascii=False)

        waited = 0.0
        while play.keepalive and waited < play.before_words:
            await event(": keepalive")
            await asyncio.sleep(play.keepalive)
            waited += play.keepalive
        await asyncio.sleep(max(play.before_words - waited, 0))
        await event(chunk({"role": "assistant", "content": ""}))
        pieces = [play.text[place : place + play.size] for place in range(0, len(play.text), play.size)]
        deltas = play.deltas if play.deltas is not None else [{"content": piece} for piece in pieces]
        while True:
            for delta in deltas:
                await event(chunk(delta))
                await asyncio.sleep(play.between)
            if not play.endless:
                break
        if play.cut:
            return
        await event(chunk({}, play.finish))
        if play.usage:
            prompt, completion = play.usage
            usage = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
            await event("data: " + json.dumps({**HEAD, "choices": [], "usage": usage}))
        if play.done:
            await event("data: [DONE]")

    @staticmethod
    def _plain(play: Play) -> bytes:
        if play.status != 200:
            return json.dumps({"error": {"message": "no", "type": "x", "param": None, "code": None}}).encode()
        message = {"role": "assistant", "content": play.text}
        choice = {"index": 0, "message": message, "finish_reason": play.finish}
        prompt, completion = play.usage or (0, 0)
        usage = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
        return json.dumps({**HEAD, "object": "chat.completion", "choices": [choice], "usage": usage}).encode()


HEAD = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """Run a server for as long as it is needed."""
    server = Server()
    try:
        yield server
    finally:
        server.close()


@contextlib.contextmanager
def nobody_listens() -> Iterator[str]:
    """Yield an address at which connections are refused."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/v1"


@contextlib.contextmanager
def nobody_accepts() -> Iterator[str]:
    """Yield an address at which connections are neither taken nor refused: its queue is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        time.sleep(0.05)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


def passages(prompt: str) -> dict[int, str]:
    """Return the passages of a prompt by their numbers."""
    import re

    return {int(n): text for n, text in re.findall(r'<passage n="(\d+)"[^>]*>\n(.*?)\n</passage>', prompt, re.DOTALL)}


def scripted_reply(asked: Asked) -> Play:
    """Say the first sentence of the first passage, and again the question, after the delay that the model's name tells."""
    first = passages(asked.prompt).get(1, "")
    sentence = first.split("。")[0].strip()
    _, before, between = asked.body["model"].split("/")
    text = f"RESULT: answered\n{sentence} [1]。"
    return Play(text, before_words=float(before), between=float(between))


if __name__ == "__main__":
    with running() as server:
        server.reply = scripted_reply
        print(server.url, flush=True)
        for line in sys.stdin:  # a line asks for what has happened
            told = {"asked": len(server.asked), "left": sum(asked.left is not None for asked in server.asked)}
            print(json.dumps({line.strip(): told}), flush=True)

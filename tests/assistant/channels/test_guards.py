"""What stands before every route holds for slow and for well-behaved callers."""

from __future__ import annotations

import asyncio
from typing import Any

from assistant.channels.guards import BodyLimit


async def _echo(scope: Any, receive: Any, send: Any) -> None:
    body = b""
    while True:
        message = await receive()
        body += message["body"]
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def call(messages: list[dict[str, Any]], headers: list[tuple[bytes, bytes]], **limits: Any) -> tuple[int, bytes]:
    sent: list[dict[str, Any]] = []
    waiting = list(messages)

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.sleep(60)
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "path": "/wide/x", "method": "POST", "headers": headers}
    asyncio.run(BodyLimit(_echo, **limits)(scope, receive, send))
    return sent[0]["status"], sent[1]["body"]


CHUNKED = [(b"transfer-encoding", b"chunked")]
PARTS = [
    {"type": "http.request", "body": b"ab", "more_body": True},
    {"type": "http.request", "body": b"cd", "more_body": False},
]


def test_a_body_in_parts_arrives_whole() -> None:
    assert call(PARTS, CHUNKED, limit=4) == (200, b"abcd")


def test_a_body_above_the_limit_is_refused() -> None:
    assert call(PARTS, CHUNKED, limit=3)[0] == 413


def test_a_path_may_have_a_wider_limit() -> None:
    assert call(PARTS, CHUNKED, limit=3, wider={"/wide": 4}) == (200, b"abcd")


def test_a_body_that_never_ends_times_out() -> None:
    assert call(PARTS[:1], CHUNKED, timeout=0.05)[0] == 408


def test_a_declared_length_above_the_limit_is_refused_unread() -> None:
    assert call([], [(b"content-length", b"60000000")])[0] == 413

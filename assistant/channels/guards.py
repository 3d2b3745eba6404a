"""What stands before every route: a limit on the body and the security headers. Plain ASGI, so that streams stay streams."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

from assistant.channels.problems import fault

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 64 * 1024
"""Bytes of a request body."""
BODY_TIMEOUT = 10.0
"""Seconds in which a request body must have arrived."""

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def ancestors(origins: Sequence[str]) -> str:
    """Return the sources of ``frame-ancestors`` under which pages of some origins may show ours in a frame."""
    return " ".join(("'self'", *origins)) if origins else "'none'"


class SecurityHeaders:
    """Sets the security headers on every response that does not set them itself."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                framed = _may_be_framed(headers.get("Content-Security-Policy", ""))
                for name, value in self._headers.items():
                    if not (framed and name == "X-Frame-Options"):  # it cannot name other origins
                        headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _may_be_framed(policy: str) -> bool:
    return "frame-ancestors" in policy and "frame-ancestors 'none'" not in policy


class BodyLimit:
    """Reads a body whole before anything looks at it: 413 above ``limit`` bytes, 408 after ``timeout`` seconds.

    Paths that begin with one of ``wider`` may send as many bytes as it says. What is sent to a path of ``streamed`` is
    not read here: its route reads it piece by piece and has bounds of its own.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limit: int = MAX_BODY,
        wider: Mapping[str, int] | None = None,
        streamed: Collection[str] = (),
        timeout: float = BODY_TIMEOUT,
    ) -> None:
        self._app = app
        self._limit = limit
        self._wider = wider or {}
        self._streamed = streamed
        self._timeout = timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        has_body = "content-length" in headers or "transfer-encoding" in headers
        if not has_body or scope["path"] in self._streamed:
            await self._app(scope, receive, send)
            return
        limit = next((size for path, size in self._wider.items() if scope["path"].startswith(path)), self._limit)
        declared = headers.get("content-length", "0")
        if declared.isdecimal() and int(declared) > limit:
            await fault(scope["path"], 413)(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._timeout):
                messages = await _read(receive, limit)
        except TimeoutError:
            await fault(scope["path"], 408, headers={"Connection": "close"})(scope, receive, send)
            return
        if messages is None:
            await fault(scope["path"], 413, headers={"Connection": "close"})(scope, receive, send)
            return
        await self._app(scope, _replay(messages, receive), send)


async def _read(receive: Receive, limit: int) -> list[Message] | None:
    """Return the messages of one body, or None when it is longer than ``limit`` bytes."""
    messages: list[Message] = []
    size = 0
    while True:
        message = await receive()
        messages.append(message)
        size += len(message.get("body", b""))
        if size > limit:
            return None
        if message["type"] != "http.request" or not message.get("more_body", False):
            return messages


def _replay(messages: list[Message], receive: Receive) -> Receive:
    rest = iter(messages)

    async def next_message() -> Message:
        return next(rest, None) or await receive()

    return next_message

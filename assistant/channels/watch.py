"""Every request gets an id, a line in the log and a place in the figures; and must have begun to be answered in time.

The log says nothing of a person: no question, no path with an id in it, of an address only the network.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import time
from typing import TYPE_CHECKING, Protocol

from starlette.datastructures import Headers, MutableHeaders

from assistant.channels.access import KEY, client
from assistant.channels.drain import Drain
from assistant.channels.problems import fault
from assistant.channels.request_context import (
    OPERATION,
    PAGE,
    RequestContext,
    channel,
    enter,
    prefers_english,
    request_id,
)

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOG = logging.getLogger("assistant.http")
_BROKEN, _GONE = 500, 499
_NETWORK_BITS = {4: 24, 6: 48}
_UNTIMED = {PAGE}


class Figures(Protocol):
    """Counts what was served."""

    def served(self, channel: str, method: str, status: int, seconds: float) -> None:
        """Count one request."""


class Watch:
    """Stands before everything else; ``timeout`` in seconds until a response must have begun, but for the page's."""

    def __init__(self, app: ASGIApp, *, figures: Figures, drain: Drain, timeout: float, details: bool = False) -> None:
        self._app = app
        self._figures = figures
        self._drain = drain
        self._timeout = timeout
        self._details = details

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, started = Headers(scope=scope), time.perf_counter()
        english = prefers_english(headers.get("accept-language"))
        context = RequestContext(request_id(headers.get("x-request-id")), channel(scope["path"]), english)
        enter(context)
        seen = _Seen(context.id, send, self._drain)
        counts = context.channel != PAGE
        self._drain.busy += counts
        try:
            await self._in_time(context, scope, receive, seen)
        except Exception:
            seen.status = _BROKEN
            raise
        finally:
            self._drain.busy -= counts
            self._tell(context, scope, seen.status or _GONE, time.perf_counter() - started)

    async def _in_time(self, context: RequestContext, scope: Scope, receive: Receive, seen: _Seen) -> None:
        if context.channel in _UNTIMED:
            await self._app(scope, receive, seen)
            return
        try:
            async with asyncio.timeout(self._timeout) as deadline:
                seen.deadline = deadline
                await self._app(scope, receive, seen)
        except TimeoutError:
            if not deadline.expired():
                raise
            await fault(scope["path"], 504)(scope, receive, seen)

    def _tell(self, context: RequestContext, scope: Scope, status: int, seconds: float) -> None:
        self._figures.served(context.channel, scope["method"], status, seconds)
        if context.channel == OPERATION and status < _BROKEN:  # asked every few seconds, and says nothing
            return
        route = getattr(scope.get("route"), "path", None)
        address = client(scope)
        fields = {
            "request_id": context.id,
            "channel": context.channel,
            "method": scope["method"] if scope["method"].isalpha() else "?",
            "route": route or ("/…" if context.channel == PAGE else ""),
            "status": status,
            "ms": round(seconds * 1000, 1),
            "key": scope.get(KEY),
            "address": address if self._details else network(address),
        }
        _LOG.info("request", extra=fields)


class _Seen:
    """Passes on what is sent, with the id of the request, and remembers the status."""

    def __init__(self, request: str, send: Send, drain: Drain) -> None:
        self._request = request
        self._drain = drain
        self._send = send
        self.status = 0
        self.deadline: asyncio.Timeout | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self._request
            if self._drain.is_on:
                headers["Connection"] = "close"
            if self.deadline is not None and not self.deadline.expired():
                self.deadline.reschedule(None)  # it has begun; a stream takes the time it takes
        await self._send(message)


def network(address: str) -> str:
    """Return the network of an address, which names nobody."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.is_loopback:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, _NETWORK_BITS[parsed.version]), strict=False))

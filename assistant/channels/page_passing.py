"""The page where another worker serves it: its requests are passed on over a socket in a folder that is ours alone.

The page's engine keeps its queue in the memory of one process, so one worker has it and the others pass on.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import httpx

from assistant.channels.problems import fault

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send

_HOP_BY_HOP = {b"connection", b"keep-alive", b"transfer-encoding", b"te", b"trailer", b"upgrade", b"proxy-connection"}


class PagePassing:
    """Serves the page by asking the worker that has it."""

    def __init__(self, path: Path) -> None:
        transport = httpx.AsyncHTTPTransport(uds=str(path), limits=httpx.Limits(max_connections=None))
        self._client = httpx.AsyncClient(transport=transport, timeout=httpx.Timeout(None, connect=5.0), trust_env=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        request = self._client.build_request(
            scope["method"],
            httpx.URL(scheme="http", host="page", raw_path=_target(scope)),
            headers=[row for row in scope["headers"] if row[0].lower() not in _HOP_BY_HOP],
            content=await _body(receive),
        )
        work = asyncio.create_task(self._pass_on(request, scope, receive, send))
        leaving = asyncio.create_task(_left(receive))
        await asyncio.wait({work, leaving}, return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if not work.done():
            work.cancel()  # nobody reads any more
        with contextlib.suppress(asyncio.CancelledError):
            await work

    async def _pass_on(self, request: httpx.Request, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False
        try:
            response = await self._client.send(request, stream=True)
            try:
                headers = [row for row in response.headers.raw if row[0].lower() not in {*_HOP_BY_HOP, b"date"}]
                await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
                has_begun = True
                async for part in response.aiter_raw():
                    await send({"type": "http.response.body", "body": part, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
            finally:
                await response.aclose()
        except httpx.HTTPError:  # the worker with the page is being started again
            if has_begun:
                raise
            await fault(scope["path"], 503, headers={"Retry-After": "5"})(scope, receive, send)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


class PageDoor:
    """Sends what comes through the socket of the other workers to the page alone: they have looked at it already."""

    def __init__(self, app: ASGIApp, page: ASGIApp) -> None:
        self._app = app
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        came_inside = scope["type"] in {"http", "websocket"} and not scope.get("client")
        await (self._page if came_inside else self._app)(scope, receive, send)


def _target(scope: Scope) -> bytes:
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope.get("query_string", b"")
    return path + b"?" + query if query else path


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message: dict[str, Any] = dict(await receive())
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

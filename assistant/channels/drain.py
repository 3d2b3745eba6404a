"""A server that stops without losing a request: whatever was accepted is answered, then the process ends.

It first says ``Connection: close`` with every response, then takes the connections that the system holds for it, closes
the door behind the last of them, and waits for what is being answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PATIENCE = 30.0
"""Seconds that requests of programs get to end when the service is told to stop."""
PAGE_PATIENCE = 5
"""Seconds that the streams of open pages get then."""
GRACE = 0.3
"""Seconds for what is on its way over connections that are open already."""


class Drain:
    """Whether the process is to end, and how many requests of programs it has in hand."""

    def __init__(self) -> None:
        self.is_on = False
        self.busy = 0


class Server(uvicorn.Server):
    """Serves connections that it accepts at ``listener``, or that are handed to it by ``adopt``."""

    def __init__(
        self,
        app: object,
        drain: Drain,
        listener: socket.socket | None = None,
        started: Callable[[Server], None] | None = None,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,  # type: ignore[arg-type]
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=PAGE_PATIENCE,
            )
        )
        self._drain = drain
        self._listener = listener
        self._told = started

    def run_at(self, sockets: Sequence[socket.socket] = ()) -> None:
        """Serve until told to stop; ``sockets`` besides the listener."""
        own = [self._listener.dup()] if self._listener else []
        self.run([*own, *sockets])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, and say so."""
        await super().startup(sockets)
        if self.started and self._told is not None:
            self._told(self)

    async def adopt(self, line: socket.socket) -> None:
        """Serve a connection that was accepted elsewhere."""
        loop = asyncio.get_running_loop()

        def protocol() -> asyncio.Protocol:
            made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
                config=self.config, server_state=self.server_state, app_state=self.lifespan.state, _loop=loop
            )
            return made

        line.settimeout(0)
        with contextlib.suppress(OSError):  # it has gone already
            await loop.connect_accepted_socket(protocol, line)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what was accepted, and end."""
        self._drain.is_on = True
        await asyncio.sleep(GRACE)
        for server in self.servers:
            server.close()
        for given in sockets or []:
            given.close()
        if self._listener is not None:
            await asyncio.sleep(0)
            for line in the_rest(self._listener):
                await self.adopt(line)
            await asyncio.sleep(GRACE)
        end = asyncio.get_running_loop().time() + PATIENCE
        while self._drain.busy and not self.force_exit and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110 - as uvicorn's own
            await asyncio.sleep(0.05)
        await super().shutdown([])

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at a signal; a worker, which has no listener, leaves them to who started it."""
        with super().capture_signals() if self._listener is not None else contextlib.nullcontext():
            yield


def the_rest(listener: socket.socket) -> list[socket.socket]:
    """Take the connections that wait at a listener and close it behind the last."""
    listener.settimeout(0)
    lines = []
    with contextlib.suppress(BlockingIOError):
        while True:
            lines.append(listener.accept()[0])
    listener.close()
    return lines

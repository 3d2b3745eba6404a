"""``/mcp`` and ``python -m assistant mcp``: the tools over streamable HTTP and over standard input and output.

The SDK is loaded when the first client comes: most services have none.
"""

from __future__ import annotations

import asyncio
import weakref
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from assistant.channels.timeline import Timelines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

    from assistant.channels.desk import Assistant, Desk, Index
    from knowledge.document import Hit

PATH = "/mcp"


class Finder:
    """Finds passages of the index that serves; ``make`` puts a search on an index, once for each."""

    def __init__(self, assistant: Assistant, make: Callable[[Any], Callable[[str, int], Sequence[Hit]]]) -> None:
        self._assistant = assistant
        self._make = make
        self._index: Callable[[], Index | None] = lambda: None  # weak: an index that was replaced is let go of
        self._search: Callable[[str, int], Sequence[Hit]] | None = None

    def __call__(self, text: str, k: int) -> Sequence[Hit]:
        """Return up to ``k`` passages, best first."""
        index = self._assistant.index
        if self._search is None or self._index() is not index:
            self._search, self._index = self._make(index), weakref.ref(index)
        return self._search(text, k)


class McpDoor:
    """Serves the protocol over HTTP; what it needs is made for the first request and ends with ``close``."""

    def __init__(self, desk: Desk, timelines: Timelines) -> None:
        self._desk = desk
        self._timelines = timelines
        self._lock = asyncio.Lock()
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._manager: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        async with self._lock:
            if self._manager is None:
                self._manager = await self._start()
        await self._manager.handle_request(scope, receive, send)

    async def close(self) -> None:
        """End what was begun."""
        self._stop.set()
        if self._running is not None:
            await self._running

    async def _start(self) -> Any:
        from assistant.channels import mcp_tools  # noqa: PLC0415 - the SDK, for those who use it

        manager = mcp_tools.manager(mcp_tools.server(_tools(self._desk, self._timelines), _version()))
        is_open = asyncio.Event()

        async def run() -> None:
            async with manager.run():
                is_open.set()
                await self._stop.wait()

        self._running = asyncio.create_task(run())
        await is_open.wait()
        return manager


def serve(index: Path | None = None) -> int:
    """Answer one client over standard input and output until it leaves."""
    from assistant.channels import logs, mcp_tools  # noqa: PLC0415
    from assistant.channels.desk import Desk  # noqa: PLC0415
    from assistant.compose import following_assistant  # noqa: PLC0415
    from assistant.settings import load_settings  # noqa: PLC0415
    from assistant.state.shared import State  # noqa: PLC0415

    logs.set_up(load_settings())  # standard output is the client's
    state = State()
    desk = Desk(following_assistant(index), state.conversations)
    try:
        mcp_tools.server(_tools(desk, Timelines(desk.assistant)), _version()).run("stdio")
    finally:
        desk.close()
        state.close()
    return 0


def _tools(desk: Desk, timelines: Timelines) -> Any:
    from assistant.channels import mcp_tools  # noqa: PLC0415
    from assistant.compose import search_over  # noqa: PLC0415

    return mcp_tools.Tools(desk, Finder(desk.assistant, search_over), timelines)


def _version() -> str:
    try:
        return version("policy-assistant")
    except PackageNotFoundError:
        return "0"

"""One of several processes that serve: it gets its connections from the supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from typing import TYPE_CHECKING

from assistant.errors import AssistantError
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from assistant.channels.drain import Server
    from assistant.channels.supervisor import Order

EXIT_BAD = 2


def work(order: Order, line: socket.socket) -> None:
    """Serve until the supervisor closes the line; ends the process with 2 and one line on stderr where it cannot."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # sent to all of us at once; the supervisor says when
    try:
        _serve(order, line)
    except (AssistantError, KnowledgeError) as error:
        print(f"错误：{error}", file=sys.stderr, flush=True)
        sys.exit(EXIT_BAD)


def _serve(order: Order, line: socket.socket) -> None:
    from assistant.channels import asgi, logs  # noqa: PLC0415 - heavy, and only in this process
    from assistant.channels.drain import Server  # noqa: PLC0415
    from assistant.channels.guards import SECURITY_HEADERS, SecurityHeaders  # noqa: PLC0415
    from assistant.channels.page_passing import PageDoor, PagePassing  # noqa: PLC0415
    from assistant.channels.supervisor import READY  # noqa: PLC0415
    from assistant.compose import following_assistant  # noqa: PLC0415
    from assistant.settings import load_settings  # noqa: PLC0415

    settings = load_settings().model_copy(update={"index": order.index})
    logs.set_up(settings)
    has_page = order.number == 0
    passing = None if has_page else PagePassing(order.page_socket)
    duty = asgi.Duty(page=passing, cleans=has_page, is_one_of_several=True)
    app = asgi.create_app(following_assistant(order.index), asgi.open_state(settings), settings, duty)

    def started(server: Server) -> None:
        loop = asyncio.get_running_loop()
        line.settimeout(0)
        loop.add_reader(line.fileno(), _hear, line, server)
        line.send(READY)

    if has_page:
        door = PageDoor(app, SecurityHeaders(app.router.default, SECURITY_HEADERS))
        with _page_socket(order) as own:
            Server(door, app.state.drain, started=started).run_at([own])
    else:
        Server(app, app.state.drain, started=started).run_at()


def _hear(line: socket.socket, server: Server) -> None:
    """Take the connections that the supervisor hands over; stop when it closes the line."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(BlockingIOError):
        while True:
            said, handles, _, _ = socket.recv_fds(line, 1, 1)
            if not said:
                loop.remove_reader(line.fileno())
                server.should_exit = True
                return
            for handle in handles:
                task = loop.create_task(server.adopt(socket.socket(fileno=handle)))
                _adopting.add(task)
                task.add_done_callback(_adopting.discard)


_adopting: set[asyncio.Task[None]] = set()


def _page_socket(order: Order) -> socket.socket:
    order.page_socket.unlink(missing_ok=True)  # of the worker that was here before
    own = socket.socket(socket.AF_UNIX)
    own.bind(str(order.page_socket))
    own.listen()
    return own

"""Offer the application until stopped: by this process, or by several that share the address."""

from __future__ import annotations

import contextlib
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.channels import logs
from assistant.channels.asgi import create_app, open_state
from assistant.channels.drain import Server
from assistant.channels.listen import bind, is_loopback
from assistant.channels.metrics import worker_gone
from assistant.channels.supervisor import Order, Supervisor
from assistant.channels.worker import work
from assistant.settings import Settings, load_settings, share_metrics

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from assistant.channels.desk import Assistant


def serve(
    *,
    index: Path | None = None,
    host: str | None = None,
    port: int | None = None,
    workers: int = 1,
    greet: Callable[[Assistant], None] | None = None,
) -> int:
    """Offer page and API until stopped; return 0.

    What is not given comes from the settings. ``greet`` is called with the assistant before the first request.
    ``workers``: processes that serve; the page is served by one of them. Raises SettingsError when the address cannot
    be used, KnowledgeError when the index cannot.
    """
    settings = load_settings()
    host = host or settings.host
    listener = bind(host, settings.port if port is None else port, public=settings.public or _is_locked(host, settings))
    with listener:
        if workers > 1:
            return _serve_by_several(listener, workers, index, greet)
        from assistant.compose import following_assistant  # noqa: PLC0415 - a bad address is told before an index is built

        assistant = following_assistant(index)
        if index is not None:  # the administration changes the index that serves
            settings = settings.model_copy(update={"index": index})
        if greet is not None:
            greet(assistant)
        logs.set_up(settings)
        app = create_app(assistant, open_state(settings), settings)
        say = partial(_say_started, listener.getsockname())
        with contextlib.suppress(KeyboardInterrupt):
            Server(app, app.state.drain, listener, started=lambda _: say()).run_at()
    return 0


def _serve_by_several(
    listener: socket.socket, workers: int, index: Path | None, greet: Callable[[Assistant], None] | None
) -> int:
    """Serve by several processes; raises StartError, one of ours, where they do not come up."""
    from assistant.compose import build_assistant, index_path  # noqa: PLC0415 - as above

    path = index_path(index)  # built here, once, where it is missing
    if greet is not None:
        greet(build_assistant(path))
    with tempfile.TemporaryDirectory(prefix="policy-") as name:  # its owner's alone
        folder = Path(name)
        share_metrics(folder)
        orders = [Order(number, path, folder) for number in range(workers)]
        say = partial(_say_started, listener.getsockname())
        Supervisor(listener, orders, work, ready=say, gone=worker_gone).run()
    return 0


def _say_started(address: tuple[str, int]) -> None:
    host, port = address[:2]
    host = f"[{host}]" if ":" in host else host
    print(f"政策问答已启动：http://{host}:{port}（按 Ctrl+C 停止）", flush=True)


def _is_locked(host: str, settings: Settings) -> bool:
    """Tell whether programs need a key; asked of the database only where it matters."""
    if is_loopback(host):
        return False
    state = open_state(settings)
    try:
        return state.keys.exist()
    finally:
        state.close()

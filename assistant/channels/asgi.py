"""The one ASGI application, the chat page at ``/`` and the HTTP API beside it, and the server that offers it."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import itertools
import socket
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI

from assistant.channels import answer_page, api, openai_api, opinions, problems, stream, timeline, timeline_page
from assistant.channels.admin.entry import Entry
from assistant.channels.admin.jobs import Jobs
from assistant.channels.admin.routes import UPLOAD_PATH, Office
from assistant.channels.admin.routes import routes as admin_routes
from assistant.channels.bots import Workshop, configured, screen_from
from assistant.channels.desk import Assistant, Desk
from assistant.channels.guards import SECURITY_HEADERS, BodyLimit, SecurityHeaders
from assistant.channels.samples import offered, read_samples
from assistant.channels.shell import PAGE_BODY, PAGE_PATH
from assistant.errors import SettingsError
from assistant.settings import Settings, load_settings, secret
from assistant.state.database import sqlite_url
from assistant.state.housekeeping import keeping_clean
from assistant.state.shared import State

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from assistant.channels.samples import Topic

SHUTDOWN_SECONDS = 5
"""Seconds that running requests get to end when the service is told to stop."""
_LAST_PORT = 65_535


def create_app(
    assistant: Assistant,
    state: State | None = None,
    settings: Settings | None = None,
) -> FastAPI:
    """Return the application that answers with ``assistant`` and remembers in ``state``, by default in memory.

    The bots that ``settings`` configure are part of it; raises SettingsError where one is configured by half.
    """
    from assistant.channels.web import create_page  # noqa: PLC0415 - Gradio takes seconds to import

    state = state or State()
    desk = Desk(assistant, state.conversations, state.answers)
    topics = offered(read_samples(), assistant)
    page, engine = create_page(desk, topics)
    mounted = []
    if settings is not None:
        workshop = Workshop(assistant, state, _first(topics), screen_from(settings.blocked_words))
        mounted = configured(settings, workshop)

    office = _office(settings, state)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as running:
            await running.enter_async_context(engine.router.lifespan_context(engine))
            await running.enter_async_context(keeping_clean(state.database))
            for platform in mounted:
                await running.enter_async_context(platform.running())
            yield
        if office is not None:
            office.jobs.close()
        desk.close()
        state.close()

    app = FastAPI(
        title="政策问答",
        openapi_url="/api/openapi.json",
        docs_url=None,  # both documentation pages load from a CDN
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.include_router(api.routes(desk))
    app.include_router(stream.routes(desk))
    timelines = timeline.Timelines(assistant)
    app.include_router(timeline.routes(timelines))
    app.include_router(timeline_page.routes(timelines, assistant))
    app.include_router(opinions.routes(state.answers, state.feedback))
    app.include_router(openai_api.routes(desk))
    app.include_router(answer_page.routes(state.answers, assistant))
    if office is not None:
        app.include_router(admin_routes(office))
    for platform in mounted:
        app.include_router(platform.router)
    problems.install(app, SECURITY_HEADERS)
    wider = {PAGE_PATH: PAGE_BODY, openai_api.CHAT_PATH: openai_api.CHAT_BODY}
    app.add_middleware(BodyLimit, wider=wider, streamed={UPLOAD_PATH} if office is not None else ())
    app.add_middleware(SecurityHeaders, headers=SECURITY_HEADERS)
    app.router.default = page  # what no route above answers; a mount would swallow their 405s
    return app


def _first(topics: Sequence[Topic]) -> tuple[str, ...]:
    """Return a question of each topic, and then the others."""
    rows = itertools.zip_longest(*(topic.questions for topic in topics))
    return tuple(question for row in rows for question in row if question)


def _office(settings: Settings | None, state: State) -> Office | None:
    """Return the administration; without a password there is none."""
    password = "" if settings is None else secret(settings.admin_password)
    if settings is None or not password:
        return None
    jobs = Jobs(state.index_work, settings.index_path, settings.encoder, settings.uploads_path)
    return Office(Entry(password, state.sessions, state.limits), jobs, state.statistics, settings, settings.index_path)


def open_state(settings: Settings) -> State:
    """Open the database that is set, by default a file in the data directory; raises SettingsError or StateError."""
    return State(secret(settings.database_url) or sqlite_url(settings.state_path))


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
    ``workers``: for now one process serves, however many are asked for, and says so: the page keeps its queue in its
    memory. Raises SettingsError when the address cannot be used, KnowledgeError when the index cannot.
    """
    settings = load_settings()
    listener = bind(host or settings.host, settings.port if port is None else port, public=settings.public)
    with listener:
        if workers > 1:
            print("提示：目前只用一个进程提供服务，--workers 暂不起作用。", file=sys.stderr)
        from assistant.compose import following_assistant  # noqa: PLC0415 - a bad address is told before an index is built

        assistant = following_assistant(index)
        if index is not None:  # the administration changes the index that serves
            settings = settings.model_copy(update={"index": index})
        if greet is not None:
            greet(assistant)
        app = create_app(assistant, open_state(settings), settings)
        shown_host, shown_port = listener.getsockname()[:2]
        shown_host = f"[{shown_host}]" if ":" in shown_host else shown_host
        print(f"政策问答已启动：http://{shown_host}:{shown_port}（按 Ctrl+C 停止）", flush=True)
        config = uvicorn.Config(
            app, log_level="warning", server_header=False, timeout_graceful_shutdown=SHUTDOWN_SECONDS
        )
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
    return 0


def bind(host: str, port: int, *, public: bool = False) -> socket.socket:
    """Take the address to listen on.

    Raises SettingsError when it is taken, cannot be had, or lies beyond this machine without ``public``.
    """
    if not public and not is_loopback(host):
        raise SettingsError(
            f"不能监听 {host}：它在本机之外也能访问，而目前没有设置密钥。请用 HOST=127.0.0.1；确实要公开时设置 POLICY_PUBLIC=1。"
        )
    if not 0 <= port <= _LAST_PORT:
        raise SettingsError(f"端口 {port} 不能用：PORT 或 --port 应为 0 到 {_LAST_PORT} 的整数。")
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"地址 {host} 不能用：HOST 或 --host 应为本机的地址或名称。") from error
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        # From here on the port is taken for everyone else, although answers come only once the index is open.
        listener.listen()
    except OSError as error:
        listener.close()
        raise SettingsError(_bind_fault(error, host, port)) from error
    return listener


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bind_fault(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"端口 {port} 已被其他程序占用。请先停掉它，或换一个端口，例如 PORT={port + 1 if port < _LAST_PORT else 7861}。"
    if error.errno == errno.EACCES:
        return f"没有权限使用端口 {port}。请换一个大于 1024 的端口，例如 PORT=7860。"
    return f"不能监听 {host}:{port}：HOST 或 --host 应为本机的地址或名称。"

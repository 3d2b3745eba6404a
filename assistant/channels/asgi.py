"""The one ASGI application, the chat page at ``/`` and the HTTP API beside it, and the server that offers it."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import itertools
import socket
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route

from assistant import telemetry
from assistant.channels import (
    answer_page,
    api,
    document_page,
    logs,
    openai_api,
    opinions,
    problems,
    stream,
    timeline,
    timeline_page,
)
from assistant.channels.access import Access, Limits, origin_pattern
from assistant.channels.admin.entry import Entry
from assistant.channels.admin.jobs import Jobs
from assistant.channels.admin.routes import UPLOAD_PATH, Office
from assistant.channels.admin.routes import routes as admin_routes
from assistant.channels.bots import BOT_THREADS, Workshop, configured, screen_from
from assistant.channels.description import describe
from assistant.channels.desk import Assistant, Desk
from assistant.channels.drain import Drain, Server
from assistant.channels.guards import SECURITY_HEADERS, BodyLimit, SecurityHeaders, ancestors
from assistant.channels.home import Home
from assistant.channels.mcp_door import PATH as MCP_PATH
from assistant.channels.mcp_door import McpDoor
from assistant.channels.metrics import Counted, Metrics, worker_gone
from assistant.channels.metrics import routes as metrics_routes
from assistant.channels.page_passing import PagePassing
from assistant.channels.samples import ENGLISH_PATH, read_samples
from assistant.channels.shell import PAGE_BODY, PAGE_PATH
from assistant.channels.supervisor import Order, Supervisor
from assistant.channels.timeline import Timelines
from assistant.channels.watch import Watch
from assistant.channels.worker import work
from assistant.errors import SettingsError
from assistant.settings import Settings, load_settings, secret, share_metrics
from assistant.state.database import sqlite_url
from assistant.state.housekeeping import keeping_clean
from assistant.state.rates import Rates
from assistant.state.shared import State

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Sequence

    from starlette.types import ASGIApp

    from assistant.channels.samples import Topic

_TIMEOUT = 120.0
_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Duty:
    """What one worker does: ``page`` passes the page on where another has it; ``cleans``: it keeps the database clean."""

    page: PagePassing | None = None
    cleans: bool = True
    is_one_of_several: bool = False


def create_app(
    assistant: Assistant,
    state: State | None = None,
    settings: Settings | None = None,
    duty: Duty | None = None,
) -> FastAPI:
    """Return the application that answers with ``assistant`` and remembers in ``state``, by default in memory.

    The bots that ``settings`` configure are part of it; raises SettingsError where one is configured by half. Without
    settings nothing is limited. ``duty`` is that of the only worker by default.
    """
    state, duty, metrics = state or State(), duty or Duty(), Metrics()
    desk = _desk(Counted(assistant, metrics), state, settings)
    timelines = Timelines(assistant)
    tools = McpDoor(desk, timelines)
    home = Home(assistant, read_samples(), read_samples(ENGLISH_PATH))
    frames = ancestors(settings.allowed_origins if settings is not None else ())
    page, engine = _page(desk, state, home, frames, duty)
    mounted = []
    if settings is not None:
        screen, threads = screen_from(settings.blocked_words), _bot_threads(settings)
        workshop = Workshop(assistant, state, _first(home.topics), screen, threads=threads, metrics=metrics)
        mounted = configured(settings, workshop)

    office = _office(settings, state)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as running:
            telemetry.subscribe(metrics.observe)
            running.callback(telemetry.unsubscribe, metrics.observe)
            if engine is not None:
                await running.enter_async_context(engine.router.lifespan_context(engine))
            running.push_async_callback(tools.close)
            if duty.page is not None:
                running.push_async_callback(duty.page.close)
            if duty.cleans:
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
    app.include_router(timeline.routes(timelines))
    app.include_router(timeline_page.routes(timelines, assistant))
    app.include_router(opinions.routes(state.answers, state.feedback))
    app.include_router(openai_api.routes(desk))
    app.include_router(answer_page.routes(state.answers, assistant))
    app.include_router(document_page.routes(assistant, home, frames))
    app.include_router(metrics_routes(metrics))
    app.router.routes.append(Route(MCP_PATH, tools, methods=["POST"]))
    if office is not None:
        app.include_router(admin_routes(office))
    for platform in mounted:
        app.include_router(platform.router)
    describe(app)
    problems.install(app, SECURITY_HEADERS)
    _guard(app, state, settings, metrics, duty, streamed={UPLOAD_PATH} if office is not None else ())
    app.router.default = page  # what no route above answers; a mount would swallow their 405s
    return app


def _desk(assistant: Assistant, state: State, settings: Settings | None) -> Desk:
    """Return the desk: with a language model most answers wait for it, so that more may be on their way at once."""
    if settings is None or settings.llm_model is None:
        return Desk(assistant, state.conversations, state.answers)
    return Desk(assistant, state.conversations, state.answers, threads=settings.llm_conversations)


def _bot_threads(settings: Settings) -> int:
    return BOT_THREADS if settings.llm_model is None else max(BOT_THREADS, settings.llm_conversations // 2)


def _page(desk: Desk, state: State, home: Home, frames: str, duty: Duty) -> tuple[ASGIApp, FastAPI | None]:
    """Return the page, and the engine within whose lifespan must run; of a page that is elsewhere there is none."""
    if duty.page is not None:
        return duty.page, None
    from assistant.channels.web import create_page  # noqa: PLC0415 - Gradio takes seconds to import

    return create_page(desk, state.feedback, home, frames)


def _guard(
    app: FastAPI,
    state: State,
    settings: Settings | None,
    metrics: Metrics,
    duty: Duty,
    *,
    streamed: Collection[str] = (),
) -> None:
    """Put before the routes what stands there; what is added last comes first."""
    origins = settings.allowed_origins if settings else ()
    limits = Limits(settings.rate_limit, settings.key_rate_limit) if settings else Limits()
    # In memory where this process sees every request; the database may be another machine's too.
    is_alone = not duty.is_one_of_several and state.database.is_sqlite
    app.state.drain = Drain()
    wider = {PAGE_PATH: PAGE_BODY, openai_api.CHAT_PATH: openai_api.CHAT_BODY}
    app.add_middleware(BodyLimit, wider=wider, streamed=streamed)
    app.add_middleware(
        Access, keys=state.keys, rates=Rates(None if is_alone else state.database), limits=limits, origins=origins
    )
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origin_regex="|".join(map(origin_pattern, origins)),
            allow_methods=["GET", "POST"],
            allow_headers=["Accept-Language", "Authorization", "Content-Type", "X-API-Key", "X-Request-ID"],
            expose_headers=["Retry-After", "X-Request-ID"],
        )
    app.add_middleware(SecurityHeaders, headers=SECURITY_HEADERS)
    app.add_middleware(
        Watch,
        figures=metrics,
        drain=app.state.drain,
        timeout=settings.request_timeout if settings else _TIMEOUT,
        details=bool(settings and settings.log_details),
    )


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


def bind(host: str, port: int, *, public: bool = False) -> socket.socket:
    """Take the address to listen on.

    Raises SettingsError when it is taken, cannot be had, or lies beyond this machine without ``public``.
    """
    if not public and not is_loopback(host):
        raise SettingsError(
            f"不能监听 {host}：它在本机之外也能访问，而目前没有密钥。请用 HOST=127.0.0.1，或用 python -m assistant keys add 发放密钥；确实要公开时设置 POLICY_PUBLIC=1。"
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

"""The one ASGI application: the chat page at ``/`` and the HTTP API beside it."""

from __future__ import annotations

import itertools
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route

from assistant import telemetry
from assistant.channels import (
    answer_page,
    api,
    document_page,
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
from assistant.channels.drain import Drain
from assistant.channels.guards import SECURITY_HEADERS, BodyLimit, SecurityHeaders, ancestors
from assistant.channels.home import Home
from assistant.channels.mcp_door import PATH as MCP_PATH
from assistant.channels.mcp_door import McpDoor
from assistant.channels.metrics import Counted, Metrics
from assistant.channels.metrics import routes as metrics_routes
from assistant.channels.page_passing import PagePassing
from assistant.channels.samples import ENGLISH_PATH, read_samples
from assistant.channels.shell import PAGE_BODY, PAGE_PATH
from assistant.channels.timeline import Timelines
from assistant.channels.watch import Watch
from assistant.settings import Settings, secret
from assistant.state.database import sqlite_url
from assistant.state.housekeeping import FEEDBACK_DAYS, keeping_clean
from assistant.state.rates import Rates
from assistant.state.shared import State

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Sequence

    from starlette.types import ASGIApp

    from assistant.channels.samples import Topic

_TIMEOUT = 120.0


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
                await running.enter_async_context(
                    keeping_clean(state.database, settings.feedback_days if settings else FEEDBACK_DAYS)
                )
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

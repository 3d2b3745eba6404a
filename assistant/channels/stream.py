"""``POST /api/ask/stream``: an answer as server-sent events, from the first step of the work to the whole answer.

``status {"step"}`` while it is worked out, ``sentence {"text"}`` for each that has been verified, with its marks, and at
last ``answer``, or ``error`` with a problem. What cannot be asked at all is refused before the stream begins.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import threading
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from assistant.answer import Answer, Status
from assistant.channels.api import AskRequest, Problem
from assistant.channels.problems import problem
from assistant.errors import AssistantError
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Receive, Scope, Send

    from assistant.channels.desk import Desk
    from assistant.steps import Step

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_PIECE = re.compile(r".*?(?:\[\d{1,3}\])+(?:。|(?=\n)|$)|.+", re.DOTALL)
_LOG = logging.getLogger(__name__)


class LeftError(AssistantError):
    """Nobody waits for the answer any more."""


class Waiting:
    """Someone who waits for an answer: hears the steps from the thread that works, and may leave."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._left = threading.Event()
        self._steps: asyncio.Queue[Step | None] = asyncio.Queue()

    def hear(self, step: Step) -> None:
        """Pass a step on; raises LeftError, which ends the work, when nobody waits any more."""
        if self._left.is_set():
            raise LeftError
        self._loop.call_soon_threadsafe(self._steps.put_nowait, step)

    def end(self, work: asyncio.Future[Answer]) -> None:
        """Hear no more steps: the work has ended."""
        if not work.cancelled():
            work.exception()  # seen, even where nobody waits for it
        self._steps.put_nowait(None)

    def leave(self) -> None:
        """Wait no longer."""
        self._left.set()

    async def steps(self) -> AsyncIterator[Step]:
        """Yield the steps as they are reached, until the work ends."""
        while (step := await self._steps.get()) is not None:
            yield step


class AnswerStream(StreamingResponse):
    """The events of one answer; the work ends when the client leaves."""

    def __init__(self, waiting: Waiting, work: asyncio.Future[Answer]) -> None:
        self._waiting, self._work = waiting, work
        super().__init__(events(waiting, work), headers=HEADERS, media_type="text/event-stream")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        try:
            await super().__call__(scope, receive, send)
        finally:  # also where the client left before the first event
            self._waiting.leave()
            self._work.cancel()


def routes(desk: Desk) -> APIRouter:
    """Return the route, answering at ``desk``."""
    router = APIRouter(
        responses={"4XX": {"model": Problem, "description": "bad input, or more load than the service takes"}}
    )

    @router.post("/api/ask/stream", summary="Ask a question and see the answer come", response_class=Response)
    async def ask(body: AskRequest) -> AnswerStream:
        conversation_id = await desk.resume(body.conversation_id)
        waiting = Waiting()
        work = desk.begin(body.question, conversation_id, waiting.hear)
        work.add_done_callback(waiting.end)
        return AnswerStream(waiting, work)

    return router


async def events(waiting: Waiting, work: asyncio.Future[Answer]) -> AsyncIterator[str]:
    """Yield the events of an answer that is being worked out."""
    async for step in waiting.steps():
        yield _event("status", {"step": step.value})
    error = None if work.cancelled() else work.exception()
    if work.cancelled() or error is not None:
        yield f"event: error\ndata: {_fault(error)}\n\n"
        return
    answer = work.result()
    for text in verified(answer):
        yield _event("sentence", {"text": text})
    yield _event("answer", answer.to_json())


def verified(answer: Answer) -> list[str]:
    """Return the sentences and list items of an answer that rest on a document, with their marks.

    A line that leads in a list comes with its first item. An answer that rests on none has no such sentence.
    """
    if answer.status not in {Status.ANSWERED, Status.PARTIAL}:
        return []
    return [piece.strip() for piece in _PIECE.findall(answer.answer) if piece.strip()]


def _fault(error: BaseException | None) -> str:
    known = error is None or isinstance(error, (AssistantError, KnowledgeError))
    if not known:
        _LOG.error("an answer failed", exc_info=error)
    return bytes(problem(503 if known else 500).body).decode()


def _event(name: str, content: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"

"""``POST /api/ask/stream``: an answer as server-sent events, from the first step of the work to the whole answer.

``status {"step"}`` while it is worked out, ``sentence {"text"}`` for each that has been verified, with its marks, and at
last ``answer``, or ``error`` with a problem. What cannot be asked at all is refused before the stream begins.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from assistant.answer import Answer
from assistant.channels.api import AskRequest
from assistant.channels.problems import problem
from assistant.channels.waiting import Waiting, verified
from assistant.errors import AssistantError
from assistant.steps import Step
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Receive, Scope, Send

    from assistant.channels.desk import Desk

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_LOG = logging.getLogger(__name__)


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
    router = APIRouter()

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
    said = 0
    async for event in waiting.events():
        if isinstance(event, Step):
            yield _event("status", {"step": event.value})
        else:
            said += 1
            yield _event("sentence", {"text": event.text.strip()})
    error = None if work.cancelled() else work.exception()
    if work.cancelled() or error is not None:
        yield f"event: error\ndata: {_fault(error)}\n\n"
        return
    answer = work.result()
    if not said:
        for text in verified(answer):
            yield _event("sentence", {"text": text})
    yield _event("answer", answer.to_json())


def _fault(error: BaseException | None) -> str:
    known = error is None or isinstance(error, (AssistantError, KnowledgeError))
    if not known:
        _LOG.error("an answer failed", exc_info=error)
    return bytes(problem(503 if known else 500).body).decode()


def _event(name: str, content: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"

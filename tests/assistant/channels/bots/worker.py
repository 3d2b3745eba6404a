"""A worker for the tests: the bots as they ship, in a process of its own, with an assistant that the question directs.

``慢3秒`` in a question makes its answer take three seconds, ``出错`` makes it fail, ``很长`` makes it long. Every computation
is a line in the log, so that one that was made twice is seen.
"""

from __future__ import annotations

import os
import re
import sys
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI

from assistant.answer import Answer, Citation, Question, Status
from assistant.channels import answer_page
from assistant.channels.asgi import open_state
from assistant.channels.bot import Timing
from assistant.channels.bots import Workshop, configured, screen_from
from assistant.channels.guards import SECURITY_HEADERS, BodyLimit, SecurityHeaders
from assistant.settings import Settings, load_settings
from assistant.state.shared import State
from knowledge.document import Document
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp, Receive, Scope, Send

TEXT = "第一条 培训补贴每人一千元。\n第二条 本办法由县人社局解释。"
QUOTE = "培训补贴每人一千元。"


class Library:
    """One small document."""

    documents = (Document("办法.txt", "青川县培训补贴办法", TEXT),)
    passages = ()

    def document(self, doc_id: str) -> Document:
        return {document.id: document for document in self.documents}[doc_id]

    def outline(self, doc_id: str) -> tuple[()]:
        self.document(doc_id)
        return ()


class Directed:
    """Does what its question says; ``log`` is a file that gets a line for each computation."""

    index = Library()

    def __init__(self, log: str | None = None) -> None:
        self.log = log
        self.asked: list[Question] = []

    def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        if self.log:
            with open(self.log, "a", encoding="utf-8") as file:  # noqa: PTH123 - one write, appended whole
                file.write(question.text.replace("\n", " ") + "\n")
        if slow := re.search(r"慢([\d.]+)秒", question.text):
            time.sleep(float(slow[1]))
        if "出错" in question.text:
            raise KnowledgeError("索引坏了")
        body = "长" * 3_000 if "很长" in question.text else f"答：{question.text}"
        start = TEXT.index(QUOTE)
        citation = Citation("办法.txt", "青川县培训补贴办法", start, start + len(QUOTE), QUOTE)
        earlier = "".join(f"（接着{turn.question}）" for turn in question.history[-1:] if "接着" in question.text)
        return Answer(
            "ignored", Status.ANSWERED, f"{body}{earlier}[1]", (citation,), suggestions=("谁解释？", "多少钱？")
        )


def create(assistant: Directed, state: State, settings: Settings, timing: Timing, threads: int = 8) -> FastAPI:
    """Return an application of the bots alone: without the chat page it starts in no time."""
    workshop = Workshop(
        assistant, state, ("问一？", "问二？", "问三？"), screen_from(settings.blocked_words), timing, threads
    )
    mounted = configured(settings, workshop)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with mounted[0].running(), mounted[-1].running() if len(mounted) > 1 else _nothing():
            yield
        state.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None)
    app.include_router(answer_page.routes(state.answers, assistant))
    for platform in mounted:
        app.include_router(platform.router)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders, headers=SECURITY_HEADERS)
    return app


class Clock:
    """Writes down how long each request was in the server (seconds)."""

    def __init__(self, app: ASGIApp, log: str) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.monotonic()
        await self._app(scope, receive, send)
        if scope["type"] == "http":
            with open(self._log, "a", encoding="utf-8") as file:  # noqa: PTH123, ASYNC230 - one write, appended whole
                file.write(f"{time.monotonic() - started:.3f}\n")


@asynccontextmanager
async def _nothing() -> AsyncIterator[None]:
    yield


def main(port: int, scale: float, threads: int, log: str) -> None:
    """Serve; all times are the shipped ones divided by ``scale``."""
    shipped = Timing()
    timing = Timing(*(getattr(shipped, name) / scale for name in Timing.__dataclass_fields__))
    settings = load_settings()
    app = create(Directed(log), open_state(settings), settings, timing, threads)
    app.add_middleware(Clock, log=f"{log}.times")
    uvicorn.run(app, port=port, log_level="warning", timeout_graceful_shutdown=1)
    os._exit(0)  # answers that are still slept over are nobody's any more


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), sys.argv[4])

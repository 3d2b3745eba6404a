"""The HTTP API: ask a question, read the documents, see whether the service is well."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.answer import Question, Status
from assistant.channels.problems import problem
from assistant.errors import AssistantError
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from assistant.channels.desk import Assistant, Desk
    from knowledge.catalogue import Entry
    from knowledge.document import Document

CANARY_SECONDS = 10.0
"""Seconds for which one canary answer stands for the next ones."""
_CANARY_CHARACTERS = 200


def _whole(text: str) -> str:
    """Return the text; raises UnicodeEncodeError, a ValueError, for half a character (a lone surrogate)."""
    text.encode()
    return text


Text = Annotated[str, AfterValidator(_whole)]


class AskRequest(BaseModel):
    """The body of ``POST /api/ask``."""

    model_config = ConfigDict(
        strict=True, json_schema_extra={"examples": [{"question": "2018年国务院印发了什么文件？"}]}
    )

    question: Text = Field(description="1 to 2,000 characters")
    conversation_id: Text | None = Field(None, description="as the last answer gave it; left out, a new one begins")


class Canary:
    """Asks a question whose passages are known to be there, at most once in ``CANARY_SECONDS``."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._lock = asyncio.Lock()
        self._asked_at = -CANARY_SECONDS
        self._fault: str | None = None

    async def fault(self) -> str | None:
        """Return why the service is not ready; None when it is."""
        async with self._lock:
            if time.monotonic() - self._asked_at >= CANARY_SECONDS:
                self._fault = await asyncio.to_thread(self._ask)
                self._asked_at = time.monotonic()
            return self._fault

    def _ask(self) -> str | None:
        documents = self._assistant.index.documents
        if not documents:
            return "索引里没有文件。"
        try:
            answer = self._assistant.ask(Question.of(documents[0].title[:_CANARY_CHARACTERS]).plain())
        except (AssistantError, KnowledgeError):
            return "索引暂时无法读取。"
        if answer.status is Status.FAILED or not answer.retrieved:
            return "检索没有结果，索引可能已损坏。"
        return None


def routes(desk: Desk) -> APIRouter:
    """Return the routes, answering at ``desk``."""
    router = APIRouter()
    canary = Canary(desk.assistant)

    @router.post("/api/ask", summary="Ask a question")
    async def ask(body: AskRequest) -> JSONResponse:
        answer = await desk.ask(body.question, await desk.resume(body.conversation_id))
        return _json(answer.to_json())

    @router.get("/api/documents", summary="List the documents")
    def documents() -> JSONResponse:
        index = desk.assistant.index
        counts = Counter(passage.doc_id for passage in index.passages)
        entries = index.catalogue.by_id
        return _json([_summary(document, counts[document.id], entries[document.id]) for document in index.documents])

    @router.get("/api/documents/{doc_id:path}", summary="Read a document")
    def document(doc_id: str) -> JSONResponse:
        index = desk.assistant.index
        try:
            found, sections = index.document(doc_id), index.outline(doc_id)
        except KeyError as error:
            raise HTTPException(404) from error
        count = sum(passage.doc_id == doc_id for passage in index.passages)
        outline = [
            {"title": part.title, "level": part.level, "start": part.start, "end": part.end} for part in sections
        ]
        summary = _summary(found, count, index.catalogue.by_id[doc_id])
        return _json({**summary, "text": found.text, "outline": outline})

    @router.get("/healthz", summary="Alive")
    async def healthz() -> JSONResponse:
        return _json({"status": "ok"})

    @router.get("/readyz", summary="Index loaded and answering")
    async def readyz() -> Response:
        fault = await canary.fault()
        return problem(503, fault) if fault else _json({"status": "ready"})

    return router


def _summary(document: Document, passages: int, entry: Entry) -> dict[str, Any]:
    return {
        "id": document.id,
        "title": document.title,
        "issuer": document.issuer,
        "number": document.number,
        "published": document.published,
        "source": document.source,
        "passages": passages,
        "written": document.written,
        "effective": document.effective,
        "expires": document.expires,
        "addressee": document.addressee,
        "validity": document.validity,
        "hash": entry.hash,
        "version": entry.version,
        "state": entry.state.value,
        "same_as": entry.same_as,
    }


def _json(content: Any) -> JSONResponse:
    return JSONResponse(content, headers={"Cache-Control": "no-store"})

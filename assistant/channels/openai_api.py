"""The API that programs made for OpenAI's chat completions speak: ``/v1/chat/completions`` and ``/v1/models``.

Only user turns form the conversation: what a client sends as ``system``, ``developer`` or ``assistant`` is accepted, as
such programs send it unasked, and changes nothing. No language model is sampled, so sampling parameters have no effect
and usage counts are 0.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
import time
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Discriminator, Field, FiniteFloat, Tag

from assistant.answer import Answer, Status
from assistant.channels import chat_text, openai_errors
from assistant.channels.api import Text
from assistant.channels.waiting import Waiting
from assistant.errors import QuestionError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from starlette.types import Receive, Scope, Send

    from assistant.channels.desk import Desk

MODEL = "policy-assistant"
CHAT_PATH = "/v1/chat/completions"
CHAT_BODY = 256 * 1024
"""Bytes of a request body: clients send the whole conversation each time."""
_RELATED = 2
_UNAVAILABLE = "服务暂时不能回答，请稍后再试。"
_LOOK_EVERY = 0.2  # seconds between two looks whether the client is still there
_LOG = logging.getLogger(__name__)
_HEADERS = {"Cache-Control": "no-store"}
_USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
_PIECE = re.compile(r"[^。！？；\n]*(?:[。！？；]+(?:\[\d{1,3}\])*\n*|\n+|\Z)")


class TextPart(BaseModel):
    """A part of a user's turn; text is the only kind that can be asked."""

    model_config = ConfigDict(strict=True)

    type: Literal["text"]
    text: Text


class UserMessage(BaseModel):
    """A question."""

    model_config = ConfigDict(strict=True)

    role: Literal["user"]
    content: Text | list[TextPart] = Field(description="at most 2,000 characters")

    @property
    def text(self) -> str:
        """The question as one text."""
        return self.content if isinstance(self.content, str) else "\n".join(part.text for part in self.content)


class IgnoredMessage(BaseModel):
    """A turn that is accepted and not read."""

    model_config = ConfigDict(strict=True)

    role: Literal["system", "developer", "assistant", "tool", "function"]


def _kind(message: Any) -> str:
    role = message.get("role") if isinstance(message, dict) else getattr(message, "role", None)
    return "user" if role == "user" else "other"


Message = Annotated[Annotated[UserMessage, Tag("user")] | Annotated[IgnoredMessage, Tag("other")], Discriminator(_kind)]


class StreamOptions(BaseModel):
    """How a stream ends."""

    model_config = ConfigDict(strict=True)

    include_usage: bool | None = None


class ChatRequest(BaseModel):
    """The body of ``POST /v1/chat/completions``; fields that are not named here are accepted and have no effect."""

    model_config = ConfigDict(
        strict=True,
        json_schema_extra={
            "examples": [{"model": MODEL, "messages": [{"role": "user", "content": "2018年国务院印发了什么文件？"}]}]
        },
    )

    model: str = Field(description=MODEL)
    messages: list[Message] = Field(
        min_length=1, description="the user turns form the conversation; others are ignored"
    )
    n: Literal[1] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    temperature: FiniteFloat | None = Field(None, description="no effect")
    top_p: FiniteFloat | None = Field(None, description="no effect")


def routes(desk: Desk) -> APIRouter:
    """Return the routes, answering at ``desk``."""
    router = APIRouter()
    model = {"id": MODEL, "object": "model", "created": int(time.time()), "owned_by": MODEL}

    @router.post(CHAT_PATH, summary="Ask as OpenAI's chat completions are asked")
    async def chat(body: ChatRequest, request: Request) -> Response:
        if body.model != MODEL:
            return _unknown_model()
        asked = [message.text for message in body.messages if isinstance(message, UserMessage)]
        if not asked:
            return _unaskable("messages 里没有 role 为 user 的消息：请把问题放在 user 消息里。")
        waiting = Waiting()
        try:
            work = desk.begin_after(asked[:-1], asked[-1], waiting.hear)
        except QuestionError as error:
            return _unaskable(str(error))
        work.add_done_callback(waiting.end)
        return await _replied(body, request, waiting, work)

    @router.get("/v1/models", summary="List the one model")
    async def models() -> JSONResponse:
        return JSONResponse({"object": "list", "data": [model]}, headers=_HEADERS)

    @router.get("/v1/models/{name:path}", summary="Describe the model")
    async def described(name: str) -> JSONResponse:
        return JSONResponse(model, headers=_HEADERS) if name == MODEL else _unknown_model()

    return router


def content(answer: Answer, after: str = "") -> str:
    """Return the text of a message: the answer with its ``[n]`` marks, and a line for each source; what comes ``after`` a part.

    Programs that show it make Markdown and tags into links and pictures, so none are left in it; the exact words are in
    the field ``citations``.
    """
    parts = [answer.answer.strip().removeprefix(after.strip())]
    if answer.citations:
        lines = [f"[{number}] {chat_text.source(citation)}" for number, citation in enumerate(answer.citations, 1)]
        parts.append("依据：\n" + "\n".join(lines))
    elif answer.related:
        lines = [f"- {chat_text.source(citation)}" for citation in answer.related[:_RELATED]]
        parts.append("相近的原文：\n" + "\n".join(lines))
    return chat_text.safe("\n\n".join(parts))


def pieces(text: str) -> list[str]:
    """Cut a text after each sentence, with the marks that follow it, and each line; joined they are the text again."""
    return [piece for piece in _PIECE.findall(text) if piece]


def _unknown_model() -> JSONResponse:
    line = f"没有这个模型。可用的模型只有 {MODEL}。"
    return openai_errors.error(404, line, param="model", code="model_not_found")


def _unaskable(line: str) -> JSONResponse:
    return openai_errors.error(400, line, param="messages", code="invalid_value")


def _evidence(answer: Answer) -> dict[str, Any]:
    return {"status": answer.status.value, "citations": [citation.to_json() for citation in answer.citations]}


def _completion(answer: Answer) -> dict[str, Any]:
    message = {"role": "assistant", "content": content(answer), "refusal": None, **_evidence(answer)}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {**_head(answer.id, "chat.completion"), "choices": [choice], "usage": _USAGE}


class ChatStream(StreamingResponse):
    """The chunks of one answer, each sentence as it is verified; the work ends when the client leaves."""

    def __init__(
        self,
        waiting: Waiting,
        work: asyncio.Future[Answer],
        first: str,
        said: AsyncIterator[str],
        *,
        with_usage: bool,
    ) -> None:
        self._waiting, self._work = waiting, work
        headers = {**_HEADERS, "X-Accel-Buffering": "no"}  # nginx passes each event on at once
        chunks = _events(work, first, said, with_usage=with_usage)
        super().__init__(chunks, headers=headers, media_type="text/event-stream")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        try:
            await super().__call__(scope, receive, send)
        finally:  # also where the client left before the first chunk
            self._waiting.leave()
            self._work.cancel()


async def _replied(body: ChatRequest, request: Request, waiting: Waiting, work: asyncio.Future[Answer]) -> Response:
    """Return the whole answer, or its stream from the first sentence on: until then a fault is told by its status."""
    said = waiting.sentences()
    first = asyncio.ensure_future(anext(said, None)) if body.stream else None
    if not await _stays(request, first or work):
        waiting.leave()
        work.cancel()
        return Response(status_code=499)  # nobody reads it
    begun = first.result() if first is not None else None
    if begun is None and (await asyncio.shield(work)).status is Status.FAILED:
        return openai_errors.error(503, _UNAVAILABLE)
    if not body.stream:
        return JSONResponse(_completion(work.result()), headers=_HEADERS)
    return ChatStream(waiting, work, begun or "", said, with_usage=_with_usage(body))


async def _stays(request: Request, work: asyncio.Future[Any]) -> bool:
    """Wait for work; tell whether the client has, too."""
    while not work.done():
        await asyncio.wait({work}, timeout=_LOOK_EVERY)
        if not work.done() and await request.is_disconnected():
            return False
    return True


def _with_usage(body: ChatRequest) -> bool:
    return body.stream_options is not None and bool(body.stream_options.include_usage)


def _head(id_: str, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{id_}", "object": kind, "created": int(time.time()), "model": MODEL}


async def _events(
    work: asyncio.Future[Answer], first: str, said: AsyncIterator[str], *, with_usage: bool
) -> AsyncIterator[str]:
    """Yield the events of a stream; with usage every chunk has the field, and one more tells it."""
    head = _head(secrets.token_urlsafe(9), "chat.completion.chunk")
    usage = {"usage": None} if with_usage else {}

    def event(choices: Sequence[dict[str, Any]], fields: dict[str, Any] = usage) -> str:
        return f"data: {json.dumps({**head, 'choices': choices, **fields}, ensure_ascii=False)}\n\n"

    def chunk(delta: dict[str, Any], finish: str | None = None) -> str:
        return event([{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}])

    yield chunk({"role": "assistant", "content": ""})
    told = ""
    if first:
        told += first
        yield chunk({"content": chat_text.safe(first)})
    async for text in said:
        told += text
        yield chunk({"content": chat_text.safe(text)})
    error = None if work.cancelled() else work.exception()
    if work.cancelled() or error is not None:
        _LOG.error("an answer failed after its first sentence", exc_info=error)
        yield f"data: {bytes(openai_errors.error(503, _UNAVAILABLE).body).decode()}\n\n"
        return
    answer = work.result()
    for piece in pieces(content(answer, after=told)):
        yield chunk({"content": piece})
    yield chunk(_evidence(answer), "stop")
    if with_usage:
        yield event([], {"usage": _USAGE})
    yield "data: [DONE]\n\n"

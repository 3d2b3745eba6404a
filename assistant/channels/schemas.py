"""What the HTTP API returns, for its description: each model is a response, or a part of one."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.answer import Status


class Shape(BaseModel):
    """A response that has these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class CitationShape(Shape):
    """Words of a document, by offsets in characters: ``text[start:end] == quote``."""

    doc_id: str
    title: str
    start: int
    end: int
    quote: str


class RetrievedShape(Shape):
    """A passage that was considered."""

    doc_id: str
    start: int
    end: int
    text: str
    score: float


class AnswerShape(Shape):
    """An answer; ``[n]`` in it names the n-th citation."""

    id: str
    status: Status
    answer: str
    citations: list[CitationShape] = Field(description="empty unless answered or partial")
    related: list[CitationShape] = Field(description="nearest passages, where the documents do not tell")
    retrieved: list[RetrievedShape] = Field(description="best first")
    suggestions: list[str]
    conversation_id: str | None
    latency_ms: float
    error: str | None


class DocumentShape(Shape):
    """What is known of a document; dates are YYYY-MM-DD."""

    id: str
    title: str
    issuer: str | None
    number: str | None
    published: str | None
    source: str | None
    passages: int
    written: str | None
    effective: str | None
    expires: str | None
    addressee: str | None
    validity: str | None
    hash: str
    version: int
    state: str
    same_as: str | None


class HeadingShape(Shape):
    """A heading and where its part lies, in characters of the text."""

    title: str
    level: int
    start: int
    end: int


class WholeDocumentShape(DocumentShape):
    """A document with its text and outline."""

    text: str
    outline: list[HeadingShape]


class EventShape(Shape):
    """What was issued when; ``date`` is as exact as ``precision`` says."""

    date: str
    precision: str
    title: str
    issuers: list[str]
    citation: CitationShape


class RatedShape(Shape):
    """An opinion that was kept."""

    answer_id: str
    rating: Literal["up", "down"]


class StateShape(Shape):
    """How the service is."""

    status: Literal["ok", "ready"]


class ChatMessageShape(Shape):
    """The one message of a completion."""

    role: Literal["assistant"]
    content: str
    refusal: None
    status: Status
    citations: list[CitationShape]


class ChoiceShape(Shape):
    """The one choice of a completion."""

    index: int
    message: ChatMessageShape
    logprobs: None
    finish_reason: Literal["stop"]


class CompletionShape(Shape):
    """A chat completion as OpenAI writes it, with ``status`` and ``citations`` in its message."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[ChoiceShape]
    usage: dict[str, Any]


class ModelShape(Shape):
    """A model as OpenAI describes it."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelListShape(Shape):
    """The models there are."""

    object: Literal["list"]
    data: list[ModelShape]


class ProblemShape(Shape):
    """A fault (RFC 9457), in Chinese, or in English where ``Accept-Language`` prefers that."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    request_id: str = Field(description="the one of the header X-Request-ID, to be told to the operator")


class ErrorDetailShape(Shape):
    """What went wrong: one line, a kind, and the field it lies in."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorShape(Shape):
    """A fault in OpenAI's shape."""

    error: ErrorDetailShape

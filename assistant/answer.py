"""Question, Answer, Citation, Status: what goes into the assistant and what comes out."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from typing import Any

from assistant.errors import QuestionError

MAX_QUESTION_CHARACTERS = 2_000


class Status(enum.StrEnum):
    """How a question ended; every way of not answering has a name."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    NOT_FOUND = "not_found"
    OUT_OF_SCOPE = "out_of_scope"
    SMALL_TALK = "small_talk"
    REFUSED = "refused"
    CLARIFY = "clarify"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Citation:
    """Words of a document: ``document.text[start:end] == quote``.

    ``headings`` is the path of headings the words stand under, outermost first.
    """

    doc_id: str
    title: str
    start: int
    end: int
    quote: str
    headings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the public shape of a citation."""
        return {
            "doc_id": self.doc_id,
            "title": self.title,
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
        }


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A passage that was considered, best first in a list of them."""

    doc_id: str
    start: int
    end: int
    text: str
    score: float

    def to_json(self) -> dict[str, Any]:
        """Return the public shape of a retrieved passage."""
        return {"doc_id": self.doc_id, "start": self.start, "end": self.end, "text": self.text, "score": self.score}


@dataclass(frozen=True, slots=True)
class Answer:
    """The short answer with its ``[n]`` marks; ``[n]`` names the n-th citation.

    ``question`` is the stand-alone form that was answered. ``is_passing``: something was out of order meanwhile, and
    asked again it may be answered otherwise.
    """

    id: str
    status: Status
    answer: str
    citations: tuple[Citation, ...] = ()
    related: tuple[Citation, ...] = ()
    retrieved: tuple[Retrieved, ...] = ()
    suggestions: tuple[str, ...] = ()
    conversation_id: str | None = None
    latency_ms: float = 0.0
    error: str | None = None
    question: str = ""
    is_passing: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the public shape of an answer."""
        return {
            "id": self.id,
            "status": self.status.value,
            "answer": self.answer,
            "citations": [citation.to_json() for citation in self.citations],
            "related": [citation.to_json() for citation in self.related],
            "retrieved": [passage.to_json() for passage in self.retrieved],
            "suggestions": list(self.suggestions),
            "conversation_id": self.conversation_id,
            "latency_ms": self.latency_ms,
            "error": self.error,
        }


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the conversation and the answer it got."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, with the turns before it, oldest first; with ``doc_id``, of one document alone.

    ``is_plain``: it is answered without a language model, as what is asked by the service itself is.
    """

    text: str
    history: tuple[Turn, ...] = ()
    conversation_id: str | None = None
    doc_id: str | None = None
    is_plain: bool = False

    @classmethod
    def of(
        cls,
        text: object,
        history: tuple[Turn, ...] = (),
        conversation_id: str | None = None,
        doc_id: str | None = None,
    ) -> Question:
        """Check what came from outside.

        Raises QuestionError when it is no text, is empty or blank, has no letter or digit, or is over 2,000 characters. Lone surrogates and
        NUL are replaced, so that every answer can be encoded.
        """
        if not isinstance(text, str):
            raise QuestionError("问题必须是文字。")
        if len(text) > MAX_QUESTION_CHARACTERS:
            raise QuestionError(f"问题太长：{len(text)} 个字符，最多 {MAX_QUESTION_CHARACTERS} 个。请把问题缩短。")
        text = text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
        if not text.strip():
            raise QuestionError("问题是空的。请输入要问的内容，例如：有哪些培训补贴？")
        if not any(character.isalnum() for character in text):
            raise QuestionError("问题里没有文字。请用一句话说出要问的内容，例如：有哪些培训补贴？")
        return cls(text, history, conversation_id, doc_id)

    def plain(self) -> Question:
        """Return the same question, to be answered without a language model."""
        return replace(self, is_plain=True)

    def with_history(self, history: tuple[Turn, ...]) -> Question:
        """Return the same question after other turns."""
        return replace(self, history=history)

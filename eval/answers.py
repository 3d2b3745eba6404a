"""Answers as lines of JSON, both ways."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from assistant.answer import Answer, Citation, Retrieved, Status

if TYPE_CHECKING:
    from collections.abc import Mapping


def to_line(record: Mapping[str, Any]) -> bytes:
    """Return one line of UTF-8 JSON; a lone surrogate becomes its JSON escape."""
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def from_line(line: bytes) -> Answer:
    """Return the answer on a line; what its public shape does not carry stays empty.

    Raises ValueError when the line is not an answer.
    """
    try:
        return _answer(json.loads(line))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _answer(record: Mapping[str, Any]) -> Answer:
    return Answer(
        id=str(record["id"]),
        status=Status(record["status"]),
        answer=str(record["answer"]),
        citations=tuple(_citation(item) for item in record["citations"]),
        related=tuple(_citation(item) for item in record["related"]),
        retrieved=tuple(_retrieved(item) for item in record["retrieved"]),
        suggestions=tuple(record["suggestions"]),
        conversation_id=record["conversation_id"],
        latency_ms=float(record["latency_ms"]),
        error=record["error"],
    )


def _citation(record: Mapping[str, Any]) -> Citation:
    return Citation(record["doc_id"], record["title"], record["start"], record["end"], record["quote"])


def _retrieved(record: Mapping[str, Any]) -> Retrieved:
    return Retrieved(record["doc_id"], record["start"], record["end"], record["text"], record["score"])

"""An answer <-> the text that is stored of it. The passages that were merely considered are left out."""

from __future__ import annotations

import json
from typing import Any

from assistant.answer import Answer, Citation, Status


def dump(answer: Answer) -> str:
    """Return an answer as JSON in ASCII, which every database takes, NUL and lone surrogates included."""
    row = {
        "id": answer.id,
        "status": answer.status.value,
        "answer": answer.answer,
        "citations": [_citation(citation) for citation in answer.citations],
        "related": [_citation(citation) for citation in answer.related],
        "suggestions": list(answer.suggestions),
        "conversation_id": answer.conversation_id,
        "latency_ms": answer.latency_ms,
        "error": answer.error,
        "question": answer.question,
    }
    return json.dumps(row)


def load(text: str) -> Answer:
    """Return the answer that ``dump`` wrote, without its ``retrieved``."""
    row = json.loads(text)
    return Answer(
        id=row["id"],
        status=Status(row["status"]),
        answer=row["answer"],
        citations=tuple(map(_load_citation, row["citations"])),
        related=tuple(map(_load_citation, row["related"])),
        suggestions=tuple(row["suggestions"]),
        conversation_id=row["conversation_id"],
        latency_ms=row["latency_ms"],
        error=row["error"],
        question=row["question"],
    )


def storable(text: str) -> str:
    """Return a text without what no database column takes: NUL and lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


def _citation(citation: Citation) -> dict[str, Any]:
    return {**citation.to_json(), "headings": list(citation.headings)}


def _load_citation(row: dict[str, Any]) -> Citation:
    return Citation(row["doc_id"], row["title"], row["start"], row["end"], row["quote"], tuple(row.get("headings", ())))

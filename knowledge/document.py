"""The value objects of the knowledge side: a document, its sections, its passages, and a hit.

All offsets count Python characters in ``Document.text``, which never changes once a document has been read.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the stretch of text it governs.

    ``start``/``end`` delimit the heading itself; ``level`` 1 is the outermost.
    """

    title: str
    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document as it is cited."""

    id: str
    title: str
    text: str
    source: str | None = None
    published: str | None = None
    issuer: str | None = None
    number: str | None = None
    contact: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences: ``document.text[start:end] == text``, always."""

    doc_id: str
    title: str
    headings: tuple[str, ...]
    start: int
    end: int
    text: str

    @property
    def id(self) -> str:
        """A name that is unique within an index."""
        return f"{self.doc_id}#{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query, best first in a list of them.

    ``score`` orders the hits; ``lexical``, ``dense`` and ``alignment`` are the parts it was fused from, each in [0, 1];
    alignment is known of the best alone.
    """

    passage: Passage
    score: float
    lexical: float = 0.0
    dense: float = 0.0
    matched: tuple[str, ...] = field(default=())
    alignment: float = 0.0

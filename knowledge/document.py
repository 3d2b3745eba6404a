"""The value objects of the knowledge side: a document, its sections, its passages, and a hit.

All offsets count Python characters in ``Document.text``, which never changes once a document has been read.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from knowledge.query import QueryTerm, held

Span = tuple[int, int]


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
    """A policy document as it is cited, with what its head and foot tell about it.

    Dates are ``YYYY-MM-DD``: ``published`` 发布日期, ``written`` 成文日期, ``effective`` the day it takes effect, ``expires``
    the last day it holds. ``issuer`` is 发文机关, ``number`` 文号, ``addressee`` 主送机关, ``validity`` what is stated of
    its being in force (现行有效, 已废止 …). Each is None where the document does not tell. ``pages`` is where each page begins
    in the text, empty where the format has none.
    """

    id: str
    title: str
    text: str
    source: str | None = None
    published: str | None = None
    issuer: str | None = None
    number: str | None = None
    contact: tuple[str, ...] = ()
    written: str | None = None
    effective: str | None = None
    expires: str | None = None
    addressee: str | None = None
    validity: str | None = None
    pages: tuple[int, ...] = ()

    def page(self, offset: int) -> int | None:
        """Return the number of the page, from 1, that a place of the text stands on; None where there are no pages."""
        return bisect_right(self.pages, offset) or None


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences: ``document.text[start:end] == text``, always.

    ``headings`` is the path it stands under, outermost first (第三章 …, 第十二条). ``sentences`` are the spans of its
    sentences in the document. ``lead`` is the span of the words that lead in the list whose items the passage holds
    (「有下列情形之一的：」) where they stand before the passage, else None.
    """

    doc_id: str
    title: str
    headings: tuple[str, ...]
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...] = ()
    lead: Span | None = None

    @property
    def id(self) -> str:
        """A name that is unique within an index."""
        return f"{self.doc_id}#{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query, best first in a list of them.

    ``score`` orders the hits; ``lexical``, ``dense`` and ``alignment`` are the parts it was fused from, each in [0, 1];
    alignment is known of the best alone. ``title`` tells how much else was found under the same title, 1 where most
    was. ``terms`` are those of the question. ``answers`` is the probability that the passage states what is asked, where a second stage that tells it has
    read the passage.
    """

    passage: Passage
    score: float
    lexical: float = 0.0
    dense: float = 0.0
    terms: tuple[QueryTerm, ...] = ()
    alignment: float = 0.0
    title: float = 1.0
    answers: float | None = None

    @property
    def matched(self) -> tuple[str, ...]:
        """The words of the question that the passage holds, in its text or above it, ``said→held`` for a synonym.

        Looked for when they are asked for: most searches do not.
        """
        return held(self.terms, "\n".join((self.passage.text, *self.passage.headings, self.passage.title)))

"""Citations -> cards: the paragraph each stands in, with the cited words marked. Pure; knows no markup."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assistant.answer import Citation
    from knowledge.document import Document, Section

MAX_CONTEXT = 240
"""Characters of a paragraph shown on either side of the cited words; what is beyond is left out, and said."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document and its headings, in order."""

    document: Document
    outline: Sequence[Section]

    def path(self, position: int) -> tuple[str, ...]:
        """Return the page a position stands on, where there are pages, and the headings it stands under."""
        page = self.document.page(position)
        path: list[Section] = []
        for section in self.outline:
            if section.start > position:
                break
            path = [outer for outer in path if outer.level < section.level] + [section]
        return (*([f"第{page}页"] if page else []), *(section.title for section in path))


class FindSource(Protocol):
    """Looks a document up."""

    def __call__(self, doc_id: str, /) -> Source | None:
        """Return the document, or None when it is no longer in the index."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph; ``numbers`` are the citations it belongs to, ``opens`` those that begin with it."""

    text: str
    numbers: tuple[int, ...] = ()
    opens: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One paragraph of a document and the citations that lie in it, by number (the first citation is 1)."""

    doc_id: str
    title: str
    headings: tuple[str, ...]
    numbers: tuple[int, ...]
    pieces: tuple[Piece, ...]
    document: Document | None = None
    cut_before: bool = False
    cut_after: bool = False


@dataclass(frozen=True, slots=True)
class _Located:
    number: int
    citation: Citation
    start: int
    end: int


def gather(citations: Sequence[Citation], find: FindSource) -> tuple[Card, ...]:
    """Return the paragraphs that the citations stand in, in the order of their first citation.

    Citations of one paragraph share it, so that a reader meets each paragraph once.
    """
    groups: dict[tuple[str, int, int], list[_Located]] = {}
    sources = {doc_id: find(doc_id) for doc_id in dict.fromkeys(citation.doc_id for citation in citations)}
    for number, citation in enumerate(citations, 1):
        start, end = _paragraph(sources[citation.doc_id], citation)
        groups.setdefault((citation.doc_id, start, end), []).append(_Located(number, citation, start, end))
    return tuple(_card(group, sources[doc_id]) for (doc_id, _, _), group in groups.items())


def _is_intact(source: Source | None, citation: Citation) -> bool:
    return source is not None and source.document.text[citation.start : citation.end] == citation.quote


def _paragraph(source: Source | None, citation: Citation) -> tuple[int, int]:
    """Return the offsets of the line or lines that hold the quote; of the quote alone when the document has changed."""
    if source is None or not _is_intact(source, citation):
        return citation.start, citation.end
    text = source.document.text
    end = text.find("\n", citation.end)
    return text.rfind("\n", 0, citation.start) + 1, len(text) if end < 0 else end


def _card(group: Sequence[_Located], source: Source | None) -> Card:
    first = group[0].citation
    whole_start, whole_end = group[0].start, group[0].end
    text = source.document.text if source is not None and _is_intact(source, first) else None
    start = max(whole_start, min(item.citation.start for item in group) - MAX_CONTEXT)
    end = min(whole_end, max(item.citation.end for item in group) + MAX_CONTEXT)
    pieces = _pieces(text, start, end, group) if text is not None else (_quote(group),)
    return Card(
        doc_id=first.doc_id,
        title=first.title,
        headings=first.headings if source is None or text is None else source.path(first.start),
        numbers=tuple(item.number for item in group),
        pieces=pieces,
        document=None if source is None else source.document,
        cut_before=start > whole_start,
        cut_after=end < whole_end,
    )


def _quote(group: Sequence[_Located]) -> Piece:
    numbers = tuple(item.number for item in group)
    return Piece(group[0].citation.quote, numbers, numbers)


def _pieces(text: str, start: int, end: int, group: Iterable[_Located]) -> tuple[Piece, ...]:
    """Cut ``text[start:end]`` wherever a citation begins or ends."""
    spans = [(item.number, item.citation.start, item.citation.end) for item in group]
    cuts = sorted({start, end, *(at for _, begin, stop in spans for at in (begin, stop))})
    return tuple(
        Piece(
            text[left:right],
            tuple(number for number, begin, stop in spans if begin <= left and right <= stop),
            tuple(number for number, begin, _ in spans if begin == left),
        )
        for left, right in pairwise(cuts)
    )

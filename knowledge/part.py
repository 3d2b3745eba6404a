"""Documents with everything that is prepared of them: passages, term counts, vectors. In memory and as files.

A part is what a build works in: prepared in slices, put together to a segment, and taken apart again where a document
is replaced.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge import lexical
from knowledge.document import Document, Passage, Span
from knowledge.embed import Vectors
from knowledge.lexical import TermCounts

DOCUMENTS = "documents.jsonl"
PASSAGES = "passages.jsonl"
VECTORS = "vectors.npy"
FILES = (DOCUMENTS, PASSAGES, lexical.TABLE, lexical.VOCABULARY, VECTORS)

_FIELDS = tuple(field.name for field in fields(Document))


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Row ``n`` of ``counts`` and of ``vectors`` belongs to passage ``n``; passages stand in the documents' order."""

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    counts: TermCounts
    vectors: Vectors

    def write(self, folder: Path) -> None:
        """Write it as the files named in ``FILES``."""
        number = {document.id: position for position, document in enumerate(self.documents)}
        _write_lines(folder / DOCUMENTS, map(to_row, self.documents))
        _write_lines(folder / PASSAGES, (_passage_row(passage, number[passage.doc_id]) for passage in self.passages))
        self.counts.write(folder)
        np.save(folder / VECTORS, self.vectors)

    @classmethod
    def read(cls, folder: Path) -> Part:
        """Read what ``write`` wrote; raises OSError, ValueError, KeyError, TypeError or IndexError where damaged."""
        documents = read_documents(folder)
        passages = tuple(_passage(row, documents) for row in _lines(folder / PASSAGES))
        counts = TermCounts.read(folder)
        vectors = np.load(folder / VECTORS, allow_pickle=False)
        if not len(passages) == counts.size == len(vectors):
            raise ValueError("段落数与词表、向量数不一致")
        return cls(documents, passages, counts, vectors)


def joined(parts: Sequence[tuple[Part, Sequence[int]]]) -> Part:
    """Put parts together, keeping the documents whose numbers are given with each, in the order of the parts."""
    rows = [_rows(part, kept) for part, kept in parts]
    places, size = [], 0
    for (part, _), chosen in zip(parts, rows, strict=True):
        place = np.full(len(part.passages), -1, dtype=np.int64)
        place[chosen] = np.arange(size, size + len(chosen))
        places.append(place)
        size += len(chosen)
    return Part(
        tuple(part.documents[number] for part, kept in parts for number in kept),
        tuple(part.passages[row] for (part, _), chosen in zip(parts, rows, strict=True) for row in chosen),
        lexical.merged([(part.counts, place) for (part, _), place in zip(parts, places, strict=True)]),
        np.concatenate([part.vectors[chosen] for (part, _), chosen in zip(parts, rows, strict=True)]),
    )


def spans(part: Part) -> list[range]:
    """Return the rows of the passages of each document, in the documents' order."""
    number = {document.id: position for position, document in enumerate(part.documents)}
    counts = [0] * len(part.documents)
    for passage in part.passages:
        counts[number[passage.doc_id]] += 1
    ends = np.cumsum(counts, dtype=int).tolist()
    return [range(end - count, end) for end, count in zip(ends, counts, strict=True)]


def _rows(part: Part, kept: Sequence[int]) -> NDArray[np.int64]:
    found = spans(part)
    return np.fromiter(chain.from_iterable(found[number] for number in kept), dtype=np.int64)


def read_documents(folder: Path) -> tuple[Document, ...]:
    """Read the documents alone."""
    return tuple(map(from_row, _lines(folder / DOCUMENTS)))


def to_row(document: Document) -> dict[str, Any]:
    """Return what is written of a document."""
    return {name: getattr(document, name) for name in _FIELDS if name != "pages" or document.pages}


def from_row(row: dict[str, Any]) -> Document:
    """Return the document that ``to_row`` wrote; raises TypeError or KeyError."""
    return Document(**{**row, "contact": tuple(row["contact"]), "pages": tuple(row.get("pages", ()))})


def _write_lines(path: Path, rows: Any) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _lines(path: Path) -> list[Any]:
    with path.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def _passage_row(passage: Passage, number: int) -> list[Any]:
    """Return the document's number, offsets, headings, ends of sentences from the start, and the lead-in."""
    cuts = [(start - passage.start, end - passage.start) for start, end in passage.sentences]
    return [number, passage.start, passage.end, passage.headings, cuts, passage.lead]


def _passage(row: list[Any], documents: Sequence[Document]) -> Passage:
    number, start, end, headings, cuts, lead = row
    document = documents[number]
    sentences: tuple[Span, ...] = tuple((start + first, start + last) for first, last in cuts)
    return Passage(
        document.id,
        document.title,
        tuple(headings),
        start,
        end,
        document.text[start:end],
        sentences,
        tuple(lead) if lead else None,
    )

"""An index, opened for reading: its documents in the catalogue's order, however they lie in segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge import chunk, generation, lexical, segment
from knowledge.catalogue import Catalogue
from knowledge.document import Document, Passage, Section
from knowledge.embed import Embedder
from knowledge.errors import IndexDamagedError
from knowledge.filter import Accepts
from knowledge.generation import Generation
from knowledge.lexical import LexicalIndex
from knowledge.manifest import Manifest
from knowledge.part import spans
from knowledge.segment import Nearest, Segment

_TRIES = 5  # to open an index whose generation is replaced meanwhile


@dataclass(frozen=True)
class Index:
    """Everything a retriever reads; rows of the lexical table and of the vectors are positions in ``passages``.

    ``generation`` names what was opened; ``warnings`` tell of damage that does not keep it from serving.
    """

    path: Path
    generation: str
    manifest: Manifest
    catalogue: Catalogue
    by_id: Mapping[str, Document]
    passages: tuple[Passage, ...]
    lexical: LexicalIndex
    vectors: Nearest
    embedder: Embedder
    warnings: tuple[str, ...] = ()

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents, in the order they were read."""
        return tuple(self.by_id.values())

    def document(self, doc_id: str) -> Document:
        """Return one document; raises KeyError for an unknown id."""
        return self.by_id[doc_id]

    def rows_of(self, accepts: Accepts) -> NDArray[np.bool_]:
        """Tell of each passage whether its document is accepted; of shape (passages,)."""
        accepted = {doc_id for doc_id, document in self.by_id.items() if accepts(document)}
        return np.fromiter((passage.doc_id in accepted for passage in self.passages), bool, len(self.passages))

    def twins(self, doc_id: str) -> tuple[str, ...]:
        """Return the ids of the documents that are the same as this one and have no passages of their own."""
        return self.catalogue.twins.get(doc_id, ())

    def outline(self, doc_id: str) -> tuple[Section, ...]:
        """Return the headings of a document."""
        return _outline(self.by_id[doc_id].text)

    def headings_at(self, doc_id: str, offset: int) -> tuple[str, ...]:
        """Return the headings a place of a document stands under, outermost first."""
        found: list[Section] = []
        for section in self.outline(doc_id):
            if section.end > offset:
                break
            found = [outer for outer in found if outer.level < section.level] + [section]
        return tuple(section.title for section in found)

    def place(self, doc_id: str, offset: int) -> tuple[str, ...]:
        """Return what a place of a document is cited by: its page (第3页) where there are pages, then its headings."""
        page = self.by_id[doc_id].page(offset)
        return (*([f"第{page}页"] if page else []), *self.headings_at(doc_id, offset))


@lru_cache(maxsize=512)
def _outline(text: str) -> tuple[Section, ...]:
    return chunk.outline(text)


def open_index(path: Path, embedder: Embedder) -> Index:
    """Open an index for reading.

    Raises IndexMissingError, IndexDamagedError or IndexMismatchError, each saying what to do.
    """
    for _ in range(_TRIES):
        folder = generation.serving(path)
        try:
            return _open(path, folder, embedder)
        except IndexDamagedError:
            if generation.serving(path) == folder:
                raise
    raise IndexDamagedError(str(path), "内容一再改变，无法读取")


def _open(path: Path, folder: Path, embedder: Embedder) -> Index:
    told = generation.read(path, folder)
    told.manifest.check(path, Manifest.expected(embedder))
    opened: list[Segment] = []
    try:
        for name in told.layout:
            opened.append(segment.open_segment(path / segment.FOLDER / name, path))  # noqa: PERF401  # to be closed
        return _assembled(path, told, opened, embedder)
    except BaseException:
        for piece in opened:
            piece.store.close()
        raise


def _assembled(path: Path, told: Generation, opened: Sequence[Segment], embedder: Embedder) -> Index:
    """Put segments together in the catalogue's order; raises IndexDamagedError where they do not fit it."""
    entries = told.catalogue.current
    documents: list[Document | None] = [None] * len(entries)
    rows: list[tuple[Segment, range] | None] = [None] * len(entries)
    for piece in opened:
        places = told.layout[piece.name]
        if len(places) != len(piece.part.documents):
            raise IndexDamagedError(str(path), f"{piece.name} 的文件数与清单不一致")
        for place, document, span in zip(places, piece.part.documents, spans(piece.part), strict=True):
            if place >= 0:
                documents[place], rows[place] = document, (piece, span)
    found = [document for document in documents if document is not None]
    if [document.id for document in found] != [entry.id for entry in entries]:
        raise IndexDamagedError(str(path), "文件与目录不一致")
    moves = {piece.name: np.full(len(piece.part.passages), -1, dtype=np.int64) for piece in opened}
    passages: list[Passage] = []
    for piece, span in filter(None, rows):
        moves[piece.name][span] = np.arange(len(passages), len(passages) + len(span))
        passages.extend(piece.part.passages[span.start : span.stop])
    if len(passages) != told.manifest.passages or len(found) != told.manifest.documents:
        raise IndexDamagedError(str(path), "段落数与清单不一致")
    return Index(
        path,
        told.name,
        told.manifest,
        told.catalogue,
        {document.id: document for document in found},
        tuple(passages),
        lexical.weigh(lexical.merged([(piece.part.counts, moves[piece.name]) for piece in opened])),
        Nearest([(piece.store, moves[piece.name]) for piece in opened]),
        embedder,
        told.warnings,
    )

"""An index on disk, opened for reading.

::

    INDEX/current            the name of the generation that serves
    INDEX/g-…/               one generation: manifest, documents, passages, lexical table, vectors

A build writes a whole new generation beside the old one and then replaces ``current`` in one step, so that a reader
sees the old index or the new one, never half of either.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge import chunk
from knowledge.document import Document, Passage, Section
from knowledge.embed import Embedder
from knowledge.errors import IndexDamagedError, IndexMissingError
from knowledge.lexical import LexicalIndex
from knowledge.manifest import FORMAT, Manifest, words_hash
from knowledge.store import FOLDER, VectorStore

POINTER = "current"
DOCUMENTS = "documents.jsonl"
PASSAGES = "passages.jsonl"


@dataclass(frozen=True, slots=True)
class Index:
    """Everything a retriever reads; rows of the lexical table and of the vectors are positions in ``passages``."""

    path: Path
    manifest: Manifest
    by_id: Mapping[str, Document]
    passages: tuple[Passage, ...]
    lexical: LexicalIndex
    vectors: VectorStore
    embedder: Embedder

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents, in the order they were read."""
        return tuple(self.by_id.values())

    def document(self, doc_id: str) -> Document:
        """Return one document; raises KeyError for an unknown id."""
        return self.by_id[doc_id]

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


@lru_cache(maxsize=512)
def _outline(text: str) -> tuple[Section, ...]:
    return chunk.outline(text)


def expected(embedder: Embedder) -> dict[str, object]:
    """Return the parts of a manifest that must fit the program."""
    return {
        "format": FORMAT,
        "encoder": embedder.name,
        "dimension": embedder.dimension,
        "chunker": chunk.NAME,
        "words": words_hash(),
    }


def generation(path: Path) -> Path:
    """Return the folder of the generation that serves; raises IndexMissingError or IndexDamagedError."""
    pointer = path / POINTER
    if not pointer.is_file():
        raise IndexMissingError(str(path))
    try:
        folder = path / pointer.read_text(encoding="utf-8").strip()
        is_there = folder.parent == path and folder.is_dir()
    except (OSError, ValueError) as error:
        raise IndexDamagedError(str(path), f"{POINTER} 无法读取") from error
    if not is_there:
        raise IndexDamagedError(str(path), f"{POINTER} 指向的内容不存在")
    return folder


def open_index(path: Path, embedder: Embedder) -> Index:
    """Open an index for reading.

    Raises IndexMissingError, IndexDamagedError or IndexMismatchError, each saying what to do.
    """
    folder = generation(path)
    manifest = Manifest.read(folder)
    manifest.check(folder, expected(embedder))
    try:
        documents = [_document(row) for row in _rows(folder / DOCUMENTS)]
        passages = tuple(_passage(row, documents) for row in _rows(folder / PASSAGES))
        lexical = LexicalIndex.read(folder)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise IndexDamagedError(str(path), f"内容无法读取：{error}") from error
    if len(passages) != manifest.passages or lexical.size != len(passages):
        raise IndexDamagedError(str(path), "段落数与清单不一致")
    vectors = VectorStore.open(folder / FOLDER, len(passages))
    return Index(path, manifest, {doc.id: doc for doc in documents}, passages, lexical, vectors, embedder)


def write_rows(folder: Path, documents: Sequence[Document], passages: Sequence[Passage]) -> None:
    """Write documents and passages; a passage is its document's number, offsets and headings."""
    number = {document.id: position for position, document in enumerate(documents)}
    with (folder / DOCUMENTS).open("w", encoding="utf-8") as stream:
        for document in documents:
            stream.write(json.dumps(asdict(document), ensure_ascii=False) + "\n")
    with (folder / PASSAGES).open("w", encoding="utf-8") as stream:
        for passage in passages:
            row = [number[passage.doc_id], passage.start, passage.end, list(passage.headings)]
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")


def _rows(path: Path) -> list[Any]:
    with path.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def _document(row: dict[str, Any]) -> Document:
    return Document(**{**row, "contact": tuple(row["contact"])})


def _passage(row: list[Any], documents: Sequence[Document]) -> Passage:
    number, start, end, headings = row
    document = documents[number]
    return Passage(document.id, document.title, tuple(headings), start, end, document.text[start:end])

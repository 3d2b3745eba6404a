"""The documents as they were read, kept apart from the index: every version of every document, compressed.

What is damaged in the index is rebuilt from here, and an index of another format or encoder too. Files are written once
and never changed; each holds the documents that one build or addition took in.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from knowledge.catalogue import Catalogue, digest
from knowledge.document import Document
from knowledge.part import from_row, to_row

FOLDER = "originals"
_DOCUMENTS = "documents-{}.jsonl.gz"
_CATALOGUE = "catalogue-{}.json.gz"
_LEVEL = 3  # of compression: quick, and not much larger
_FAULTS = (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error)


def write_documents(index: Path, generation: str, documents: Iterable[Document]) -> str:
    """Keep documents; return the name of the file they went into."""
    name = _DOCUMENTS.format(generation)
    rows = (json.dumps(to_row(document), ensure_ascii=False) for document in documents)
    _write(index / FOLDER / name, "".join(f"{row}\n" for row in rows))
    return name


def write_catalogue(index: Path, generation: str, text: str) -> Path:
    """Keep a second copy of a catalogue; return where it lies."""
    path = catalogue_path(index, generation)
    _write(path, text)
    return path


def catalogue_path(index: Path, generation: str) -> Path:
    """Return where the copy of a generation's catalogue lies."""
    return index / FOLDER / _CATALOGUE.format(generation)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(text.encode("utf-8"), _LEVEL, mtime=0))


def read_catalogue(index: Path, generation: str) -> Catalogue | None:
    """Return the copy of a catalogue, None where it is missing or damaged."""
    try:
        return Catalogue.of(_read(catalogue_path(index, generation)))
    except _FAULTS:
        return None


def read_documents(path: Path) -> Iterator[Document]:
    """Yield the documents of one file; a damaged file yields what comes before the damage."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            for line in stream:
                yield from_row(json.loads(line))
    except _FAULTS:
        return


def by_digest(index: Path, wanted: set[str]) -> dict[str, Document]:
    """Return those of the kept documents that are wanted, by their digest, as far as they can still be read."""
    found: dict[str, Document] = {}
    for path in sorted((index / FOLDER).glob(_DOCUMENTS.format("*"))):
        if wanted <= found.keys():
            break
        for document in read_documents(path):
            if (told := digest(document)) in wanted:
                found[told] = document
    return found


def _read(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode("utf-8")

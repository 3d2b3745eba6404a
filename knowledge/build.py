"""Sources -> index: read, clean, chunk, embed, write, switch. The order is visible in ``build``."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge import chunk, lexical
from knowledge.document import Document, Passage
from knowledge.embed import Embedder, Vectors
from knowledge.errors import IndexDamagedError, IndexLockedError, IndexMissingError, IndexWriteError, SourceError
from knowledge.index import POINTER, expected, generation, open_index, write_rows
from knowledge.manifest import Manifest, file_hash
from knowledge.progress import shown
from knowledge.sources.folder import Reading, read_all
from knowledge.store import FOLDER, VectorStore

_LOCK = "lock"
_BATCH = 256  # passages embedded at once
_QUIET_SECONDS = 2.0  # a build that takes no longer shows no progress


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build did."""

    documents: int
    passages: int
    reading: Reading


def build(path: Path, sources: Iterable[str], embedder: Embedder) -> Summary:
    """Make the index hold exactly the documents of the sources.

    Raises SourceError when there is no readable document at all, IndexLockedError when another process is writing.
    """
    with _writing(path):
        return _write(path, read_all(sources), embedder)


def add(path: Path, sources: Iterable[str], embedder: Embedder) -> Summary:
    """Add documents; one whose id is already there is replaced."""
    with _writing(path):
        index = open_index(path, embedder)
        reading = read_all(sources)
        new = {document.id for document in reading.documents}
        kept = [document for document in index.documents if document.id not in new]
        index.vectors.close()
        reading.documents[:0] = kept
        return _write(path, reading, embedder)


def remove(path: Path, doc_ids: Sequence[str], embedder: Embedder) -> Summary:
    """Take documents out; raises SourceError for an id that is not there, or when none would be left."""
    with _writing(path):
        index = open_index(path, embedder)
        index.vectors.close()
        for doc_id in doc_ids:
            if doc_id not in index.by_id:
                raise SourceError(doc_id, "索引中没有这个文件编号，可用 python -m knowledge list 查看")
        kept = [document for document in index.documents if document.id not in set(doc_ids)]
        return _write(path, Reading(documents=kept), embedder)


def _write(path: Path, reading: Reading, embedder: Embedder) -> Summary:
    documents = reading.documents
    if not documents:
        reasons = "；".join(str(failure) for failure in reading.failures[:3])
        raise SourceError("没有可以建立索引的文件", reasons or "来源里没有可读的文件")
    passages = [passage for document in documents for passage in chunk.passages(document)]
    vectors = _embedded(passages, embedder)
    previous = _serving(path)
    folder = path / f"g-{secrets.token_hex(6)}"
    try:
        folder.mkdir()
        manifest = _fill(folder, documents, passages, vectors, embedder)
        manifest.write(folder)
        _switch(path, folder)
    except BaseException as error:
        if _serving(path) != folder:  # the switch itself may have been the last thing that worked
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise IndexWriteError(str(path), error.strerror or type(error).__name__) from error
        raise
    _drop_old(path, {folder, previous})
    return Summary(len(documents), len(passages), reading)


def _embedded(passages: Sequence[Passage], embedder: Embedder) -> Vectors:
    batches = [passages[start : start + _BATCH] for start in range(0, len(passages), _BATCH)]
    found = []
    with shown("编码", "批段落", len(batches), quiet=_QUIET_SECONDS) as advance:
        for batch in batches:
            found.append(embedder.embed([searchable(passage) for passage in batch]))
            advance()
    return np.concatenate(found)


def searchable(passage: Passage) -> str:
    """Return what is embedded for a passage: its text under its headings."""
    return "\n".join((*passage.headings, passage.text))


def _fill(
    folder: Path, documents: Sequence[Document], passages: Sequence[Passage], vectors: Vectors, embedder: Embedder
) -> Manifest:
    write_rows(folder, documents, passages)
    lexical.build(passages, documents).write(folder)
    VectorStore.create(folder / FOLDER, vectors)
    files = [file for file in sorted(folder.iterdir()) if file.is_file()] + VectorStore.settled(folder / FOLDER)
    hashes = {file.relative_to(folder).as_posix(): file_hash(file) for file in files}
    return Manifest(**expected(embedder), documents=len(documents), passages=len(passages), files=hashes)  # type: ignore[arg-type]


def _switch(path: Path, folder: Path) -> None:
    """Let ``current`` name the new generation, in one step that survives a power cut."""
    for file in folder.rglob("*"):
        if file.is_file():
            _sync(file)
    draft = path / f"{POINTER}.{folder.name}"
    draft.write_text(folder.name + "\n", encoding="utf-8")
    _sync(draft)
    draft.replace(path / POINTER)
    _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _serving(path: Path) -> Path | None:
    try:
        return generation(path)
    except (IndexMissingError, IndexDamagedError):
        return None


def _drop_old(path: Path, kept: set[Path | None]) -> None:
    """Drop what no reader is on: ``kept`` is the generation that serves now and the one that served before."""
    for folder in path.glob("g-*"):
        if folder not in kept:
            shutil.rmtree(folder, ignore_errors=True)
    for draft in path.glob(f"{POINTER}.*"):
        draft.unlink(missing_ok=True)


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Hold the writer's lock; the kernel lets go of it when the process ends, however it ends."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        stream = (path / _LOCK).open("a+", encoding="utf-8")
    except OSError as error:
        raise SourceError(str(path), f"无法在这里建立索引（{error.strerror}）") from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            stream.seek(0)
            raise IndexLockedError(str(path), f"进程 {stream.read().strip() or '未知'}") from error
        stream.seek(0)
        stream.truncate()
        stream.write(str(os.getpid()))
        stream.flush()
        yield

"""Documents -> parts: cut into passages, count their terms, embed them. In slices, over the cores, resumable.

Each finished slice is kept in the index's ``work`` folder until the build is done, so that a build that was interrupted
embeds nothing twice. Cutting and counting is Python and goes over processes; embedding stays in this one, as encoders
use the cores by themselves.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path

import numpy as np

from knowledge import chunk, lexical, seal
from knowledge.catalogue import digest
from knowledge.document import Document, Passage
from knowledge.embed import Embedder, Vectors
from knowledge.lexical import TermCounts
from knowledge.manifest import Manifest
from knowledge.part import FILES, Part
from knowledge.progress import shown

FOLDER = "work"
SLICE_CHARACTERS = 200_000
_BATCH = 256  # passages embedded at once
_PARALLEL_SLICES = 3  # a pool of processes pays from here on: each takes a second to start
_QUIET_SECONDS = 8.0  # what takes no longer shows no progress; the first words take a second or more to load
_READING_FAULTS = (OSError, ValueError, KeyError, TypeError, IndexError)


@dataclass(frozen=True, slots=True)
class Slice:
    """Documents that are prepared together; ``twins`` are the ids of those that need no passages of their own."""

    documents: tuple[Document, ...]
    twins: frozenset[str]
    key: str


def prepared(
    documents: Sequence[Document],
    twins: frozenset[str],
    embedder: Embedder,
    work: Path,
    characters: int = SLICE_CHARACTERS,
) -> Iterator[Part]:
    """Yield the parts of documents, in order; a slice has about ``characters`` characters of text."""
    slices = list(_slices(documents, twins, Manifest.expected(embedder), characters))
    resumable = len(slices) > 1
    done = {piece.key: part for piece in slices if resumable for part in [_kept(work / piece.key)] if part}
    fresh = [piece for piece in slices if piece.key not in done]
    with shown("整理", "份文件", len(documents), quiet=_QUIET_SECONDS) as advance, _cut_all(fresh) as cut:
        for piece in slices:
            part = done.pop(piece.key, None)
            if part is None:
                passages, counts = next(cut)
                part = Part(piece.documents, passages, counts, _embedded(piece.documents, passages, embedder))
                if resumable:
                    _keep(part, work / piece.key)
            yield part
            advance(len(piece.documents))


def _slices(
    documents: Sequence[Document], twins: frozenset[str], built_with: Manifest, characters: int
) -> Iterator[Slice]:
    group: list[Document] = []
    size = 0
    for document in documents:
        group.append(document)
        size += len(document.text)
        if size >= characters:
            yield _slice(group, twins, built_with)
            group, size = [], 0
    if group:
        yield _slice(group, twins, built_with)


def _slice(documents: Sequence[Document], twins: frozenset[str], built_with: Manifest) -> Slice:
    told = [repr(built_with), *(f"{digest(document)}{document.id in twins}" for document in documents)]
    key = hashlib.sha256("\n".join(told).encode()).hexdigest()[:24]
    return Slice(tuple(documents), twins, key)


def _cut(piece: Slice) -> tuple[tuple[Passage, ...], TermCounts]:
    documents = [document for document in piece.documents if document.id not in piece.twins]
    passages = tuple(passage for document in documents for passage in chunk.passages(document))
    return passages, lexical.count(passages, documents)


@contextlib.contextmanager
def _cut_all(slices: Sequence[Slice]) -> Iterator[Iterator[tuple[tuple[Passage, ...], TermCounts]]]:
    """Cut slices in order: in this process, or over the cores where there are enough of them."""
    cores = cpu_count() or 1
    if len(slices) < _PARALLEL_SLICES or cores == 1:
        yield map(_cut, slices)
        return
    # Spawned, as the libraries loaded here start threads that do not survive a fork.
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        yield _ahead(pool, slices, 2 * cores)


def _ahead(
    pool: ProcessPoolExecutor, slices: Sequence[Slice], waiting: int
) -> Iterator[tuple[tuple[Passage, ...], TermCounts]]:
    """Keep a bounded number of slices on their way; where the processes cannot start, go on in this one."""
    rest = iter(slices)
    running = deque((piece, _submitted(pool, piece)) for piece in islice(rest, waiting))
    while running:
        piece, future = running.popleft()
        try:
            result = future.result() if future else _cut(piece)
        except BrokenProcessPool:
            result = _cut(piece)
        running.extend((following, _submitted(pool, following)) for following in islice(rest, 1))
        yield result


def _submitted(pool: ProcessPoolExecutor, piece: Slice) -> Future[tuple[tuple[Passage, ...], TermCounts]] | None:
    try:
        return pool.submit(_cut, piece)
    except BrokenProcessPool:
        return None


def _embedded(documents: Sequence[Document], passages: Sequence[Passage], embedder: Embedder) -> Vectors:
    texts = {document.id: document.text for document in documents}
    found = [np.zeros((0, embedder.dimension), dtype=np.float32)]
    for start in range(0, len(passages), _BATCH):
        batch = passages[start : start + _BATCH]
        found.append(embedder.embed([searchable(passage, texts[passage.doc_id]) for passage in batch]))
    return np.concatenate(found)


def searchable(passage: Passage, text: str) -> str:
    """Return what is embedded for a passage of a document of this text: its words under title, headings and lead-in."""
    lead = (text[slice(*passage.lead)],) if passage.lead else ()
    return "\n".join((passage.title, *passage.headings, *lead, passage.text))


def _keep(part: Part, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    part.write(folder)
    seal.seal(folder, [folder / name for name in FILES])  # last: a slice without a seal is not whole


def _kept(folder: Path) -> Part | None:
    if not folder.is_dir() or seal.flaws(folder):
        return None
    try:
        return Part.read(folder)
    except _READING_FAULTS:
        return None

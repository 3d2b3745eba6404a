"""A segment on disk: some documents with their passages, terms and vectors, written once and never changed.

An index is made of segments, so that adding a document writes a small one and leaves the others alone (as Lucene and
log-structured merge trees do). Which documents of a segment still count is told by the generation, not by the segment.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge import seal
from knowledge.errors import IndexDamagedError
from knowledge.part import FILES, VECTORS, Part
from knowledge.store import Found, Rows, VectorStore, VectorWriter

FOLDER = "segments"
CHROMA = "chroma"
_READING_FAULTS = (OSError, ValueError, KeyError, TypeError, IndexError)


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """A segment, opened for reading."""

    name: str
    part: Part
    store: VectorStore


@contextmanager
def writing(folder: Path, index: Path) -> Iterator[SegmentWriter]:
    """Write a new segment; it is whole once ``finish`` was called and the block has ended."""
    folder.mkdir(parents=True)
    with VectorStore.writing(folder / CHROMA, index) as vectors:
        writer = SegmentWriter(folder, vectors)
        yield writer
    seal.seal(folder, [*(folder / name for name in FILES), *VectorStore.settled(folder / CHROMA)])


class SegmentWriter:
    """Takes vectors as they are made, and at last everything else."""

    def __init__(self, folder: Path, vectors: VectorWriter) -> None:
        self._folder, self.vectors = folder, vectors

    def finish(self, part: Part) -> None:
        """Write the files of the part whose vectors have all been added."""
        part.write(self._folder)


def open_segment(folder: Path, index: Path) -> Segment:
    """Open a segment for reading; raises IndexDamagedError, which names the index, before a damaged file is read."""
    part = read_part(folder, index)
    vectors = np.load(folder / VECTORS, mmap_mode="r")
    return Segment(folder.name, part, VectorStore.open(folder / CHROMA, vectors, index))


def read_part(folder: Path, index: Path) -> Part:
    """Read what a segment holds, all but its vector store; raises IndexDamagedError."""
    for file, what in seal.flaws(folder):
        raise IndexDamagedError(str(index), f"{file.relative_to(folder.parent).as_posix()} {what}")
    try:
        return Part.read(folder)
    except _READING_FAULTS as error:
        raise IndexDamagedError(str(index), f"{folder.name} 的内容无法读取：{error}") from error


class Nearest:
    """Nearest neighbours over the rows of an index that lie in several stores.

    Each store comes with the index's row of each of its rows, -1 for one that no longer counts.
    """

    def __init__(self, stores: list[tuple[VectorStore, Rows]]) -> None:
        self._stores = [(store, places, int((places >= 0).sum())) for store, places in stores]

    def search(self, vector: NDArray[np.float32], k: int, within: NDArray[np.bool_] | None = None) -> Found:
        """Return up to ``k`` rows and their cosine similarities, most similar first, of equals the first row first.

        ``within`` tells of each row if it counts; those are then found exactly, as Chroma's graph finds few of a part.
        """
        found = [
            _living(store, places, alive, vector, k) if within is None else _scanned(store, places, vector, k, within)
            for store, places, alive in self._stores
        ]
        rows = np.concatenate([np.zeros(0, dtype=np.int64), *(rows for rows, _ in found)])
        similarities = np.concatenate([np.zeros(0, dtype=np.float32), *(near for _, near in found)])
        order = np.lexsort((rows, -similarities))[:k]
        return rows[order], similarities[order]

    def close(self) -> None:
        """Let go of the files."""
        for store, _, _ in self._stores:
            store.close()


def _living(store: VectorStore, places: Rows, alive: int, vector: NDArray[np.float32], k: int) -> Found:
    """Search one store for ``k`` rows that still count, asking for more where rows that do not are in the way."""
    asked = min(k, len(places))
    while asked > 0:
        rows, similarities = store.search(vector, asked)
        counts = places[rows] >= 0
        if int(counts.sum()) >= min(k, alive) or asked == len(places):
            return places[rows[counts]], similarities[counts]
        asked = min(2 * asked, len(places))
    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)


def _scanned(store: VectorStore, places: Rows, vector: NDArray[np.float32], k: int, within: NDArray[np.bool_]) -> Found:
    rows, similarities = store.scan(np.flatnonzero((places >= 0) & within[places]), vector, k)
    return places[rows], similarities

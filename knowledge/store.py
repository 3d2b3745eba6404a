"""The vector store. The only place that imports chromadb.

Chroma keeps row numbers and vectors, nothing else: it is always given embeddings, never documents, so that it has no
reason to fetch a model. Passages and their text lie beside it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import IndexDamagedError, IndexWriteError
from knowledge.prune import Bounds

FOLDER = "chroma"
_COLLECTION = "passages"
_DATABASE = "chroma.sqlite3"
_WRITTEN_OUT = "index_metadata.pickle"  # Chroma writes it with the vectors, from _WRITTEN_OUT_ROWS on
_BATCH = 5_000  # Chroma takes at most 5,461 rows at once

_WRITTEN_OUT_ROWS = 1_000
_CANARIES = 5
_CLIENTS = threading.Lock()  # Chroma counts the clients of a path in a table that threads may not change at once
_COPY_COST = 4  # of a row, in rows multiplied
WHOLE_ROWS = 10_000
"""Rows up to which every one is multiplied; of more, those that can be among the nearest, see ``knowledge.prune``."""
EXACT_ROWS = 200_000
"""Rows up to which the nearest are found exactly: as quick as Chroma's graph, and the same in every process. Chroma draws
part of its graph anew, at random, whenever it opens a store."""
_SAME = 0.999  # cosine of a vector with itself, as Chroma computes it

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]
Found = tuple[Rows, Vectors]
"""Rows and their cosine similarities, both of shape (found,)."""


class VectorWriter:
    """Takes the rows of a new store, in order; row ``n`` gets the id ``n``."""

    def __init__(self, collection: Any, index: Path) -> None:
        self._collection, self._index = collection, index
        self._rows = 0

    def add(self, vectors: Vectors) -> None:
        """Add rows after those that are there; raises IndexWriteError."""
        for start in range(0, len(vectors), _BATCH):
            batch = vectors[start : start + _BATCH]
            with _faults_told(self._index):
                self._collection.add(ids=[str(self._rows + row) for row in range(len(batch))], embeddings=batch)
            self._rows += len(batch)


@contextlib.contextmanager
def _faults_told(index: Path) -> Iterator[None]:
    """Turn what Chroma raises while it writes into an error of ours that names the index."""
    try:
        yield
    except Exception as error:  # errors of many kinds come from its compiled part
        raise IndexWriteError(str(index), f"向量库：{error}") from error


class VectorStore:
    """Cosine nearest neighbours over the rows of one index; ``vectors`` are the ones it was built from."""

    def __init__(self, collection: Any, close: Any, vectors: Vectors) -> None:
        self._collection = collection
        self._close = close
        self._vectors = np.asarray(vectors)  # a mapped file is slower to take rows of as a memmap

    @classmethod
    @contextlib.contextmanager
    def writing(cls, folder: Path, index: Path) -> Iterator[VectorWriter]:
        """Write a new store, whole when the block ends. Raises IndexWriteError, which names the index."""
        with _faults_told(index):
            client = _client(folder)
        with contextlib.ExitStack() as opened:
            opened.callback(_close, client)
            with _faults_told(index):
                collection = client.create_collection(
                    _COLLECTION, configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
                )
            yield VectorWriter(collection, index)

    @classmethod
    def open(cls, folder: Path, vectors: Vectors, index: Path) -> VectorStore:
        """Open a store of these vectors and try it: its count, and whether vectors find their own rows.

        Raises IndexDamagedError, which names the index, where the store is missing or does not answer as it was built.
        """
        if not (folder / _DATABASE).is_file():
            raise IndexDamagedError(str(index), "缺少向量库")
        with contextlib.ExitStack() as opened:
            try:
                if not os.access(folder, os.W_OK) or not os.access(folder / _DATABASE, os.W_OK):
                    folder = _copy(folder, opened.enter_context(tempfile.TemporaryDirectory(prefix="policy-index-")))
                client = _client(folder)
                opened.callback(_close, client)
                collection = client.get_collection(_COLLECTION, embedding_function=None)
                cls(collection, opened.close, vectors).try_canary(vectors, index)
            except IndexDamagedError:
                raise
            except Exception as error:  # Chroma raises errors of many kinds from its compiled part
                raise IndexDamagedError(str(index), f"向量库无法读取：{type(error).__name__}") from error
            return cls(collection, opened.pop_all().close, vectors)

    def try_canary(self, vectors: Vectors, index: Path) -> None:
        """Compare with the vectors it was built from; Chroma without its vector files answers wrongly, not with an error.

        A few rows must find themselves; in a small store, which Chroma keeps in its SQLite file alone, every row is read.
        """
        count = self._collection.count()
        if count != len(vectors):
            raise IndexDamagedError(str(index), f"向量库有 {count} 行，应有 {len(vectors)} 行")
        if len(vectors) < _WRITTEN_OUT_ROWS and self.differing(vectors):
            raise IndexDamagedError(str(index), "向量库缺少数据或数据有变")
        for row in sorted({len(vectors) * part // _CANARIES for part in range(_CANARIES)} if len(vectors) else ()):
            vector = np.asarray(vectors[row], dtype=np.float32)
            if np.any(vector) and (not (found := self._query(vector, 1)) or found[0][1] < _SAME):
                raise IndexDamagedError(str(index), "向量库的查询结果与数据不符")

    def differing(self, vectors: Vectors) -> list[int]:
        """Return the rows whose stored vector is missing or is not the given one."""
        wrong: list[int] = []
        for start in range(0, len(vectors), _BATCH):
            rows = range(start, min(start + _BATCH, len(vectors)))
            found = self._collection.get(ids=[str(row) for row in rows], include=["embeddings"])
            stored = dict(zip(map(int, found["ids"]), found["embeddings"], strict=True))
            wrong += [row for row in rows if row not in stored or not np.allclose(stored[row], vectors[row], atol=1e-5)]
        return wrong

    @staticmethod
    def settled(folder: Path) -> list[Path]:
        """Return the files of a store that never change once written, so that damage to them shows in their hashes.

        Chroma's compiled reader of them does not check what it reads and may take the process down. Chroma itself
        rewrites its SQLite file, and the others of a store so small that it never wrote the vectors out.
        """
        segments = [file.parent for file in folder.glob(f"*/{_WRITTEN_OUT}")]
        return sorted(file for segment in segments for file in segment.iterdir())

    def search(self, vector: Vectors, k: int) -> Found:
        """Return the up to ``k`` rows of highest cosine, most similar first; exactly up to ``EXACT_ROWS`` rows."""
        if len(self._vectors) > EXACT_ROWS:
            found = self._query(vector, k)
            return np.array([row for row, _ in found], dtype=np.int64), np.array(
                [near for _, near in found], np.float32
            )
        return self.scan(np.arange(len(self._vectors)), vector, k)

    def scan(self, rows: Rows, vector: Vectors, k: int) -> Found:
        """Return the same among some rows alone, given in order, exactly; of equals the first come first."""
        vector = vector / np.float32(np.linalg.norm(vector) or 1.0)
        if len(self._vectors) > WHOLE_ROWS:
            rows = self._bounds.reaching(vector, k, None if len(rows) == len(self._vectors) else rows)
            similarity = np.einsum("ij,j->i", self._vectors[rows], vector)  # equal rows are equal to the last bit
        else:
            similarity = self._multiplied(rows, vector)
        near = np.argpartition(-similarity, k - 1)[:k] if 0 < k < len(rows) else np.arange(len(rows))
        near = near[np.lexsort((rows[near], -similarity[near]))]
        return rows[near], similarity[near]

    def _multiplied(self, rows: Rows, vector: Vectors) -> Vectors:
        """Multiply some rows, or all where that is quicker than copying some."""
        if len(rows) * _COPY_COST < len(self._vectors):
            found: Vectors = self._vectors[rows] @ vector
        else:
            found = (self._vectors @ vector)[rows]
        return found

    @cached_property
    def _bounds(self) -> Bounds:
        """Made at the first search, from all vectors."""
        return Bounds(self._vectors)

    def _query(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """Ask Chroma for the same."""
        found = self._collection.query(query_embeddings=[vector], n_results=k, include=["distances"])
        return [(int(row), 1.0 - float(distance)) for row, distance in self._pairs(found)]

    @staticmethod
    def _pairs(found: Any) -> Iterator[tuple[str, float]]:
        return zip(found["ids"][0], found["distances"][0], strict=True)

    def close(self) -> None:
        """Let go of the files."""
        self._close()


def _copy(folder: Path, target: str) -> Path:
    """Copy a store to where it can be written: Chroma writes even to open one."""
    for file in folder.rglob("*"):
        if file.is_file():
            copied = Path(target) / file.relative_to(folder)
            copied.parent.mkdir(exist_ok=True)
            shutil.copyfile(file, copied)
    return Path(target)


def _client(folder: Path) -> Any:
    import chromadb  # noqa: PLC0415  # 0.8 s: only when an index is opened or built
    from chromadb.config import Settings  # noqa: PLC0415

    with _CLIENTS:
        return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))


def _close(client: Any) -> None:
    with _CLIENTS:
        client.close()

"""The vector store. The only place that imports chromadb.

Chroma keeps row numbers and vectors, nothing else: it is always given embeddings, never documents, so that it has no
reason to fetch a model. Passages and their text lie beside it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import IndexDamagedError, IndexWriteError

FOLDER = "chroma"
_COLLECTION = "passages"
_DATABASE = "chroma.sqlite3"
_WRITTEN_OUT = "index_metadata.pickle"  # Chroma writes it with the vectors, from 1,000 rows on
_BATCH = 5_000  # Chroma takes at most 5,461 rows at once

Vectors = NDArray[np.float32]


class VectorStore:
    """Cosine nearest neighbours over the rows of one index."""

    def __init__(self, collection: Any, close: Any) -> None:
        self._collection = collection
        self._close = close

    @classmethod
    def create(cls, folder: Path, vectors: Vectors) -> None:
        """Write a new store; row ``n`` of ``vectors`` gets the id ``n``. Raises IndexWriteError."""
        try:
            with contextlib.closing(_client(folder)) as client:
                collection = client.create_collection(
                    _COLLECTION, configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
                )
                for start in range(0, len(vectors), _BATCH):
                    batch = vectors[start : start + _BATCH]
                    collection.add(ids=[str(start + row) for row in range(len(batch))], embeddings=batch)
        except Exception as error:  # Chroma raises errors of many kinds from its compiled part
            raise IndexWriteError(str(folder.parent.parent), f"向量库：{error}") from error

    @classmethod
    def open(cls, folder: Path, rows: int) -> VectorStore:
        """Open a store and try it: its count, and whether a stored vector finds its own row.

        Raises IndexDamagedError where the store is missing or does not answer as it was built.
        """
        index = str(folder.parent.parent)
        if not (folder / _DATABASE).is_file():
            raise IndexDamagedError(index, "缺少向量库")
        with contextlib.ExitStack() as opened:
            try:
                if not os.access(folder, os.W_OK) or not os.access(folder / _DATABASE, os.W_OK):
                    folder = _copy(folder, opened.enter_context(tempfile.TemporaryDirectory(prefix="policy-index-")))
                client = _client(folder)
                opened.callback(client.close)
                collection = client.get_collection(_COLLECTION, embedding_function=None)
                cls(collection, client.close).try_canary(index, rows)
            except IndexDamagedError:
                raise
            except Exception as error:  # Chroma raises errors of many kinds from its compiled part
                raise IndexDamagedError(index, f"向量库无法读取：{type(error).__name__}") from error
            return cls(collection, opened.pop_all().close)

    def try_canary(self, index: str, rows: int) -> None:
        """Ask for the nearest row of a stored vector; Chroma without its vector files answers wrongly, not with an error."""
        count = self._collection.count()
        if count != rows:
            raise IndexDamagedError(index, f"向量库有 {count} 行，应有 {rows} 行")
        if rows == 0:
            return
        stored = self._collection.get(ids=[str(rows // 2)], include=["embeddings"])["embeddings"]
        if len(stored) != 1:
            raise IndexDamagedError(index, "向量库缺少数据")
        vector = np.asarray(stored[0], dtype=np.float32)
        nearest = self.search(vector, 1)
        if not nearest or (np.any(vector) and nearest[0][1] < 0.999):  # noqa: PLR2004  # the row itself has cosine 1
            raise IndexDamagedError(index, "向量库的查询结果与数据不符")

    @staticmethod
    def settled(folder: Path) -> list[Path]:
        """Return the files of a store that never change once written, so that damage to them shows in their hashes.

        Chroma's compiled reader of them does not check what it reads and may take the process down. Chroma itself
        rewrites its SQLite file, and the others of a store so small that it never wrote the vectors out.
        """
        segments = [file.parent for file in folder.glob(f"*/{_WRITTEN_OUT}")]
        return sorted(file for segment in segments for file in segment.iterdir())

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """Return up to ``k`` (row, cosine similarity), most similar first."""
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

    return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))

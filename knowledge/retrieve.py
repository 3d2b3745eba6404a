"""A question's words -> ranked passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from knowledge import fuse
from knowledge.align import Aligner, WordVectors
from knowledge.document import Hit, Passage
from knowledge.index import Index
from knowledge.query import QueryTerm, query_terms
from knowledge.rerank import READ, Reader, Reranker, reranked, reread

_DENSE_CANDIDATES = 200
_DENSE_CANDIDATES_A_PASSAGE = 5  # of those asked for
_ALIGNED_A_PASSAGE = 2

Rows = NDArray[np.int64]
Within = NDArray[np.bool_]
"""Tells of each passage of an index whether a search may return it, see ``Index.rows_of``."""


@dataclass(frozen=True, slots=True)
class Shares:
    """How much words, vectors, alignment and title count in a score; measured in ``docs/decisions/0010`` and ``0011``."""

    lexical: float = 0.4
    alignment: float = 0.6
    aligned: int = 100  # passages, the best by words and vectors, that are aligned; more where many are asked for
    title: float = 0.4  # what a passage loses at most where little else is found under its title
    titled: int = 100  # passages, the best so far, that speak for their title

    def __post_init__(self) -> None:
        shares = (self.lexical, self.alignment, self.title)
        if not (all(0 <= share <= 1 for share in shares) and self.aligned >= 0 and self.titled >= 0):
            raise ValueError("shares lie between 0 and 1")


SHARES = Shares()


class Retriever:
    """Hybrid retrieval: BM25 with synonyms and vectors, fused by a convex combination; the best are aligned word by word.

    A passage loses where no other passage under its title (of its document, or of the same law) is among the best too;
    in a collection of one title nothing changes. Alignment takes an encoder that knows single words, as the bundled one does; with others it is left out.
    """

    def __init__(self, index: Index, shares: Shares = SHARES, reranker: Reranker | None = None) -> None:
        self.index = index
        self._reranker = reranker
        self._shares = shares
        encoder = index.embedder
        self._aligner = (
            Aligner(index.lexical, encoder) if isinstance(encoder, WordVectors) and shares.alignment else None
        )

    def search(self, text: str, k: int = 10, within: Within | None = None) -> list[Hit]:
        """Return up to ``k`` passages, best first; ties go to the passage that comes first.

        ``within`` restricts the search to some passages; scores are then relative to the best of those.
        """
        return self.search_terms(text, query_terms(text), k, within)

    def search_terms(self, text: str, query: Sequence[QueryTerm], k: int, within: Within | None = None) -> list[Hit]:
        """Return the same for a question whose terms are already known."""
        # The rows that count; all of them without copying anything.
        rows: Rows | slice = slice(None) if within is None else np.flatnonzero(within)
        lexical = self.index.lexical.score(query)[rows]
        dense = self._dense(text, k, within)[rows]
        scores = fuse.convex(lexical, dense, self._shares.lexical)
        alignment, likely = np.zeros_like(scores), np.flatnonzero(dense)  # where the best are, mostly
        if self._aligner is not None:
            aligned = likely = fuse.best(scores, max(self._shares.aligned, _ALIGNED_A_PASSAGE * k), likely)
            alignment[aligned] = self._aligner.score(query, aligned if isinstance(rows, slice) else rows[aligned])
            scores = fuse.blend(scores, alignment, self._shares.alignment)
        title = np.ones_like(scores)
        if self._shares.title:
            title = fuse.scaled(fuse.grouped(scores, self._titles[rows], self._shares.titled, likely=likely))
            scores = fuse.damped(scores, title, self._shares.title)
        reader = self._reranker if isinstance(self._reranker, Reader) else None
        if self._reranker is not None and reader is None:
            scores = reranked(self._reranker, text, self._passages(rows), scores)
        best = fuse.best(scores, max(k, READ) if reader else k, likely)
        lexical_parts, asked = fuse.scaled(lexical), tuple(query)
        hits = [
            Hit(
                self.index.passages[row],
                float(scores[place]),
                float(lexical_parts[place]),
                float(dense[place]),
                asked,
                float(alignment[place]),
                float(title[place]),
            )
            for place, row in zip(best, (best if isinstance(rows, slice) else rows[best]).tolist(), strict=True)
        ]
        return reread(reader, text, hits)[:k] if reader else hits

    def _passages(self, rows: Rows | slice) -> Sequence[Passage]:
        if isinstance(rows, slice):
            return self.index.passages
        return [self.index.passages[row] for row in rows]

    @cached_property
    def _titles(self) -> Rows:
        """A number for each title, by passage; a document without a title stands for itself."""
        numbers: dict[str, int] = {}
        titles = (passage.title or passage.doc_id for passage in self.index.passages)
        return np.array([numbers.setdefault(title, len(numbers)) for title in titles], dtype=np.int64)

    def _dense(self, text: str, k: int, within: Within | None) -> fuse.Scores:
        size = len(self.index.passages)
        scores = np.zeros(size, dtype=np.float32)
        vector = self.index.embedder.embed_queries([text])[0]
        if np.any(vector):
            candidates = min(size, max(_DENSE_CANDIDATES, _DENSE_CANDIDATES_A_PASSAGE * k))
            rows, similarities = self.index.vectors.search(vector, candidates, within)
            scores[rows] = similarities
        return scores

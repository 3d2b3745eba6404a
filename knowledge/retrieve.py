"""A question's words -> ranked passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge import fuse
from knowledge.align import Aligner, WordVectors
from knowledge.document import Hit
from knowledge.index import Index
from knowledge.query import QueryTerm, query_terms
from knowledge.rerank import READ, Reader, Reranker, reranked, reread

_DENSE_CANDIDATES = 200


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of a score words, vectors and alignment have; measured in ``docs/decisions/0010``."""

    lexical: float = 0.4
    alignment: float = 0.6
    aligned: int = 100  # passages, the best by words and vectors, that are aligned

    def __post_init__(self) -> None:
        if not (0 <= self.lexical <= 1 and 0 <= self.alignment <= 1 and self.aligned >= 0):
            raise ValueError("shares lie between 0 and 1")


SHARES = Shares()


class Retriever:
    """Hybrid retrieval: BM25 with synonyms and vectors, fused by a convex combination; the best are aligned word by word.

    Alignment takes an encoder that knows single words, as the bundled one does; with others it is left out.
    """

    def __init__(self, index: Index, shares: Shares = SHARES, reranker: Reranker | None = None) -> None:
        self._index = index
        self._reranker = reranker
        self._shares = shares
        encoder = index.embedder
        self._aligner = (
            Aligner(index.lexical, encoder) if isinstance(encoder, WordVectors) and shares.alignment else None
        )

    def search(self, text: str, k: int = 10) -> list[Hit]:
        """Return up to ``k`` passages, best first; ties go to the passage that comes first."""
        query = query_terms(text)
        return self.search_terms(text, query, k)

    def search_terms(
        self, text: str, query: Sequence[QueryTerm], k: int, within: frozenset[str] | None = None
    ) -> list[Hit]:
        """Return the same for a question whose terms are already known; of the documents ``within`` where some are named."""
        passages = self._index.passages
        lexical = self._index.lexical.score(query)
        dense = self._dense(text, len(passages))
        scores = fuse.convex(lexical, dense, self._shares.lexical)
        outside = self._outside(within)
        scores[outside] = 0  # so that the best of those named are aligned, however many others are better
        alignment = np.zeros_like(scores)
        if self._aligner is not None:
            rows = fuse.best(scores, self._shares.aligned)
            alignment[rows] = self._aligner.score(query, rows)
            scores = fuse.blend(scores, alignment, self._shares.alignment)
        reader = self._reranker if isinstance(self._reranker, Reader) else None
        if self._reranker is not None and reader is None:
            scores = reranked(self._reranker, text, passages, scores)
        scores[outside] = -np.inf
        lexical_parts = fuse.scaled(lexical)
        hits = [
            Hit(
                passages[row],
                float(scores[row]),
                float(lexical_parts[row]),
                float(dense[row]),
                self._matched(query, row),
                float(alignment[row]),
            )
            for row in fuse.best(scores, min(max(k, READ) if reader else k, len(passages) - len(outside)))
        ]
        return reread(reader, text, hits)[:k] if reader else hits

    def _outside(self, within: frozenset[str] | None) -> NDArray[np.int64]:
        """Return the rows of the passages that do not come into question."""
        if within is None:
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero([passage.doc_id not in within for passage in self._index.passages])

    def _dense(self, text: str, size: int) -> fuse.Scores:
        scores = np.zeros(size, dtype=np.float32)
        vector = self._index.embedder.embed_queries([text])[0]
        if np.any(vector):
            for row, similarity in self._index.vectors.search(vector, min(size, _DENSE_CANDIDATES)):
                scores[row] = similarity
        return scores

    def _matched(self, query: Sequence[QueryTerm], row: int) -> tuple[str, ...]:
        text = self._index.passages[row].text
        return tuple(
            word if word == term.word else f"{term.word}→{word}"
            for term in query
            for word in [next((word for word, _ in term.variants if word in text), None)]
            if word is not None
        )

"""A question's words -> ranked passages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knowledge import fuse
from knowledge.document import Hit
from knowledge.index import Index
from knowledge.query import QueryTerm, query_terms

LEXICAL_SHARE = 0.8
_DENSE_CANDIDATES = 200


class Retriever:
    """Hybrid retrieval: BM25 with synonyms, and vectors, fused by a convex combination."""

    def __init__(self, index: Index, lexical_share: float = LEXICAL_SHARE) -> None:
        self._index = index
        self._lexical_share = lexical_share

    def search(self, text: str, k: int = 10) -> list[Hit]:
        """Return up to ``k`` passages, best first; ties go to the passage that comes first."""
        query = query_terms(text)
        return self.search_terms(text, query, k)

    def search_terms(self, text: str, query: Sequence[QueryTerm], k: int) -> list[Hit]:
        """Return the same for a question whose terms are already known."""
        passages = self._index.passages
        lexical = self._index.lexical.score(query)
        dense = self._dense(text, len(passages))
        scores = fuse.convex(lexical, dense, self._lexical_share)
        order = np.argsort(-scores, kind="stable")[: max(k, 0)]
        lexical_parts = fuse.scaled(lexical)
        return [
            Hit(
                passages[row],
                float(scores[row]),
                float(lexical_parts[row]),
                float(dense[row]),
                self._matched(query, row),
            )
            for row in order
        ]

    def _dense(self, text: str, size: int) -> fuse.Scores:
        scores = np.zeros(size, dtype=np.float32)
        vector = self._index.embedder.embed([text])[0]
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

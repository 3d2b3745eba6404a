"""A second, slower look at the best passages, by a model that reads question and passage together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from knowledge import fuse
from knowledge.document import Passage

RERANKED = 30  # passages that are read again


class Reranker(Protocol):
    """Scores passages for a question; only the order of its scores counts."""

    def scores(self, question: str, passages: Sequence[str]) -> fuse.Scores:
        """Return one score a passage, of shape (len(passages),); higher is nearer."""


def reranked(reranker: Reranker, question: str, passages: Sequence[Passage], scores: fuse.Scores) -> fuse.Scores:
    """Put the best passages in the reranker's order; each place keeps its score, so that scores still fall."""
    rows = fuse.best(scores, RERANKED)
    read = reranker.scores(question, [f"{passages[row].title}\n{passages[row].text}" for row in rows])
    found = scores.copy()
    found[rows[np.argsort(-read, kind="stable")]] = scores[rows]
    return found


def cross_encoder(name: str, backend: str = "torch") -> Reranker:
    """Return the cross-encoder of a name or path, run by torch or, exported to ONNX, by onnxruntime.

    Raises EncoderError where it cannot be loaded.
    """
    if backend == "onnx":
        from knowledge.onnx_model import OnnxReranker  # noqa: PLC0415  # only where asked for

        return OnnxReranker(name)
    from knowledge.transformer import CrossEncoderReranker  # noqa: PLC0415  # torch: only where asked for

    return CrossEncoderReranker(name)

"""Score fusion. Pure functions over arrays of scores, one score a passage."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


def scaled(scores: Scores) -> Scores:
    """Divide by the highest score; zero stays zero (BM25 has a meaningful zero, so nothing is subtracted)."""
    top = float(scores.max(initial=0.0))
    return scores / np.float32(top) if top > 0 else np.zeros_like(scores)


def convex(lexical: Scores, dense: Scores, lexical_share: float) -> Scores:
    """Return ``share * scaled(lexical) + (1 - share) * scaled(dense)``.

    A convex combination of normalised scores; Bruch, Gai and Ingber (2023) find it better than reciprocal rank fusion
    and insensitive to the normalisation chosen.
    """
    return np.float32(lexical_share) * scaled(lexical) + np.float32(1 - lexical_share) * scaled(np.maximum(dense, 0))

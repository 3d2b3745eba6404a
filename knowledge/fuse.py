"""Score fusion. Pure functions over arrays of scores, one score a passage."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
Rows = NDArray[np.int64]


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


def best(scores: Scores, k: int, likely: Rows | None = None) -> Rows:
    """Return the places of the ``k`` highest scores, highest first; ties go to the first.

    ``likely`` are places that many of them may be at. They change nothing but the time: what is lower than the ``k``-th
    of these cannot be among the best, and the nearer they come to it the fewer are put in order.
    """
    k = min(max(k, 0), len(scores))
    if k == 0:
        return np.zeros(0, dtype=np.int64)
    if likely is not None and len(likely) >= k:
        found = scores[likely]
        above = np.flatnonzero(scores >= np.partition(found, len(found) - k)[len(found) - k])
        return above[np.argsort(-scores[above], kind="stable")[:k]]
    found = scores[scores > scores.min()]  # without the many zeros, which partition is slow on
    lowest = np.partition(found, len(found) - k)[len(found) - k] if len(found) >= k else scores.min()
    above = np.flatnonzero(scores > lowest)
    level = np.flatnonzero(scores == lowest)[: k - len(above)]  # often most of them: nothing found, zero
    return np.concatenate([above[np.argsort(-scores[above], kind="stable")], level])


def blend(scores: Scores, alignment: Scores, share: float) -> Scores:
    """Return ``(1 - share) * scores + share * alignment``, both in [0, 1].

    Where only the best by score are aligned, they stay before the rest: neither part of theirs is smaller.
    """
    return np.float32(1 - share) * scores + np.float32(share) * alignment


def grouped(scores: Scores, groups: Rows, among: int, each: int = 2, likely: Rows | None = None) -> Scores:
    """Return for every passage how well the best of its group do: the mean of its ``each`` highest scores.

    Only passages among the ``among`` highest of all count, as zero otherwise; of a group with fewer passages than
    ``each`` all are taken. ``groups`` holds a number from 0 up for every passage; ``likely`` is as in ``best``.
    """
    sizes = np.bincount(groups)
    rows = best(scores, among, likely)  # highest first
    left = dict.fromkeys(found := groups[rows].tolist(), each)
    taken = []
    for place, group in enumerate(found):
        if left[group]:
            left[group] -= 1
            taken.append(place)
    totals = np.zeros(len(sizes), dtype=np.float32)
    np.add.at(totals, groups[rows[taken]], scores[rows[taken]])
    totals /= np.clip(sizes, 1, each)
    return totals[groups]


def damped(scores: Scores, support: Scores, share: float) -> Scores:
    """Return ``scores * (1 - share + share * scaled(support))``: the best supported ones stay as they are."""
    return scores * (np.float32(1 - share) + np.float32(share) * scaled(support))

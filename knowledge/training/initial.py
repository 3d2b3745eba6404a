"""First word vectors from what stands near what: a truncated SVD of positive pointwise mutual information.

Levy, Goldberg and Dagan (TACL 2015): context counts to the power 0.75, singular values to the power 0.5.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from knowledge.training.material import Bags

_SMOOTHING = 0.75
_FEWEST = 2.0  # weighted meetings of two words that count
_OVERSAMPLED = 32
_PASSES = 2


def vectors(corpora: Iterable[Bags], tokens: int, dimension: int, window: int, seed: int) -> NDArray[np.float32]:
    """Return a vector for each token, of length 1 or, for the half that is known least, less."""
    found = _leading(_information(_meetings(corpora, tokens, window)), dimension, seed)
    lengths = np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-6)
    scaled: NDArray[np.float32] = (found / lengths * np.minimum(1.0, lengths / np.median(lengths))).astype(np.float32)
    return scaled


def _meetings(corpora: Iterable[Bags], tokens: int, window: int) -> sparse.csr_array:
    """Count pairs of words up to ``window`` apart within a document, a pair ``d`` apart as ``1 / d``."""
    total = sparse.csr_array((tokens, tokens), dtype=np.float32)
    for bags in corpora:
        row_of = bags.row_of
        for distance in range(1, window + 1):
            same = row_of[:-distance] == row_of[distance:]
            pair = (bags.tokens[:-distance][same], bags.tokens[distance:][same])
            weights = np.full(len(pair[0]), 1 / distance, dtype=np.float32)
            total = total + sparse.coo_array((weights, pair), shape=(tokens, tokens)).tocsr()
    return total + total.T.tocsr()


def _information(meetings: sparse.csr_array) -> sparse.csr_array:
    """Return the positive pointwise mutual information of the pairs that were counted often enough."""
    row_sums = np.asarray(meetings.sum(axis=1)).ravel()
    contexts = row_sums**_SMOOTHING
    contexts = contexts / contexts.sum()
    pairs = meetings.tocoo()
    kept = pairs.data >= _FEWEST
    rows, columns, counts = pairs.coords[0][kept], pairs.coords[1][kept], pairs.data[kept]
    values = np.log(counts / (row_sums[rows] * contexts[columns]))
    above = values > 0
    return sparse.csr_array((values[above].astype(np.float32), (rows[above], columns[above])), shape=meetings.shape)


def _leading(matrix: sparse.csr_array, dimension: int, seed: int) -> NDArray[np.float32]:
    """Return the leading left singular vectors times the roots of their values (Halko, Martinsson and Tropp 2011)."""
    random = np.random.default_rng(seed)
    basis = random.standard_normal((matrix.shape[1], dimension + _OVERSAMPLED)).astype(np.float32)
    basis = matrix @ basis
    for _ in range(_PASSES):
        basis, _ = np.linalg.qr(basis)
        basis = matrix @ (matrix.T @ basis)
    basis, _ = np.linalg.qr(basis)
    small = (matrix.T @ basis).T
    left, values, _ = np.linalg.svd(small, full_matrices=False)
    found: NDArray[np.float32] = (basis @ left)[:, :dimension] * np.sqrt(values[:dimension])
    return found

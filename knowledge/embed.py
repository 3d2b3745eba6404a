"""Text -> vectors of unit length, behind one protocol."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge import words

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into vectors; ``name`` and ``dimension`` go into the manifest of an index."""

    name: str
    dimension: int

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return an array of shape (len(texts), dimension), each row of unit length or all zero."""


class HashedTermEmbedder:
    """A stand-in with no training and no file: a text is the weighted mean of fixed pseudo-random word vectors.

    A word's vector is its own plus the mean of its characters' (so 培训班 lies near 培训); words weigh by
    sublinear count times rarity. Random projection keeps inner products of such bags (Achlioptas 2003; Weinberger
    et al. 2009). It knows no synonyms: it only softens word boundaries.
    """

    name = "hashed-terms-1"

    def __init__(self, dimension: int = 256) -> None:
        self.dimension = dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return an array of shape (len(texts), dimension), each row of unit length or all zero."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for number, text in enumerate(texts):
            for word, count in Counter(words.terms(text)).items():
                rows[number] += (1.0 + np.log(count)) * words.rarity(word) * _word(word, self.dimension)
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        np.divide(rows, norms, out=rows, where=norms > 0)
        return rows


@lru_cache(maxsize=16384)
def _word(word: str, dimension: int) -> Vectors:
    characters = [_direction(character, dimension) for character in word]
    mean: Vectors = np.mean(characters, axis=0, dtype=np.float32)
    vector: Vectors = _direction(word, dimension) + mean
    return vector


@lru_cache(maxsize=65536)
def _direction(token: str, dimension: int) -> Vectors:
    seed = int.from_bytes(hashlib.blake2b(token.encode(), digest_size=8).digest(), "little")
    signs = np.random.default_rng(seed).integers(0, 2, dimension) * 2 - 1
    direction: Vectors = (signs / np.sqrt(dimension)).astype(np.float32)
    return direction

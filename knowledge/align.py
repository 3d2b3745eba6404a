"""How well each word of a question is met by some word of a passage, by exact word or by meaning.

Late interaction (Khattab and Zaharia, SIGIR 2020) over the vectors of single words: for each word of the question the
nearest word of the passage counts, and words count by their weight. Unlike BM25 it rewards a passage for meeting all of
a question rather than one rare word of it, and unlike the vector of a whole passage it is not blurred by its length.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from knowledge import words
from knowledge.lexical import GENERIC_WEIGHT, LexicalIndex
from knowledge.query import QueryTerm

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]

_KEPT = 20_000  # words of questions whose vectors are kept: 20 MB at 256 dimensions


@runtime_checkable
class WordVectors(Protocol):
    """Knows single words, not only whole texts."""

    def word_vectors(self, texts: Sequence[str]) -> tuple[Vectors, Vectors]:
        """Return a unit vector (or zeros) and a weight for each word: shapes (words, dimension) and (words,)."""


class Aligner:
    """Aligns questions with the passages of one lexical index. Its tables are made at the first question."""

    def __init__(self, lexical: LexicalIndex, encoder: WordVectors) -> None:
        self._lexical = lexical
        self._encoder = encoder
        self._known: dict[str, tuple[Vectors, np.float32]] = {}

    def score(self, query: Sequence[QueryTerm], rows: Rows) -> Vectors:
        """Return the share of a question that each of some passages meets, in [0, 1], of shape (len(rows),)."""
        query = _whole(query)
        variants = [(word, share, number) for number, term in enumerate(query) for word, share in term.variants]
        if not variants or not len(rows):
            return np.zeros(len(rows), dtype=np.float32)
        vectors, weights = self._looked_up([word for word, _, _ in variants])
        terms, starts = self._terms(rows)
        unique, places = self._distinct(terms)
        similarity = np.clip(self._vectors.take(unique, axis=0) @ vectors.T, 0.0, 1.0)
        for column, (word, _, _) in enumerate(variants):
            number = self._lexical.vocabulary.get(word)
            if number is not None:
                place = int(unique.searchsorted(number))
                if place < len(unique) and unique[place] == number:
                    similarity[place, column] = 1.0
        similarity *= np.array([share for _, share, _ in variants], dtype=np.float32)
        firsts = np.flatnonzero(np.diff([number for _, _, number in variants], prepend=-1))
        nearest = np.maximum.reduceat(
            similarity, firsts, axis=1
        )  # of each term in the passages, by word of the question
        met = np.maximum.reduceat(nearest.take(places, axis=0), starts, axis=0)
        counts = weights[firsts] * np.array([_share(term) for term in query], dtype=np.float32)
        found: Vectors = met @ counts / max(float(counts.sum()), 1e-9)
        return found

    def _looked_up(self, asked: Sequence[str]) -> tuple[Vectors, Vectors]:
        """Return the vectors and weights of words; questions share most of theirs, so they are kept."""
        unknown = list(dict.fromkeys(word for word in asked if word not in self._known))
        if len(self._known) + len(unknown) > _KEPT:
            self._known, unknown = {}, list(dict.fromkeys(asked))
        if unknown:
            vectors, weights = self._encoder.word_vectors(unknown)
            self._known.update((word, (vectors[row], weights[row])) for row, word in enumerate(unknown))
        found = [self._known[word] for word in asked]
        return np.stack([vector for vector, _ in found]), np.array([weight for _, weight in found], dtype=np.float32)

    def _distinct(self, terms: Rows) -> tuple[Rows, Rows]:
        """Return the distinct terms in order, and the place of each term among them, without sorting them."""
        held = np.zeros(len(self._vectors), dtype=np.bool_)
        held[terms] = True
        unique = np.flatnonzero(held)
        places = np.empty(len(held), dtype=np.int64)
        places[unique] = np.arange(len(unique))
        return unique, places[terms]

    def _terms(self, rows: Rows) -> tuple[Rows, Rows]:
        """Return the terms of some passages, one after the other, and where each passage's begin.

        A number past the last term stands at the end of each passage, so that none is empty.
        """
        starts = self._lexical.starts
        lengths = starts[rows + 1] - starts[rows]
        begins = np.cumsum(lengths + 1) - lengths - 1
        terms = np.full(int(lengths.sum()) + len(rows), len(self._lexical.vocabulary))
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        terms[np.repeat(begins, lengths) + within] = self._lexical.own[np.repeat(starts[rows], lengths) + within]
        return terms, begins

    @cached_property
    def _vectors(self) -> Vectors:
        """A vector for each term of the index, and zeros for the one that stands for none."""
        terms = sorted(self._lexical.vocabulary, key=self._lexical.vocabulary.__getitem__)
        vectors, _ = self._encoder.word_vectors(terms)
        return np.concatenate([vectors, np.zeros((1, vectors.shape[1]), dtype=np.float32)])


def _whole(query: Sequence[QueryTerm]) -> list[QueryTerm]:
    """Leave out the shorter words inside long ones: each stretch of a question counts once."""
    return [term for term in query if not any(term.word != other.word and term.word in other.word for other in query)]


def _share(term: QueryTerm) -> float:
    return GENERIC_WEIGHT if term.word in words.generic_words() else 1.0

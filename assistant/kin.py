"""Words of a question that the passages do not have -> the words of theirs that mean nearly the same, by the encoder's vectors.

People say 「老人」 where a document says 「老年人」. What the passages have in the question's own words is left as it is: words
that are near each other may also be opposites or neighbours in a list (初级, 高级), and the exact word tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from knowledge import words
from knowledge.align import WordVectors
from knowledge.query import QueryTerm

NEAR = 0.45  # cosine
SHARE = 0.9
_MOST = 4
_CACHED = 20_000
_NO_KIN = re.compile(r"\d|[a-z]")
_NAMES = ("ns", "nr", "nt", "nz", "m")


class Kin:
    """Finds words of like meaning with an encoder that knows single words."""

    def __init__(self, encoder: WordVectors) -> None:
        self._encoder = encoder
        self._known: dict[str, NDArray[np.float32]] = {}

    def extended(self, terms: Sequence[QueryTerm], texts: Iterable[str]) -> tuple[QueryTerm, ...]:
        """Return the terms of a question with words of the texts as further variants, for those that the texts lack."""
        whole = words.normal("\n".join(texts))
        lacking = [term for term in terms if self._is_lacking(term, whole)]
        others = sorted({word for word in words.words(whole) if _may_be_kin(word)}) if lacking else []
        if not others:
            return tuple(terms)
        near = self._vectors([term.word for term in lacking]) @ self._vectors(others).T
        found = dict(zip((term.word for term in lacking), near, strict=True))
        return tuple(
            replace(term, variants=term.variants + _variants(found[term.word], others)) if term.word in found else term
            for term in terms
        )

    @staticmethod
    def _is_lacking(term: QueryTerm, whole: str) -> bool:
        return _may_be_kin(term.word) and not any(word in whole for word, _ in term.variants)

    def _vectors(self, asked: Sequence[str]) -> NDArray[np.float32]:
        """Return a unit vector, or zeros, for each word."""
        fresh = [word for word in asked if word not in self._known]
        if len(self._known) + len(fresh) > _CACHED:
            self._known, fresh = {}, list(asked)
        if fresh:
            vectors, _ = self._encoder.word_vectors(fresh)
            self._known.update(zip(fresh, vectors, strict=True))
        return np.stack([self._known[word] for word in asked])


def _variants(near: NDArray[np.float32], others: Sequence[str]) -> tuple[tuple[str, float], ...]:
    best = np.argsort(-near, kind="stable")[:_MOST]
    return tuple((others[place], float(SHARE * near[place])) for place in best if near[place] >= NEAR)


def _may_be_kin(word: str) -> bool:
    """Tell whether a word has a meaning that others may share: no name, no number, no word that only asks."""
    return (
        len(word) > 1
        and word not in words.stop_words()
        and word not in words.generic_words()
        and not _NO_KIN.search(word)
        and not words.part_of_speech(word).startswith(_NAMES)
    )

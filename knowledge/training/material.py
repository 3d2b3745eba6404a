"""Texts and pairs as token numbers in flat arrays, and the sampling of training pairs from them.

From running text a pair is a short span and what surrounds it (the inverse cloze task; Lee, Chang and Toutanova, ACL
2019). Words that both sides share are mostly dropped from the context, so that meaning has to carry the pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

Numbers = NDArray[np.int32]
Places = NDArray[np.int64]

_BATCH = 4096


@dataclass(frozen=True, slots=True)
class Bags:
    """Rows of tokens: row ``n`` is ``tokens[offsets[n]:offsets[n + 1]]``."""

    tokens: Numbers
    offsets: Places

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.offsets) - 1

    @property
    def lengths(self) -> Places:
        """How many tokens each row has."""
        return np.diff(self.offsets)

    @classmethod
    def of(cls, tokenizer: Tokenizer, texts: Sequence[str]) -> Bags:
        """Cut texts into known tokens; unknown characters are left out."""
        rows: list[Numbers] = []
        for start in range(0, len(texts), _BATCH):
            for found in tokenizer.encode_batch_fast(list(texts[start : start + _BATCH])):
                row = np.array(found.ids, dtype=np.int32)
                rows.append(row[row != 0])
        lengths = np.array([len(row) for row in rows], dtype=np.int64)
        tokens = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int32)
        return cls(tokens, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))

    @classmethod
    def gathered(cls, source: Numbers, starts: Places, lengths: Places) -> Bags:
        """Take a stretch of ``source`` for each row."""
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        places = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], lengths)
        return cls(source[places], offsets)

    def taken(self, rows: Places) -> Bags:
        """Return some rows, in the order given."""
        return Bags.gathered(self.tokens, self.offsets[rows], self.lengths[rows])

    def joined(self, other: Bags) -> Bags:
        """Return each row followed by the same row of another."""
        offsets = self.offsets + other.offsets
        tokens = np.empty(offsets[-1], dtype=np.int32)
        tokens[np.arange(self.offsets[-1]) + np.repeat(other.offsets[:-1], self.lengths)] = self.tokens
        tokens[np.arange(other.offsets[-1]) + np.repeat(self.offsets[1:], other.lengths)] = other.tokens
        return Bags(tokens, offsets)

    def kept(self, mask: NDArray[np.bool_]) -> Bags:
        """Return the rows without the tokens whose mask is false."""
        counts = np.concatenate([[0], np.cumsum(mask)])
        return Bags(self.tokens[mask], counts[self.offsets].astype(np.int64))

    @property
    def row_of(self) -> Places:
        """The row each token belongs to."""
        return np.repeat(np.arange(len(self)), self.lengths)


@dataclass(frozen=True, slots=True)
class Batch:
    """Row ``n`` of ``queries`` belongs to row ``n`` of ``positives``."""

    queries: Bags
    positives: Bags


def _without_shared(queries: Bags, positives: Bags, share: float, random: np.random.Generator) -> Bags:
    """Drop the given share of the tokens of each positive that its query holds too."""
    stride = np.int64(max(int(queries.tokens.max(initial=0)), int(positives.tokens.max(initial=0))) + 1)
    asked = queries.row_of * stride + queries.tokens
    held = positives.row_of * stride + positives.tokens
    dropped = np.isin(held, asked) & (random.random(len(held)) < share)
    return positives.kept(~dropped)


@dataclass(frozen=True, slots=True)
class RunningText:
    """A corpus: a document's tokens, and its title's.

    Neighbouring documents are drawn together in runs of ``run``, so that a batch holds near misses: the articles of
    one law, the reports of one day.
    """

    bodies: Bags
    titles: Bags
    span: tuple[int, int] = (3, 20)  # tokens of a query
    around: int = 90  # tokens of context on each side
    shared_dropped: float = 0.6
    title_share: float = 0.5
    run: int = 4

    def draw(self, count: int, random: np.random.Generator) -> Batch:
        """Sample pairs."""
        runs = random.integers(0, max(1, len(self.bodies) - self.run), -(-count // self.run))
        rows = (runs[:, None] + np.arange(self.run)[None, :]).ravel()[:count] % len(self.bodies)
        length = self.bodies.lengths[rows]
        low, high = self.span
        size = np.minimum(random.integers(low, high + 1, count), np.maximum(length // 2, 1))
        size = np.minimum(size, length)
        place = (random.random(count) * (length - size + 1)).astype(np.int64)
        begin, end = self.bodies.offsets[rows], self.bodies.offsets[rows + 1]
        start = begin + place
        stop = start + size
        left = np.maximum(begin, start - self.around)
        right = np.minimum(end, stop + self.around)
        queries = Bags.gathered(self.bodies.tokens, start, size)
        positives = Bags.gathered(self.bodies.tokens, left, start - left).joined(
            Bags.gathered(self.bodies.tokens, stop, right - stop)
        )
        positives = _without_shared(queries, positives, self.shared_dropped, random)
        titles = self.titles.taken(rows)
        shown = random.random(count) < self.title_share
        return Batch(queries, positives.joined(titles.kept(np.repeat(shown, titles.lengths))))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Questions and what answers them; of a long positive a window of ``window`` tokens is drawn."""

    queries: Bags
    positives: Bags
    window: int = 160
    shared_dropped: float = 0.15
    query_dropped: float = 0.1

    def draw(self, count: int, random: np.random.Generator) -> Batch:
        """Sample pairs."""
        rows = random.integers(0, len(self.queries), count)
        length = self.positives.lengths[rows]
        size = np.minimum(length, self.window)
        start = self.positives.offsets[rows] + (random.random(count) * (length - size + 1)).astype(np.int64)
        queries = self.queries.taken(rows)
        positives = Bags.gathered(self.positives.tokens, start, size)
        positives = _without_shared(queries, positives, self.shared_dropped, random)
        return Batch(queries.kept(random.random(len(queries.tokens)) >= self.query_dropped), positives)

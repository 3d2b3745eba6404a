"""BM25 over the terms of passages, with headings and titles as weighted fields.

BM25F (Robertson, Zaragoza and Taylor 2004): the counts of a term in the fields of a passage are added by weight before
saturation. The impact of every (term, passage) pair is computed once, at build time, and kept in one sparse table.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge import words
from knowledge.document import Document, Passage
from knowledge.query import QueryTerm

K1 = 1.2
B = 0.75
HEADING_WEIGHT = 0.5
TITLE_WEIGHT = 0.5
HEAD_WEIGHT = 0.4
GENERIC_WEIGHT = 0.5  # of words that tell how something is asked rather than what about
HEAD_CHARACTERS = 150  # of a document: its place, its body, its addressee

_TABLE = "lexical.npz"
_VOCABULARY = "vocabulary.json"
_ARRAYS = ("offsets", "rows", "impacts", "own", "starts")

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """Impacts in compressed columns: term ``t`` occurs in ``rows[offsets[t]:offsets[t+1]]``.

    The other way round, passage ``p`` itself holds the terms ``own[starts[p]:starts[p+1]]``, in its text, its headings
    and its title; what it shares as the opening of its document is not among them.
    """

    vocabulary: Mapping[str, int]
    offsets: NDArray[np.int64]
    rows: NDArray[np.int32]
    impacts: Scores
    own: NDArray[np.int32]
    starts: NDArray[np.int64]

    @property
    def size(self) -> int:
        """The number of passages."""
        return len(self.starts) - 1

    def score(self, query: Sequence[QueryTerm]) -> Scores:
        """Return the BM25 score of every passage; of a word and its synonyms the best one counts."""
        total = np.zeros(self.size, dtype=np.float32)
        for term in query:
            best = np.zeros(self.size, dtype=np.float32)
            for word, weight in term.variants:
                number = self.vocabulary.get(word)
                if number is not None:
                    span = slice(self.offsets[number], self.offsets[number + 1])
                    rows = self.rows[span]
                    best[rows] = np.maximum(best[rows], weight * self.impacts[span])
            total += best * np.float32(GENERIC_WEIGHT if term.word in words.generic_words() else 1.0)
        return total

    def frequency(self, word: str) -> int:
        """Return the number of passages that hold a word."""
        number = self.vocabulary.get(word)
        return 0 if number is None else int(self.offsets[number + 1] - self.offsets[number])

    def write(self, folder: Path) -> None:
        """Write the table and the vocabulary as two files."""
        np.savez(folder / _TABLE, **{name: getattr(self, name) for name in _ARRAYS})
        terms = sorted(self.vocabulary, key=self.vocabulary.__getitem__)
        (folder / _VOCABULARY).write_text(json.dumps(terms, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> LexicalIndex:
        """Read what ``write`` wrote; raises OSError, ValueError or KeyError where it is damaged."""
        with np.load(folder / _TABLE, allow_pickle=False) as table:
            offsets, rows, impacts, own, starts = (table[name] for name in _ARRAYS)
        terms = json.loads((folder / _VOCABULARY).read_text(encoding="utf-8"))
        if len(terms) + 1 != len(offsets) or len(rows) != len(impacts) or starts[-1] != len(own):
            raise ValueError("词表与倒排表不一致")
        return cls({term: number for number, term in enumerate(terms)}, offsets, rows, impacts, own, starts)


def build(passages: Sequence[Passage], documents: Sequence[Document] = ()) -> LexicalIndex:
    """Count and weigh the terms of all passages; ``documents`` give the opening words that each passage shares."""
    heads = {document.id: words.terms(document.text[:HEAD_CHARACTERS]) for document in documents}
    counts: list[dict[str, float]] = []
    own: list[int] = []
    starts = [0]
    vocabulary: dict[str, int] = {}
    for passage in passages:
        count, held = _weighted_counts(passage, heads.get(passage.doc_id, []))
        counts.append(count)
        own.extend(vocabulary.setdefault(term, len(vocabulary)) for term in held)
        starts.append(len(own))
    lengths = np.array([sum(count.values()) for count in counts], dtype=np.float64)
    mean = float(lengths.mean()) if len(lengths) else 1.0
    postings: dict[str, list[tuple[int, float]]] = {}
    for row, count in enumerate(counts):
        for term, weight in count.items():
            postings.setdefault(term, []).append((row, weight))
    offsets, rows, impacts = [0], [], []
    terms = sorted(postings)
    for term in terms:
        found = postings[term]
        idf = np.log(1 + (len(passages) - len(found) + 0.5) / (len(found) + 0.5))
        for row, weight in found:
            saturation = weight + K1 * (1 - B + B * lengths[row] / (mean or 1.0))
            rows.append(row)
            impacts.append(idf * weight * (K1 + 1) / saturation)
        offsets.append(len(rows))
    numbers = {term: number for number, term in enumerate(terms)}
    renumbered = np.array([numbers[term] for term in vocabulary], dtype=np.int32)
    return LexicalIndex(
        numbers,
        np.array(offsets, dtype=np.int64),
        np.array(rows, dtype=np.int32),
        np.array(impacts, dtype=np.float32),
        renumbered[np.array(own, dtype=np.int64)] if own else np.zeros(0, dtype=np.int32),
        np.array(starts, dtype=np.int64),
    )


def _weighted_counts(passage: Passage, head: Sequence[str]) -> tuple[dict[str, float], list[str]]:
    """Return the counts of a passage's terms, added up by the weight of their fields, and which are its own."""
    counts: defaultdict[str, float] = defaultdict(float)
    fields = ((passage.text, 1.0), (" ".join(passage.headings), HEADING_WEIGHT), (passage.title, TITLE_WEIGHT))
    for text, weight in fields:
        for term in words.terms(text):
            counts[term] += weight
    own = list(counts)
    for term in head:
        counts[term] += HEAD_WEIGHT
    return counts, own

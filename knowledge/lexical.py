"""BM25 over the terms of passages, with headings and titles as weighted fields.

BM25F (Robertson, Zaragoza and Taylor 2004): the counts of a term in the fields of a passage are added by weight before
saturation. What is kept of a passage are its weighted counts, which hold in any collection; their impacts, which depend
on all passages, are computed when an index is opened.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
LEAD_WEIGHT = 0.5
GENERIC_WEIGHT = 0.5  # of words that tell how something is asked rather than what about
HEAD_CHARACTERS = 150  # of a document: its place, its body, its addressee

TABLE = "lexical.npz"
VOCABULARY = "vocabulary.json"
_ARRAYS = ("offsets", "rows", "weights", "lengths", "own", "starts")

Scores = NDArray[np.float32]
Impacts = tuple[NDArray[np.int32], Scores]
_KEPT = 4_096  # phrases


@dataclass(frozen=True, slots=True, eq=False)
class TermCounts:
    """Weighted counts in compressed columns: ``terms[t]`` occurs in ``rows[offsets[t]:offsets[t + 1]]``.

    ``terms`` are sorted; ``weights`` are the counts, by field weight; ``lengths[r]`` is the sum of passage ``r``'s.
    The other way round, passage ``r`` itself holds the terms ``own[starts[r]:starts[r + 1]]``, in its text, its headings
    and its title; what it shares as the opening of its document is not among them.
    """

    terms: tuple[str, ...]
    offsets: NDArray[np.int64]
    rows: NDArray[np.int32]
    weights: Scores
    lengths: Scores
    own: NDArray[np.int32]
    starts: NDArray[np.int64]

    @property
    def size(self) -> int:
        """The number of passages."""
        return len(self.lengths)

    def write(self, folder: Path) -> None:
        """Write the table and the vocabulary as two files."""
        np.savez(folder / TABLE, **{name: getattr(self, name) for name in _ARRAYS})
        (folder / VOCABULARY).write_text(json.dumps(self.terms, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> TermCounts:
        """Read what ``write`` wrote; raises OSError, ValueError or KeyError where it is damaged."""
        with np.load(folder / TABLE, allow_pickle=False) as table:
            arrays = {name: table[name] for name in _ARRAYS}
        terms = json.loads((folder / VOCABULARY).read_text(encoding="utf-8"))
        found = cls(tuple(terms), **arrays)
        if (
            len(terms) + 1 != len(found.offsets)
            or not len(found.rows) == len(found.weights) == found.offsets[-1]
            or len(found.starts) != found.size + 1
            or found.starts[-1] != len(found.own)
        ):
            raise ValueError("词表与倒排表不一致")
        return found


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """Impacts in compressed columns: term ``t`` occurs in ``rows[offsets[t]:offsets[t+1]]``.

    ``own`` and ``starts`` are those of the ``TermCounts`` it was made of. Phrases that were asked for are kept: many
    questions bring the same synonyms.
    """

    vocabulary: Mapping[str, int]
    offsets: NDArray[np.int64]
    rows: NDArray[np.int32]
    impacts: Scores
    own: NDArray[np.int32]
    starts: NDArray[np.int64]
    _phrases: dict[str, Impacts] = field(default_factory=dict, repr=False, compare=False)

    @property
    def size(self) -> int:
        """The number of passages."""
        return len(self.starts) - 1

    def score(self, query: Sequence[QueryTerm]) -> Scores:
        """Return the BM25 score of every passage; of a word and its synonyms the best one counts."""
        total = np.zeros(self.size, dtype=np.float32)
        for term in query:
            share = np.float32(GENERIC_WEIGHT if term.word in words.generic_words() else 1.0)
            held = [(*self._impacts(word), np.float32(weight)) for word, weight in term.variants]
            held = [(rows, impacts, weight) for rows, impacts, weight in held if len(rows)]
            if len(held) == 1:
                ((rows, impacts, weight),) = held
                total[rows] += weight * impacts * share
                continue
            best = np.zeros(self.size if held else 0, dtype=np.float32)
            for rows, impacts, weight in held:
                best[rows] = np.maximum(best[rows], weight * impacts)
            if held:
                total += best * share
        return total

    def _impacts(self, word: str) -> Impacts:
        """Return the passages that hold a word, or all the words of a phrase, and its impact in each of them."""
        number = self.vocabulary.get(word)
        if number is not None:
            span = slice(self.offsets[number], self.offsets[number + 1])
            return self.rows[span], self.impacts[span]
        kept = self._phrases.get(word)
        if kept is None:
            if len(self._phrases) >= _KEPT:
                self._phrases.clear()
            kept = self._phrases[word] = self._met(words.words(word))
        return kept

    def _met(self, parts: Sequence[str]) -> Impacts:
        """Return the passages that hold all the words of a phrase.

        Many an official term is cut into words (住房公积金); the impacts of its words are added as for any others.
        """
        numbers = [self.vocabulary.get(part, -1) for part in parts]
        spans = [slice(self.offsets[number], self.offsets[number + 1]) for number in numbers if number >= 0]
        if not spans or len(spans) < len(numbers):
            return self.rows[:0], self.impacts[:0]
        rows, impacts = self.rows[spans[0]], self.impacts[spans[0]]
        for span in spans[1:]:
            rows, left, right = np.intersect1d(rows, self.rows[span], assume_unique=True, return_indices=True)
            impacts = impacts[left] + self.impacts[span][right]
        return rows, impacts

    def frequency(self, word: str) -> int:
        """Return the number of passages that hold a word."""
        number = self.vocabulary.get(word)
        return 0 if number is None else int(self.offsets[number + 1] - self.offsets[number])


def count(passages: Sequence[Passage], documents: Sequence[Document] = ()) -> TermCounts:
    """Count the terms of passages; ``documents`` give the opening words that each of their passages shares."""
    texts = {document.id: document.text for document in documents}
    heads = {doc_id: words.terms(text[:HEAD_CHARACTERS]) for doc_id, text in texts.items()}
    postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    lengths, held = [], []
    for row, passage in enumerate(passages):
        lead = texts[passage.doc_id][slice(*passage.lead)] if passage.lead else ""
        counts, own = _weighted_counts(passage, heads.get(passage.doc_id, []), lead)
        lengths.append(sum(counts.values()))
        held.append(own)
        for term, weight in counts.items():
            postings[term].append((row, weight))
    terms = sorted(postings)
    number = {term: position for position, term in enumerate(terms)}
    return TermCounts(
        tuple(terms),
        np.cumsum([0, *(len(postings[term]) for term in terms)], dtype=np.int64),
        np.array([row for term in terms for row, _ in postings[term]], dtype=np.int32),
        np.array([weight for term in terms for _, weight in postings[term]], dtype=np.float32),
        np.array(lengths, dtype=np.float32),
        np.array([number[term] for own in held for term in own], dtype=np.int32),
        np.cumsum([0, *map(len, held)], dtype=np.int64),
    )


def merged(tables: Sequence[tuple[TermCounts, NDArray[np.int64]]]) -> TermCounts:
    """Put tables together; each comes with the new row of each of its passages, -1 for one that is dropped."""
    if len(tables) == 1 and np.array_equal(tables[0][1], np.arange(tables[0][0].size)):
        return tables[0][0]
    terms = sorted({term for table, _ in tables for term in table.terms})
    number = {term: position for position, term in enumerate(terms)}
    columns, rows, weights = [], [], []
    size = sum(int((places >= 0).sum()) for _, places in tables)
    lengths = np.zeros(size, dtype=np.float32)
    held: list[NDArray[np.int64]] = [np.zeros(0, dtype=np.int64)] * size
    for table, places in tables:
        numbers = np.array([number[term] for term in table.terms], dtype=np.int64)
        column, row = np.repeat(numbers, np.diff(table.offsets)), places[table.rows]
        kept = row >= 0
        columns.append(column[kept])
        rows.append(row[kept])
        weights.append(table.weights[kept])
        lengths[places[places >= 0]] = table.lengths[places >= 0]
        own = numbers[table.own] if len(table.own) else np.zeros(0, dtype=np.int64)
        for place, start, end in zip(places.tolist(), table.starts[:-1], table.starts[1:], strict=True):
            if place >= 0:
                held[place] = own[start:end]
    column, row = np.concatenate(columns), np.concatenate(rows)
    order = np.lexsort((row, column))
    present, sizes = np.unique(column, return_counts=True)  # terms of dropped passages alone go
    renumbered = np.full(len(terms), -1, dtype=np.int32)
    renumbered[present] = np.arange(len(present))
    return TermCounts(
        tuple(terms[position] for position in present),
        np.cumsum([0, *sizes], dtype=np.int64),
        row[order].astype(np.int32),
        np.concatenate(weights)[order],
        lengths,
        renumbered[np.concatenate([np.zeros(0, dtype=np.int64), *held])],
        np.cumsum([0, *map(len, held)], dtype=np.int64),
    )


def weigh(counts: TermCounts) -> LexicalIndex:
    """Compute the impact of every (term, passage) pair: idf times saturated count."""
    mean = float(counts.lengths.mean()) if counts.size else 1.0
    sizes = np.diff(counts.offsets)
    idf = np.log(1 + (counts.size - sizes + 0.5) / (sizes + 0.5))
    norms = K1 * (1 - B + B * counts.lengths.astype(np.float64) / (mean or 1.0))
    weights = counts.weights.astype(np.float64)
    impacts = np.repeat(idf, sizes) * weights * (K1 + 1) / (weights + norms[counts.rows])
    vocabulary = {term: number for number, term in enumerate(counts.terms)}
    return LexicalIndex(vocabulary, counts.offsets, counts.rows, impacts.astype(np.float32), counts.own, counts.starts)


def build(passages: Sequence[Passage], documents: Sequence[Document] = ()) -> LexicalIndex:
    """Count and weigh the terms of all passages."""
    return weigh(count(passages, documents))


def _weighted_counts(passage: Passage, head: Sequence[str], lead: str) -> tuple[dict[str, float], list[str]]:
    """Return the counts of a passage's terms, added up by the weight of their fields, and which are its own."""
    counts: defaultdict[str, float] = defaultdict(float)
    fields = ((passage.text, 1.0), (" ".join(passage.headings), HEADING_WEIGHT), (passage.title, TITLE_WEIGHT))
    for text, weight in fields:
        for term in words.terms(text):
            counts[term] += weight
    own = list(counts)
    for terms, weight in ((head, HEAD_WEIGHT), (words.terms(lead), LEAD_WEIGHT)):
        for term in terms:
            counts[term] += weight
    return counts, own

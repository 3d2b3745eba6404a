"""Hits -> ranked evidence: the sentences of the retrieved passages and how much of the question each covers.

A unit is a sentence or a part of it between semicolons. A word of the question counts in full where the unit itself
has it, less where only the sentence, the heading, the sentence before or the title does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge import words
from knowledge.document import Hit
from knowledge.query import QueryTerm
from knowledge.sentences import clauses, sentences

IN_SENTENCE = 0.9
IN_HEADING = 0.7
IN_NEIGHBOUR = 0.5
IN_TITLE = 0.6
PARTIAL = 0.8
_LONGEST_ANNOUNCEMENT = 30
_RETRIEVAL_SHARE = 0.08
_LABELLED = re.compile(r"\s+(?=[\u4e00-\u9fff]{2,8}[:：])")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a retrieved passage; offsets in the document, ``score`` of the passage it was found in."""

    doc_id: str
    title: str
    headings: tuple[str, ...]
    start: int
    end: int
    text: str
    before: str
    score: float
    is_heading: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of a sentence as evidence.

    ``own`` and ``coverage`` are shares (0..1) of the question's weight: in the unit itself, and with its context at a
    discount; ``missing`` are the words found in neither.
    """

    sentence: Sentence
    start: int
    end: int
    text: str
    own: float
    coverage: float
    missing: tuple[QueryTerm, ...]
    score: float


def gather(hits: Iterable[Hit], head: Callable[[str], str] | None = None) -> list[Sentence]:
    """Return the sentences of the hits, passage by passage.

    ``head`` gives, by document id, the words that say what a whole document is about. A line that only announces what
    follows (a heading inside running text, a question on a page of questions and answers) counts as its heading.
    """
    found: list[Sentence] = []
    for hit in hits:
        passage = hit.passage
        before = announced = ""
        about = head(passage.doc_id) if head else passage.title
        for start, end in sentences(passage.text):
            text = passage.text[start:end]
            first = passage.start + start
            heading = any(text in title for title in passage.headings) or _announces(text)
            above = (*passage.headings, announced) if announced and not heading else passage.headings
            found.append(
                Sentence(passage.doc_id, passage.title, above, first, first + len(text), text, before, hit.score, heading, about)
            )
            before = "" if heading else text
            announced = text if heading else announced
    return found


def _announces(text: str) -> bool:
    if text[-1] in "?？":
        return True
    return len(text) <= _LONGEST_ANNOUNCEMENT and text[-1] not in "。；;！!…”" and not re.search(r"\d{3,}|[:：].", text)


def rank(found: Iterable[Sentence], terms: Sequence[QueryTerm], weigh: Callable[[QueryTerm], float]) -> list[Unit]:
    """Return all units, best first; ``weigh`` gives what a word of the question counts."""
    weights = [(term, weigh(term)) for term in terms]
    total = sum(weight for _, weight in weights)
    units = [unit for sentence in found for unit in _units(sentence, weights, total)]
    return sorted(units, key=lambda unit: -unit.score)


def _units(sentence: Sentence, weights: Sequence[tuple[QueryTerm, float]], total: float) -> list[Unit]:
    spans = [(0, len(sentence.text))]
    parts = _parts(sentence.text)
    if len(parts) > 1:
        spans += parts
    units = []
    for start, end in spans:
        text = sentence.text[start:end]
        own = covered = 0.0
        missing = []
        for term, weight in weights:
            here = match(term, text)
            around = here if here >= 1 else max(here, _context(term, sentence))
            own += weight * here
            covered += weight * around
            if around == 0:
                missing.append(term)
        own, covered = (own / total, covered / total) if total else (0.0, 0.0)
        score = 0.6 * own + 0.4 * covered + _RETRIEVAL_SHARE * sentence.score - 0.02 * (len(spans) > 1 and end - start == len(sentence.text))
        if sentence.is_heading:
            score -= 0.3
        units.append(Unit(sentence, sentence.start + start, sentence.start + end, text, own, covered, tuple(missing), score))
    return units


def _parts(text: str) -> list[tuple[int, int]]:
    labels = [match.end() for match in _LABELLED.finditer(text)]
    if labels:
        edges = [0, *labels, len(text)]
        return [(a, b) for a, b in zip(edges, edges[1:], strict=False)]
    return clauses(text, "；;")


def _context(term: QueryTerm, sentence: Sentence) -> float:
    return max(
        IN_SENTENCE * match(term, sentence.text),
        IN_HEADING * max((match(term, heading) for heading in sentence.headings), default=0.0),
        IN_TITLE * match(term, sentence.about),
        IN_NEIGHBOUR * match(term, sentence.before) if sentence.before else 0.0,
    )


def match(term: QueryTerm, text: str) -> float:
    """Return how well a text has a word of the question: 1 for the word, less for a synonym or for parts of it."""
    form = _normal(text)
    best = 0.0
    for word, weight in term.variants:
        if weight <= best:
            continue
        if word in form:
            best = weight
        elif len(word) > 3:  # noqa: PLR2004  # shorter words have no parts that mean the same
            best = max(best, weight * PARTIAL * _share(word, form))
    return best


def _share(word: str, form: str) -> float:
    """Return the share of a word's characters covered by shorter words that the text has, 0 if under a half."""
    covered = set()
    for part in words.parts(word):
        if part in form:
            position = word.find(part)
            covered.update(range(position, position + len(part)))
    share = len(covered) / len(word)
    return share if share > 0.5 else 0.0  # noqa: PLR2004


@lru_cache(maxsize=8192)
def _normal(text: str) -> str:
    return words.normal(text)

"""A stand-alone question -> what the documents say on it: understood, retrieved, gathered, ranked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant import explain, gate, named
from assistant.answer import Question
from assistant.errors import QuestionError
from assistant.evidence import Sentence, Unit, rank
from assistant.gather import gather
from assistant.steps import Step, reached
from assistant.understand import Query, understand
from knowledge import names, words
from knowledge.document import Hit, Span
from knowledge.index import Index
from knowledge.query import QueryTerm, query_terms
from knowledge.spelling import Speller

RETRIEVED = 10
_SEARCHED = 200  # passages looked through for those of a document that is named
_EVERYDAY = ("v", "d", "t", "f", "a", "i", "l", "s")  # what people do and how, which each says in words of their own
_UNHEARD = 0.35  # of the weight of such a word where no document has it
_BESIDE = 0.25  # of the weight of a word that the conversation is about
_HEAD, _FOOT = 150, 60  # characters


class PassageRetriever(Protocol):
    """Finds passages for a question."""

    def search_terms(
        self, text: str, query: Sequence[QueryTerm], k: int, within: NDArray[np.bool_] | None = None
    ) -> list[Hit]:
        """Return up to ``k`` passages, best first; of those ``within`` where some are meant, a truth for each passage."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was understood of a question, and what the documents say on it, best first.

    ``told`` are the hits that may answer, ``sentences`` theirs in the order of the text.
    """

    query: Query
    hits: Sequence[Hit]
    told: Sequence[Hit]
    sentences: Sequence[Sentence]
    units: Sequence[Unit]


class Reader:
    """Reads one index for questions. Holds no state between them."""

    def __init__(self, index: Index, retriever: PassageRetriever) -> None:
        self._index = index
        self._retriever = retriever
        self._names = named.by_name(index.documents)
        self.places = names.places(index.documents)
        self.speller = Speller(index.lexical.vocabulary)

    def read(self, text: str, within: NDArray[np.bool_] | None = None, about: str = "") -> Read:
        """Understand a stand-alone question and gather what the documents say on it, or the passages ``within``.

        ``about`` are words that the question does not say and that belong to it: they count a little.
        """
        query = understand(text, self.speller)
        meant = named.meant(query, self._names)
        reached(Step.RETRIEVING)
        count = _SEARCHED if meant else RETRIEVED
        sought = " ".join(filter(None, (query.text, about, query.aspect.sought if query.aspect else "")))
        hits = self._retriever.search_terms(sought, query_terms(sought), count, within)
        query = _beside(query, about)
        if meant:
            query, hits = named.without_name(query), named.first(hits, meant)[:RETRIEVED]
        explain.understood(query, hits)
        reached(Step.READING)
        told = gate.telling([hit for hit in hits if not meant or hit.passage.doc_id in meant])
        sentences = gather(told, self._head, self._dated, self._said)
        units = rank(sentences, query.terms, self.weigh, query.reads_neighbours, query.aspect)
        return Read(query, hits, told, sentences, units)

    def within(self, doc_ids: frozenset[str]) -> NDArray[np.bool_] | None:
        """Tell of each passage whether it is of one of some documents; None for all of them."""
        known = {self._index.catalogue.by_id[doc_id] for doc_id in doc_ids if doc_id in self._index.catalogue.by_id}
        meant = {entry.same_as or entry.id for entry in known}
        return self._index.rows_of(lambda document: document.id in meant) if meant else None

    def alone(self, question: Question) -> NDArray[np.bool_] | None:
        """Tell of each passage whether it is of the document a question is about alone, if it is about one; raises QuestionError when it is not there any more."""
        if question.doc_id is None:
            return None
        entry = self._index.catalogue.by_id.get(question.doc_id)
        if entry is None:
            raise QuestionError("要问的文件不在收录之中，可能已被移除。请改为在全部文件里找。")
        meant = entry.same_as or entry.id
        return self._index.rows_of(lambda document: document.id == meant)

    def in_scope(self, query: Query) -> bool:
        """Tell whether a question is about what the documents are about."""
        return query.asks_page or gate.in_scope(query, self._index.lexical.frequency, self.weigh)

    def weigh(self, term: QueryTerm) -> float:
        """Return what a word counts: its general weight, less where most passages have it."""
        size = len(self._index.passages)
        frequency = max((self._index.lexical.frequency(word) for word, _ in term.variants), default=0)
        telling = math.log((size + 1) / (frequency + 0.5)) / math.log((size + 1) / 0.5)
        if frequency == 0 and words.part_of_speech(term.word).startswith(_EVERYDAY):
            telling *= _UNHEARD
        return term.weight * (0.35 + 0.65 * max(telling, 0.0))

    def called(self, word: str) -> frozenset[str]:
        """Return what else a word may be called."""
        others = (other for term in query_terms(word) if term.word == word for other, _ in term.variants)
        return frozenset({words.normal(word), *others})

    def _said(self, doc_id: str, span: Span) -> str:
        return self._index.document(doc_id).text[slice(*span)]

    def _head(self, doc_id: str) -> str:
        """Return the title and the first and last words of a document: its place, its body, its date."""
        document = self._index.document(doc_id)
        return f"{document.title}\n{document.text[:_HEAD]}\n{document.text[-_FOOT:]}"

    def _dated(self, doc_id: str) -> str | None:
        """Return when a document was published, or else the day it bears."""
        document = self._index.document(doc_id)
        return document.published or document.written


def _beside(query: Query, about: str) -> Query:
    """Return a question with the words of what the conversation is about beside its own."""
    own = {term.word for term in query.terms}
    added = [
        replace(term, weight=term.weight * _BESIDE)
        for term in query_terms(about, parts=False)
        if term.word not in own and len(term.word) > 1
    ]
    return replace(query, terms=(*query.terms, *added)) if added else query

"""A stand-alone question -> what the documents say on it: understood, retrieved, gathered, ranked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
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
from knowledge.spelling import Speller, sound

RETRIEVED = 10
_SEARCHED = 200  # passages looked through for those of a document that is named
_EVERYDAY = ("v", "d", "t", "f", "a", "i", "l", "s")  # what people do and how, which each says in words of their own
_RUN_TOGETHER = (*_EVERYDAY, "m", "p", "c", "u", "r", "q")
_UNHEARD = 0.35  # of the weight of such a word where no document has it
_PROJECTS = ("计划", "行动", "工程", "项目", "平台")
_NAME = 4  # characters of a name in quotes
_SHORT_SOUND = 3  # letters; so few sound like too much
_BESIDE = 0.25  # of the weight of a word that the conversation is about


Within = NDArray[np.bool_] | None
"""Tells of each passage whether it is meant; None for all of them."""


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


class Reads(Protocol):
    """Reads a question as ``Reader.read`` does, with what is fixed for a conversation left as it is."""

    def __call__(self, text: str, *, about: str = ..., doc_ids: frozenset[str] = ...) -> Read:
        """Understand a question and gather what the documents say on it."""


class Reader:
    """Reads one index for questions. Holds no state between them."""

    def __init__(self, index: Index, retriever: PassageRetriever) -> None:
        self._index = index
        self._retriever = retriever
        self._names = named.by_name(index.documents)
        self.places = names.places(index.documents)
        self.speller = Speller(index.lexical.vocabulary)

    def read(self, text: str, within: Within = None, about: str = "", doc_ids: frozenset[str] = frozenset()) -> Read:
        """Understand a stand-alone question and gather what the documents say on it, or the passages ``within``.

        ``about`` are words that the question does not say and that belong to it: they count a little. ``doc_ids`` are
        the documents it is asked of, all where there are none.
        """
        query = understand(text, self.speller)
        query = replace(query, called=tuple(name for name in self._called if name in query.text))
        meant = named.meant(query, self._names)
        reached(Step.RETRIEVING)
        count = _SEARCHED if meant else RETRIEVED
        sought = f"{query.text} {about}" if about else query.text
        hits = self._retriever.search_terms(sought, query_terms(sought), count, both(within, self.within(doc_ids)))
        of_these = frozenset(hit.passage.doc_id for hit in hits) if doc_ids else frozenset()
        if of_these and len(hits) < RETRIEVED:
            hits = _filled(hits, self._retriever.search_terms(sought, query_terms(sought), RETRIEVED, within))
        query = _beside(query, about)
        if meant:
            query, hits = named.without_name(query), named.first(hits, meant)[:RETRIEVED]
        explain.understood(query, hits)
        reached(Step.READING)
        asked_of = meant or of_these
        told = gate.telling([hit for hit in hits if not asked_of or hit.passage.doc_id in asked_of])
        sentences = gather(told, self._head, self._dated, self._said)
        units = rank(sentences, query.terms, self.weigh, query.reads_neighbours, query.aspect)
        return Read(query, hits, told, sentences, units)

    def within(self, doc_ids: frozenset[str]) -> Within:
        """Tell of each passage whether it is of one of some documents; None for all of them."""
        known = {self._index.catalogue.by_id[doc_id] for doc_id in doc_ids if doc_id in self._index.catalogue.by_id}
        meant = {entry.same_as or entry.id for entry in known}
        return self._index.rows_of(lambda document: document.id in meant) if meant else None

    def alone(self, question: Question) -> Within:
        """Tell of each passage whether it is of the document a question is about alone, if it is about one; raises QuestionError when it is not there any more."""
        if question.doc_id is None:
            return None
        entry = self._index.catalogue.by_id.get(question.doc_id)
        if entry is None:
            raise QuestionError("要问的文件不在收录之中，可能已被移除。请改为在全部文件里找。")
        meant = entry.same_as or entry.id
        return self._index.rows_of(lambda document: document.id == meant)

    def spelt(self, pinyin: str) -> str | None:
        """Return the place, name or word of the documents that a run of pinyin without spaces and tones stands for."""
        return self._named_so.get(pinyin) or self.speller.spelt(pinyin)

    @cached_property
    def _called(self) -> frozenset[str]:
        """The names that documents put in quotes and that nothing else is called."""
        return frozenset(name for name in names.called(self._index.documents) if len(name) >= _NAME)

    @cached_property
    def _named_so(self) -> dict[str, str]:
        called = sorted(names.called(self._index.documents))
        short = {
            sound(name[:-2]).replace(" ", ""): name
            for name in called
            if name.endswith(_PROJECTS) and len(name) > _SHORT_SOUND
        }
        own = short | {sound(name).replace(" ", ""): name for name in called}
        of_places = {sound(name).replace(" ", ""): full for name, full in self.places.items()}
        return own | {spelling: name for spelling, name in of_places.items() if len(spelling) > _SHORT_SOUND}

    def in_scope(self, query: Query) -> bool:
        """Tell whether a question is about what the documents are about."""
        return query.asks_page or gate.in_scope(query, self._index.lexical.frequency, self.weigh)

    def weigh(self, term: QueryTerm) -> float:
        """Return what a word counts: its general weight, less where most passages have it."""
        size = len(self._index.passages)
        frequency = max((self._index.lexical.frequency(word) for word, _ in term.variants), default=0)
        telling = math.log((size + 1) / (frequency + 0.5)) / math.log((size + 1) / 0.5)
        is_foreign = term.word.isascii() and term.word.isalpha()  # what of a question in English found no Chinese
        if frequency == 0 and (is_foreign or _is_everyday(term.word)):
            telling *= _UNHEARD
        return term.weight * (0.35 + 0.65 * max(telling, 0.0))

    def called(self, word: str) -> frozenset[str]:
        """Return what else a word may be called."""
        others = (other for term in query_terms(word) if term.word == word for other, _ in term.variants)
        return frozenset({words.normal(word), *others})

    def _said(self, doc_id: str, span: Span) -> str:
        return self._index.document(doc_id).text[slice(*span)]

    def _head(self, doc_id: str) -> str:
        return gate.head_of(self._index.document(doc_id))

    def _dated(self, doc_id: str) -> str | None:
        """Return when a document was published, or else the day it bears."""
        document = self._index.document(doc_id)
        return document.published or document.written


def _is_everyday(word: str) -> bool:
    """Tell whether a word is one of those that each says in words of their own, or two of them run together (多带)."""
    tag = words.part_of_speech(word)
    if tag or len(word) != 2:  # noqa: PLR2004
        return tag.startswith(_EVERYDAY)
    return all(words.part_of_speech(part).startswith(_RUN_TOGETHER) for part in word)


def _filled(hits: Sequence[Hit], others: Sequence[Hit]) -> list[Hit]:
    """Return hits with the best of others behind them, as many as are shown."""
    known = {hit.passage.id for hit in hits}
    last = min((hit.score for hit in hits), default=0.0)
    added = [replace(hit, score=min(hit.score, last)) for hit in others if hit.passage.id not in known]
    return [*hits, *added][:RETRIEVED]


def both(one: Within, other: Within) -> Within:
    """Return the passages that are meant by both."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _beside(query: Query, about: str) -> Query:
    """Return a question with the words of what the conversation is about beside its own."""
    own = {term.word for term in query.terms}
    added = [
        replace(term, weight=term.weight * _BESIDE)
        for term in query_terms(about, parts=False)
        if term.word not in own and len(term.word) > 1
    ]
    beside = frozenset(term.word for term in added)
    return replace(query, terms=(*query.terms, *added), beside=beside) if added else query

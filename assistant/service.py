"""The whole pipeline, on one page: understand, gate, retrieve, gate, extract, verify."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from assistant import extract, gate, gloss, issued, membership, named, page, parts, present
from assistant.answer import Answer, Question, Status, Turn
from assistant.clarify import clarify
from assistant.draft import Draft
from assistant.errors import QuestionError
from assistant.evidence import Unit, gather, rank
from assistant.extract_block import laid_out
from assistant.followup import stand_alone
from assistant.prefer import prefer
from assistant.steps import Step, reached
from assistant.suggest import Offered, suggestions
from assistant.understand import Query, understand
from assistant.verify import verify
from knowledge import words
from knowledge.document import Document, Hit, Span
from knowledge.index import Index
from knowledge.query import QueryTerm, query_terms
from knowledge.spelling import Speller

RETRIEVED = 10
_SEARCHED = 200  # passages looked through for those of a document that is named
_DOCUMENTS = 5
_HEAD, _FOOT = 150, 60  # characters


class PassageRetriever(Protocol):
    """Finds passages for a question."""

    def search_terms(
        self, text: str, query: Sequence[QueryTerm], k: int, within: frozenset[str] | None = None
    ) -> list[Hit]:
        """Return up to ``k`` passages, best first; of the documents ``within`` where some are named."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was understood of a question, and what the documents say on it, best first."""

    query: Query
    hits: Sequence[Hit]
    units: Sequence[Unit]


class Assistant:
    """Answers questions from one index. Holds no state between questions and may be used by several threads."""

    def __init__(self, index: Index, retriever: PassageRetriever, offered: Offered | None = None) -> None:
        self.index = index
        self._offered = offered
        self._retriever = retriever
        self._speller = Speller(index.lexical.vocabulary)
        self._names = named.by_name(index.documents)

    def ask(self, question: Question) -> Answer:
        """Answer one question; earlier turns are used to understand it."""
        started = time.perf_counter()
        answer = self._answer(question)
        return replace(
            answer,
            id=secrets.token_urlsafe(9),
            conversation_id=question.conversation_id,
            latency_ms=(time.perf_counter() - started) * 1000,
        )

    def ask_after(self, earlier: Sequence[str], text: str) -> Answer:
        """Answer a question after earlier ones, of which only the questions are known."""
        history: tuple[Turn, ...] = ()
        for asked in earlier:
            question = Question.of(asked, history)
            history += (Turn(asked, self.ask(question)),)
        return self.ask(Question.of(text, history))

    def _answer(self, question: Question) -> Answer:
        reply = gate.talk(question.text)
        if reply is not None:
            return present.reply(Status.SMALL_TALK, reply, question.text)
        if gate.manipulates(question.text):
            return present.reply(Status.REFUSED, gate.REFUSED, question.text)
        glossed = gloss.chinese(question.text, self._speller.spelt)
        if glossed is not None:
            question = replace(question, text=glossed)
        text = stand_alone(question, self.index.lexical.vocabulary)
        read = partial(self._read, within=self._alone(question))
        first = read(text)
        draft = parts.answered(text, lambda part: self._draft(read(part), read)) or self._draft(first, read)
        reached(Step.CHECKING)
        draft = verify(draft)
        if draft.status is Status.NOT_FOUND and not self._in_scope(first.query):
            draft = Draft(status=Status.OUT_OF_SCOPE)
        asked = {question.text, *(turn.question for turn in question.history)}
        return present.answer(
            draft,
            first.query,
            first.hits,
            first.units,
            self.index,
            lambda told: suggestions(first.query, told, first.hits, self._offered, asked),
        )

    def _read(self, text: str, within: frozenset[str] | None) -> Read:
        """Understand a stand-alone question and gather what the documents say on it, ``within`` some, best first."""
        query = understand(text, self._speller)
        meant = named.meant(query, self._names)
        reached(Step.RETRIEVING)
        hits = self._retriever.search_terms(
            query.text, query_terms(query.text), _SEARCHED if meant else RETRIEVED, within
        )
        if meant:
            query, hits = named.without_name(query), named.first(hits, meant)[:RETRIEVED]
        reached(Step.READING)
        told = [hit for hit in hits if not meant or hit.passage.doc_id in meant]
        units = rank(
            gather(told, self._head, self._dated, self._said), query.terms, self._weigh, query.reads_neighbours
        )
        return Read(query, hits, units)

    def _draft(self, found: Read, read: Callable[[str], Read]) -> Draft:
        """Answer; of what may belong to a list, say whether it does where no sentence decides it."""
        draft = self._told(found)
        whether = membership.asked(found.query)
        if whether is None or any(statement.text.startswith(("是", "不是")) for statement in draft.statements):
            return draft
        return membership.decided(whether, self._called, lambda text: self._told(read(text))) or draft

    def _told(self, read: Read) -> Draft:
        """Try the ways of answering, the most exact first."""
        query, hits, units = read.query, read.hits, read.units
        documents = self._documents(hits) or list(self.index.documents[:_DOCUMENTS])
        draft = page.answer(query, documents) or issued.answer(query, documents)
        if draft is not None:
            return draft
        told = prefer(query, gate.answerable(query, units, self.index))
        asked_back = clarify(query, told, lambda doc_id: self.index.document(doc_id).title)
        if asked_back is not None:
            return asked_back
        listed = laid_out(query, documents, hits, told, self._weigh, self.index)
        return listed or extract.extract(query, told)

    def _in_scope(self, query: Query) -> bool:
        return query.asks_page or gate.in_scope(query, self.index.lexical.frequency, self._weigh)

    def _called(self, word: str) -> frozenset[str]:
        """Return what else a word may be called."""
        return frozenset(
            {
                words.normal(word),
                *(other for term in query_terms(word) if term.word == word for other, _ in term.variants),
            }
        )

    def _alone(self, question: Question) -> frozenset[str] | None:
        """Return the one document a question is about alone; raises QuestionError when it is not there any more."""
        if question.doc_id is None:
            return None
        entry = self.index.catalogue.by_id.get(question.doc_id)
        if entry is None:
            raise QuestionError("要问的文件不在收录之中，可能已被移除。请改为在全部文件里找。")
        return frozenset({entry.same_as or entry.id})

    def _documents(self, hits: Sequence[Hit]) -> list[Document]:
        ids = list(dict.fromkeys(hit.passage.doc_id for hit in hits))
        return [self.index.document(doc_id) for doc_id in ids[:_DOCUMENTS]]

    def _said(self, doc_id: str, span: Span) -> str:
        return self.index.document(doc_id).text[slice(*span)]

    def _head(self, doc_id: str) -> str:
        """Return the title and the first and last words of a document: its place, its body, its date."""
        document = self.index.document(doc_id)
        return f"{document.title}\n{document.text[:_HEAD]}\n{document.text[-_FOOT:]}"

    def _dated(self, doc_id: str) -> str | None:
        """Return when a document was published, or else the day it bears."""
        document = self.index.document(doc_id)
        return document.published or document.written

    def _weigh(self, term: QueryTerm) -> float:
        """Return what a word counts: its general weight, less where most passages have it."""
        size = len(self.index.passages)
        frequency = max((self.index.lexical.frequency(word) for word, _ in term.variants), default=0)
        telling = math.log((size + 1) / (frequency + 0.5)) / math.log((size + 1) / 0.5)
        return term.weight * (0.35 + 0.65 * max(telling, 0.0))

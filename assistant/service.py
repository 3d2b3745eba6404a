"""The whole pipeline, on one page: understand, gate, retrieve, gate, extract, verify."""

from __future__ import annotations

import math
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from assistant import explain, extract, gate, gloss, issued, numbered, page, present, tracing
from assistant.answer import Answer, Question, Status, Turn
from assistant.draft import Draft
from assistant.evidence import Unit, gather, rank
from assistant.extract_block import laid_out
from assistant.followup import stand_alone
from assistant.material import Material, shown
from assistant.prefer import prefer
from assistant.steps import Step, reached
from assistant.understand import Query, understand
from assistant.verify import verify
from knowledge.document import Document, Hit, Span
from knowledge.index import Index
from knowledge.query import QueryTerm, query_terms
from knowledge.spelling import Speller

RETRIEVED = 10
_AT_ONCE = 2  # questions that are worked on; those that wait for a language model are not
_SEARCHED = 200  # passages looked through for those of a document named by its number
_DOCUMENTS = 5
_HEAD, _FOOT = 150, 60  # characters


class PassageRetriever(Protocol):
    """Finds passages for a question."""

    def search_terms(self, text: str, query: Sequence[QueryTerm], k: int) -> list[Hit]:
        """Return up to ``k`` passages, best first."""


class Writer(Protocol):
    """Writes answers in words of its own, of which only what is verified is said."""

    def close(self) -> None:
        """Let go of what it is connected to."""

    def stand_alone(self, question: Question) -> str | None:
        """Return a follow-up as a question of its own; None where it cannot tell."""

    def write(self, material: Material, plain: Callable[[], Draft]) -> Draft:
        """Return a verified draft; that of ``plain``, with a note, where it cannot write one."""


class Assistant:
    """Answers questions from one index. Holds no state between questions and may be used by several threads."""

    def __init__(self, index: Index, retriever: PassageRetriever, writer: Writer | None = None) -> None:
        self._writer = writer
        self._turn = threading.BoundedSemaphore(_AT_ONCE)
        self.index = index
        self._retriever = retriever
        self._speller = Speller(index.lexical.vocabulary)
        self._numbers = numbered.by_number(index.documents)

    def close(self) -> None:
        """Let go of the connections to a language model."""
        if self._writer is not None:
            self._writer.close()

    def ask(self, question: Question) -> Answer:
        """Answer one question; earlier turns are used to understand it."""
        started = time.perf_counter()
        explain.begun()
        with tracing.answering(), self._turn:
            answer = self._answer(question)
            tracing.noted(status=answer.status.value, citations=len(answer.citations))
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
        asked = question.text
        glossed = gloss.chinese(question.text, self._speller.spelt)
        if glossed is not None:
            question = replace(question, text=glossed)
        query = understand(self._stand_alone(question), self._speller)
        meant = numbered.meant(query, self._numbers)
        reached(Step.RETRIEVING)
        hits = self._retriever.search_terms(query.text, query_terms(query.text), _SEARCHED if meant else RETRIEVED)
        if meant:
            query, hits = numbered.without_number(query), numbered.first(hits, meant)[:RETRIEVED]
        explain.understood(query, hits)
        reached(Step.READING)
        told = [hit for hit in hits if not meant or hit.passage.doc_id in meant]
        sentences = gather(told, self._head, self._dated, self._said)
        units = rank(sentences, query.terms, self._weigh, query.reads_neighbours)

        def extracted() -> Draft:
            draft = self._draft(query, hits, units)
            reached(Step.CHECKING)
            return verify(draft)

        if self._writer is None or question.is_plain or query.asks_page:
            draft = extracted()
        else:
            told_as = present.Told(self.index)
            draft = self._written(Material(asked, query, shown(told, sentences), told_as, self._turn), extracted)
        if (
            draft.status is Status.NOT_FOUND
            and not query.asks_page
            and not gate.in_scope(query, self.index.lexical.frequency, self._weigh)
        ):
            draft = Draft(status=Status.OUT_OF_SCOPE)
        return present.answer(draft, query, hits, units, self.index)

    def _stand_alone(self, question: Question) -> str:
        if self._writer is not None and question.history and not question.is_plain:
            with self._elsewhere():
                told = self._writer.stand_alone(question)
            if told is not None:
                return told
        return stand_alone(question, self.index.lexical.vocabulary)

    def _written(self, material: Material, extracted: Callable[[], Draft]) -> Draft:
        """Let the writer write, while others take their turn here."""

        def plain() -> Draft:
            with self._turn:
                return extracted()

        assert self._writer is not None
        with self._elsewhere():
            return self._writer.write(material, plain)

    @contextmanager
    def _elsewhere(self) -> Iterator[None]:
        """Give up the turn for as long as the work waits for something outside."""
        self._turn.release()
        try:
            yield
        finally:
            self._turn.acquire()

    def _draft(self, query: Query, hits: Sequence[Hit], units: Sequence[Unit]) -> Draft:
        """Try the ways of answering, the most exact first."""
        documents = self._documents(hits) or list(self.index.documents[:_DOCUMENTS])
        draft = page.answer(query, documents) or issued.answer(query, documents)
        if draft is not None:
            return draft
        told = prefer(query, gate.answerable(query, units, self.index))
        listed = laid_out(query, documents, hits, told, self._weigh, self.index)
        return listed or extract.extract(query, told)

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

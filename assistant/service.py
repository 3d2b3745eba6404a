"""The whole pipeline, on one page: understand, gate, retrieve, gate, extract or generate, verify."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Protocol

from assistant import explain, gate, gloss, present, tracing
from assistant.answer import Answer, Question, Status, Turn
from assistant.choose import choose
from assistant.draft import Draft
from assistant.followup import Reading, readings
from assistant.material import Material, shown
from assistant.reading import PassageRetriever, Reader
from assistant.steps import Step, reached
from assistant.suggest import Offered, suggestions
from assistant.telling import Teller
from assistant.verify import verify
from knowledge.index import Index

_AT_ONCE = 2  # questions that are worked on; those that wait for a language model are not


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

    def __init__(
        self,
        index: Index,
        retriever: PassageRetriever,
        writer: Writer | None = None,
        offered: Offered | None = None,
    ) -> None:
        self.index = index
        self._reader = Reader(index, retriever)
        self._teller = Teller(index, self._reader)
        self.offered: Offered = offered or {}
        """Questions that were tried when the index was built, by document."""
        self._writer = writer
        self._turn = threading.BoundedSemaphore(_AT_ONCE)

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
        glossed = gloss.chinese(question.text, self._reader.spelt, frozenset(self._reader.places))
        ways = self._ways(question if glossed is None else replace(question, text=glossed))
        chosen = choose(ways, self._reader, self._teller, self._reader.alone(question))
        found = chosen.found

        def extracted() -> Draft:
            draft = chosen.draft or self._teller.draft(chosen.reading.text, found, chosen.read)
            reached(Step.CHECKING)
            return verify(draft)

        if self._writer is None or question.is_plain or found.query.asks_page:
            draft = extracted()
        else:
            shown_as = present.Told(self.index)
            material = Material(question.text, found.query, shown(found.told, found.sentences), shown_as, self._turn)
            draft = self._written(self._writer, material, extracted)
        if draft.status is Status.NOT_FOUND and not self._reader.in_scope(found.query):
            draft = Draft(status=Status.OUT_OF_SCOPE)
        asked = {question.text, *(turn.question for turn in question.history)}
        offer = partial(suggestions, found.query, hits=found.hits, prepared=self.offered, asked=asked)
        answer = present.answer(draft, found.query, found.hits, found.units, self.index, offer)
        return replace(answer, question=chosen.reading.stand_alone) if chosen.reading.about else answer

    def _ways(self, question: Question) -> Sequence[Reading]:
        """Return the ways to read a question after others, the likeliest first."""
        if self._writer is not None and question.history and not question.is_plain:
            with self._elsewhere():
                told = self._writer.stand_alone(question)
            if told is not None:
                return (Reading(told),)
        return readings(question, self.index.lexical.vocabulary, self._reader.places)

    def _written(self, writer: Writer, material: Material, extracted: Callable[[], Draft]) -> Draft:
        """Let the writer write, while others take their turn here."""

        def plain() -> Draft:
            with self._turn:
                return extracted()

        with self._elsewhere():
            return writer.write(material, plain)

    @contextmanager
    def _elsewhere(self) -> Iterator[None]:
        """Give up the turn for as long as the work waits for something outside."""
        self._turn.release()
        try:
            yield
        finally:
            self._turn.acquire()

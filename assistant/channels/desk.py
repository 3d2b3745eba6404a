"""The desk every web channel asks at: a bounded number of answers at a time, each remembered in its conversation."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, Protocol

from assistant.answer import Answer, Question, Turn
from assistant.errors import AssistantError, QuestionError
from assistant.state.conversations import new_conversation_id
from assistant.steps import Listener, Step, heard_by, reached

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from knowledge.catalogue import Catalogue
    from knowledge.document import Document, Passage, Section

DEFAULT_THREADS = 2
DEFAULT_WAITING = 32
MAX_EARLIER = 10
"""Earlier questions of a conversation that are asked again where only the questions are known."""
RETRY_AFTER = 2
"""Seconds after which a caller that was turned away may try again."""
_P = ParamSpec("_P")


class Index(Protocol):
    """What the channels read of the index: its documents, whole."""

    @property
    def documents(self) -> Sequence[Document]:
        """Every document, in a fixed order."""

    @property
    def passages(self) -> Sequence[Passage]:
        """Every passage of every document."""

    def document(self, doc_id: str) -> Document:
        """Return one document; raises KeyError for an unknown id."""

    def outline(self, doc_id: str) -> Sequence[Section]:
        """Return the headings of a document, in order; raises KeyError for an unknown id."""

    @property
    def catalogue(self) -> Catalogue:
        """What is known of every document: its version, and which are the same."""


class Assistant(Protocol):
    """What the channels need of an assistant; ``ask`` may be called from several threads."""

    @property
    def index(self) -> Index:
        """The documents that answers rest on."""

    def ask(self, question: Question) -> Answer:
        """Answer a question."""


class Conversations(Protocol):
    """Where turns are kept."""

    def turns(self, conversation_id: str) -> tuple[Turn, ...]:
        """Return the turns, oldest first; none when the conversation is unknown."""

    def append(self, conversation_id: str, turn: Turn) -> None:
        """Add a turn."""

    def forget(self, conversation_id: str) -> None:
        """Drop a conversation."""


class Answers(Protocol):
    """Where answers are kept under their ids."""

    def keep(self, turn: Turn) -> None:
        """Keep an answer with its question."""


class BusyError(AssistantError):
    """More questions are waiting than the service takes on."""

    def __init__(self) -> None:
        super().__init__("现在提问的人较多，请过几秒再试。")


class Desk:
    """Answers questions in ``threads`` threads; at most ``waiting`` more may wait, the next one is turned away."""

    def __init__(
        self,
        assistant: Assistant,
        conversations: Conversations,
        answers: Answers | None = None,
        *,
        threads: int = DEFAULT_THREADS,
        waiting: int = DEFAULT_WAITING,
    ) -> None:
        self.assistant = assistant
        self._conversations = conversations
        self._answers = answers
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="ask")
        self._places = threading.Semaphore(threads + waiting)

    async def resume(self, conversation_id: str | None) -> str:
        """Return the id of a conversation that came from outside when it is known, and a new one when it is not."""
        if conversation_id is None:
            return new_conversation_id()
        known = await asyncio.to_thread(self._conversations.turns, conversation_id)
        return conversation_id if known else new_conversation_id()

    def turns(self, conversation_id: str) -> tuple[Turn, ...]:
        """Return what has been said so far, oldest first."""
        return self._conversations.turns(conversation_id)

    def forget(self, conversation_id: str) -> None:
        """Drop a conversation."""
        self._conversations.forget(conversation_id)

    async def ask(self, text: object, conversation_id: str) -> Answer:
        """Answer the next question of a conversation and remember the turn.

        Raises QuestionError when the question cannot be asked, BusyError when too many are waiting.
        """
        return await asyncio.shield(self.begin(text, conversation_id))

    def begin(
        self,
        text: object,
        conversation_id: str,
        listener: Listener | None = None,
        doc_id: str | None = None,
        *,
        is_whole: bool = False,
    ) -> asyncio.Future[Answer]:
        """Begin to answer the next question of a conversation, from one document where ``doc_id`` names it.

        A question that is whole, as one that was offered is, is not understood by the turns before it.
        ``listener`` hears the steps, and sentences that are said before the answer is whole, in the thread that works.

        Raises like ``ask``. What waits for its turn can be cancelled; what has begun ends where the listener raises.
        """
        Question.of(text)
        return self._begin(self._answer, text, conversation_id, listener, doc_id, is_whole=is_whole)

    async def ask_after(self, earlier: Sequence[str], text: object) -> Answer:
        """Answer a question after earlier ones as ``begin_after`` does."""
        return await asyncio.shield(self.begin_after(earlier, text))

    def begin_after(
        self, earlier: Sequence[str], text: object, listener: Listener | None = None
    ) -> asyncio.Future[Answer]:
        """Begin to answer a question after earlier ones, of which only the questions are known; nothing is remembered.

        Of the earlier ones the last ``MAX_EARLIER`` are asked again, without those that cannot be asked and without a
        language model. ``listener`` as in ``begin``; it hears the question itself. Raises QuestionError when the
        question itself cannot be asked, BusyError when too many are waiting.
        """
        Question.of(text)
        return self._begin(self._answer_after, tuple(earlier[-MAX_EARLIER:]), text, listener)

    def _begin(self, answer: Callable[_P, Answer], *parts: _P.args, **named: _P.kwargs) -> asyncio.Future[Answer]:
        if not self._places.acquire(blocking=False):
            raise BusyError
        # What is known of the request goes with the work, for the figures and the log.
        work = self._threads.submit(copy_context().run, partial(answer, *parts, **named))
        # The place is free again when the work is done, even if the caller has left by then.
        work.add_done_callback(lambda _: self._places.release())
        return asyncio.wrap_future(work)

    def _answer_after(self, earlier: Sequence[str], text: object, listener: Listener | None) -> Answer:
        """Answer each question after the ones before it, in a thread."""
        history: tuple[Turn, ...] = ()
        for asked in earlier:
            with contextlib.suppress(QuestionError):  # it was refused when it was the question; what followed was not
                question = Question.of(asked, history).plain()
                history += (Turn(question.text, self.assistant.ask(question)),)
        with heard_by(listener) if listener else contextlib.nullcontext():
            return self.assistant.ask(Question.of(text, history))

    def _answer(
        self, text: object, conversation_id: str, listener: Listener | None, doc_id: str | None, *, is_whole: bool
    ) -> Answer:
        """Answer and remember, in a thread: the turns lie in a database, which may take its time."""
        with heard_by(listener) if listener else contextlib.nullcontext():
            reached(Step.UNDERSTANDING)
            earlier = () if is_whole else self._conversations.turns(conversation_id)
            question = Question.of(text, earlier, conversation_id, doc_id)
            answer = replace(self.assistant.ask(question), conversation_id=conversation_id)
        turn = Turn(question.text, answer)
        self._conversations.append(conversation_id, turn)
        if self._answers is not None:
            self._answers.keep(turn)
        return answer

    def close(self) -> None:
        """Let the running answers end and take no more."""
        self._threads.shutdown(wait=True, cancel_futures=True)

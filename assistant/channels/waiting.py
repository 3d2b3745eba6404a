"""To wait for an answer that is being worked out in another thread, hear how far it is, and leave."""

from __future__ import annotations

import asyncio
import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.answer import Answer, Status
from assistant.errors import AssistantError
from assistant.steps import Pulse, Sentence, Step

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

_PIECE = re.compile(r".*?(?:\[\d{1,3}\])+(?:。|(?=\n)|$)|.+", re.DOTALL)
_MARKED = re.compile(r"\[\d{1,3}\]")


class LeftError(AssistantError):
    """Nobody waits for the answer any more."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an answer is: the step it has reached, and the sentences that were said."""

    step: Step = Step.UNDERSTANDING
    said: tuple[str, ...] = ()

    def after(self, event: Step | Sentence) -> Progress:
        """Return how far it is after an event."""
        return Progress(event, self.said) if isinstance(event, Step) else Progress(self.step, (*self.said, event.text))


class Waiting:
    """Someone who waits for an answer: hears steps and sentences from the thread that works, and may leave."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._left = threading.Event()
        self._heard: asyncio.Queue[Step | Sentence | None] = asyncio.Queue()
        self.so_far = Progress()

    def hear(self, event: Step | Sentence | Pulse) -> None:
        """Pass on a step or a sentence; raises LeftError, which ends the work, when nobody waits any more."""
        if self._left.is_set():
            raise LeftError
        if isinstance(event, Pulse):
            return
        self._loop.call_soon_threadsafe(self._heard.put_nowait, event)

    def end(self, work: asyncio.Future[Answer]) -> None:
        """Hear no more: the work has ended."""
        if not work.cancelled():
            work.exception()  # seen, even where nobody waits for it
        self._heard.put_nowait(None)

    def leave(self) -> None:
        """Wait no longer; what is heard ends at once, the work where it next tells something."""
        self._left.set()
        self._heard.put_nowait(None)

    @property
    def has_left(self) -> bool:
        """Whether nobody waits any more."""
        return self._left.is_set()

    async def events(self) -> AsyncIterator[Step | Sentence]:
        """Yield the steps as they are reached and the sentences as they are said, until the work ends."""
        while (event := await self._heard.get()) is not None:
            yield event

    async def progress(self, every: float) -> AsyncGenerator[Progress]:
        """Yield how far the work is: at once, and whenever that has changed, at most once in ``every`` seconds."""
        listening = asyncio.create_task(self._listen())
        shown: Progress | None = None
        try:
            while not listening.done():
                if self.so_far != shown:
                    shown = self.so_far
                    yield shown
                await asyncio.wait({listening}, timeout=every)
        finally:
            listening.cancel()

    async def _listen(self) -> None:
        async for event in self.events():
            self.so_far = self.so_far.after(event)

    async def sentences(self) -> AsyncIterator[str]:
        """Yield the sentences alone; joined they are the beginning of the answer."""
        async for event in self.events():
            if isinstance(event, Sentence):
                yield event.text


def verified(answer: Answer) -> list[str]:
    """Return the sentences and list items of an answer that rest on a document, with their marks.

    A line that leads in a list comes with its first item. An answer that rests on none has no such sentence, and a note
    below an answer is none.
    """
    if answer.status not in {Status.ANSWERED, Status.PARTIAL}:
        return []
    return [piece.strip() for piece in _PIECE.findall(answer.answer) if _MARKED.search(piece)]

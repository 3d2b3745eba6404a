"""Which step an answer has reached, and what is said already, told to whoever waits for it.

The one who waits is known to the thread that answers, not to the pipeline: nothing is passed from step to step.
"""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass

from assistant import tracing


class Step(enum.StrEnum):
    """A part of the work, in order."""

    UNDERSTANDING = "understanding"
    RETRIEVING = "retrieving"
    READING = "reading"
    CHECKING = "checking"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the answer that is still being worked out: verified, with its marks, and never taken back."""

    text: str


@dataclass(frozen=True, slots=True)
class Pulse:
    """Nothing new: the work waits for something outside, and whoever has left says so."""


Listener = Callable[[Step | Sentence | Pulse], None]
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def reached(step: Step) -> None:
    """Tell that a step begins; what the listener raises ends the work."""
    tracing.step(step.value)
    _tell(step)


def said(text: str) -> None:
    """Tell a verified sentence before the answer is whole; what the listener raises ends the work."""
    _tell(Sentence(text))


def pulse() -> None:
    """Ask whether the answer is still waited for; what the listener raises ends the work."""
    _tell(Pulse())


def _tell(event: Step | Sentence | Pulse) -> None:
    listener = _listener.get()
    if listener is not None:
        listener(event)


@contextlib.contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Tell ``listener`` the steps and sentences of what is answered within, in this thread."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)

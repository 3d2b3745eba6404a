"""Which step an answer has reached, told to whoever waits for it.

The one who waits is known to the thread that answers, not to the pipeline: nothing is passed from step to step.
"""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Callable, Iterator
from contextvars import ContextVar


class Step(enum.StrEnum):
    """A part of the work, in order."""

    UNDERSTANDING = "understanding"
    RETRIEVING = "retrieving"
    READING = "reading"
    CHECKING = "checking"


_listener: ContextVar[Callable[[Step], None] | None] = ContextVar("listener", default=None)


def reached(step: Step) -> None:
    """Tell that a step begins; what the listener raises ends the work."""
    listener = _listener.get()
    if listener is not None:
        listener(step)


@contextlib.contextmanager
def heard_by(listener: Callable[[Step], None]) -> Iterator[None]:
    """Tell ``listener`` the steps of what is answered within, in this thread."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)

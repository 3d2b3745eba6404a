"""What happens inside, counted by whoever subscribes: a name, an amount, and labels.

Nothing is kept here. ``observed`` is called in whatever thread the event happens in; a listener must be quick and must
not raise. Names and labels are in ``EVENTS``.
"""

from __future__ import annotations

from typing import Protocol

EVENTS: dict[str, tuple[str, ...]] = {
    "model_tokens": ("direction", "estimated"),  # tokens of one answer; direction in, out; estimated true, false
    "model_seconds": ("stage",),  # stage first_token, whole
    "model_faults": ("kind",),  # a request that failed; kind as in Fault
    "model_retries": ("kind",),
    "model_refused": (),  # requests not made while the circuit was open
    "sentences": ("verdict",),  # kept, removed
    "fallbacks": ("cause",),  # extractive answers in place of the model's; cause as in Fault, or unsupported
    "answer_cache": ("result",),  # hit, miss
}
"""The events there are, with the names of their labels."""


class Listener(Protocol):
    """Hears what happens."""

    def __call__(self, name: str, value: float, labels: dict[str, str]) -> None:
        """Take one event; must not raise."""


_listeners: tuple[Listener, ...] = ()


def subscribe(listener: Listener) -> None:
    """Tell ``listener`` everything from now on."""
    global _listeners  # noqa: PLW0603  # the one registry of the process
    _listeners = (*_listeners, listener)


def unsubscribe(listener: Listener) -> None:
    """Tell ``listener`` no more."""
    global _listeners  # noqa: PLW0603
    _listeners = tuple(known for known in _listeners if known != listener)  # a bound method is another object each time


def observed(name: str, value: float = 1.0, **labels: str) -> None:
    """Tell the listeners that something happened ``value`` times, or measured ``value``."""
    for listener in _listeners:
        listener(name, value, labels)

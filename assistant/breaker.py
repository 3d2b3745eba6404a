"""A circuit breaker: after failures in a row nobody asks for a while, then one tries first (Nygard, Release It!, 2007)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FAILURES = 5
"""Failures in a row after which the circuit opens."""
OPEN_SECONDS = 30.0
MOST_OPEN_SECONDS = 300.0


class Breaker:
    """Counts failures of one service; may be used by several threads."""

    def __init__(
        self,
        failures: int = FAILURES,
        seconds: float = OPEN_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._seconds, self._clock = failures, seconds, clock
        self._lock = threading.Lock()
        self._failures = 0
        self._until = 0.0
        self._is_tried = False

    def allows(self) -> bool:
        """Tell whether a request may be made; while the circuit is half open, one at a time."""
        with self._lock:
            if self._failures < self._most:
                return self._clock() >= self._until
            if self._clock() < self._until or self._is_tried:
                return False
            self._is_tried = True
            return True

    def succeeded(self) -> None:
        """Take a request that was answered."""
        with self._lock:
            self._failures, self._until, self._is_tried = 0, 0.0, False

    def failed(self, retry_after: float | None = None) -> bool:
        """Take a request that failed; tell whether the circuit opens by it. ``retry_after`` in seconds keeps it open longer."""
        with self._lock:
            self._failures += 1
            self._is_tried = False
            opens = self._failures >= self._most
            if opens or retry_after:
                wait = max(self._seconds if opens else 0.0, retry_after or 0.0)
                self._until = self._clock() + min(wait, MOST_OPEN_SECONDS)
            return opens

    def abandoned(self) -> None:
        """Take a request that was given up by whoever asked: it tells nothing."""
        with self._lock:
            self._is_tried = False

"""How far long work is: a bar on a terminal, plain lines elsewhere; always on standard error."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEPS = 10  # plain lines in a run of the usual length
_SECONDS = 10.0  # and one at least this often


class Advance(Protocol):
    """Says that some more units are done."""

    def __call__(self, count: int = 1, /) -> None:
        """Count on."""


@contextmanager
def shown(what: str, unit: str, total: int, done: int = 0, quiet: float = 0.0) -> Iterator[Advance]:
    """Show that ``done`` of ``total`` units are done; call the value after each further one, or after several with their number.

    Nothing is shown in the first ``quiet`` seconds.
    """
    if sys.stderr.isatty():
        from tqdm import tqdm  # noqa: PLC0415  only where there is a terminal

        with tqdm(total=total, initial=done, desc=what, unit=unit, delay=quiet, file=sys.stderr) as bar:

            def advance(count: int = 1, /) -> None:
                bar.update(count)

            yield advance
    else:
        yield _Lines(what, unit, total, done, quiet).advance


class _Lines:
    """A line at every tenth of the way, and whenever ten seconds have passed."""

    def __init__(self, what: str, unit: str, total: int, done: int, quiet: float) -> None:
        self.what, self.unit, self.quiet = what, unit, quiet
        self.total, self.done, self.first = total, done, done
        self.started = self.said = time.monotonic()
        self.stride = max(1, total // _STEPS)

    def advance(self, count: int = 1, /) -> None:
        before = self.done
        self.done += count
        at = time.monotonic()
        passed = self.done // self.stride > before // self.stride or self.done == self.total
        if not passed and at - self.said < _SECONDS:
            return
        if at - self.started < self.quiet:
            return
        self.said = at
        rate = (self.done - self.first) / max(at - self.started, 1e-9)
        left = (self.total - self.done) / rate
        told = f"{self.what} {self.done}/{self.total}，每秒 {rate:.1f} {self.unit}，约剩 {left:.0f} 秒"
        print(told, file=sys.stderr, flush=True)

"""How far long work is: a bar on a terminal, plain lines elsewhere; always on standard error."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_STEPS = 10  # plain lines in a run of the usual length
_SECONDS = 10.0  # and one at least this often


@contextmanager
def shown(what: str, unit: str, total: int, done: int = 0, quiet: float = 0.0) -> Iterator[Callable[[], None]]:
    """Show that ``done`` of ``total`` units are done; call the value after each further one.

    Nothing is shown in the first ``quiet`` seconds.
    """
    if sys.stderr.isatty():
        from tqdm import tqdm  # noqa: PLC0415  only where there is a terminal

        with tqdm(total=total, initial=done, desc=what, unit=unit, delay=quiet, file=sys.stderr) as bar:

            def advance() -> None:
                bar.update()

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

    def advance(self) -> None:
        self.done += 1
        at = time.monotonic()
        if self.done % self.stride and self.done != self.total and at - self.said < _SECONDS:
            return
        if at - self.started < self.quiet:
            return
        self.said = at
        rate = (self.done - self.first) / max(at - self.started, 1e-9)
        left = (self.total - self.done) / rate
        told = f"{self.what} {self.done}/{self.total}，每秒 {rate:.1f} {self.unit}，约剩 {left:.0f} 秒"
        print(told, file=sys.stderr, flush=True)

"""How far a run is: a bar on a terminal, plain lines elsewhere; always on standard error."""

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
def shown(total: int, done: int) -> Iterator[Callable[[], None]]:
    """Show that ``done`` of ``total`` cases have answers; call the value after each further one."""
    if sys.stderr.isatty():
        from tqdm import tqdm  # noqa: PLC0415  only where there is a terminal

        with tqdm(total=total, initial=done, desc="评测", unit="题", file=sys.stderr) as bar:

            def advance() -> None:
                bar.update()

            yield advance
    else:
        yield _Lines(total, done).advance


class _Lines:
    """A line at every tenth of the way, and whenever ten seconds have passed."""

    def __init__(self, total: int, done: int) -> None:
        self.total, self.done, self.first = total, done, done
        self.started = self.said = time.monotonic()
        self.stride = max(1, total // _STEPS)

    def advance(self) -> None:
        self.done += 1
        at = time.monotonic()
        if self.done % self.stride and self.done != self.total and at - self.said < _SECONDS:
            return
        self.said = at
        rate = (self.done - self.first) / max(at - self.started, 1e-9)
        left = (self.total - self.done) / rate
        print(f"评测 {self.done}/{self.total}，每秒 {rate:.1f} 题，约剩 {left:.0f} 秒", file=sys.stderr, flush=True)

"""How far a run is: a bar on a terminal, plain lines elsewhere, with rate, time left and running accuracy."""

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
    """Notes one more case."""

    def __call__(self, *, right: bool | None) -> None:
        """Note whether it was handled rightly; None where that cannot be judged."""


class Accuracy:
    """The share of the judged cases so far that were right."""

    def __init__(self, right: int = 0, judged: int = 0) -> None:
        self.right, self.judged = right, judged

    def note(self, *, right: bool | None) -> None:
        """Count one more case."""
        self.right += right is True
        self.judged += right is not None

    def __str__(self) -> str:
        return f"正确率 {self.right / self.judged:.1%}" if self.judged else "正确率 —"


@contextmanager
def shown(total: int, done: int, accuracy: Accuracy) -> Iterator[Advance]:
    """Show that ``done`` of ``total`` cases are done; call the value after each further one."""
    if not sys.stderr.isatty():
        yield _Lines(total, done, accuracy)
        return
    from tqdm import tqdm  # noqa: PLC0415  only where there is a terminal

    with tqdm(total=total, initial=done, desc="评测", unit="题", file=sys.stderr, dynamic_ncols=True) as bar:

        def advance(*, right: bool | None) -> None:
            accuracy.note(right=right)
            bar.set_postfix_str(str(accuracy), refresh=False)
            bar.update()

        yield advance


class _Lines:
    """A line at every tenth of the way, and whenever ten seconds have passed."""

    def __init__(self, total: int, done: int, accuracy: Accuracy) -> None:
        self.total, self.done, self.accuracy = total, done, accuracy
        self.first: int | None = None  # the clock runs from the first case on: what loads before it is no rate
        self.started = self.said = time.monotonic()
        self.stride = max(1, total // _STEPS)

    def __call__(self, *, right: bool | None) -> None:
        self.accuracy.note(right=right)
        self.done += 1
        at = time.monotonic()
        if self.first is None:
            self.first, self.started = self.done, at
        if self.done % self.stride and self.done != self.total and at - self.said < _SECONDS:
            return
        self.said = at
        rate = (self.done - self.first) / max(at - self.started, 1e-9)
        pace = f"每秒 {rate:.1f} 题，约剩 {(self.total - self.done) / rate:.0f} 秒，" if rate else ""
        print(f"评测 {self.done}/{self.total}，{pace}{self.accuracy}", file=sys.stderr, flush=True)

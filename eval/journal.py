"""Answers appended as they come, so that a killed run goes on where it was."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING, Self

from eval.answers import from_line
from eval.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class Journal:
    """The answers of a run so far, one line each, in the order in which they came.

    Only one process may hold a journal. A line that a kill cut short is dropped when the journal is opened, and of
    two lines for one case the first counts: each case is in it once or not at all. Only positions are kept in memory.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: dict[str, tuple[int, int]] = {}
        self._file = path.open("a+b")
        try:
            self._lock()
            self._scan()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __contains__(self, case_id: object) -> bool:
        return case_id in self._places

    def __len__(self) -> int:
        return len(self._places)

    def append(self, case_id: str, line: bytes) -> None:
        """Write a line and hand it to the operating system before returning: a kill of the process loses nothing."""
        if case_id in self._places:
            return
        start = self._file.seek(0, os.SEEK_END)
        self._file.write(line)
        self._file.flush()
        self._places[case_id] = (start, len(line))

    def lines(self, order: Iterable[str]) -> Iterator[bytes]:
        """Yield the lines of those cases that have one, in the given order."""
        for case_id in order:
            if case_id in self._places:
                start, length = self._places[case_id]
                self._file.seek(start)
                yield self._file.read(length)

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(f"另一个进程正在写 {self._path.parent}，请等它结束，或用 --out 换一个文件夹") from None

    def _scan(self) -> None:
        self._file.seek(0)
        start = 0
        for number, line in enumerate(self._file, start=1):
            if not line.endswith(b"\n"):
                self._file.truncate(start)
                break
            try:
                case_id = from_line(line).id
            except ValueError as error:
                raise RunError(
                    f"{self._path} 第 {number} 行已损坏（{error}），请删掉这一行再用 --resume 继续"
                ) from None
            self._places.setdefault(case_id, (start, len(line)))
            start += len(line)

"""Tables drawn in running text: rows of cells between bars (「| 工种 | 等级 | 标准 |」) or parted by tabs, below a row of names.

Text that was copied or saved as it stands keeps its tables in this form; ``knowledge.sources.grid`` makes lines of cells with
names of those that a format tells apart. Offsets are characters of the given text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from knowledge.sources import grid

_BAR = re.compile(r"\s*[|｜│┃]\s*")
_RULE = re.compile(r"[\s|｜│┃+:=—\-─━┼├┤┌┐└┘┬┴╋┣┫]{3,}")
_FEWEST_CELLS, _FEWEST_ROWS = 2, 2


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn table: the names of its columns, the line they stand on, and its rows as (start, end, cells)."""

    names: tuple[str, ...]
    head: tuple[int, int]
    rows: tuple[tuple[int, int, tuple[str, ...]], ...]
    above: str


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str
    cells: tuple[str, ...]
    is_ruled: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def drawn(text: str) -> Iterator[Drawn]:
    """Yield the tables drawn in a text; rows without a row of names above them are none."""
    run: list[_Line] = []
    above = last = ""
    for line in _lines(text):
        if line.cells and (not run or _goes_on(run[0], line)):
            above = above if run else last
            run.append(line)
            continue
        yield from _table(run, above)
        run = [line] if line.cells else []
        above = last
        last = line.text
    yield from _table(run, above)


def _lines(text: str) -> Iterator[_Line]:
    """Yield the lines with their cells; a rule belongs to the line above it, and a blank line ends a table."""
    rows = text.split("\n")
    starts = accumulate((len(row) + 1 for row in rows), initial=0)
    held: _Line | None = None
    for start, row in zip(starts, rows, strict=False):
        if row.strip() and _RULE.fullmatch(row):
            if held is not None:
                held = _Line(held.start, held.text, held.cells, is_ruled=True)
            continue
        if held is not None:
            yield held
        held = _Line(start, row, _cells(row))
    if held is not None:
        yield held


def _cells(row: str) -> tuple[str, ...]:
    """Return the cells of a line, none where it is no row of a table."""
    parts = _BAR.split(row) if len(_BAR.findall(row)) > 1 else row.strip("\n").split("\t")
    if len(parts) > 1 and _BAR.match(row) and not parts[0]:
        parts = parts[1:]
    if len(parts) > 1 and not parts[-1].strip():
        parts = parts[:-1]
    cells = tuple(part.strip() for part in parts)
    return cells if len(cells) >= _FEWEST_CELLS and any(cells) else ()


def _goes_on(head: _Line, line: _Line) -> bool:
    return len(line.cells) == len(head.cells)


def _table(run: Sequence[_Line], above: str) -> Iterator[Drawn]:
    if len(run) < _FEWEST_ROWS:
        return
    if not run[0].is_ruled and not grid.head([list(line.cells) for line in run]):
        return
    names = tuple(name or str(place + 1) for place, name in enumerate(run[0].cells))
    rows, before = [], run[0].cells
    for number, line in enumerate(run[1:]):
        cells = _filled(line.cells, before) if number else line.cells
        rows.append((line.start, line.end, cells))
        before = cells
    yield Drawn(names, (run[0].start, run[0].end), tuple(rows), above)


def _filled(cells: Sequence[str], above: Sequence[str]) -> tuple[str, ...]:
    """Fill the empty cells a row begins with from the row above: one cell drawn over several rows."""
    first = next((place for place, cell in enumerate(cells) if cell), 0)
    return (*above[:first], *cells[first:])

"""Tables in the text of a document: lines 「等级：高级技师；补贴标准：3000元」, as ``knowledge.sources.grid`` writes them, and drawn ones.

Read from the text alone, so that a table counts in whatever way it came in: a corpus may be written in that form too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from knowledge.drawn import drawn

_PART = re.compile(r"([^：；。！？\n]{1,40})：")


@dataclass(frozen=True, slots=True)
class Row:
    """A row: where it stands in its document, and its cells as (name of the column, value)."""

    start: int
    end: int
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that follow each other, and the line that stands above them.

    ``names`` is where a line of its own holds the names of the columns; None where each row has them.
    """

    rows: tuple[Row, ...]
    above: str
    names: tuple[int, int] | None = None


@lru_cache(maxsize=64)
def tables(text: str) -> tuple[Table, ...]:
    """Find the tables of a text: drawn ones, and two lines or more of cells with names, each with those of the one before."""
    return tuple(sorted((*_drawn(text), *_named(text)), key=lambda table: table.rows[0].start))


def _drawn(text: str) -> list[Table]:
    return [
        Table(
            tuple(
                Row(start, end, tuple((name, cell) for name, cell in zip(table.names, cells, strict=True) if cell))
                for start, end, cells in table.rows
            ),
            table.above,
            table.head,
        )
        for table in drawn(text)
    ]


def _named(text: str) -> list[Table]:
    lines = text.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    found: list[Table] = []
    run: list[Row] = []
    above = last = ""
    for start, line in zip(starts, [*lines, ""], strict=True):
        row = _row(line, start)
        if run and (row is None or not _alike(run[-1], row)):
            found += [Table(tuple(run), above)] if len(run) > 1 else []
            run = []
        if row is not None:
            above = above if run else last
            run.append(row)
        last = line
    return found


def _row(line: str, start: int) -> Row | None:
    """Read a line as cells; a 「；」 inside of a cell belongs to it."""
    cells: list[tuple[str, str]] = []
    for part in line.split("；"):
        named = _PART.match(part)
        if named:
            cells.append((named[1].strip(), part[named.end() :].strip()))
        elif cells:
            cells[-1] = cells[-1][0], f"{cells[-1][1]}；{part}"
        else:
            return None
    return Row(start, start + len(line), tuple(cells)) if len(cells) > 1 else None


def _alike(one: Row, other: Row) -> bool:
    """Tell whether two rows are of one table: they share two names or more, in one order."""
    second = [name for name, _ in other.cells]
    shared = [name for name, _ in one.cells if name in second]
    return len(shared) > 1 and shared == [name for name in second if name in shared]

"""Which row of a table has the most or the least of what a column tells: 「哪个工种补贴最高」.

Only numbers of one kind are compared; a column with a range or a word in it decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.match_cell import column_share, rows_named, tells
from assistant.understand import Query
from knowledge import words
from knowledge.document import Document
from knowledge.tables import Row, Table
from knowledge.values import ValueType, to_number, values

_MOST = re.compile(r"最(?P<most>高|多|长|大|贵|久)|最(?P<least>低|少|短|小|便宜|快)")
_WHICH = re.compile(r"哪|什么|啥|谁")
_PAID = re.compile(r"补|发|奖|领|给|钱|待遇")
_MOST_SHOWN = 3  # rows that share the first place; more of them say that the column tells nothing apart
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Most:
    """The rows with the most or least in a column, among the rows that were compared."""

    rows: tuple[Row, ...]
    column: str
    among: tuple[Row, ...]


def most(query: Query, document: Document, table: Table) -> Most | None:
    """Return the rows of a table that a question for the highest or lowest means; None where it does not decide."""
    asked = _MOST.search(query.text)
    if asked is None or not _WHICH.search(query.text):
        return None
    question = words.normal(query.text)
    named, _ = rows_named(question, table)
    among = [row for row in named or table.rows if tells(query, document, table, row)]
    column = _column(query, question, among)
    if column is None:
        return None
    numbers = {row: number for row in among if (number := _number(dict(row.cells).get(column, ""))) is not None}
    best = (max if asked["most"] else min)(numbers.values())
    first = [row for row, number in numbers.items() if number == best]
    return Most(tuple(first), column, tuple(among)) if len(first) <= _MOST_SHOWN else None


def _column(query: Query, question: str, rows: Sequence[Row]) -> str | None:
    """Return the column of numbers that a question compares."""
    names = list(dict.fromkeys(name for row in rows for name, _ in row.cells))
    numeric = [name for name in names if _is_compared([dict(row.cells).get(name, "") for row in rows])]
    scores = {name: column_share(query, question, name) for name in numeric}
    best = max(scores.values(), default=0.0)
    fitting = [name for name in numeric if scores[name] == best > 0]
    if not fitting and _PAID.search(question):
        fitting = [
            name for name in numeric if any(_types(dict(row.cells).get(name, "")) == {ValueType.MONEY} for row in rows)
        ]
    return fitting[0] if len(fitting) == 1 else None


def _is_compared(cells: Sequence[str]) -> bool:
    """Tell whether cells hold one number each, all of one kind."""
    told = [cell for cell in cells if cell]
    kinds = {tuple(sorted(_types(cell))) for cell in told}
    return len(told) >= _FEWEST and len(kinds) == 1 and all(_number(cell) is not None for cell in told)


def _types(cell: str) -> set[ValueType]:
    return {value.type for value in values(cell)}


def _number(cell: str) -> float | None:
    """Return the one number that a cell states; None for a range, a telephone number or words."""
    numerals = re.findall(r"\d[\d,.]*", cell)
    if len(numerals) != 1 or _types(cell) & {ValueType.PHONE, ValueType.DATE, ValueType.PLACE}:
        return None
    stated = [value.number for value in values(cell) if value.number is not None]
    return stated[0] if len(stated) == 1 else to_number(cell) if re.match(r"[\d¥￥]", cell) else None

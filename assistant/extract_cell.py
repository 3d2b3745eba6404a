"""Questions answered by a cell of a table: the row that the question names, in the column that it asks for.

A row is a line 「等级：高级技师；补贴标准：3000元」 among others with the same names, as ``knowledge.sources.grid`` writes the
tables of every format. It tells of what its own cells name and of nothing else: a row is no evidence for a question about
特级技师 because it has 技师 in it, nor one of 中级工 for a question that the row of 高级工 answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.draft import Draft, Statement
from assistant.evidence import Sentence, Unit
from assistant.extract_most import most
from assistant.kinds import Kind
from assistant.match_cell import columns_asked, cores, names_several, rows_named, tells
from assistant.understand import Query
from knowledge import words
from knowledge.document import Document
from knowledge.tables import Row, Table, tables

_MOST_ROWS = 12
_MOST_DOCUMENTS = 2
_FEWEST_COMPARED = 2  # rows of which the earlier or later is asked for
_ASKS_ALL = re.compile(r"各个?(?:等?级|类|种|档|项|工种|职业|区|县|地)|分别|不同|有哪[些几]")
_NO_CELL = {Kind.CHRONOLOGY, Kind.WHY, Kind.YES_NO}

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Found:
    """A table's rows that a question names, with the columns that it asks for; ``score`` in characters of the question.

    ``among`` are the rows they were chosen from by the number in a column.
    """

    document: Document
    table: Table
    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    score: int
    among: tuple[Row, ...] = ()


# ---- answering


def cell(query: Query, documents: Sequence[Document]) -> Draft | None:
    """Answer with the cells that a question names by row and by column; None where no table has both.

    ``documents`` are those of the retrieved passages, best first.
    """
    if query.kind in _NO_CELL or query.asks_others:
        return None
    found = [told for document in documents for told in _found(query, document)]
    if not found:
        return None
    best = max(told.score for told in found)
    chosen: dict[str, _Found] = {}
    for told in found:
        if told.score == best:
            chosen.setdefault(told.document.id, told)
    return _draft(query, list(chosen.values()))


def _found(query: Query, document: Document) -> Iterator[_Found]:
    question = words.normal(query.text)
    for table in tables(document.text):
        highest = most(query, document, table)
        if highest is not None:
            yield _Found(document, table, highest.rows, (highest.column,), len(question), highest.among)
            continue
        rows, score = rows_named(question, table)
        if not rows and _ASKS_ALL.search(question):
            rows = list(table.rows)
        together = rows if score and names_several(question) else ()
        rows = [row for row in rows if tells(query, document, table, row, together)]
        columns = columns_asked(query, question, rows) if 0 < len(rows) <= _MOST_ROWS else ()
        if query.kind is Kind.ORDER and len(rows) < _FEWEST_COMPARED:
            continue
        if columns:
            yield _Found(document, table, tuple(rows), columns, score)


# ---- what is said


def _draft(query: Query, found: Sequence[_Found]) -> Draft:
    """Say the cells, each with its row and its column; where two documents differ, both, the newer first."""
    said = {told.document.id: _statements(query, told) for told in found}
    first = found[0]
    others = [
        told
        for told in found[1:]
        if [one.text for one in said[told.document.id]] != [one.text for one in said[first.document.id]]
    ]
    if not others:
        return Draft(said[first.document.id])
    both = sorted([first, *others][:_MOST_DOCUMENTS], key=_date, reverse=True)
    ages = (
        ("较新的文件", "较早的文件")
        if _date(both[0]) != _date(both[1]) and _date(both[1])
        else ("一份文件", "另一份文件")
    )
    return Draft(
        tuple(
            replace(one, text=f"{age}：{one.text}")
            for age, told in zip(ages, both, strict=True)
            for one in said[told.document.id]
        )
    )


def _date(told: _Found) -> str:
    return told.document.published or told.document.written or ""


def _statements(query: Query, told: _Found) -> tuple[Statement, ...]:
    telling = _telling(told.among or told.rows, told.columns)
    question = words.normal(query.text)
    found = []
    for row in told.rows:
        asked = [(name, value) for name, value in row.cells if name in told.columns]
        head = [
            value for name, value in row.cells if name not in told.columns and (name in telling or _in(value, question))
        ]
        head = head or [next((value for name, value in row.cells if name not in told.columns and cores(value)), "")]
        text = f"{'、'.join(head)}：{'，'.join(f'{name} {value}' for name, value in asked)}"
        if asked:
            found.append(Statement(text, _cited(told, row), is_item=len(told.rows) > 1))
    return tuple(found)


def _in(value: str, question: str) -> bool:
    return any(core in question for core in cores(value))


def _telling(rows: Sequence[Row], columns: Sequence[str]) -> set[str]:
    """Return the first columns of words, left of which no other is needed, that tell the rows apart."""
    cells = [dict(row.cells) for row in rows]
    found: list[str] = []
    for name in dict.fromkeys(name for row in rows for name, _ in row.cells if name not in columns):
        told = {row.get(name, "") for row in cells}
        if len({tuple(row.get(other, "") for other in found) for row in cells}) == len(rows):
            break
        if len(told) > 1 and not all(re.match(r"[\d¥￥]", value) for value in told):
            found.append(name)
    return set(found)


def _cited(told: _Found, row: Row) -> tuple[Sentence, ...]:
    """Return a row as it is cited, behind the line of names where a line of its own holds them."""
    names = told.table.names
    spans = [(row.start, row.end)] if names is None else [names, (row.start, row.end)]
    return tuple(_sentence(told, span) for span in spans)


def _sentence(told: _Found, span: Span) -> Sentence:
    document = told.document
    text = document.text[slice(*span)]
    return Sentence(document.id, document.title, (), *span, text, told.table.above, 1.0)


# ---- what a row is no evidence for


def fitting(query: Query, units: Sequence[Unit], documents: Iterable[Document]) -> list[Unit]:
    """Return the units without those in rows that tell of something else than a question for a value asks for."""
    if query.wanted is None:
        return list(units)
    by_id = {document.id: document for document in documents}
    return [unit for unit in units if _fits(query, unit, by_id.get(unit.sentence.doc_id))]


def _fits(query: Query, unit: Unit, document: Document | None) -> bool:
    for table in tables(document.text) if document else ():
        if table.rows[0].start <= unit.start < table.rows[-1].end:
            best, _ = rows_named(words.normal(query.text), table)
            row = next((row for row in table.rows if row.start <= unit.start < row.end), None)
            return row is None or (
                document is not None and (not best or row in best) and tells(query, document, table, row)
            )
    return True

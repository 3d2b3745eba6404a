"""Questions answered by a cell of a table: the row that the question names, in the column that it asks for.

A row is a line 「等级：高级技师；补贴标准：3000元」 among others with the same names, as ``knowledge.sources.grid`` writes the
tables of every format. It tells of what its own cells name and of nothing else: a row is no evidence for a question about
特级技师 because it has 技师 in it, nor one of 中级工 for a question that the row of 高级工 answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate

from assistant.draft import Draft, Statement
from assistant.evidence import Sentence, Unit, match
from assistant.kinds import Kind
from assistant.understand import Query
from knowledge import words
from knowledge.document import Document
from knowledge.query import QueryTerm, query_terms
from knowledge.tables import Row, Table, tables
from knowledge.values import ValueType, values, years

_BRACKETS = re.compile(r"[（(]([^（）()]*)[)）]")
_LEAST_WEIGHT = 4.0  # nats, of a word of the question that a row must tell
_MOST_ROWS = 12
_MOST_DOCUMENTS = 2
_MODIFIERS = frozenset("a b n v m j".split())  # tags of what narrows the noun behind it: 特级、首席、见习
_ASKS_ALL = re.compile(r"各个?(?:等?级|类|种|档|项|工种|职业|区|县|地)|分别|不同|有哪[些几]")
_NO_CELL = {Kind.CHRONOLOGY, Kind.WHY, Kind.YES_NO, Kind.ORDER}

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Found:
    """A table's rows that a question names, with the columns that it asks for; ``score`` in characters of the question."""

    document: Document
    table: Table
    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    score: int


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
        rows, score = _rows(question, table)
        if not rows and _ASKS_ALL.search(question):
            rows = list(table.rows)
        rows = [row for row in rows if _tells(query, document, table, row)]
        columns = _columns(query, question, rows) if 0 < len(rows) <= _MOST_ROWS else ()
        if columns:
            yield _Found(document, table, tuple(rows), columns, score)


def _rows(question: str, table: Table) -> tuple[list[Row], int]:
    """Return the rows whose cells the question names best, and how much of it they are."""
    named = _named_in(question, {value for row in table.rows for _, value in row.cells})
    scores = [sum(len(core) for core in _cores_in(row, named)) for row in table.rows]
    best = max(scores, default=0)
    return [row for row, score in zip(table.rows, scores, strict=True) if score == best > 0], best


def _cores_in(row: Row, named: frozenset[str]) -> set[str]:
    return {core for _, value in row.cells for core in _cores(value) if core in named}


@lru_cache(maxsize=8192)
def _cores(value: str) -> tuple[str, ...]:
    """Return what a cell may be called by: the whole, without brackets, and what is in them."""
    whole = words.normal(value).strip()
    forms = {whole, _BRACKETS.sub("", words.normal(value)).strip(), *map(str.strip, _BRACKETS.findall(whole))}
    return tuple(form for form in forms if len(form) > 1 and not re.fullmatch(r"[\d.,%元人次\-]+", form))


def _named_in(question: str, cells: Iterable[str]) -> frozenset[str]:
    """Return what cells are called by that a question names, without what only stands inside of a longer name."""
    spans: dict[Span, str] = {}
    for core in {core for value in cells for core in _cores(value)}:
        place = question.find(core)
        while place >= 0:
            spans[place, place + len(core)] = core
            place = question.find(core, place + 1)
    longest = [
        (start, end)
        for start, end in spans
        if not any(a <= start and end <= b and (a, b) != (start, end) for a, b in spans)
    ]
    return frozenset(spans[span] for span in longest if _is_whole(question, span))


def _is_whole(question: str, span: Span) -> bool:
    """Tell whether a name in a question begins and ends where words do (not 高级工 in 高级工程师)."""
    edges = set(accumulate(map(len, words.tokens(question)), initial=0))
    return set(span) <= edges


def _tells(query: Query, document: Document, table: Table, row: Row) -> bool:
    """Tell whether a row, with what it stands under, has everything that a question is about."""
    told = document.text[row.start : row.end]
    context = f"{document.title}\n{table.above}\n{told}"
    around = words.normal(f"{context}\n{document.issuer or ''}")
    if any(match(_as_said(term), context) == 0 for term in query.terms if _counts(term)):
        return False
    if query.years and not set(query.years) & {*years(context), *years(document.published or "")}:
        return False
    return all(place in around for place in (*query.places, *query.unknown_places)) and all(
        word in around for word in _modifiers(words.normal(query.text), row)
    )


def _counts(term: QueryTerm) -> bool:
    """Tell whether a word of a question is one of its subjects, not a verb or what only chats."""
    is_verb = words.part_of_speech(term.word) == "v" and term.word not in words.policy_terms()
    return term.weight >= _LEAST_WEIGHT and not is_verb and term.word not in words.generic_words()


def _as_said(term: QueryTerm) -> QueryTerm:
    """Return a word with its synonyms but without what it may be a slip for: 特级技师 is a word, and is not 高级技师."""
    return replace(term, variants=_synonyms(term.word) if words.is_known(term.word) else term.variants)


@lru_cache(maxsize=8192)
def _synonyms(word: str) -> tuple[tuple[str, float], ...]:
    return next((term.variants for term in query_terms(word, parts=False) if term.word == word), ((word, 1.0),))


def _modifiers(question: str, row: Row) -> Iterator[str]:
    """Yield what stands right before the name of a row in a question and narrows it: 特级 of 特级技师."""
    tokens = words.tokens(question)
    ends = list(accumulate(map(len, tokens)))
    for _, value in row.cells:
        for core in _cores(value):
            place = question.find(core)
            if place > 0 and place in ends:
                before = tokens[ends.index(place)]
                tag = words.part_of_speech(before)
                if before not in words.stop_words() and len(before) > 1 and (tag[:1] in _MODIFIERS and tag != "v"):
                    yield before


# ---- the column


def _columns(query: Query, question: str, rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the columns that a question asks for, none where it is not clear that the table has them."""
    names = list(dict.fromkeys(name for row in rows for name, _ in row.cells))
    heads = {name for row in rows for name, value in row.cells if any(core in question for core in _cores(value))}
    free = [name for name in names if name not in heads]
    scores = {name: _asked(query, question, name) for name in free}
    typed = [name for name in free if _has_wanted(query, name, rows)]
    fitting = [name for name in free if scores[name] > 0 and (not query.wanted or name in typed)] or [
        name for name in free if scores[name] >= 1
    ]
    if fitting:
        best = max(scores[name] for name in fitting)
        return tuple(name for name in fitting if scores[name] == best)
    return tuple(typed) if query.wanted in _SHOWN_BY_TYPE and len(typed) == 1 else ()


# What a question asks for by its question word alone: 「能补多少钱」 names no column.
_SHOWN_BY_TYPE = {ValueType.MONEY, ValueType.PHONE, ValueType.DURATION, ValueType.SHARE, ValueType.PLACE}


def _asked(query: Query, question: str, name: str) -> float:
    """Return how much of a column's name a question has: 1 and more for all of it, by its words or as it stands."""
    forms = _cores(name)
    whole = [form for form in forms if form in question]
    if whole:
        return 1 + sum(map(len, whole)) / 100
    own = [word for form in forms[:1] for word in words.words(form) if word not in words.stop_words()]
    met = [word for word in own if any(word == told for term in query.terms for told, _ in term.variants)]
    told = sum(map(len, met)) / max(1, sum(map(len, own)))
    return told if told >= 0.5 else 0.0  # noqa: PLR2004


def _has_wanted(query: Query, name: str, rows: Sequence[Row]) -> bool:
    """Tell whether a column has values of the wanted type."""
    cells = [value for row in rows for column, value in row.cells if column == name]
    return any(value.type is query.wanted for told in cells for value in values(told))


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
    telling = _telling(told.rows, told.columns)
    question = words.normal(query.text)
    found = []
    for row in told.rows:
        asked = [(name, value) for name, value in row.cells if name in told.columns]
        head = [
            value for name, value in row.cells if name not in told.columns and (name in telling or _in(value, question))
        ]
        text = f"{'、'.join(head)}：{'，'.join(f'{name} {value}' for name, value in asked)}"
        if asked:
            found.append(Statement(text, (_sentence(told, row),), is_item=len(told.rows) > 1))
    return tuple(found)


def _in(value: str, question: str) -> bool:
    return any(core in question for core in _cores(value))


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


def _sentence(told: _Found, row: Row) -> Sentence:
    document = told.document
    text = document.text[row.start : row.end]
    return Sentence(document.id, document.title, (), row.start, row.end, text, told.table.above, 1.0)


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
            best, _ = _rows(words.normal(query.text), table)
            row = next((row for row in table.rows if row.start <= unit.start < row.end), None)
            return row is None or (
                document is not None and (not best or row in best) and _tells(query, document, table, row)
            )
    return True

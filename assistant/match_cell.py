"""The rows of a table that a question names, and the columns that it asks for.

A row tells of what its own cells name and of nothing else: a row is no evidence for a question about 特级技师 because it has
技师 in it, nor one of 中级工 for a question that the row of 高级工 answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate

from assistant.evidence import match
from assistant.kinds import QUESTION_WORD, Kind
from assistant.understand import Query, understand
from knowledge import words
from knowledge.document import Document
from knowledge.query import QueryTerm, query_terms
from knowledge.tables import Row, Table
from knowledge.values import ValueType, values, years

_BRACKETS = re.compile(r"[（(]([^（）()]*)[)）]")
_LEAST_WEIGHT = 4.0  # nats, of a word of the question that a row must tell
_MODIFIERS = frozenset("a b n v m j".split())  # tags of what narrows the noun behind it: 特级、首席、见习

_JOINS = re.compile(r"分别|还是|[和与跟及、]|以及|相比|对比")
_LEAST_NAMED = 0.5  # of the words that tell a row from the others

Span = tuple[int, int]


def rows_named(question: str, table: Table) -> tuple[list[Row], int]:
    """Return the rows whose cells the question names best, and how much of it they are, in characters.

    「初级工和中级工」 names two rows; 「场地租金」 names that of 创业场地租金补贴, where no other row has these words.
    """
    named = _named_in(question, {value for row in table.rows for _, value in row.cells})
    scores = [sum(len(core) for core in _cores_in(row, named)) for row in table.rows]
    best = max(scores, default=0)
    if not best:
        return _partly_named(question, table)
    if names_several(question):
        joined = _joined(table, named)
        if len(joined) > 1:
            return joined, best
    return [row for row, score in zip(table.rows, scores, strict=True) if score == best], best


def names_several(question: str) -> bool:
    """Tell whether a question may name several things side by side: 初级工和中级工."""
    return _JOINS.search(question) is not None


def _joined(table: Table, named: frozenset[str]) -> list[Row]:
    """Return the rows that have, in every column of which the question names a cell, one of those."""
    columns = {name for row in table.rows for name, value in row.cells if named & set(cores(value))}
    found = []
    for row in table.rows:
        cells = dict(row.cells)
        if all(named & set(cores(cells.get(name, ""))) for name in columns):
            found.append(row)
    return found


def _partly_named(question: str, table: Table) -> tuple[list[Row], int]:
    """Return the one row of whose name the question has most of the words that no other row's name has."""
    names = [_name(row) for row in table.rows]
    asked = set(words.tokens(question))
    shares: list[tuple[float, int, Row]] = []
    for row, name in zip(table.rows, names, strict=True):
        others = {word for other in names if other != name for word in words.words(other)}
        own = [word for word in words.words(name) if word not in others and word not in words.stop_words()]
        met = [word for word in own if len(word) > 1 and word in asked]
        if met:
            shares.append((sum(map(len, met)) / sum(map(len, own)), sum(map(len, met)), row))
    best = max(shares, key=lambda told: told[0], default=None)
    if best is None or best[0] < _LEAST_NAMED or sum(share[0] == best[0] for share in shares) > 1:
        return [], 0
    return [best[2]], best[1]


def _name(row: Row) -> str:
    """Return what a row is called by: its first cell that is no number."""
    return next((value for _, value in row.cells if cores(value)), "")


def _cores_in(row: Row, named: frozenset[str]) -> set[str]:
    return {core for _, value in row.cells for core in cores(value) if core in named}


@lru_cache(maxsize=8192)
def cores(value: str) -> tuple[str, ...]:
    """Return what a cell may be called by: the whole, without brackets, and what is in them."""
    whole = words.normal(value).strip()
    forms = {whole, _BRACKETS.sub("", words.normal(value)).strip(), *map(str.strip, _BRACKETS.findall(whole))}
    return tuple(form for form in forms if len(form) > 1 and not re.fullmatch(r"[\d.,%元人次\-]+", form))


def _named_in(question: str, cells: Iterable[str]) -> frozenset[str]:
    """Return what cells are called by that a question names, without what only stands inside of a longer name."""
    spans: dict[Span, str] = {}
    for core in {core for value in cells for core in cores(value)}:
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


def tells(query: Query, document: Document, table: Table, row: Row, named: Sequence[Row] = ()) -> bool:
    """Tell whether a row, with what it stands under and the others that are ``named``, has all that a question is about."""
    told = "\n".join(document.text[one.start : one.end] for one in {row, *named})
    names = document.text[slice(*table.names)] if table.names else ""
    context = f"{document.title}\n{table.above}\n{names}\n{told}"
    around = words.normal(f"{context}\n{document.issuer or ''}")
    asked = _asking(query.text)
    needed = [
        term for term in query.terms if _counts(term) and (term.word in asked or term.word in words.policy_terms())
    ]
    if any(match(_as_said(term), context) == 0 for term in needed):
        return False
    if query.years and not set(query.years) & {*years(context), *years(document.published or "")}:
        return False
    return all(place in around for place in (*query.places, *query.unknown_places)) and all(
        word in around for word in _modifiers(words.normal(query.text), row)
    )


def _asking(text: str) -> str:
    """Return the clauses of a question that ask; those before them only tell how things stand with who asks."""
    parts = [part for part in re.split(r"[，,；;。？?！!]", words.normal(text)) if part.strip()]
    asking = [part for part in parts if QUESTION_WORD.search(part)]
    return "\n".join(asking) if asking and parts[-1] in asking else "\n".join(parts)


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
        for core in cores(value):
            place = question.find(core)
            if place > 0 and place in ends:
                before = tokens[ends.index(place)]
                tag = words.part_of_speech(before)
                if before not in words.stop_words() and len(before) > 1 and (tag[:1] in _MODIFIERS and tag != "v"):
                    yield before


# ---- the column


def columns_asked(query: Query, question: str, rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the columns that a question asks for, none where it is not clear that the table has them.

    「每月补多少，最多补几个月」 asks for two.
    """
    asking = [part for part in re.split(r"[，,；;。？?]", query.text) if QUESTION_WORD.search(part)]
    if len(asking) < 2:  # noqa: PLR2004
        return _columns(query, question, rows)
    told = [_columns(understand(part), question, rows) for part in asking]
    return tuple(dict.fromkeys(name for names in told for name in names)) if all(told) else ()


def _columns(query: Query, question: str, rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the columns that a question for one thing asks for."""
    names = list(dict.fromkeys(name for row in rows for name, _ in row.cells))
    heads = {name for row in rows for name, value in row.cells if any(core in question for core in cores(value))}
    free = [name for name in names if name not in heads]
    scores = {name: column_share(query, question, name) for name in free}
    typed = [name for name in free if _has_wanted(query, name, rows)]
    fitting = [name for name in free if scores[name] > 0 and (not query.wanted or name in typed)] or [
        name for name in free if scores[name] >= 1
    ]
    if fitting:
        best = max(scores[name] for name in fitting)
        return tuple(name for name in fitting if scores[name] == best)
    if _ASKS_MOST.search(query.text) and len(typed) > 1:
        typed = [name for name in typed if _tells_most(name, rows)] or typed
    if query.wanted in _SHOWN_BY_TYPE and len(typed) == 1:
        return tuple(typed)
    called = [name for name in free if query.kind in _CALLED and _CALLED[query.kind].search(name)]
    return tuple(called) if len(called) == 1 else ()


# What a question asks for by its question word alone: 「能补多少钱」 names no column.
_SHOWN_BY_TYPE = frozenset(
    (ValueType.MONEY, ValueType.PHONE, ValueType.DURATION, ValueType.SHARE, ValueType.PLACE, ValueType.DATE)
)
_CALLED = {
    Kind.WHO: re.compile(r"(?:单位|部门|机构|机关|主体|人)$"),
    Kind.WHEN: re.compile(r"(?:时间|日期|期限|年份)$"),
    Kind.WHERE: re.compile(r"(?:地址|地点|窗口|位置|场所|网点)$"),
}


_ASKS_MOST = re.compile(r"最[多高大长]|封顶|上限|至多")
_MOST = re.compile(r"最[多高大长]|封顶|上限|不超过|限额")


def _tells_most(name: str, rows: Sequence[Row]) -> bool:
    """Tell whether a column says how much it may be at most, by its name or in every cell."""
    return _MOST.search(name) is not None or all(_MOST.search(dict(row.cells).get(name, "")) for row in rows)


def column_share(query: Query, question: str, name: str) -> float:
    """Return how much of a column's name a question has: 1 and more for all of it, by its words or as it stands."""
    forms = cores(name)
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

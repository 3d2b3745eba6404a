"""Ranked evidence -> a draft in the documents' own words: the value, the list or the clause that was asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.draft import NOT_TOLD, Draft, Statement
from assistant.evidence import Sentence, Unit, match
from assistant.lists import Listing, head, listings
from assistant.understand import Kind, Query
from knowledge.sentences import clauses
from knowledge.values import Value, ValueType, values, years

STATEMENT_CHARACTERS = 130
_NEAR_BEST = 0.82
_LABEL_CHARACTERS = 16
_LABEL_SHARE = 0.3
_STRONG_LABEL = 0.8
_CUE_CHARACTERS = 10
_LABEL_REACH = 0.35  # a list may be this much weaker evidence than the best, where its label fits fully
_CONTACTS = {ValueType.PLACE, ValueType.PHONE, ValueType.WEB, ValueType.EMAIL, ValueType.DOCUMENT_NUMBER}
_NUMBERS = {ValueType.COUNT, ValueType.MONEY, ValueType.SHARE, ValueType.DURATION, ValueType.AGE}
_NAMES_OF_UNITS = {"人次", "人", "名", "位"}


def extract(query: Query, units: Sequence[Unit]) -> Draft:
    """Return the answer that the best evidence gives to a question of this kind; NOT_TOLD where it gives none.

    ``units`` are the answerable ones, best first.
    """
    if not units:
        return NOT_TOLD
    corrected = _corrected_count(query, units)
    if corrected is not None:
        return corrected
    if query.wanted is not None:
        return _value(query, units)
    if query.asks_others and query.kind is not Kind.LIST:
        return NOT_TOLD
    if query.kind in {Kind.LIST, Kind.WHO, Kind.WHAT, Kind.STATEMENT, Kind.HOW}:
        listing = _list(query, units) if _is_plural(query) else None
        if listing is not None:
            return listing
    if query.kind is Kind.LIST and _asks_title(query):
        titles = _titles(units)
        if titles is not None:
            return titles
    return _statement(query, units[0])


def _near(units: Sequence[Unit]) -> list[Unit]:
    best = units[0].score
    return [unit for unit in units if unit.score >= _NEAR_BEST * best]


# --- values ------------------------------------------------------------------------------------------------------


def _value(query: Query, units: Sequence[Unit]) -> Draft:
    """Answer with a value of the wanted type that stands with the words of the question, and meets its years."""
    best: tuple[float, str, Unit] | None = None
    for unit in units:
        if not years_fit(query, unit.sentence):
            continue
        for text, own in _pieces_with(query, unit):
            score = unit.score + 0.5 * own
            if best is None or score > best[0]:
                best = (score, text, unit)
    if best is None:
        return NOT_TOLD
    return Draft((Statement(best[1], (best[2].sentence,)),))


def years_fit(query: Query, sentence: Sentence) -> bool:
    """Tell whether a sentence speaks of the years the question names; a sentence without a year fits none of them."""
    if not query.years:
        return True
    told = set(years(sentence.text))
    return set(query.years) <= told if len(query.years) > 1 or len(told) < 2 else _single(query.years[0], sentence.text)  # noqa: PLR2004


def _single(year: int, text: str) -> bool:
    """Tell whether a text names a year by itself, not only as an end of a span."""
    return re.search(rf"(?<![—–~～至到\d-]){year}年", text) is not None


def _pieces_with(query: Query, unit: Unit) -> list[tuple[str, float]]:
    """Return (text, match) of the pieces of a unit that hold a value of the wanted type, with what it is a value of."""
    found = []
    stated = [value for value in values(unit.text) if _is_wanted(query, value)]
    label_start = 0
    for value in stated:
        start, end = _piece_around(unit.text, value)
        piece = unit.text[start:end]
        if query.wanted in _CONTACTS:
            piece, label_start = unit.text[label_start : value.end], value.end
        own = _own(query, piece)
        if query.wanted is ValueType.DATE or query.wanted in _CONTACTS:
            found.append((value.text, own))
        elif own > 0 or len(stated) == 1:
            found.append((_told(piece), own))
    return found


def _is_wanted(query: Query, value: Value) -> bool:
    if query.wanted is ValueType.COUNT and not query.units:
        return value.type in _NUMBERS
    if value.type is not query.wanted:
        return False
    if query.wanted is not ValueType.COUNT:
        return True
    if value.unit in query.units:
        return True
    return not value.unit and any(word in value.noun or value.noun.startswith(word) for word in query.focus)


def _piece_around(text: str, value: Value) -> tuple[int, int]:
    """Return the stretch between list and clause marks that holds a value."""
    for start, end in clauses(text, "，,；;。：:、"):
        if start <= value.start < end:
            return start, end
    return value.start, value.end


def _own(query: Query, text: str) -> float:
    total = sum(term.weight for term in query.terms)
    return sum(term.weight * match(term, text) for term in query.terms) / total if total else 0.0


# --- a number that the question takes for granted ----------------------------------------------------------------


def _corrected_count(query: Query, units: Sequence[Unit]) -> Draft | None:
    """Correct a number of the question where the evidence states another for the same thing."""
    for premise in () if query.asks_others else query.premises:
        if premise.type is not ValueType.COUNT or premise.number is None or premise.text.startswith("一"):
            continue
        noun = premise.noun
        for unit in _near(units):
            stated = [value for value in values(unit.sentence.text) if value.type is ValueType.COUNT]
            same = [value for value in stated if _same_thing(premise, noun, value)]
            if not same or any(value.number == premise.number for value in same):
                if same:
                    break
                continue
            value = max(same, key=lambda value: _own(query, _around(unit.sentence.text, value)))
            return _correction(premise, value, unit)
    return None


def _around(text: str, value: Value) -> str:
    start, end = _piece_around(text, value)
    return text[start:end]


def _same_thing(premise: Value, noun: str, value: Value) -> bool:
    if premise.unit == value.unit and premise.unit in _NAMES_OF_UNITS:
        return True
    return (
        bool(noun)
        and bool(value.noun)
        and (premise.unit == value.unit or not value.unit)
        and noun[:2] == value.noun[:2]
    )


def _correction(premise: Value, value: Value, unit: Unit) -> Draft:
    stated = value.text + (premise.noun[:2] if value.unit and premise.unit not in _NAMES_OF_UNITS else "")
    first = Statement(f"文件记载为{stated}，不是{premise.text}", (unit.sentence,), repeats=(premise.text,))
    for listing in listings(unit.sentence.text):
        if len(listing.items) == value.number:
            return Draft((first, *_items(listing, unit.sentence)))
    return Draft((first,))


# --- lists -------------------------------------------------------------------------------------------------------


def _list(query: Query, units: Sequence[Unit]) -> Draft | None:
    """Answer with the list whose label (the words round it) is what the question asks for."""
    count = next((int(value.number) for value in query.premises if value.number and value.type is ValueType.COUNT), 0)
    if query.kind is not Kind.LIST and not count:
        return None
    best: tuple[float, Listing, Unit] | None = None
    for unit in units:
        for listing in listings(unit.sentence.text):
            label = _label_match(query, listing, count) if _touches(listing, unit) else 0.0
            around = re.split(r"[，,；;。]", listing.before)[-1] + "、".join(listing.items) + listing.after
            score = unit.score + _LABEL_SHARE * (label + _own(query, around))
            if (
                label > 0
                and unit.score >= (1 - _LABEL_REACH * label) * units[0].score
                and (best is None or score > best[0])
            ):
                best = (score, listing, unit)
    if best is None:
        return None
    _, listing, unit = best
    items = _items(listing, unit.sentence)
    if query.asks_others:
        items = [item for item in items if item.text not in query.text]
    return Draft(tuple(items), lead="包括") if items else NOT_TOLD


def _touches(listing: Listing, unit: Unit) -> bool:
    """Tell whether a list lies in a unit; one of chained parts begins in it."""
    if unit.has_parts and not listing.chained:
        return False  # it belongs to the part it stands in
    start = unit.start - unit.sentence.start
    end = start + len(unit.text)
    return start <= listing.start < end if listing.chained else start <= listing.start and listing.end <= end


def _label_match(query: Query, listing: Listing, count: int) -> float:
    """Return how well the words round a list name what the question asks for (0..1)."""
    if any(len(item) > 1 and item in query.text for item in listing.items) and not query.asks_others:
        return 0.0  # what the question says already is no answer to it
    if count:
        named = any(_has(query, noun, listing.before[-_LABEL_CHARACTERS:] + listing.after) for noun in _nouns(query))
        return (0.6 + 0.4 * named) if len(listing.items) == count and (named or listing.chained) else 0.0
    label = max((_named(query, noun, listing) for noun in query.focus), default=0.0)
    cued = bool(query.cue) and _has(query, query.cue, re.split(r"[，,；;。]", listing.before)[-1][-_CUE_CHARACTERS:])
    if listing.chained:
        return label if label >= _STRONG_LABEL else 0.0
    return min(1.0, label + 0.3 * cued) if label else 0.5 * cued


def _nouns(query: Query) -> tuple[str, ...]:
    return query.focus or tuple(term.word for term in query.terms)


def _named(query: Query, noun: str, listing: Listing) -> float:
    """Return how surely a noun names the kind of thing that the items of a list are."""
    if len(noun) < 2:  # noqa: PLR2004
        return 0.0
    if not listing.chained and all(_ends_like(item, noun) for item in listing.items):
        return 0.9
    after = re.sub(r"^(?:等|的|为|作为|各类|这|主要|多种|几)+", "", re.split(r"[，,；;。、]", listing.after)[0])
    before = re.sub(r"(?:主要|分别)?(?:包括|包含|有|是|为|即|如下|分为)?[:：，,]?$", "", listing.before)
    best = 0.0
    for word in _variants(query, noun):
        share = 1.0 if word == noun else 0.7
        if after.startswith(word) or after.endswith(word):
            best = max(best, 0.9 * share)
        elif before.endswith(word):
            best = max(best, 0.8 * share)
    return best


def _variants(query: Query, noun: str) -> list[str]:
    """Return a noun of the question and what else the documents may call it."""
    return [noun, *(word for term in query.terms if noun in term.word for word, _ in term.variants)]


def _has(query: Query, noun: str, text: str) -> bool:
    return len(noun) > 1 and any(word in text for word in _variants(query, noun))


def _ends_like(item: str, noun: str) -> bool:
    return item.endswith(noun) and len(item) > len(noun)


def _items(listing: Listing, sentence: Sentence) -> list[Statement]:
    texts = [head(item) if listing.chained and len(item) > 40 else item for item in listing.items]  # noqa: PLR2004
    return [Statement(_told(text), (sentence,), is_item=True) for text in texts]


def _is_plural(query: Query) -> bool:
    """Tell whether several things are asked for: 哪种属性 asks for one, 哪几种属性 for several."""
    return (
        re.search(r"哪一?(?:[种类项支只个份]|方面)(?![\u4e00-\u9fff]*哪)", query.text) is None
        or re.search(r"哪[些几]|分别", query.text) is not None
    )


_TITLE_ASKED = re.compile(
    r"(?:什么|哪[些个份部项]?|哪一[份个部项])(?:[\u4e00-\u9fff]{0,6})(?:文件|意见|方案|规划|通知|办法)"
)


def _asks_title(query: Query) -> bool:
    return _TITLE_ASKED.search(query.text) is not None


def _titles(units: Sequence[Unit]) -> Draft | None:
    for unit in _near(units):
        found = [value.text for value in values(unit.text) if value.type is ValueType.TITLE]
        if len(found) == 1:
            return Draft((Statement(found[0], (unit.sentence,)),))
        if found:
            return Draft(tuple(Statement(title, (unit.sentence,), is_item=True) for title in found), lead="包括")
    return None


# --- clauses -----------------------------------------------------------------------------------------------------


def _statement(query: Query, unit: Unit) -> Draft:
    """Answer with the evidence itself, cut to the clauses that matter where it is long."""
    text = window(query, unit.text)
    statement = Statement(_told(text), (unit.sentence,))
    if query.asks_yes_no and query.kind is Kind.YES_NO:
        statement = _yes(query, unit, statement)
    return Draft((statement,))


_YES_COVERAGE = 0.72


def _yes(query: Query, unit: Unit, statement: Statement) -> Statement:
    """Say 是的 where the evidence has nearly all the question says; otherwise let it speak for itself."""
    negative = re.search(r"不得|不予|不能|不属于|不包括|除外|禁止|严禁|不再|不享受", unit.text)
    if (
        unit.coverage < _YES_COVERAGE
        or negative
        or re.search(
            r"不(?!同|断|仅)|没有(?!吗)",
            re.sub(r"有没有|是不是|能不能|在不在|给不给|管不管|算不算|不[?？]?$", "", query.text),
        )
    ):
        return statement
    return replace(statement, text=f"是的，{statement.text}")


def window(query: Query, text: str, limit: int = STATEMENT_CHARACTERS) -> str:
    """Return the whole text where it is short, else the run of clauses within the limit that matches best."""
    if len(text) <= limit:
        return text
    parts = clauses(text)
    weights = [_own(query, text[start:end]) for start, end in parts]
    best = (-1.0, 0, 0)
    for first in range(len(parts)):
        total = 0.0
        for last in range(first, len(parts)):
            if parts[last][1] - parts[first][0] > limit:
                break
            total += weights[last] - 0.005
            best = max(best, (total, -first, last))
    first, last = -best[1], best[2]
    return text[parts[first][0] : parts[last][1]]


def _told(text: str) -> str:
    """Return evidence as it is shown: without the punctuation it ends in and the number it begins with."""
    text = re.sub(r"^\s*(?:[（(][一二三四五六七八九十\d]+[)）]|[一二三四五六七八九十\d]+[、.．])\s*", "", text.strip())
    return text.strip(" 　，,；;。：:、\n")

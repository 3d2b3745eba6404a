"""What a question takes for granted and has wrong -> what the evidence tells instead: counts, dates, amounts, shares, how often."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant import frequency
from assistant.constraints import is_ranged
from assistant.draft import Draft, Statement
from assistant.evidence import Unit, near_best, own_match
from assistant.extract_list import items
from assistant.kinds import Kind
from assistant.limits import measured
from assistant.lists import listings
from assistant.meant import is_earlier, piece_around
from assistant.understand import Query
from knowledge.values import Value, ValueType, values

_LABEL = 14  # characters between a count and the list it counts
_NEARLY, _SAME_COUNTED = 0.82, 0.5
_PREMISES = {ValueType.DATE, ValueType.DURATION}
_OPEN = {"即日起"}
_ASSERTED = 0.75  # of the question, for evidence of the same
_BY_WORDS = 0.4  # of the question, by the value itself
_IS_SAID = re.compile(r"对[吗吧么不]|是[吗吧么]|是不是|没错|吧[?？。]*$")
_SHORTEST_LABEL = 2  # characters
_CASE = re.compile(r"[^，,。？?]{0,3}?(?:要|需|能|可|还|会|用)(?!求)")
_FULL_DATE = 9  # characters of 2024年7月1日
_NAMES_OF_UNITS = {"人次", "人", "名", "位"}


def corrected_count(query: Query, units: Sequence[Unit]) -> Draft | None:
    """Correct a number of the question where the evidence states another for the same thing."""
    for premise in () if query.asks_others else query.premises:
        if premise.type is not ValueType.COUNT or premise.number is None or premise.text.startswith("一"):
            continue
        noun = premise.noun
        for unit in units:
            if unit.score < _SAME_COUNTED * units[0].score:
                break
            stated = [
                value
                for value in values(unit.sentence.text)
                if value.type is ValueType.COUNT and not is_ranged(unit.sentence.text, value)
            ]
            same = [value for value in stated if _same_thing(premise, noun, value)]
            if unit.score < _NEARLY * units[0].score:  # of weaker evidence only what counts the very same: 三类培训
                same = [value for value in same if value.unit == premise.unit and noun[:2] == value.noun[:2]]
            if not same or any(value.number == premise.number for value in same):
                if same:
                    break
                continue
            value = max(same, key=lambda value: own_match(query.terms, _around(unit.sentence.text, value)))
            return _correction(premise, value, unit)
    return None


def corrected_premise(query: Query, units: Sequence[Unit]) -> tuple[Statement, ...]:
    """Correct a date or a duration that a question takes for granted, where the evidence tells another of the same.

    The same is meant where the words right before the two values are the same (「培训了60天」, 「培训45天」).
    """
    often = frequency.corrected(query, units)
    if often:
        return often
    stated = [value for value in values(query.text) if value.type in _PREMISES and value.text not in _OPEN]
    for premise in stated:
        for unit in near_best(units):
            text = unit.sentence.text
            rivals = [value for value in values(text) if _is_rival(query.text, premise, text, value)]
            rivals = [value for value in rivals if not is_ranged(text, value)]
            if any(value.text == premise.text for value in rivals):
                break
            if len({value.text for value in rivals}) == 1:
                told = f"文件记载为{rivals[0].text}，不是{premise.text}"
                return (Statement(told, (unit.sentence,), repeats=(premise.text,)),)
    return _asserted(query, units)


def _asserted(query: Query, units: Sequence[Unit]) -> tuple[Statement, ...]:
    """Correct an amount, a share, an age or a time that a yes/no question asserts, where the same words stand with another.

    The same is what covers nearly all that is asked; of several values in a sentence the one with most of its words by it.
    """
    if query.kind is not Kind.YES_NO:
        return ()
    for premise in values(query.text):
        dimension = measured(premise)
        is_rule = premise.type in {ValueType.MONEY, ValueType.SHARE} or _IS_SAID.search(query.text) is not None
        if dimension is None or premise.type is ValueType.COUNT or not is_rule or _is_case(query.text, premise):
            continue
        for unit in near_best(units):
            text = unit.sentence.text
            if unit.coverage < _ASSERTED:
                continue
            told = [(value, kind) for value in values(text) for kind in [measured(value)] if kind is not None]
            same = [
                (value, kind[1]) for value, kind in told if kind[0] == dimension[0] and not _is_no_fact(text, value)
            ]
            if not same:
                continue
            value, number = max(same, key=lambda pair: own_match(query.terms, _around(text, pair[0])))
            best = own_match(query.terms, _around(text, value))
            as_said = [own_match(query.terms, _around(text, other)) for other, kind in told if kind == dimension]
            is_it = best >= _BY_WORDS or _is_labelled(query.text, text, value)
            if number == dimension[1] or not is_it or best <= max(as_said, default=0.0):
                break
            said = f"文件记载为{value.text}，不是{premise.text}"
            return (Statement(said, (unit.sentence,), repeats=(premise.text,)),)
    return ()


def _is_case(question: str, premise: Value) -> bool:
    """Tell whether a number is what somebody has or wants, of which something else is asked: 贷款20万要担保人吗."""
    return _IS_SAID.search(question) is None and _CASE.match(question, premise.end) is not None


def _is_labelled(question: str, text: str, value: Value) -> bool:
    """Tell whether all that stands before a value in its piece is in the question: 初级工（五级）1000元."""
    start, _ = piece_around(text, value)
    label = re.sub(r"[（(][^（）()]*[）)]", "", text[start : value.start]).strip()
    return len(label) >= _SHORTEST_LABEL and label in question


def _is_no_fact(text: str, value: Value) -> bool:
    return is_ranged(text, value) or is_earlier(text, value)


def _is_rival(question: str, premise: Value, text: str, value: Value) -> bool:
    if value.type is not premise.type or value.unit != premise.unit:
        return False
    if premise.type is ValueType.DATE and len(premise.text) < _FULL_DATE:
        return False
    if premise.type is ValueType.DATE:
        after, told = question[premise.end :].strip("起的"), text[value.end :].strip("起的")
        return bool(after[:2]) and after[:2] == told[:2]
    before, told = question[: premise.start].rstrip("了"), text[: value.start].rstrip("了")
    return bool(before[-2:]) and before[-2:] == told[-2:]


def _around(text: str, value: Value) -> str:
    start, end = piece_around(text, value)
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
    counted = [listing for listing in listings(unit.sentence.text) if len(listing.items) == value.number]
    if not counted:
        return Draft((first,))
    best = max(counted, key=lambda listing: (value.text in listing.before[-_LABEL:], listing.chained))
    return Draft((first, *items(best, unit.sentence)))

"""What a question says of time and order, and whether evidence meets it: years, open periods, 第五期, and numbers in ranges.

「2016年」 asks for what is told of 2016, 「2018年以来」 for 2018 and later, 「第五期」 for the fifth and no other; and who has paid for 6 years is
spoken of by 「满5年不足10年」.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.evidence import Unit
from assistant.kinds import Kind
from assistant.understand import Query
from knowledge import words
from knowledge.sentences import clauses
from knowledge.values import Value, ValueType, to_number, values, years

_ORDINAL = re.compile(r"第([一二三四五六七八九十百\d]{1,4})(期|批|届|次|轮|季度|阶段|章|条|款|版)")
_TIMED = {Kind.LIST, Kind.STATEMENT, Kind.WHAT, Kind.HOW, Kind.WHO, Kind.YES_NO}
_OF_A_YEAR = {ValueType.COUNT, ValueType.MONEY, ValueType.SHARE}
_RANGED = {ValueType.DURATION, ValueType.AGE, ValueType.COUNT, ValueType.MONEY}
_RANGE = re.compile(
    r"(?P<least>不满|未满|不足|少于|低于|满|超过|达到?|大于|高于)?\s*(?P<number>\d+(?:\.\d+)?|[一二三四五六七八九十百两]+)\s*(?P<unit>个月|年|岁|周岁|人|天|个工作日|万元|元)"
    r"(?:（含）|\(含\))?(?P<edge>以上|及以上|以下|及以下|以内)?"
)
_LEAST = frozenset(("满", "超过", "达", "达到", "大于", "高于"))
_BELOW = frozenset(("不满", "未满", "不足", "少于", "低于"))


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers from ``low`` on and below ``high``, of one unit."""

    low: float
    high: float
    unit: str

    def holds(self, number: float) -> bool:
        """Tell whether a number lies in it."""
        return self.low <= number < self.high


def meets(query: Query, unit: Unit) -> bool:
    """Tell whether evidence is of the years and of the place in a row that a question names."""
    sentence = unit.sentence
    around = "\n".join((sentence.title, *sentence.headings, sentence.about, sentence.before, sentence.text))
    asked = _ordinals(query.text)
    if asked and query.kind is not Kind.YES_NO and not asked <= _ordinals(around):
        return False
    told_here = years(words.normal(unit.text)) if query.years else ()
    if told_here and (query.wanted in _OF_A_YEAR or query.kind is Kind.STATEMENT):
        return (all if unit.has_parts else any)(query.fits(year) for year in told_here)
    if not query.years or query.wanted is not None or query.kind not in _TIMED:
        return True
    told = {*years(words.normal(around)), *years(f"{(sentence.published or '')[:4]}年")}
    return any(query.fits(year) for year in told)


def _ordinals(text: str) -> set[tuple[float, str]]:
    return {(to_number(match[1]) or 0.0, match[2]) for match in _ORDINAL.finditer(text)}


def has_stated(query: Query, text: str) -> bool:
    """Tell whether a text has every number, date and title that the question states; so it does where it states none."""
    told = _in_days(words.normal(text))
    return all(_in_days(words.normal(value.text.strip("《》"))) in told for value in values(query.text))


def _in_days(text: str) -> str:
    return re.sub(r"(\d)\s*天", r"\1日", text)


def ranged(query: Query, unit: Unit) -> str | None:
    """Return the part of a sentence that speaks of a number like the one the question states; None where none does.

    Only where the parts differ in the range they speak of: 「满1年不足5年的…；满5年的…」.
    """
    parts = [unit.sentence.text[start:end] for start, end in clauses(unit.sentence.text, "；;")]
    for premise in values(query.text):
        if premise.type not in _RANGED or premise.number is None:
            continue
        fitting = [part for part in parts if any(_holds(interval, premise) for interval in intervals(part))]
        if len(parts) > 1 and len(fitting) == 1:
            return fitting[0]
    return None


def _holds(interval: Interval, premise: Value) -> bool:
    return interval.unit == premise.unit and premise.number is not None and interval.holds(premise.number)


def is_ranged(text: str, value: Value) -> bool:
    """Tell whether a value is the edge of a range, which other values fit too, rather than a fact of its own."""
    return any(
        match.start() <= value.start < match.end() and (match["least"] or match["edge"])
        for match in _RANGE.finditer(text)
    )


def intervals(text: str) -> list[Interval]:
    """Return the ranges a text speaks of: 满5年不足10年, 10年以上, 不满18岁."""
    found: list[Interval] = []
    edges: Sequence[re.Match[str]] = list(_RANGE.finditer(text))
    skip = -1
    for place, match in enumerate(edges):
        if place == skip:
            continue
        following = edges[place + 1] if place + 1 < len(edges) else None
        low, high = _edge(match)
        if following is not None and following.start() - match.end() <= 2 and following["unit"] == match["unit"]:  # noqa: PLR2004
            other_low, other_high = _edge(following)
            low, high = max(low, other_low), min(high, other_high)
            skip = place + 1
        if (low, high) != (0.0, float("inf")):
            found.append(Interval(low, high, match["unit"]))
    return found


def _edge(match: re.Match[str]) -> tuple[float, float]:
    number = to_number(match["number"]) or 0.0
    if match["least"] in _BELOW:
        return 0.0, number
    if match["edge"] in {"以下", "以内", "及以下"}:
        return 0.0, number + 1e-9
    if match["least"] in _LEAST or match["edge"] in {"以上", "及以上"}:
        return number, float("inf")
    return 0.0, float("inf")

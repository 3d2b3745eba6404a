"""How often something is done: 每两年评选一次, 按季度发放, 一次性; asked for (「多久评一次」) and taken for granted (「每月发一次吗」)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.draft import Draft, Statement, as_shown
from assistant.evidence import Unit, own_match
from assistant.understand import Query
from knowledge.sentences import clauses
from knowledge.values import to_number

_MONTHS = {
    "天": 1 / 30,
    "日": 1 / 30,
    "周": 0.25,
    "星期": 0.25,
    "月": 1.0,
    "季": 3.0,
    "半年": 6.0,
    "学期": 6.0,
    "年": 12.0,
}
_UNIT = r"半年|学期|季|年|月|周|星期|天|日"
_DONE = "一次|1次|发|评|拨|报|考核|开展|组织|公布|申|核|结算|支付|返还|检查|调整|举办|举行|召开|认定"
_OFTEN = re.compile(
    rf"每(?P<many>[一二两三四五六七八九十\d]{{0,2}})个?(?P<unit>{_UNIT})度?(?=[^，,。；;、\d]{{0,6}}(?:{_DONE}))"
    rf"|(?:按|逐)(?P<by>{_UNIT})度?(?=发|拨|支付|申|结算|核|计发|考核|缴|给)"
    rf"|(?P<each>[一二两三四五六七八九十\d]{{0,2}})个?(?P<span>{_UNIT})度?[评发报考核拨开展组织申请办]{{0,3}}(?:一次|1次)"
    r"|(?P<once>一次性)(?=发|拨|支付|给予|奖|补|领)"
)
_ASKED = re.compile(
    r"(?:多久|多长时间|隔多久|几(?:个?月|年|天|周|个季度))[^，,。？?]{0,8}一[次回趟遍轮]|频率|频次|按(?:什么|啥)(?:周期|时间)?发|按[年月季][^，,。？?]{0,6}还是按"
)
_REPLACED = re.compile(r"[^，,。；;]{0,8}(?:修改|调整|改|变更)为")
_TAKEN = re.compile(r"一次|1次|按|逐|一次性")
_LEAST = 0.3  # of the question
_NEAR_BEST = 0.6  # of what the best evidence covers


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often: the months between two times, 0 for once and for all; where a text says so."""

    months: float
    start: int
    end: int


def frequencies(text: str) -> list[Frequency]:
    """Return how often a text says that something is done, in order."""
    found = []
    for match in _OFTEN.finditer(text):
        if match["once"]:
            months = 0.0
        else:
            unit = match["unit"] or match["by"] or match["span"]
            months = (to_number(match["many"] or match["each"] or "一") or 1.0) * _MONTHS[unit]
        found.append(Frequency(months, match.start(), match.end()))
    return found


def is_asked(query: Query) -> bool:
    """Tell whether it is asked how often something is done."""
    return _ASKED.search(query.text) is not None


def told(query: Query, units: Sequence[Unit]) -> Draft | None:
    """Answer how often something is done with the clause that says so; None where none does."""
    best = _best(query, units)
    if best is None:
        return None
    unit, often = best
    clause = _clause(unit.text, often.start)
    return Draft((Statement(as_shown(clause), (unit.sentence,)),))


def corrected(query: Query, units: Sequence[Unit]) -> tuple[Statement, ...]:
    """Correct how often a question takes something to be done, where the evidence tells otherwise."""
    taken = frequencies(query.text) if _TAKEN.search(query.text) and not is_asked(query) else []
    best = _best(query, units) if len(taken) == 1 and taken[0].months else None
    if best is None:
        return ()
    unit, often = best
    if any(other.months == taken[0].months for other in frequencies(unit.sentence.text)):
        return ()
    asked = query.text[taken[0].start : taken[0].end]
    said = f"文件记载为{unit.text[often.start : often.end]}，不是{asked}"
    return (Statement(said, (unit.sentence,), repeats=(asked,)),)


def _best(query: Query, units: Sequence[Unit]) -> tuple[Unit, Frequency] | None:
    """Return the place that says how often what is asked about is done, and has most of its words, those for how often aside."""
    said = "".join(query.text[often.start : often.end] for often in frequencies(query.text))
    terms = [term for term in query.terms if term.word not in said]
    found = [
        (own + 0.5 * unit.score, unit, often)
        for unit in units
        if not unit.sentence.is_heading and unit.coverage >= max(_LEAST, _NEAR_BEST * units[0].coverage)
        for own in [own_match(terms, f"{unit.sentence.under}{unit.text}")]
        for often in frequencies(unit.text)
        if not _REPLACED.match(unit.text, often.end)
        if often.months > 0 and own >= _LEAST
    ]
    best = max(found, key=lambda scored: scored[0], default=None)
    return None if best is None else (best[1], best[2])


def _clause(text: str, place: int) -> str:
    return next((text[start:end] for start, end in clauses(text) if start <= place < end), text)

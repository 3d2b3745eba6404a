"""Limits that a text sets to numbers and days: 满12个月, 不超过20万元, 16周岁以上35周岁以下, 每年9月30日前, 周一至周五.

Numbers of one dimension can be compared whatever their unit: years, months and days become days, 万元 are 元. Working days
and class hours are dimensions of their own. Days without a year are days of any year.
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.values import Value, ValueType, to_number, values

_DAYS = {"年": 365.25, "个月": 365.25 / 12, "天": 1.0, "日": 1.0, "周": 7.0}
_PEOPLE = frozenset("人 名 位 个人".split())
_NUMBERED = {ValueType.DURATION, ValueType.AGE, ValueType.COUNT, ValueType.MONEY, ValueType.SHARE}
_NOT = r"(?:不得|不能|不应|不可|不准|不许|不会|未|不|没有?|无法)"
_LEAST = re.compile(
    rf"(?:{_NOT}(?:少于|低于|小于|短于|足于)|至少|最少|最低|最短|不下于|起码|(?<![不未])年?满|(?<![不未])达到?|(?<!不)足)(?:为|是|要|需|应)?$"
)
_ABOVE = re.compile(r"(?:超过|大于|高于|多于|超出|长于|逾)$")
_MOST = re.compile(
    rf"(?:{_NOT}(?:超过|高于|大于|多于|超出|长于|超|逾)|至多|最多|最长|最高|最大|上限|封顶|控制在)(?:为|是|不超过)?$"
)
_BELOW = re.compile(r"(?:不满|未满|不足|不到|少于|低于|小于|未达到?|短于)$")
_FROM = re.compile(r"(?:（含）|\(含\))?(?:及?以上|（含\S{0,6}）以上|起步)")
_UNTIL = re.compile(r"(?:（含）|\(含\))?(?:及?以下|以内|之内|内(?!部|容|外|设|地)|封顶|为限)")
_EACH = re.compile(r"(?:每(?:人|户|家|年|月|天|日|次|季度?|名|个))+$")
_TIGHT = 1e-6


@dataclass(frozen=True, slots=True)
class Limit:
    """Numbers of one dimension from ``low`` to ``high``, both included, where a text speaks of them between two offsets."""

    dimension: str
    low: float
    high: float
    start: int
    end: int

    def decides(self, other: Limit) -> bool | None:
        """Tell whether all of another's numbers are within (True) or outside (False); None where some are, or dimensions differ."""
        if self.dimension != other.dimension:
            return None
        if self.low - _TIGHT <= other.low and other.high <= self.high + _TIGHT:
            return True
        if other.high < self.low - _TIGHT or other.low > self.high + _TIGHT:
            return False
        return None


def measured(value: Value) -> tuple[str, float] | None:
    """Return the dimension and the number of a value; None for what is no number."""
    if value.number is None or value.type not in _NUMBERED or not math.isfinite(value.number):
        return None
    if value.type is ValueType.DURATION and value.unit in _DAYS:
        return "days", value.number * _DAYS[value.unit]
    if value.type in {ValueType.AGE, ValueType.MONEY, ValueType.SHARE}:
        return value.type.value, value.number
    return ("人" if value.unit in _PEOPLE else value.unit.lstrip("个")) or "个", value.number


def numbers(text: str) -> list[Limit]:
    """Return every number of a text with what limits it; one that nothing limits has its own value as both ends."""
    found: list[Limit] = []
    for value in values(text):
        told = measured(value)
        if told is not None:
            found.append(_limit(text, value, *told))
    return _merged(text, found)


def limits(text: str) -> list[Limit]:
    """Return the numbers of a text that are limited on one side or both."""
    return [limit for limit in numbers(text) if limit.low != limit.high]


def _limit(text: str, value: Value, dimension: str, number: float) -> Limit:
    before, after = _EACH.sub("", text[: value.start]).rstrip(), text[value.end :]
    low, high = number, number
    span = re.match(r"(\d+(?:\.\d+)?)\D{0,3}[至到—–~～-]", value.text)
    if span:  # 16至35周岁 is one value of age
        low = float(span[1])
        ends = re.findall(r"\d+(?:\.\d+)?", value.text)
        high = float(ends[-1])
    elif _MOST.search(before) or _UNTIL.match(after):
        low = -math.inf
    elif _LEAST.search(before) or _FROM.match(after):
        high = math.inf
    elif _BELOW.search(before):
        low, high = -math.inf, number - _TIGHT * 10
    elif _ABOVE.search(before):
        low, high = number + _TIGHT * 10, math.inf
    else:
        first = re.search(r"(\d+(?:\.\d+)?)\s*(?:周?岁|个月|月|年|天|人|名|元|万元|%)?\s*[至到—–~～-]\s*$", before)
        if first and float(first[1]) < number:
            unit = number / (to_number(re.sub(r"\D+$", "", value.text)) or number)
            factor = unit if dimension != "days" else number / max(value.number or 1.0, _TIGHT)
            low = float(first[1]) * factor
    return Limit(dimension, low, high, value.start, value.end)


def _merged(text: str, found: list[Limit]) -> list[Limit]:
    """Join the two ends of one range: 满5年不足10年, 16周岁以上35周岁以下, 10年以上且不超过15年."""
    merged: list[Limit] = []
    for limit in found:
        last = merged[-1] if merged else None
        if (
            last is not None
            and last.dimension == limit.dimension
            and _is_one_range(text[last.end : limit.start])
            and max(last.low, limit.low) <= min(last.high, limit.high)
            and math.inf in {last.high, limit.high}
            and -math.inf in {last.low, limit.low}
        ):
            merged[-1] = Limit(
                limit.dimension, max(last.low, limit.low), min(last.high, limit.high), last.start, limit.end
            )
        elif last is not None and limit.dimension == last.dimension and last.low == last.high == limit.low < limit.high:
            merged[-1] = Limit(limit.dimension, limit.low, limit.high, last.start, limit.end)  # 3个月至12个月
        else:
            merged.append(limit)
    return merged


def _is_one_range(between: str) -> bool:
    return (
        re.fullmatch(
            r"(?:（含）|\(含\))?(?:及?以上)?[，,、]?(?:且|但|并|至|到|和)?(?:年龄)?(?:不满|未满|不足|不到|少于|低于|不超过|不高于|最多|最长|最高|小于|不得超过)?",
            between,
        )
        is not None
    )


# ---- days

_MONTH, _DAY = r"(?:(?P<{0}m>1[0-2]|0?[1-9])\s*月(?:份)?)", r"(?:\s*(?P<{0}d>[12]\d|3[01]|0?[1-9])\s*[日号])"
_YEAR = r"(?:(?P<{0}y>(?:19|20)\d\d)\s*年\s*)?"
_ONE = _YEAR + _MONTH + _DAY + "?"
_DATE = re.compile(_ONE.format("a"))
_SPAN = re.compile(
    _ONE.format("a")
    + r"\s*(?:起)?\s*(?:至|到|—+|–|-|~|～)\s*"
    + _YEAR.format("b")
    + r"(?:(?P<bm>1[0-2]|0?[1-9])\s*月(?:份)?)?"
    + _DAY.format("b")
    + "?"
)
_BEFORE = re.compile(r"\s*(?:\(含\)|（含）)?\s*(?:\d{1,2}[:：时点]\d{0,2}分?)?\s*(?:之?前|以前|为止|止(?!步)|截止)")
_UP_TO = re.compile(
    r"(?:截止(?:日期|时间|到|至)?(?:为|是|到|至|于)?|截至|不晚于|不迟于|最迟(?:为|于|到|至)?|最晚(?:为|于|到|至)?|有效期(?:限)?(?:至|到)|延长至|延期至|顺延至|至|到)[:：]?\s*$"
)
_AFTER = re.compile(r"\s*(?:之?日)?(?:起|之后|以后|后(?!勤))")


@dataclass(frozen=True, slots=True)
class Days:
    """Days from ``first`` to ``last`` as (year, month, day), the year 0 where none is told; ``start`` and ``end`` in the text."""

    first: tuple[int, int, int]
    last: tuple[int, int, int]
    start: int
    end: int

    def decides(self, other: Days) -> bool | None:
        """Tell whether all of another's days are within (True) or outside (False); None where that is not told."""
        ends = (self.first, self.last), (other.first, other.last)
        is_dated = all(day[0] for days in ends for day in days)
        own, others = ([day if is_dated else (0, *day[1:]) for day in days] for days in ends)
        if own[0] > own[1]:  # over the turn of a year
            return None
        if own[0] <= others[0] and others[1] <= own[1]:
            return True
        return False if others[1] < own[0] or others[0] > own[1] else None


def dates(text: str) -> list[Days]:
    """Return the single days and months that a text names."""
    return [
        Days(*_whole(match["ay"], match["am"], match["ad"]), match.start(), match.end())
        for match in _DATE.finditer(text)
    ]


def windows(text: str) -> list[Days]:
    """Return the stretches of days in which a text lets something be: 6月1日至6月30日, 9月30日前, 自5月1日起."""
    found: list[Days] = []
    rest = text
    for match in _SPAN.finditer(text):
        if not match["bd"] and not match["bm"]:
            continue
        first, _ = _whole(match["ay"], match["am"], match["ad"])
        _, last = _whole(match["by"] or match["ay"], match["bm"] or match["am"], match["bd"])
        found.append(Days(first, last, match.start(), match.end()))
        rest = rest[: match.start()] + " " * (match.end() - match.start()) + rest[match.end() :]
    found += [*_open(rest), *_recurring(text)]
    return sorted(found, key=lambda days: days.start)


def _open(text: str) -> Iterator[Days]:
    for match in _DATE.finditer(text):
        first, last = _whole(match["ay"], match["am"], match["ad"])
        if _BEFORE.match(text, match.end()) or _UP_TO.search(text[: match.start()]):
            yield Days((min(first[0], 1), 1, 1), last, match.start(), match.end())
        elif _AFTER.match(text, match.end()):
            yield Days(first, (9999 if first[0] else 0, 12, 31), match.start(), match.end())


_EVERY = re.compile(
    r"每(?:年(?:的)?(?P<months>\d{1,2}月(?:[、，,和及]\d{1,2}月)*)|个?月)的?\s*"
    r"(?:(?P<first>\d{1,2})[日号]\s*(?:至|到|—{1,2}|-|–|~|～)\s*)?(?P<last>\d{1,2})[日号](?P<until>之?前|以前)?"
)


def _recurring(text: str) -> Iterator[Days]:
    """Yield the days that come back: 每年1月、4月的1日至20日, 每月15日前."""
    for match in _EVERY.finditer(text):
        if not match["first"] and not match["until"]:
            continue
        months = re.findall(r"\d{1,2}", match["months"]) if match["months"] else range(1, 13)
        for month in map(int, months):
            first, last = int(match["first"] or 1), int(match["last"])
            yield Days((0, month, first), (0, month, last), match.start(), match.end())


def _whole(year: str | None, month: str, day: str | None) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Return the first and the last day of a day or of a whole month."""
    number, told = int(year or 0), int(month)
    if day:
        return (number, told, int(day)), (number, told, int(day))
    return (number, told, 1), (number, told, calendar.monthrange(number or 2024, told)[1])

"""Which of several values in one sentence a question means: the bound, the end of a span, the tier, the one of 分别.

Each rule only leaves out values where others of the same sentence fit better; what it cannot decide it leaves as it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.evidence import Unit, match, own_match
from assistant.limits import limits, measured
from assistant.match_cell import names_several
from assistant.meant import piece_around
from assistant.understand import Query
from knowledge.values import Value, ValueType, values

_ASKS_MOST = re.compile(r"最[多高大长]|封顶|上限|至多|限额")
_ASKS_LEAST = re.compile(r"最[低少短]|至少|起码|下限")
_MOST_BEFORE = re.compile(
    r"(?:最高|最多|最长|最大|至多|上限|封顶|限额|额度|(?:放宽|延长)[至到]|(?:不|不得|不能|不可)(?:超过?|高于|多于|大于|长于))[^，,。；;、\d]{0,10}$"
)
_MOST_AFTER = re.compile(r"(?:以内|之内|封顶|为限|为上限|及以下|以下)")
_LEAST_BEFORE = re.compile(
    r"(?:最低|最少|最短|至少|不少于|不低于|不得少于|不得低于|起步|起点|(?<!不)满)[^，,。；;、\d]{0,6}$"
)
_LEAST_AFTER = re.compile(r"(?:及?以上|起)")
_ASKS_END = re.compile(r"截止|截至|最[晚迟]|到期|结束")
_BARE_YEAR = re.compile(r"(?:(?:19|20)\d{2}\s*年?\s*[—–~～至到-]+\s*)?(?:19|20)?\d{2}年")
_MEANS = re.compile(
    r"(?P<what>收入|资产|存款|营业额|销售额|产值|注册资[本金]|净值|市值|流水)[^，,。；;\d]{0,4}(?:不超过|不高于|低于|高于|不低于|超过|达到?|在|不足|少于)$"
)
_ASKED_UNIT = re.compile(r"(?:多少|几)(个?工作日|个月|年|天|日|个?小时|分钟|周)")
_HOURS = {"小时", "分钟", "学时", "课时"}
_SPAN = re.compile(r"\s*(?:起|开始)?[，,]?\s*(?:至|到|—{1,2}|-|–|~|～)\s*")
_ENDS = re.compile(r"[底末]?(?:之前|以前|前|止|为止|截止)")
_TIER_REACH = 24  # characters between a tier and what is told of it
_ITEM_NUMBER = re.compile(r"^\s*[（(]?[一二三四五六七八九十\d]{1,2}(?:[)）]|[、.．])\s*")
_LABEL = 10  # characters of a label that are compared
_SHORTEST_LABEL = 2


def asks_bound(query: Query) -> bool:
    """Tell whether the most or the least is asked for."""
    return _ASKS_MOST.search(query.text) is not None or _ASKS_LEAST.search(query.text) is not None


def is_bound(query: Query, text: str, value: Value) -> bool:
    """Tell whether a value is the most, or the least, that a question asks for."""
    before, after = text[: value.start], text[value.end :]
    if _ASKS_MOST.search(query.text):
        return _MOST_BEFORE.search(before) is not None or _MOST_AFTER.match(after) is not None
    return _LEAST_BEFORE.search(before) is not None or _LEAST_AFTER.match(after) is not None


def is_limit(text: str, value: Value) -> bool:
    """Tell whether a value is the most or the least that something may be, not what it is."""
    before, after = text[: value.start], text[value.end :]
    is_least = _LEAST_BEFORE.search(before) or _LEAST_AFTER.match(after)
    return bool(is_least or _MOST_BEFORE.search(before) or _MOST_AFTER.match(after))


def narrowed(query: Query, unit: Unit, stated: list[Value]) -> list[Value]:
    """Return those of the stated values of a unit that a question can mean."""
    stated = _at_end(query, unit.text, stated)
    stated = [value for value in stated if not _is_means(query, unit.text, value)]
    stated = _of_unit(query, _in_tier_of_sentence(query, unit, stated))
    if asks_bound(query):
        stated = [value for value in stated if is_bound(query, unit.text, value)] or stated
    return _respective(query, unit.text, stated)


def _at_end(query: Query, text: str, stated: list[Value]) -> list[Value]:
    """Leave out bare years, and where spans begin, where the day is asked at which something ends."""
    if query.wanted is not ValueType.DATE or _ASKS_END.search(query.text) is None:
        return stated
    days = [value for value in stated if not _BARE_YEAR.fullmatch(value.text) or _ENDS.match(text[value.end :])]
    ends = [value for value in days if any(_SPAN.fullmatch(text[day.end : value.start]) for day in days)]
    return ends or days


def _of_unit(query: Query, stated: list[Value]) -> list[Value]:
    """Return the times in the unit that is asked for (几天), where there are such."""
    asked = _ASKED_UNIT.search(query.text) if query.wanted is ValueType.DURATION else None
    if asked is None:
        return stated
    if asked[1].lstrip("个") in _HOURS:  # 「一天几个小时」 is no matter of years
        return [value for value in stated if value.unit.lstrip("个") in _HOURS]
    units = {"天", "日"} if asked[1] in {"天", "日"} else {asked[1], asked[1].lstrip("个")}
    return [value for value in stated if value.unit in units] or stated


def _in_tier_of_sentence(query: Query, unit: Unit, stated: list[Value]) -> list[Value]:
    """Return the values of a part that stay where all tiers of its sentence are compared: 满6个月的…；满12个月的…."""
    offset, types = unit.start - unit.sentence.start, {value.type for value in stated}
    among = [value for value in values(unit.sentence.text) if value.type in types]
    kept = {value.start for value in _in_tier(query, unit.sentence.text, among)}
    return [value for value in stated if value.start + offset in kept]


def _is_means(query: Query, text: str, value: Value) -> bool:
    """Tell whether an amount is what somebody has or earns (收入不超过3000元), where that is not asked for."""
    told = _MEANS.search(text[: value.start]) if value.type is ValueType.MONEY else None
    return told is not None and told["what"] not in query.text


def _in_tier(query: Query, text: str, stated: list[Value]) -> list[Value]:
    """Leave out what is told of a tier that the question's own number is not in: 80周岁以上每餐5元, asked by who is 65."""
    found = {value: far for value in stated if (far := _tier_fits(query, text, value, stated)) is not None}
    if not found:
        return stated
    fitting = [value for value in stated if value in found and found[value] < math.inf]
    if fitting:  # of 10亩以上 and 20亩以上 the narrower
        return [min(fitting, key=lambda value: found[value])]
    return [value for value in stated if value not in found]


def _tier_fits(query: Query, text: str, value: Value, stated: Sequence[Value]) -> float | None:
    """Return how far the edge of the tier right before a value is from a number of the question, infinite where that is outside; None where no tier can be compared."""
    asked = [measure for premise in values(query.text) if (measure := measured(premise)) is not None]
    first = max((other.end for other in stated if other.end <= value.start), default=0)
    before = [limit for limit in limits(text) if first <= limit.start and limit.end <= value.start]
    tier = max(before, key=lambda limit: limit.end, default=None)
    if tier is None or value.start - tier.end > _TIER_REACH or "。" in text[tier.end : value.start]:
        return None
    numbers = [number for dimension, number in asked if dimension == tier.dimension]
    if len(numbers) != 1:
        return None
    edges = [abs(edge - numbers[0]) for edge in (tier.low, tier.high) if math.isfinite(edge)]
    return min(edges) if tier.low <= numbers[0] <= tier.high else math.inf


def of_case(query: Query, text: str, value: Value, told: Sequence[Value]) -> float:
    """Return how well a value fits that is told of a case of its own (其中…的，每月1000元): with what is told of all cases.

    0 where its case adds no word of the question to what stands before it.
    """
    first = max((piece_around(text, other)[1] for other in told if other.end <= value.start), default=0)
    before, case = text[:first], text[first : value.end]
    if not before or "。" in case or names_several(query.text):
        return 0.0
    is_case = any(len(term.word) > 1 and match(term, case) > match(term, before) for term in query.terms)
    return own_match(query.terms, before + case) if is_case else 0.0


def _respective(query: Query, text: str, stated: list[Value]) -> list[Value]:
    """Return of 「甲、乙、丙…分别为1元、2元、3元」 the value of the one that the question names."""
    place = text.find("分别")
    told = [value for value in stated if value.start > place]
    if place < 0 or len(told) < 2:  # noqa: PLR2004
        return stated
    for count in range(len(told), 1, -1):
        run = told[:count]
        if any(len(text[one.end : other.start]) > _LABEL for one, other in pairwise(run)):
            continue
        labels = _labels(text[:place], count)
        named = [number for number, label in enumerate(labels) if _is_named(query.text, label, labels)]
        if len(named) == 1:
            return [run[named[0]]]
    return stated


def _labels(before: str, count: int) -> list[str]:
    """Return the nearest run of as many things as there are values, each as its first or last characters."""
    for clause in reversed(re.split(r"[，,。；;：:]", before)):
        items = [item.strip() for item in re.split(r"、|以及|和|与|及", _ITEM_NUMBER.sub("", clause))]
        if len(items) == count and all(items):
            return [items[0][-_LABEL:], *(item[:_LABEL] for item in items[1:])]
    return []


def _is_named(question: str, label: str, labels: Sequence[str]) -> bool:
    """Tell whether a question has a part of a label that no other label has, or the whole of this one and of no longer one."""
    whole = [other for other in labels if other in question]
    if whole:
        return label == max(whole, key=len)
    parts = (label[start:end] for start in range(len(label)) for end in range(start + _SHORTEST_LABEL, len(label) + 1))
    return any(part in question and not any(part in other for other in labels if other is not label) for part in parts)

"""Amounts, spans of time and dates in English -> as Chinese documents write them, the rest of a text as it is.

「within 3 months」 becomes 「within 3个月」, 「5,000 yuan」 「5000元」, 「March 5, 2023」 「2023年3月5日」.
"""

from __future__ import annotations

import math
import re

_COUNTS = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), start=1)
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_UNITS = {
    "calendar days": "个自然日", "working days": "个工作日", "business days": "个工作日", "days": "天", "weeks": "周",
    "months": "个月", "quarters": "个季度", "years old": "周岁", "years of age": "周岁", "years": "年", "hours": "小时", "class hours": "学时",
    "minutes": "分钟", "yuan": "元", "rmb": "元", "renminbi": "元", "kuai": "元", "dollars": "美元", "times": "次", "persons": "人",
    "people": "人", "percent": "%", "per cent": "%", "percentage points": "个百分点", "square meters": "平方米",
    "square metres": "平方米", "kilometers": "公里", "kilometres": "公里",
}  # fmt: skip
_SINGULAR = {
    unit.replace("years ", "year ").removesuffix("s"): said for unit, said in _UNITS.items() if unit != "times"
}
_SAID = {**_SINGULAR, **_UNITS}
_MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan/february feb/march mar/april apr/may/june jun/july jul/august aug/september sept sep/october oct/november nov/december dec".split(
            "/"
        ),
        start=1,
    )
    for name in names.split()
}
_SURE_MONTHS = "|".join(
    name for name in _MONTHS if name not in {"may", "march", "mar", "jan", "jun", "dec", "sep", "apr"}
)


def _any(names: dict[str, object] | dict[str, str] | dict[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


# 「five-year plan」 has a name of its own, and 「14th five-year」 is no span of time.
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?:(?P<least>\d+) ?(?:to|-|–|and) ?)?(?P<count>\d[\d,]*(?:\.\d+)?|{_any(_COUNTS)})(?P<scale>(?: (?:{_any(_SCALES)}))*)[ -](?P<unit>{_any(_SAID)})\b"
    r"(?![ -](?:plan|planning|action|campaign)s?\b)"
)
_SCALED = re.compile(rf"(?<![\w.,])(?P<count>\d[\d,]*(?:\.\d+)?|{_any(_COUNTS)})(?P<scale>(?: (?:{_any(_SCALES)}))+)\b")
_DATE = re.compile(
    rf"\b(?:(?P<before>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?)?(?P<month>{_any(_MONTHS)})\b\.?"
    r"(?: (?P<after>\d{1,2})(?:st|nd|rd|th)?\b(?!\d))?(?:,? (?:of )?(?P<year>(?:19|20)\d\d)\b)?"
)
_ORDINAL_BEFORE = re.compile(r"\d(?:st|nd|rd|th)[ -]$")


def in_chinese(text: str) -> str:
    """Return the text with its dates and amounts in Chinese; ``text`` is in lower case."""
    return _SCALED.sub(_amount, _AMOUNT.sub(_amount, _DATE.sub(_date, text)))


def _amount(match: re.Match[str]) -> str:
    if _ORDINAL_BEFORE.search(match.string[: match.start()]):
        return match.group()
    told = match.group("count").replace(",", "")
    number = float(_COUNTS.get(told, told)) * math.prod(_SCALES[scale] for scale in match.group("scale").split())
    unit = _SAID.get(match.groupdict().get("unit") or "", "")
    if match.group("scale") and number >= 10_000:  # noqa: PLR2004  # 万
        return f"{number / 10_000:g}万{unit}" if number < 1e8 else f"{number / 1e8:g}亿{unit}"  # noqa: PLR2004
    least = match.groupdict().get("least")
    return (f"{least}至" if least else "") + f"{_plain(number)}{unit}"


def _plain(number: float) -> str:
    return str(int(number)) if number.is_integer() else f"{number:g}"


def _date(match: re.Match[str]) -> str:
    month, year = match.group("month"), match.group("year")
    day = match.group("after") or match.group("before")
    if not (day or year or month in _SURE_MONTHS.split("|")):  # may and march are words too
        return match.group()
    return (f"{year}年" if year else "") + f"{_MONTHS[month]}月" + (f"{day}日" if day else "")

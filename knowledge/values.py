"""Values a policy text states: dates, durations, amounts, counts, shares, titles, document numbers, contacts.

One table of patterns serves extraction, verification and history. A ``Value`` carries its offsets in the text it was
found in (characters) and, for numbers, the number it stands for.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from dataclasses import dataclass


class ValueType(enum.StrEnum):
    """What kind of value a stretch of text is."""

    DATE = "date"
    DURATION = "duration"
    MONEY = "money"
    SHARE = "share"
    AGE = "age"
    COUNT = "count"
    TITLE = "title"
    DOCUMENT_NUMBER = "document_number"
    TIME = "time"
    PLACE = "place"
    PHONE = "phone"
    WEB = "web"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Value:
    """A stated value: ``number`` is what a numeral stands for, ``unit`` its unit or classifier."""

    type: ValueType
    text: str
    start: int
    end: int
    number: float | None = None
    unit: str = ""
    noun: str = ""


_HAN = "零〇一二两三四五六七八九十百千万亿"
# Atomic: a long run of numerals must not be taken apart in every possible way.
_NUMERAL = rf"(?>(?:\d[\d,，]*(?:\.\d+)?|[{_HAN}]+)(?:\s*[多余馀几]?\s*[万亿千百]+)*[多余馀]?)"
CLASSIFIERS = (
    "人次 人 名 位 个 家 项 类 种 所 门 条 批 次 期 份 部(?!门) 户 件 套 间 台 辆 处 座 支 只 张 篇 倍 "
    "吨 公斤 千克 克 公里 平方米 米 亩 公顷 学时 课时 例 枚 站 档 点 幅 头 棵 株 箱 瓶 袋 片 盒 双 副 床 车 趟 班 列 架 艘 届 场 轮 款 组 队 村 字 页 本 册 集"
).split()
_CLASSIFIER = "|".join(sorted(set(CLASSIFIERS), key=len, reverse=True))
_DAY = r"\d{1,2}[日号]"
_PATTERNS: tuple[tuple[ValueType, re.Pattern[str]], ...] = (
    (ValueType.TITLE, re.compile(r"《[^《》\n]{2,80}》")),
    (
        ValueType.DOCUMENT_NUMBER,
        re.compile(r"[\u4e00-\u9fff]{1,12}[〔\[(（【]\s*(?:19|20)\d{2}\s*[〕\])）】]\s*\d+\s*号"),
    ),
    (ValueType.WEB, re.compile(r"(?:https?://|www\.)[A-Za-z0-9./?=&_%#:-]+")),
    (ValueType.EMAIL, re.compile(r"(?<![A-Za-z0-9._-])[A-Za-z0-9._-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")),
    (ValueType.MONEY, re.compile(rf"{_NUMERAL}\s*(元|块钱)")),
    (
        ValueType.SHARE,
        re.compile(
            rf"\d+(?:\.\d+)?\s*[%％‰]|百分之[{_HAN}\d.]+|[{_HAN}\d]{{1,3}}分之[{_HAN}\d]{{1,3}}|[{_HAN}]成(?=以|的|，|。)|(?:[一二三四五六七八九]|\d(?:\.\d)?)折"
        ),
    ),
    (ValueType.AGE, re.compile(rf"(?:\d+周?岁?\s*[至到—–-]\s*)?{_NUMERAL}\s*(周?岁)")),
    (
        ValueType.DATE,
        re.compile(
            rf"(?:19|20)\d{{2}}\s*年?\s*[—–~～至到-]+\s*(?:19|20)?\d{{2}}\s*年"
            rf"|(?:19|20)\d{{2}}-\d{{1,2}}-\d{{1,2}}"
            rf"|(?:(?:19|20)\d{{2}}\s*年|[二一][〇零九]\S\S年)(?:\s*\d{{1,2}}\s*月(?:\s*{_DAY})?|[上下]半年|[年]?[底末初])?"
            rf"|每年\s*(?:的\s*)?\d{{1,2}}\s*月(?:份|底|初|[上中下]旬|[至到—–-]\s*\d{{1,2}}\s*月)?(?!\s*\d)"
            rf"|(?:当|同|次|去|今|前|明|每)年\s*\d{{1,2}}\s*月(?:\s*(?:{_DAY}|底|初|[上中下]旬))?"
            rf"|\d{{1,2}}\s*月\s*(?:{_DAY}|[上中下]旬|底|初)(?:\s*[至到—–-]\s*(?:\d{{1,2}}\s*月\s*)?{_DAY})?|即日起"
            rf"|(?:每季度)?(?:最后一?个|第[一二三]个)?(?:每个?月|当月|次月|月的)\s*{_DAY}"
        ),
    ),
    (
        ValueType.DURATION,
        re.compile(rf"{_NUMERAL}\s*(年(?!级|代)|个月|个工作日|工作日|天|日(?!报)|小时|分钟|周(?!岁)|个?学时|课时)"),
    ),
    (
        ValueType.TIME,
        re.compile(
            r"(?:[上下]午|每天|工作日)?\d{1,2}[:：]\d{2}(?:\s*[—–~～至到-]+\s*\d{1,2}[:：]\d{2})?"
            r"|(?:[上下]午)?\d{1,2}[时点](?:\d{1,2}分|半)?\s*[—–~～至到-]+\s*(?:[上下]午)?\d{1,2}[时点](?:\d{1,2}分|半)?"
        ),
    ),
    (
        ValueType.PHONE,
        re.compile(
            r"(?<!\d)(?:0\d{2,3}[-—－ ]?\d{3,4}[-—－ ]?\d{3,5}|1[3-9]\d{9}|400[-— ]?\d{3,4}[-— ]?\d{3,4}|1[12]\d{3}"
            r"|(?:(?<=电话[：:])|(?<=热线[：:])|(?<=电话[（(])|(?<=热线[（(]))\s?[2-8]\d{6,7})(?!\d)"
        ),
    ),
    (
        ValueType.COUNT,
        re.compile(
            r"(?<![第\d一二三四五六七八九十])[两二三四五六七八九十]{1,3}(?=部门|单位|机构|方面|大类|院|中心|部委|省|市)()"
        ),
    ),
    (ValueType.COUNT, re.compile(rf"(?<![第\d]){_NUMERAL}\s*({_CLASSIFIER})")),
    (
        ValueType.PLACE,
        re.compile(
            r"[\u4e00-\u9fffA-Za-z0-9（）()]{2,40}(?:街道|大街|路|巷|村|园|座|楼|层|室|号)[A-Za-z0-9\-—\u4e00-\u9fff]*"
            r"|[\u4e00-\u9fff“”]{2,20}(?:大厅|窗口|服务中心|服务站|办事处|网站|平台|公众号|小程序|客户端|APP)"
        ),
    ),
)


_NO_NUMBER = re.compile(rf"[\d,，.{_HAN}]{{65,}}")  # a run this long is no number, and slow to take apart


def values(text: str) -> list[Value]:
    """Find all values of a text, in order; where two overlap the first kind of the table wins."""
    text = _NO_NUMBER.sub(lambda run: " " * len(run.group()), text)
    taken: list[tuple[int, int]] = []
    found: list[Value] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            # Numbers inside a title belong to the title.
            taken.append((start, end))
            found.append(_value(kind, match, text))
    return sorted(found, key=lambda value: value.start)


def _value(kind: ValueType, match: re.Match[str], text: str) -> Value:
    unit = match.group(1) if match.re.groups and match.group(1) else ""
    number = None
    if kind in {ValueType.MONEY, ValueType.SHARE, ValueType.AGE, ValueType.DURATION, ValueType.COUNT}:
        number = _part(match.group()) or to_number(match.group())
    noun_match = re.match(r"[\u4e00-\u9fff]{1,6}", text[match.end() :]) if kind is ValueType.COUNT else None
    return Value(
        kind, match.group(), match.start(), match.end(), number, unit, noun_match.group() if noun_match else ""
    )


def _part(text: str) -> float | None:
    """Return 三分之二 in per cent; None for what is no such part."""
    below, told, above = text.partition("分之")
    if not told or below == "百":
        return None
    parts = to_number(below), to_number(above)
    return 100 * parts[1] / parts[0] if parts[0] and parts[1] else None


_DIGIT = {**{digit: value for value, digit in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}


def to_number(text: str) -> float | None:
    """Return the number a numeral at the beginning of a text stands for: 22个, 8300多万, 二十二, 百分之五 (5)."""
    text = unicodedata.normalize("NFKC", text).replace(",", "").removeprefix("百分之")
    match = re.match(r"\d+(?:\.\d+)?", text)
    if match:
        number = float(match.group())
        for character in text[match.end() :]:
            if character in _LARGE or character in _SMALL:
                number *= _LARGE.get(character) or _SMALL[character]
            elif character not in "多余馀几 ":
                break
        return number
    total, section, digit = 0.0, 0.0, 0.0
    seen = False
    for character in text:
        if character in _DIGIT:
            digit = _DIGIT[character]
        elif character in _SMALL:
            section += (digit or 1) * _SMALL[character]
            digit = 0
        elif character in _LARGE:
            total += (section + digit) * _LARGE[character]
            section = digit = 0
        else:
            break
        seen = True
    return total + section + digit if seen else None


def years(text: str) -> tuple[int, ...]:
    """Return the years a text names, in order, each once; 2019—2021年 names its two ends, 19年 is 2019.

    缴费12年 is no year but a time: two digits are a year where no noun or verb stands before them.
    """
    found: list[int] = []
    for match in re.finditer(
        r"(?<!\d)((?:19|20)\d{2})(?=\s*(?:年|[—–~～至到-]))|(?<=[—–~～至到-])\s*((?:19|20)\d{2})(?!\d)|(?<![\d满第])(?<![\u4e00-\u9fff])(?<!\d)([012]\d)(?=年(?!以|内|期|来|间|左|多))|(?<=[在从自到至是于那和与及跟比我你他她们就呢])([012]\d)(?=年(?!以|内|期|来|间|左|多))",
        text,
    ):
        full = match.group(1) or match.group(2)
        year = int(full) if full else 2000 + int(match.group(3) or match.group(4))
        if year not in found:
            found.append(year)
    return tuple(found)

"""What a text states that can be wrong: numbers with their units, dates, titles, document numbers, bodies, names.

A claim has a comparable form, so that 二十二个部门 is 22个部门, 2022-07-14 is 2022年7月14日 and 国办发(2019)24号 is
国办发〔2019〕24号; ``held`` tells whether another text states the same. Bodies may be shortened (人社部), not exchanged:
国务院 is another body than 国务院办公厅.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from knowledge import words
from knowledge.dates import han_number
from knowledge.values import CLASSIFIERS, ValueType, to_number, values


class ClaimType(enum.StrEnum):
    """What kind of thing is stated."""

    TITLE = "title"
    DOCUMENT_NUMBER = "document_number"
    DATE = "date"
    NUMBER = "number"
    BODY = "body"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Claim:
    """Something stated, as it is written and in its comparable form; ``start``, ``end`` in the normal form."""

    type: ClaimType
    text: str
    key: tuple[str | float, ...]
    start: int
    end: int


_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s\u3000-\u9fff，。；、）)】\]]+|[a-z0-9._-]+@[a-z0-9.-]+|(?<![a-z0-9.])(?:[a-z0-9-]+\.)+[a-z]{2,}(?![a-z])"
)
_TITLE = re.compile(r"《([^《》]{1,120})》|〈([^〈〉]{1,120})〉")
_QUOTED = re.compile(r"[“「『\"]([^“”「」『』\"]{1,30})[”」』\"]")
_NUMBER_WORD = re.compile(r"[\u4e00-\u9fff]{1,12}[〔\[(【]\s*((?:19|20)\d{2})\s*[〕\])】]\s*(?:第)?\s*(\d+)\s*号")
_ENGLISH_MONTHS = "january february march april may june july august september october november december".split()
_MONTH_NAME = "|".join(f"{name[:3]}(?:{name[3:]})?\\.?" if len(name) > 3 else name for name in _ENGLISH_MONTHS)  # noqa: PLR2004
_DATES = (
    re.compile(r"(?P<y>(?:19|20)\d{2})\s*[-/.]\s*(?P<m>\d{1,2})\s*[-/.]\s*(?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?P<y>(?:19|20)\d{2})\s*年\s*(?:(?P<m>\d{1,2})\s*月\s*(?:(?P<d>\d{1,2})\s*[日号])?)?"),
    re.compile(rf"(?P<mn>{_MONTH_NAME})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>(?:19|20)\d{{2}})\b"),
    re.compile(rf"(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+)?(?P<mn>{_MONTH_NAME}),?\s+(?P<y>(?:19|20)\d{{2}})\b"),
    re.compile(r"(?<![\d年])(?P<m>\d{1,2})\s*月\s*(?:(?P<d>\d{1,2})\s*[日号])?(?!\d)"),
    re.compile(r"(?<![\d.])(?P<y>(?:19|20)\d{2})(?=\s*[—–~～至到-]|\b)(?!\s*[\d.%个项万亿元人])"),
)
_HAN = "零〇一二两三四五六七八九十百千万亿"
_PLAIN = re.compile(r"(?<![\d.a-z])\d[\d,]*(?:\.\d+)?(?:\s*[多余馀几]?\s*[百千万亿]+)*\s*[多余馀]?")
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
_SCALED = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(thousand|million|billion)\b")
_UNIT_WORDS = "元 块钱 % ‰ 周岁 岁 年 个月 月 周 个工作日 工作日 天 日 小时 分钟 个学时 学时 课时".split() + CLASSIFIERS
_UNIT = re.compile("|".join(re.escape(unit) for unit in sorted(set(_UNIT_WORDS), key=len, reverse=True)))
_SAME_UNIT = {
    "块钱": "元", "日": "天", "周岁": "岁", "个工作日": "工作日", "个学时": "学时", "名": "人", "位": "人",
    **dict.fromkeys(("个", "项", "类", "种", "条", "门", "份", "部", "家", "期", "批", "支", "所"), "个"),
}  # fmt: skip
_HAN_VALUES = {ValueType.MONEY, ValueType.SHARE, ValueType.AGE, ValueType.DURATION, ValueType.COUNT}
_BODY_END = "人民政府 政府 办公厅 办公室 厅 局 部 委员会 委 署 院 银行 法院 检察院 总队 协会 党组 党委 省委 市委 县委 区委 中央".split()
_BODY_TAIL = re.compile("(?:" + "|".join(sorted(_BODY_END, key=len, reverse=True)) + ")$")
_NO_BODY_WORDS = frozenset(
    "部门 全部 内部 外部 干部 局部 总部 一部 本部 法院 学院 医院 院 部 局 委 厅 署 有关部门 各部 技工院校 分院 总院 结局 布局 格局 当局 中央 政府".split()
)
_BODY_ALONE = frozenset(("国务院", "党中央", "中共中央", "全国人大", "国办", "中办"))
_BODY_TAGS = ("n", "j", "v", "a", "b", "f", "s")
_BODY_STOPS = frozenset(
    "由 经 和 与 及 等 在 对 向 将 被 是 为 的 了 会同 联合 印发 发布 出台 制定 要求 同意 明确 根据 按照 依据 随后 此后 其中 同时 同年 包括 分别 并 也 还 推动 负责 牵头 组织 参与 通过 有关 各级".split()
)


def claims(text: str) -> list[Claim]:
    """Return what a text states, each stretch of it once, in order."""
    return list(_claims(text))


@lru_cache(maxsize=4096)
def _claims(text: str) -> tuple[Claim, ...]:
    form = _HAN_DAY.sub(_in_digits, words.normal(text))
    found: list[Claim] = []
    form = _taken(form, _addresses(form), found)
    form = _taken(form, _titles(form), found)
    form = _taken(form, _document_numbers(form), found)
    form = _taken(form, _dated(form), found)
    form = _taken(form, _numbers(form), found)
    form = _taken(form, _names(form), found)
    found += _bodies(form)
    return tuple(sorted(found, key=lambda claim: claim.start))


_HAN_DAY = re.compile(r"(?<=[年\d])([一二三四五六七八九十]{1,3})(?=月)|(?<=月)([一二三四五六七八九十]{1,3})(?=[日号])")


def _in_digits(match: re.Match[str]) -> str:
    return str(han_number(match.group()))


def _taken(form: str, stated: Iterator[Claim], found: list[Claim]) -> str:
    """Add claims and blank them, so that a number inside a title is part of the title."""
    for claim in stated:
        found.append(claim)
        form = form[: claim.start] + "\x00" * (claim.end - claim.start) + form[claim.end :]
    return form


def bare(text: str) -> str:
    """Return a text in its normal form, without spaces, brackets and quotation marks."""
    return re.sub(r"[\s\x00《》〈〉“”‘’\"'「」『』()（）〔〕\[\]【】·]", "", words.normal(text)).translate(_DASHES)


_DASHES = str.maketrans(dict.fromkeys("—–~～", "-"))


def _addresses(form: str) -> Iterator[Claim]:
    for match in _ADDRESS.finditer(form):
        yield Claim(ClaimType.NAME, match.group(), (bare(match.group()),), match.start(), match.end())


def _titles(form: str) -> Iterator[Claim]:
    for match in _TITLE.finditer(form):
        inner = match.group(1) or match.group(2)
        yield Claim(ClaimType.TITLE, match.group(), (bare(inner),), match.start(), match.end())


def _document_numbers(form: str) -> Iterator[Claim]:
    for match in _NUMBER_WORD.finditer(form):
        yield Claim(ClaimType.DOCUMENT_NUMBER, match.group(), (bare(match.group()),), match.start(), match.end())


def _dated(form: str) -> Iterator[Claim]:
    for pattern in _DATES:
        for match in pattern.finditer(form):
            told = match.groupdict()
            month = told.get("m") or _month(told.get("mn"))
            key = tuple(float(part) if part else -1.0 for part in (told.get("y"), month, told.get("d")))
            if (match.group().strip() and told.get("y")) or _is_month(form, match):
                yield Claim(ClaimType.DATE, match.group().strip(), key, match.start(), match.end())
        form = pattern.sub(lambda match: "\x00" * len(match.group()), form)


def _is_month(form: str, match: re.Match[str]) -> bool:
    """Tell a month of the year from a number of months (6月, 6个月)."""
    return 1 <= int(match.group("m")) <= 12 and form[match.end() : match.end() + 1] != "数"  # noqa: PLR2004


def _month(name: str | None) -> str | None:
    if not name:
        return None
    return str(next(place for place, month in enumerate(_ENGLISH_MONTHS, 1) if month.startswith(name.rstrip(".")[:3])))


def _numbers(form: str) -> Iterator[Claim]:
    for match in _SCALED.finditer(form):
        scaled = float(match.group(1).replace(",", "")) * _SCALES[match.group(2)]
        yield Claim(ClaimType.NUMBER, match.group(), (scaled, ""), match.start(), match.end())
    form = _SCALED.sub(lambda match: "\x00" * len(match.group()), form)
    for match in _PLAIN.finditer(form):
        number = to_number(match.group())
        unit = _UNIT.match(form, match.end())
        end = unit.end() if unit else match.end()
        name = unit.group() if unit else ""
        if number is not None:
            yield Claim(
                ClaimType.NUMBER, form[match.start() : end], (number, _SAME_UNIT.get(name, name)), match.start(), end
            )
    form = _PLAIN.sub(lambda match: "\x00" * len(match.group()), form)
    for value in values(form):
        if value.type not in _HAN_VALUES or value.number is None or value.text[0] not in _HAN + "百":
            continue
        if value.type is ValueType.COUNT and value.number <= 1:
            continue  # 一个, 一项 count nothing
        unit_name = "%" if value.type is ValueType.SHARE else value.unit
        yield Claim(
            ClaimType.NUMBER, value.text, (value.number, _SAME_UNIT.get(unit_name, unit_name)), value.start, value.end
        )


_ORDINAL = re.compile(
    rf"第[{_HAN}\d]{{1,6}}(?:[个批次条款项届期名章节编]|(?=[\u4e00-\u9fff]))|[一二三四五六七八九十]{{1,3}}大(?=以来|召开|精神|报告|会议|提出|部署)"
)


def _names(form: str) -> Iterator[Claim]:
    for match in _ORDINAL.finditer(form):
        yield Claim(ClaimType.NAME, match.group(), (bare(match.group()),), match.start(), match.end())
    form = _ORDINAL.sub(lambda match: "\x00" * len(match.group()), form)
    for match in _QUOTED.finditer(form):
        yield Claim(ClaimType.NAME, match.group(), (bare(match.group(1)),), match.start(), match.end())


def _bodies(form: str) -> Iterator[Claim]:
    """Yield the bodies a text names: the words before one that ends the way bodies do, as far as they can be its name."""
    tokens = words.tokens(form)
    if sum(map(len, tokens)) != len(form):
        return
    ends = [sum(map(len, tokens[: place + 1])) for place in range(len(tokens))]
    place = 0
    while place < len(tokens):
        if not _ends_body(tokens, place):
            place += 1
            continue
        last = place
        while last + 1 < len(tokens) and _ends_body(tokens, last + 1):  # 国务院 办公厅
            last += 1
        first = place
        while first > 0 and _is_part(tokens[first - 1]):
            first -= 1
        start = ends[first] - len(tokens[first])
        name = form[start : ends[last]]
        if name not in _NO_BODY_WORDS and len(name) > 1:
            yield Claim(ClaimType.BODY, name, (bare(name),), start, ends[last])
        place = last + 1


def _ends_body(tokens: tuple[str, ...], place: int) -> bool:
    token = tokens[place]
    if token in _BODY_ALONE:
        return True
    if token in _NO_BODY_WORDS - {"部", "局", "委", "厅", "署", "院", "政府", "法院", "中央"} or not _BODY_TAIL.search(
        token
    ):
        return False
    if token in _NO_BODY_WORDS:  # needs a name before it
        return place > 0 and _is_part(tokens[place - 1])
    return words.part_of_speech(token)[:1] in {"", "n", "j"}


def _is_part(token: str) -> bool:
    if not words.is_word(token) or token in _BODY_STOPS or re.match(r"[\da-z]", token):
        return False
    tag = words.part_of_speech(token)
    return tag == "" or (tag[:1] in _BODY_TAGS and tag != "vd")


def held(claim: Claim, text: str) -> bool:
    """Tell whether a text states what a claim does."""
    if claim.type in {ClaimType.TITLE, ClaimType.NAME, ClaimType.DOCUMENT_NUMBER}:
        return str(claim.key[0]) in bare(text)
    told = _claims(text) + _claims(_OPENED.sub(" ", text))
    same = [other for other in told if other.type is claim.type]
    if claim.type is ClaimType.DATE:
        return any(_is_date(claim.key, other.key) for other in same)
    if claim.type is ClaimType.NUMBER:
        return any(is_number(claim, other) for other in same)
    return any(is_body(claim, other) for other in same)


_OPENED = re.compile(r"[《》〈〉“”「」]")  # what stands inside of a title is told, too


def _is_date(said: tuple[str | float, ...], told: tuple[str | float, ...]) -> bool:
    """Tell whether a date is another, or a part of it that begins with the year or the month."""
    return all(one in {-1.0, other} for one, other in zip(said, told, strict=True))


def is_number(one: Claim, other: Claim) -> bool:
    """Tell whether two numbers are equal and of the same thing, as far as their units tell."""
    return one.key[0] == other.key[0] and (one.key[1] == other.key[1] or not one.key[1] or not other.key[1])


def is_body(said: Claim, told: Claim) -> bool:
    """Tell whether a body is the one told, in full or shortened to characters of its name in their order."""
    short, full = (
        re.sub(r"^(?:中共中央|中华人民共和国|国家)(?=.{2})", "", str(claim.key[0])) for claim in (said, told)
    )
    if str(said.key[0]) == str(told.key[0]) or short == full:
        return True
    if len(short) >= len(full) or short[-1] != full[-1] or short[0] not in full[:2]:
        place, is_level = full.removesuffix(short), short[0] in "省市区县州"  # (湖北)省…厅
        return full.endswith(short) and len(short) > 3 and (is_level or _PLACE_BEFORE.fullmatch(place) is not None)  # noqa: PLR2004
    if full.startswith(short) or full.endswith(short):  # 国务院 of 国务院办公厅
        return False
    found = -1
    for letter in short:
        found = full.find(letter, found + 1)
        if found < 0:
            return False
    return True


_PLACE_BEFORE = re.compile(r"[\u4e00-\u9fff]{2,6}?[省市区县州]")

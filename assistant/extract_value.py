"""Values asked for: the date, number, amount, place or contact that stands with the words of the question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.constraints import ranged
from assistant.draft import NOT_TOLD, Draft, Statement, as_shown
from assistant.evidence import Sentence, Unit, own_match
from assistant.meant import governing, is_condition, is_governed, is_past, of_condition, of_money, of_time, piece_around
from assistant.narrow import asks_bound, is_bound, is_limit, narrowed, of_case
from assistant.tiers import is_by_case, is_by_tier
from assistant.trim import trimmed
from assistant.understand import Query
from knowledge import words
from knowledge.sentences import clauses
from knowledge.values import Value, ValueType, values, years

_CONTACTS = {
    ValueType.PLACE,
    ValueType.TIME,
    ValueType.PHONE,
    ValueType.WEB,
    ValueType.EMAIL,
    ValueType.DOCUMENT_NUMBER,
}
_REACHED = {ValueType.PHONE, ValueType.EMAIL}
_ASKS_ANY = re.compile(r"联系方式|怎么联系|如何联系")
_BESIDE = re.compile(r"\s*[、，,；;或和/]?\s*(?:(?:电子)?邮箱|邮件|(?:联系|咨询)?电话|手机|传真)?\s*[:：]?\s*")
_NUMBERS = {ValueType.COUNT, ValueType.MONEY, ValueType.SHARE, ValueType.DURATION, ValueType.AGE}
_BLOCK_CHARACTERS = 80  # of a block of contacts above a line
_LONGEST_TABLE = 160  # characters
_EQUAL = 0.9
_PERIOD = re.compile(r"月.{0,3}日?\s*[至到—–-]")  # 3月1日至4月30日
_SAME_YEAR = re.compile(r"当年|同年|全年|该年|年内")
_EDGE = re.compile(r"(?:之|以)?前(?!后|期)|(?:之|以)后")
_CONDITION = re.compile(r"的[\u4e00-\u9fff]{0,8}[，,]$")
_PAID = re.compile(r"发放|拨付|补贴|补助|返还|贴息|报销|减免|资助|给予|支付|承担|缴费额|费用|工资")
_PRICE = re.compile(r"(?:学费|价格|收费|租金|工资|房租|会费)[^补减免返贴]{0,6}多少")
_RELIEF = re.compile(r"减免|减收|补贴|补助|返还|贴息")
_RATE = re.compile(r"率|低于|高于|不足|达到")
_INSIDE = 0.85
_LIMIT = 0.97  # of what is told of a limit (不少于5个), beside a plain number
_BOUND = 0.4  # for the most or the least, where that is asked for
_GOVERNS = 0.01  # for the date of the clauses that are asked about, among those of a sentence
_UNDER = 0.8  # how far the clause before a piece counts as its own words
_TABLE = 1  # values; more make a table
_RIVAL = 0.85
_AMOUNT = 0.6
_BARE_YEAR = re.compile(r"(?:19|20)\d{2}年")
_RECURRING = re.compile(r"每[月天年日]|按[月天年日]|月均")
_ASKS_RISE = re.compile(r"上浮|上调|提高|增加|下调|降低|减|加成|比例|百分")
_SAME_POLICY = 0.4

_ADDRESS = re.compile(r"街道|大街|路|巷|村|园|座|楼|层|室|号")


def value(query: Query, units: Sequence[Unit]) -> Draft:
    """Answer with a value of the wanted type that stands with the words of the question, and meets its years.

    Where the evidence tells several such values (by years of contribution, by grade), or several things are asked,
    the whole of it is the answer.
    """
    found = [
        (unit.score + 0.5 * own, text, unit)
        for unit in units
        if years_fit(query, unit.sentence)
        for text, own in _pieces_with(query, unit)
    ]
    found = _amounts(query, found)
    if not found:
        return NOT_TOLD
    _, text, unit = max(found, key=lambda scored: scored[0])
    fitting = ranged(query, unit)
    if fitting is not None:
        return Draft((Statement(as_shown(fitting), (unit.sentence,)),))
    if query.asks_several or _asks_way(query) or _is_table(query, unit):
        whole = max((unit.sentence.text, unit.text, text), key=lambda told: len(told) * (len(told) <= _LONGEST_TABLE))
        text = as_shown(whole)
    elif query.wanted in _NUMBERS:
        text = _bare(query, text)
    elif query.wanted in _REACHED:
        text = _with_others(query, text, unit)
    return _with_newer(query, (text, unit), found)


def _with_others(query: Query, text: str, unit: Unit) -> str:
    """Return a number to ring or an address to write to with those told beside it: 「86222616、12345」."""
    asked = _REACHED if _ASKS_ANY.search(query.text) else {query.wanted}
    told = [value for value in values(unit.text) if value.type in asked]
    own = next((at for at, value in enumerate(told) if value.text == text), None)
    if own is None:
        return text
    first = last = own
    while first and _BESIDE.fullmatch(unit.text, told[first - 1].end, told[first].start):
        first -= 1
    while last + 1 < len(told) and _BESIDE.fullmatch(unit.text, told[last].end, told[last + 1].start):
        last += 1
    return unit.text[told[first].start : told[last].end]


def _amounts(query: Query, found: Sequence[tuple[float, str, Unit]]) -> list[tuple[float, str, Unit]]:
    """Leave out, where an amount is asked for and told, by how many per cent it is raised."""
    told = [piece for piece in found if any(value.type is ValueType.MONEY for value in values(piece[1]))]
    is_told = query.wanted is ValueType.MONEY and told and not _ASKS_RISE.search(query.text)
    if not is_told or max(score for score, _, _ in told) < _AMOUNT * max(score for score, _, _ in found):
        return list(found)
    return [piece for piece in found if piece in told or not _ASKS_RISE.search(piece[1])]


def _bare(query: Query, text: str) -> str:
    """Return the one value of the wanted type that a text states, without what the question says already."""
    stated = [value for value in values(text) if _is_wanted(query, value) and value.text not in query.text]
    return trimmed(query, text, stated[0]) if len(stated) == 1 else text


def _asks_way(query: Query) -> bool:
    """Tell whether where to do something is asked, rather than an address."""
    return query.wanted is ValueType.PLACE and re.search(r"地址|地点|位置|什么地方", query.text) is None


def _is_table(query: Query, unit: Unit) -> bool:
    """Tell whether a unit sets out several values of the wanted type that the question fits equally."""
    if query.wanted in _CONTACTS or (query.wanted is ValueType.DATE and not _PERIOD.search(unit.text)):
        return False
    wanted = [value for value in values(unit.sentence.text) if _is_wanted(query, value)]
    if is_by_case(query, unit.sentence.text, wanted) or is_by_tier(query, unit.sentence.text, wanted):
        return True
    pieces = _pieces_with(query, replace(unit, text=unit.sentence.text))
    best = max((own for _, own in pieces), default=0.0)
    return len({text for text, own in pieces if own >= _EQUAL * best}) > _TABLE


def _with_newer(query: Query, chosen: tuple[str, Unit], found: Sequence[tuple[float, str, Unit]]) -> Draft:
    """Answer; where another document tells another value as well, give both, the newer first.

    Of one date, or of dates that are not told, two documents contradict each other only under the same title.
    """
    text, unit = chosen
    best = max(score for score, _, _ in found)
    others = [
        (shown, other)
        for score, told, other in found
        for shown in [_bare(query, told) if query.wanted in _NUMBERS else told]
        if score >= _RIVAL * best
        and other.sentence.doc_id != unit.sentence.doc_id
        and (_differ_in_date(other, unit) or words.normal(other.sentence.title) == words.normal(unit.sentence.title))
        and own_match(query.terms, other.text) >= _RIVAL * own_match(query.terms, unit.text)
        and shown != text
        and share_title(other.sentence.title, unit.sentence.title)
    ]
    if not others or query.wanted in _CONTACTS:
        return Draft((Statement(text, (unit.sentence,)),))
    pair = sorted([(text, unit), others[0]], key=lambda told: told[1].sentence.published or "", reverse=True)
    ages = ("较新的", "较早的") if _differ_in_date(pair[0][1], pair[1][1]) else ("一份", "另一份")
    return Draft(
        tuple(Statement(f"{age}文件：{told}", (other.sentence,)) for age, (told, other) in zip(ages, pair, strict=True))
    )


def _differ_in_date(one: Unit, other: Unit) -> bool:
    dates = one.sentence.published, other.sentence.published
    return None not in dates and dates[0] != dates[1]


def years_fit(query: Query, sentence: Sentence) -> bool:
    """Tell whether a sentence speaks of the years the question names; a sentence without a year fits none of them."""
    if not query.years:
        return True
    told = set(years_told(sentence))
    return set(query.years) <= told if len(query.years) > 1 or len(told) < 2 else _single(query.years[0], sentence.text)  # noqa: PLR2004


def years_told(sentence: Sentence) -> tuple[int, ...]:
    """Return the years a sentence speaks of: those it names, or the last one named before it where it says 当年."""
    named = years(sentence.text)
    if named or not _SAME_YEAR.search(sentence.text):
        return named
    before = years(sentence.before) or years(" ".join(sentence.headings))
    return before[-1:]


def _single(year: int, text: str) -> bool:
    """Tell whether a text names a year by itself, not only as an end of a span."""
    return re.search(rf"(?<![—–~～至\d-])(?<![年月日\d]到){year}年", text) is not None


def share_title(one: str, other: str) -> bool:
    """Tell whether two documents are about one policy, by the words of their titles."""
    first, second = (
        {word for word in words.words(title) if not re.search(r"\d", word)} - words.stop_words() - words.generic_words()
        for title in (one, other)
    )
    return len(first & second) >= _SAME_POLICY * min(len(first), len(second))


def states(query: Query, unit: Unit) -> bool:
    """Tell whether a unit states a value of the wanted type, for the years the question names."""
    return years_fit(query, unit.sentence) and bool(_pieces_with(query, unit))


def _pieces_with(query: Query, unit: Unit) -> list[tuple[str, float]]:
    """Return (text, match) of the pieces of a unit that hold a value of the wanted type, with what it is a value of."""
    found = []
    stated, told, is_alone = _stated(query, unit)
    chief = governing(query, unit.text, stated) if query.wanted is ValueType.DATE else None
    label_start = 0
    chief = governing(query, unit.text, stated) if query.wanted is ValueType.DATE else None
    for value in stated:
        start, end = piece_around(unit.text, value)
        piece = unit.text[start:end]
        under = _condition_before(unit.text, start, stated)
        if query.wanted in _CONTACTS:
            piece, label_start = unit.text[label_start : value.end], value.end
            near = own_match(query.terms, unit.sentence.before[-_BLOCK_CHARACTERS:] + piece)
        own = max(own_match(query.terms, piece), _UNDER * own_match(query.terms, under + piece) if under else 0.0)
        own = max(own, of_case(query, unit.text, value, told)) + _BOUND * (
            asks_bound(query) and is_bound(query, unit.text, value)
        )
        own *= _INSIDE ** _only_inside(query, piece) * _LIMIT ** is_limit(unit.text, value)
        if query.wanted in _CONTACTS:
            own = (own + near) / 2
        if query.wanted is ValueType.DATE:
            own += _GOVERNS * (value == chief)
            edge = _EDGE.match(unit.text, value.end)
            found.append((value.text + (edge.group() if edge else ""), own))
        elif query.wanted in _CONTACTS:
            found.append((value.text, own))
        elif own > 0 or is_alone:
            found.append((as_shown(piece), own))
    return _counted(query, found)


def _stated(query: Query, unit: Unit) -> tuple[list[Value], list[Value], bool]:
    """Return the values of a unit that can be meant, those of them before all others were left out, and whether it is one."""
    stated = [value for value in values(unit.text) if _is_wanted(query, value) and value.text not in query.text]
    stated = [value for value in stated if not is_condition(unit.text, value)] or of_condition(query, unit, stated)
    told = [value for value in stated if _is_paid(query, unit.text, value)]
    stated = [value for value in narrowed(query, unit, told) if _in_year(query, unit.text, value)]
    is_alone = len(told) == 1 or len(stated) == 1 < len(told)
    stated = [value for value in stated if not is_past(query, unit.text, value)] or stated
    stated = [value for value in stated if is_governed(query, unit.text, value)] or of_time(query, unit.text, stated)
    stated = [value for value in stated if _recurs(query, unit.text, value)]
    meant = of_money(query, unit.text, stated)
    is_alone = is_alone or len(meant) == 1 < len(stated)
    if query.wanted is ValueType.DATE:
        meant = _without_years_asked(query, meant)
    return meant, told, is_alone


def _only_inside(query: Query, piece: str) -> int:
    """Return how many words of a question a piece has only as a part of longer names: 技师 in 高级技师."""
    own = words.tokens(piece)
    asked = [term.word for term in query.terms if term.word in words.normal(piece) and term.word not in own]
    return sum(any(word in token and token in words.policy_terms() for token in own) for word in asked)


def _condition_before(text: str, start: int, stated: Sequence[Value]) -> str:
    """Return the clause before a piece that says of whom or when it holds; empty where it tells a value of its own."""
    before = next((text[first:last] for first, last in clauses(text, "，,；;。：:") if last == start), "")
    first = start - len(before)
    is_told = any(first <= value.start < start for value in stated)
    parts = clauses(text, "；;。")
    is_parallel = len(parts) > 1 and any(opening == first for opening, _ in parts)
    return before if not is_told and (is_parallel or _CONDITION.search(before)) else ""


def _without_years_asked(query: Query, stated: list[Value]) -> list[Value]:
    """Leave out a bare year that the question names itself, where a unit tells other dates (「2025年的截止日期为5月30日」)."""
    fresh = [value for value in stated if not (_BARE_YEAR.fullmatch(value.text) and value.text[:4] in query.text)]
    return fresh or stated


def _counted(query: Query, pieces: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Keep, where a number of things is asked, the pieces that name the thing (「医生12名、护士30名」), if any does."""
    nouns = [word for word in query.focus if len(word) > 1] if query.wanted is ValueType.COUNT else []
    return [piece for piece in pieces if any(noun in piece[0] for noun in nouns)] or pieces


def _recurs(query: Query, text: str, value: Value) -> bool:
    """Tell whether a value may come as often as is asked: what is paid once is no answer to 「每人每月多少」."""
    asked, told = _RECURRING.search(query.text), text[slice(*piece_around(text, value))]
    if asked:
        return "一次性" not in told or asked.group() in told
    return "一次性" not in query.text or _RECURRING.search(told) is None


def _in_year(query: Query, text: str, value: Value) -> bool:
    """Tell whether a value belongs to the year asked for, where its sentence tells of several years in turn."""
    told = [date for date in values(text) if date.type is ValueType.DATE and re.match(r"\d{4}", date.text)]
    if len(query.years) != 1 or len(told) < 2 or query.wanted is ValueType.DATE:  # noqa: PLR2004
        return True
    governing = next((date for date in reversed(told) if date.end <= value.start), told[0])
    return str(query.years[0]) in governing.text


def _is_paid(query: Query, text: str, value: Value) -> bool:
    """Tell whether a share is a part of what is paid, where an amount is asked for: 补贴40%, not 出勤率80%."""
    if query.wanted is not ValueType.MONEY or value.type is not ValueType.SHARE:
        return True
    told = text[slice(*piece_around(text, value))]
    if _PRICE.search(query.text) and _RELIEF.search(told):
        return False
    return (_PAID.search(told) is not None and _RATE.search(told) is None) or _ASKS_RISE.search(told) is not None


def _is_wanted(query: Query, value: Value) -> bool:
    if query.wanted is ValueType.COUNT and not query.units:
        return value.type in _NUMBERS
    if query.wanted is ValueType.MONEY and value.type is ValueType.SHARE:
        return True  # 上浮20%
    if value.type is not query.wanted:
        return False
    if query.wanted is ValueType.PLACE and not _asks_way(query):
        return _ADDRESS.search(value.text) is not None
    if query.wanted is not ValueType.COUNT:
        return True
    if value.unit in query.units or query.units == ("个",):  # what is asked by 个 has a classifier of its own
        return True
    if value.unit == "个":  # 11个消杀企业 are so many 家企业
        return any(len(word) > 1 and word in value.noun for word in query.focus)
    return not value.unit and any(word in value.noun or value.noun.startswith(word) for word in query.focus)

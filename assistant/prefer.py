"""Evidence -> the same in another order: what the form of a question prefers among sentences on its subject."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.constraints import has_stated
from assistant.evidence import Unit, match
from assistant.kinds import Kind
from assistant.limits import limits, numbers
from assistant.understand import Query
from knowledge import words
from knowledge.values import ValueType, values

_DEFINED = 0.25
_EQUATED = 0.35
_SAYS_FOCUS = 0.15
_UNDER_SAME_QUESTION = 0.2
_FIRST = 0.06  # sentence of an answer
_ECHO = -0.3
_SAME_QUESTION = 0.6
_FRESH_PAIRS = 3
_SHORT = 60  # characters
_ASKS_MEANING = re.compile(
    r"是(?:个|一个|种|一种)(?:什么|啥)(?:样的)?[\u4e00-\u9fff]{0,4}[?？]?$|什么是|什么叫|何谓|何为|啥是|啥叫|什么意思|含义|定义|指什么|指的是什么"
)
_DEFINITION = re.compile(r"是指|指的是|所称|是一[种项类个]")
_ASKS_REASON = re.compile(r"意义|重要性|作用|好处|有什么用|目的")
_REASON = re.compile(
    r"因为|由于|鉴于|为了|以便|有利于|有助于|是[^，,。；;]{2,60}(?:举措|支撑|需要|基础|关键|途径|保障|要求|目标|抓手|手段|前提)"
)
_REASONED = 0.25
_ISSUED_ONLY = re.compile(
    r"(?:印发|发布|出台|制定|颁布|下发)(?:实施)?了?(?:《[^》]*》[、和]?)+(?:[（(][^）)]*[)）])?[。；;，,]?$"
)
_ASKS_ISSUE = re.compile(r"印发|发布|出台|颁布|制定|下发|文件")
_FORBIDDEN = re.compile(r"(?:不得|不能|不准|不许|不可以?|禁止|严禁|不予|不允许|不给)(?!不)")
_FORBIDS = re.compile(r"不得|不能|不准|不许|不可|禁|不予|不允许|取消|停止|除外|不再|不享受|不属于|无法|未|没有")
_UNFORBIDDEN = -0.25
_STATED = 0.3
_ENDED = -0.3
_BACK = -0.25
_RANGE = 0.3
_PAID = 0.15
_PER = tuple(
    (re.compile(asked), re.compile(told))
    for asked, told in (
        (r"[每一](?:个)?月|按月|月薪", r"每月|月[补标]|/月"),
        (r"[每一]年(?!级)|按年|全年", r"每年|全年|年度|/年"),
        (r"一[次回]|一次性", r"一次性"),
        (r"最[高多]|封顶|上限|至多", r"最高|不超过|封顶|上限|最多"),
    )
)
_SUMMED = -0.4
_SUM = re.compile(
    r"据统计|截至|截止(?!日)|(?:全[省市县区国年]|累计|总共|合计|一共)[^，,。]{0,12}(?:发放|拨付|支出|投入|兑现|减免)|(?:已|共)[^，,。]{0,10}(?:发放|拨付|支出)"
)
_OWN = re.compile(r"给|领|补(?![助贴])|拿|得|奖|一个|每|我|能有")
_ASKS_SUM = re.compile(r"总共|一共|累计|合计|总额|总数|共|全[省市县区国年]|截至|已经?|投入|拨|发(?:放)?了")
_AT_LABEL = 0.5
_IN_CHARGE = 0.2
_ASKS_CHARGE = re.compile(r"谁(?:来|去)?(?:管(?!用)|负责|主管|牵头|抓|落实|实施|组织|承担)|归谁|由谁")
_CHARGE = re.compile(r"[局厅部委办府会院校心]负责|负责.{0,20}(?:管理|工作|实施|组织|审核|监督)|牵头|主管部门|承担")
_ENDING = 4  # characters of a label beside the name of the place: （一）… 区
_CONDITION = re.compile(r"[^，,。；;]{0,10}的(?:[，,；;。]|$|[\u4e00-\u9fff]{2,8}[，,])")
_REFERS_BACK = re.compile(r"(?:上述|以上|前述|前款|该类|这些|符合上述)")
_ENDS = re.compile(r"(?:停止|不再)执行|予以废止|同时废止|自行失效")
_ASKS_EARLIER = re.compile(r"以前|之前|原来|过去|旧|从前|停止|废止|失效|还(?:有效|执行|能用)|什么变")


def prefer(query: Query, units: Sequence[Unit]) -> list[Unit]:
    """Return the units, best first, after the rules below have raised and lowered some."""
    rules = (
        _says_focus,
        _equates,
        _defines,
        _gives_reason,
        _under_same_question,
        _echoes,
        _forbids,
        _has_stated,
        _is_ended,
        _refers_back,
        _in_range,
        _paid_as_asked,
        _sums_up,
        _labelled_so,
        _is_in_charge,
    )
    changed = [replace(unit, score=unit.score + sum(rule(query, unit) for rule in rules)) for unit in units]
    return sorted(changed, key=lambda unit: -unit.score)


def _in_range(query: Query, unit: Unit) -> float:
    """Raise the row for the number that the question has (缴费满5年不满8年的 for 「交了6年」), lower those for others."""
    if query.asks_yes_no or not query.premises:
        return 0.0
    ranges = [limit for limit in limits(unit.text) if _CONDITION.match(unit.text, limit.end)]
    told = [limit.decides(asked) for asked in numbers(query.text) if asked.low == asked.high for limit in ranges]
    decided = [is_so for is_so in told if is_so is not None]
    return (_RANGE if any(decided) else -_RANGE) if decided else 0.0


def _paid_as_asked(query: Query, unit: Unit) -> float:
    """Raise what is told for the time or the share that is asked for: by the month, by the year, for one person."""
    if query.wanted is not ValueType.MONEY:
        return 0.0
    return sum(_PAID for asked, told in _PER if asked.search(query.text) and told.search(unit.text))


def _sums_up(query: Query, unit: Unit) -> float:
    """Lower what was paid to all together (全省共发放…) where it is asked what one gets."""
    asked = query.wanted is ValueType.MONEY and _OWN.search(query.text) and not _ASKS_SUM.search(query.text)
    return _SUMMED if asked and _SUM.search(unit.text) else 0.0


def _is_in_charge(query: Query, unit: Unit) -> float:
    """Raise what says who is in charge, where that is asked."""
    asked = query.kind is Kind.WHO and _ASKS_CHARGE.search(query.text)
    return _IN_CHARGE if asked and _CHARGE.search(unit.text) else 0.0


def _labelled_so(query: Query, unit: Unit) -> float:
    """Raise the line that begins with the place that is asked about: 「东屿区：码头街6号」."""
    label = unit.text.partition("：")[0].partition(":")[0]
    if query.wanted is None or len(label) == len(unit.text):
        return 0.0
    places = (*query.places, *query.unknown_places)
    return _AT_LABEL if any(place in label and len(label) <= len(place) + _ENDING for place in places) else 0.0


def _says_focus(query: Query, unit: Unit) -> float:
    """Raise what says by itself the noun or the action that is asked for, or has the form that tells what is asked."""
    if query.aspect is not None and query.aspect.tells(words.normal(unit.text)):
        return _SAYS_FOCUS
    wanted = [term for term in query.terms if term.word in query.focus and term.word not in words.generic_words()]
    told = [match(term, unit.text) for term in wanted]
    return _SAYS_FOCUS * sum(told) / len(told) if told else 0.0


def _equates(query: Query, unit: Unit) -> float:
    """Raise 「见习对象为…」 for 「见习对象是谁」."""
    if query.kind not in {Kind.LIST, Kind.WHO, Kind.WHAT} or query.cue:
        return 0.0
    nouns = [re.escape(noun) for noun in query.focus if len(noun) > 1]
    equation = "|".join(rf"{noun}(?:主要|分别|一般)?(?:为|是|包括|有|[:：])" for noun in nouns)
    return _EQUATED if equation and re.search(equation, unit.text) else 0.0


def _defines(query: Query, unit: Unit) -> float:
    """Raise 「甲是指…」 where the meaning of a word is asked for."""
    if query.kind is not Kind.WHAT or not _ASKS_MEANING.search(query.text):
        return 0.0
    name = next(iter(query.names), "") or next((term.word for term in query.terms if term.word in query.focus), "")
    says_what = bool(name) and re.match(
        rf"[^，,。]{{0,4}}{re.escape(name)}[”》」]?(?:[（(][^）)]*[）)])?(?:是(?!否|不)|即|为)", unit.text
    )
    is_named = bool(name) and re.search(rf"以下称(?:为)?[“「]?{re.escape(name)}", unit.text) is not None
    return _DEFINED if says_what or is_named or _DEFINITION.search(unit.text) else 0.0


def _gives_reason(query: Query, unit: Unit) -> float:
    """Raise what says why something is done or what it is good for, where that is asked."""
    asked = query.kind is Kind.WHY or _ASKS_REASON.search(query.text)
    return _REASONED if asked and _REASON.search(unit.text) else 0.0


def _under_same_question(query: Query, unit: Unit) -> float:
    """Raise what answers nearly the same question on a page of questions and answers."""
    above = unit.sentence.headings[-1] if unit.sentence.headings else ""
    if not above.endswith(("?", "？")) or not query.terms:
        return 0.0
    total = sum(term.weight for term in query.terms)
    told = sum(term.weight * match(term, above) for term in query.terms)
    if told < _SAME_QUESTION * total:
        return 0.0
    return _UNDER_SAME_QUESTION + _FIRST * (not unit.sentence.before and query.kind is not Kind.YES_NO)


def _echoes(query: Query, unit: Unit) -> float:
    """Lower what only says the question again, and that a document was issued where something else is asked."""
    if query.kind is Kind.YES_NO:
        return 0.0
    if not _ASKS_ISSUE.search(query.text) and _ISSUED_ONLY.search(unit.text):
        return _ECHO
    asked, told = words.normal(query.text), words.normal(unit.text)
    pairs = {asked[place : place + 2] for place in range(len(asked) - 1)}
    fresh = sum(told[place : place + 2] not in pairs for place in range(len(told) - 1))
    return _ECHO if fresh <= _FRESH_PAIRS and len(told) <= _SHORT else 0.0


def _forbids(query: Query, unit: Unit) -> float:
    """Lower what forbids nothing where it is asked what is forbidden."""
    asked = query.kind is not Kind.YES_NO and _FORBIDDEN.search(query.text)
    return _UNFORBIDDEN if asked and not _FORBIDS.search(unit.sentence.text) else 0.0


def _has_stated(query: Query, unit: Unit) -> float:
    """Raise what has the number, date or title that a yes/no question states."""
    asked = query.kind is Kind.YES_NO and bool(values(query.text))
    return _STATED if asked and has_stated(query, unit.text) else 0.0


def _is_ended(query: Query, unit: Unit) -> float:
    """Lower what is said to hold no longer, where what holds is asked for."""
    return 0.0 if _ASKS_EARLIER.search(query.text) or not _ENDS.search(unit.text) else _ENDED


def _refers_back(query: Query, unit: Unit) -> float:
    """Lower what speaks of things that were told before it (上述人员), where those things are asked for."""
    asked = query.kind in {Kind.LIST, Kind.WHO, Kind.WHAT}
    return _BACK if asked and _REFERS_BACK.match(unit.text) else 0.0

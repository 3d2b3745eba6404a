"""Yes or no where the text decides it by a number or a day: 「干了8个月能领吗」 against 「满12个月」, 「12月15号还能报吗」.

The limit that is meant stands with the words that the number of the question stands with; where several could be meant and do
not agree, nothing is decided.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.draft import Draft, Statement, as_shown
from assistant.evidence import Sentence, Unit, own_match
from assistant.kinds import Kind
from assistant.limits import Days, Limit, dates, limits, numbers, windows
from assistant.understand import Query
from knowledge import words
from knowledge.query import QueryTerm
from knowledge.sentences import clauses

_ABLE = re.compile(
    r"能|可以|可不可|够|符合|满足|行[不吗么得]|有?没?资格|来得及|享受|合格|达标|允许|算[不吗]|给[不我吗]|领[吗得到不]|申请|申报|报名|报[吗上不]|参加|参评|超|晚了|过期|要不要|办[理吗得]"
)
_STATES = re.compile(r"(?<!以)(?<!能)(?:是|为|标准|规定|要求|从|自|于)(?:每[人月年天户次]){0,2}$")
_BY_TURNS = re.compile(r"一(?:年|个?月|天|周|次)")  # 一年评15名: how often, not how long
_LASTED = re.compile(r"[了后内多以的，,。？?吗能可够满]")
_DENIES = re.compile(r"不能|不可以|不得|不给|不行|不符合|不予|是不是不|无法")
_FORBIDS = re.compile(
    r"不得(?![少低超高多])|不能(?![少低超高多])|不予|不再|不享受|不适用|不纳入|不参加|不发|不给|禁止|取消|停止|除外|不可(?![少低超高多])|予以摘牌|不符合|拒绝|停发"
)
_LATE = re.compile(r"逾期[^。；;]{0,14}")
# How long somebody may take to decide says nothing of who may ask.
_PROCESS = re.compile(r"之?日起|工作日内|办结|审核完|审核完毕|作出|答复|拨付|公示|完成审|送达|到账")
_WOMAN, _MAN = re.compile(r"女|妇|阿姨|大姐"), re.compile(r"男|大叔|大爷|大哥")
_LEAST_COVERED = 0.25
_EQUAL = 0.88
_AROUND = 9  # characters of the question before its number, and half of them behind
_BY_ITSELF = {"age", "share", "人"}  # dimensions that say themselves what they are numbers of


@dataclass(frozen=True, slots=True)
class _Told:
    """What one sentence decides, how well it fits, and the clause that says so."""

    is_so: bool
    score: float
    sentence: Sentence
    clause: str


def decided(query: Query, units: Sequence[Unit]) -> Draft | None:
    """Answer 是 or 否 with the clause that decides; None where none does. ``units`` are all that were ranked, best first."""
    if query.kind is not Kind.YES_NO or not query.asks_yes_no or _DENIES.search(query.text):
        return None
    by_sentence = {
        (unit.sentence.doc_id, unit.sentence.start): unit for unit in reversed(units) if _may_tell(query, unit)
    }
    whole = sorted(by_sentence.values(), key=lambda unit: -unit.score)
    days = dates(query.text)
    asked = [number for number in numbers(query.text) if _is_asked(query.text, number.start)]
    if days and _is_asked(query.text, days[0].start):
        return _said([_agreed(list(_by_day(query, days[0], whole)))])
    told = [_agreed(list(_by_number(query, number, whole))) for number in asked]
    return _said(told)


def _is_asked(text: str, start: int) -> bool:
    """Tell whether a number is one that somebody has, rather than one that is said to be the rule."""
    turns = _BY_TURNS.match(text, start)
    is_turn = turns is not None and not _LASTED.match(text, turns.end())
    return not is_turn and _ABLE.search(text) is not None and _STATES.search(text[:start]) is None


def _may_tell(query: Query, unit: Unit) -> bool:
    sentence = unit.sentence
    around = f"{sentence.title}\n{sentence.about}\n{''.join(sentence.headings)}\n{sentence.text}"
    is_there = all(place in around for place in (*query.places, *query.unknown_places))
    is_about = not any(_is_noun(term) for term in unit.missing)
    return is_there and is_about and not sentence.is_heading and unit.coverage >= _LEAST_COVERED


def _is_noun(term: QueryTerm) -> bool:
    """Tell whether a word of a question is a thing it is about, not what only tells how something is asked."""
    is_generic = len(term.word) == 1 or term.word in words.generic_words() or re.search(r"[\d%]", term.word) is not None
    return not is_generic and (words.part_of_speech(term.word)[:1] in {"", "n"} or term.word in words.policy_terms())


def _said(told: Sequence[_Told | None]) -> Draft | None:
    """Say no where one number decides so, yes where all do."""
    found = [one for one in told if one is not None]
    against = [one for one in found if not one.is_so]
    if not against and (not found or len(found) < len(told)):
        return None
    one = (against or found)[0]
    word = "是的" if one.is_so else "否"
    return Draft((Statement(f"{word}，{as_shown(one.clause)}", (one.sentence,)),))


def _agreed(told: Sequence[_Told]) -> _Told | None:
    """Return what fits best, if what fits nearly as well says the same."""
    best = max(told, key=lambda one: one.score, default=None)
    if best is None or any(one.is_so is not best.is_so for one in told if one.score >= _EQUAL * best.score):
        return None
    return best


# ---- by a number


def _by_number(query: Query, asked: Limit, units: Sequence[Unit]) -> Iterator[_Told]:
    near = _near(query, asked.start, asked.end)
    for unit in units:
        text = unit.sentence.text
        told = [limit for limit in limits(text) if limit.dimension == asked.dimension]
        for limit in told:
            clause = _clause(text, limit.start)
            is_so = _holds(limit, asked)
            if is_so is None or _PROCESS.search(clause) or not _same_person(query.text, _before(text, limit)):
                continue
            if not is_so and _is_tier(text, limit, told):
                continue
            anchored = own_match(near, _with_case(text, limit.start)) if near else 0.0
            if not anchored and asked.dimension not in _BY_ITSELF:
                continue
            score = unit.coverage + anchored
            yield _Told(
                is_so is not _forbids(unit.sentence, limit.end), score, unit.sentence, _shown(text, limit.start)
            )


def _holds(limit: Limit, asked: Limit) -> bool | None:
    """Tell whether a limit holds for what is asked; 「最多100万，是不是」 states a limit, which is the same or is another."""
    states_limit = asked.low != asked.high and (math.isinf(asked.low) or math.isinf(asked.high))
    if (
        states_limit
        and math.isinf(limit.low) == math.isinf(asked.low)
        and math.isinf(limit.high) == math.isinf(asked.high)
    ):
        return (limit.low, limit.high) == (asked.low, asked.high) if limit.dimension == asked.dimension else None
    return limit.decides(asked)


def _near(query: Query, start: int, end: int) -> list[QueryTerm]:
    """Return the words of a question that stand by its number."""
    around = query.text[max(0, start - _AROUND) : start] + " " + query.text[end : end + _AROUND // 2]
    return [term for term in query.terms if term.word in around]


def _is_tier(text: str, limit: Limit, told: Sequence[Limit]) -> bool:
    """Tell whether a limit is one of several tiers, of which another may hold what this one does not."""
    others = [other for other in told if other is not limit]
    return bool(others) and re.match(r"[^，,；;。]{0,12}的[，,]", text[limit.end :]) is not None


def _same_person(question: str, before: str) -> bool:
    """Tell whether a limit is not one of the other sex: 女性年满40周岁、男性年满50周岁."""
    woman, man = _WOMAN.search(question), _MAN.search(question)
    if not (woman or man):
        return True
    told = max(_WOMAN.finditer(before), key=lambda found: found.start(), default=None)
    other = max(_MAN.finditer(before), key=lambda found: found.start(), default=None)
    if told is None and other is None:
        return True
    last_is_woman = other is None or (told is not None and told.start() > other.start())
    return bool(woman) is last_is_woman


def _before(text: str, limit: Limit) -> str:
    return re.split(r"[，,；;。]", text[: limit.start])[-1]


def _forbids(sentence: Sentence, end: int) -> bool:
    """Tell whether what a limit holds for is forbidden by the words behind it, or by the line that leads the list in."""
    behind = re.split(r"[。；;]", _LATE.sub("", sentence.text[end:]))[0]
    return any(_FORBIDS.search(told) for told in (behind, sentence.under))


def _clause(text: str, place: int) -> str:
    return next((text[start:end] for start, end in clauses(text) if start <= place < end), text)


def _with_case(text: str, place: int) -> str:
    """Return a clause with the one before it that says whom it is for: 单身人员申请的，须年满30周岁."""
    found = clauses(text)
    number = next((number for number, (start, end) in enumerate(found) if start <= place < end), None)
    if number is None:
        return text
    before = text[slice(*found[number - 1])] if number else ""
    return (before if before.rstrip("，,").endswith(("的", "者")) else "") + text[slice(*found[number])]


_SHORT = 60  # characters


def _shown(text: str, place: int) -> str:
    """Return a short sentence whole, of a long one the part between semicolons or the clause."""
    if len(text) <= _SHORT:
        return text
    part = next((text[start:end] for start, end in clauses(text, "；;") if start <= place < end), text)
    return part if len(part) <= 2 * _SHORT else _clause(text, place)


# ---- by a day


def _by_day(query: Query, asked: Days, units: Sequence[Unit]) -> Iterator[_Told]:
    for unit in units:
        text = unit.sentence.text
        told = [(days, days.decides(asked)) for days in windows(text)]
        decisions = {is_so for _, is_so in told}
        if not told or (None in decisions and True not in decisions):
            continue
        is_so = True in decisions
        fitting = next((days for days, holds in told if holds), told[0][0])
        score = unit.coverage + own_match(query.terms, text)
        yield _Told(
            is_so is not _forbids(unit.sentence, fitting.end), score, unit.sentence, _shown(text, fitting.start)
        )

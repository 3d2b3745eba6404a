"""What stands in a sentence where the question has its question word.

「采购量最大的是什么？」 and 「…，采购量最大的是一次性筷子和餐盒。」: the words before the question word stand in the sentence, and what
follows them there is what was asked for, up to where the words behind the question word go on.
"""

from __future__ import annotations

import re

from assistant import gate
from assistant.kinds import Kind
from assistant.understand import Query
from knowledge import words

_NAMES = {Kind.WHAT, Kind.WHO, Kind.WHERE, Kind.LIST}
_QUESTION = re.compile(
    r"(?:是|为|有|叫|指|包括)?(?:什么样的?|什么|哪[里儿]|哪[些几一二两三四五六七八九十]*[个种类项家条张份位部所]?|谁|啥|怎么办|怎样|如何)"
)
_MEANING = re.compile(r"意思|含义|定义|什么是|什么叫")
_BREAK = re.compile(r"[，,。；;：:？?！!\n]")
_ENDS = re.compile(r"[。；;！!？?\n]")
_BETWEEN = re.compile(r"(?:了(?!解)|着|过)?(?:的)?(?:主要)?(?:是|为|有|叫|指|包括|在于[，,]?)?\s*[:：]?\s*")
_BRACKETS = ("《》", "“”", "（）", "()", "「」")
_SHORTEST_ANCHOR, _LONGEST_ANCHOR = 4, 16  # characters of the question found in the sentence
_FOLLOWING = 4  # characters behind the question word found in the sentence
_EQUATED = re.compile(r"[，,]?(?:已|也|都|正|就|便)?(?:成为|是|作为)(?:了)?(?:我们|全[省市国])?$")
_SHORTEST_NAME = 6  # characters
_SHORTEST_GAP, _LONGEST_GAP = 2, 100  # characters


def gap(query: Query, text: str) -> str | None:
    """Return what stands in a text where the question asks; None where the two do not run alike."""
    asked = list(_QUESTION.finditer(query.text))
    if len(asked) != 1 or query.kind not in {*_NAMES, Kind.HOW} or _MEANING.search(query.text):
        return None
    left = _BREAK.split(query.text[: asked[0].start()])[-1].rstrip("了的都")
    right = _BREAK.split(query.text[asked[0].end() :])[0]
    anchor = _anchored(left, text)
    if anchor is None:
        return None
    before = _before(query, left, text, anchor)
    if before is not None:
        return before
    if re.search(rf"[，,；;]{re.escape(left[-_SHORTEST_ANCHOR:])}", text[anchor:]):
        return None  # it is told of several: 不得用于甲，不得用于乙
    follows = text[anchor : anchor + 2].lstrip("的了")[:1]
    if (query.kind is Kind.HOW) is not (follows in {"，", ","}) or follows == "、":
        return (
            None  # of 「甲是乙的属性，…」 the answer stands before; how something is done follows what it is done with
        )
    between = _BETWEEN.match(text, anchor)
    start = between.end() if between else anchor
    if (
        start == anchor
        and query.kind is not Kind.HOW
        and _goes_on_as_name(query.text[: asked[0].start()], text[anchor:])
    ):
        return None
    stop = _ENDS.search(text, start)
    end = stop.start() if stop else len(text)
    if query.kind in _NAMES:
        end = _cut(left, right, text, start, end)
    told = text[start:end].strip(" 　，,、：:的")
    fits = _SHORTEST_GAP <= len(told) <= _LONGEST_GAP and _is_whole(told)
    if query.kind is Kind.WHO and not gate.names_somebody(told):
        return None
    return told if fits and _is_new(told, query.text) else None


def _before(query: Query, left: str, text: str, anchor: int) -> str | None:
    """Return what stands before, where a sentence ends in what the question begins with: 「…，成为重要保障」 for 「重要保障是什么」."""
    if query.kind is not Kind.WHAT or not left or _BREAK.match(text[anchor : anchor + 1] or "。") is None:
        return None
    size = next(size for size in range(len(left), 0, -1) if text[:anchor].endswith(left[-size:]))
    told = _EQUATED.search(text[: anchor - size])
    if size < _SHORTEST_NAME or told is None:
        return None
    clause = _BREAK.split(text[: told.start()].rstrip("，,"))[-1].strip()
    return clause if _SHORTEST_GAP < len(clause) <= _LONGEST_GAP and _is_whole(clause) else None


def _goes_on_as_name(left: str, following: str) -> bool:
    """Tell whether the words before the question word are the beginning of a longer name: 职业技能培训 in 职业技能培训计划."""
    *_, last = words.words(left) or ("",)
    return words.part_of_speech(last) in {"", "n", "vn"} and left.endswith(last) and words.is_word(following[:1])


def _anchored(left: str, text: str) -> int | None:
    """Return where the longest end of ``left`` that stands in a text ends there."""
    for size in range(min(len(left), _LONGEST_ANCHOR), _SHORTEST_ANCHOR - 1, -1):
        place = text.find(left[-size:])
        if place >= 0:
            return place + size
    return None


def _cut(left: str, right: str, text: str, start: int, end: int) -> int:
    """Return where what was asked for ends: before the words that follow the question word, or with its clause."""
    noun, *rest = words.words(right) or ("",)
    following = right[right.find(noun) + len(noun) :] if rest else ""
    places = [text.find(following[at : at + _FOLLOWING], start, end) for at in range(len(following) - _FOLLOWING + 1)]
    found = [place for place in places if place > start]
    if found:
        return min(found)
    comma = re.search(r"[，,]", text[start:end])
    if comma is None:
        return end
    clause = text[start : start + comma.start()]
    last = words.words(left)[-1:]
    is_object = bool(last) and words.part_of_speech(last[0]).startswith("v")
    return start + comma.start() if (noun and noun in clause) or "、" in clause or is_object else end


def _is_whole(told: str) -> bool:
    return all(told.count(pair[0]) == told.count(pair[1]) for pair in _BRACKETS)


def _is_new(told: str, asked: str) -> bool:
    return any(word not in asked for word in words.words(told) if word not in words.stop_words())

"""The places that a question names: by the dictionary, by their endings, in short; not where somebody is from."""

from __future__ import annotations

import re
from collections.abc import Iterable

from knowledge import words

_PLACE_ENDINGS = frozenset("省市县区州镇乡")
_NO_NAME = frozenset("本全我各该外在到去是的和对某哪跨出进城郊社")
_SHORTEST_PLACE = 2  # characters
_PROPER = frozenset(("ns", "nr", "nz"))  # the dictionary takes 保定市 for a common noun, 保定 for a place
_NO_PLACE = {"东西", "高新区", "中国", "我国", "全国", "国内", "中华", "华夏"}
_SHORT_PLACE_WEIGHT = 0.95
_HOME = re.compile(
    r"(?:我|俺|本人|老公|老婆|爱人)是?[\u4e00-\u9fff]{2,5}人|(?:老家|来自)(?:在|是)?[\u4e00-\u9fff]{2,5}|从[\u4e00-\u9fff]{2,5}(?=来|过来|回来)"
)


def named(terms: Iterable[str], text: str) -> tuple[str, ...]:
    """Return the places among the words of a question, or at the beginning of them (江西省人民政府)."""
    home = _home(text)
    found = (place for word in terms for place in [_place_of(word)])
    return tuple(dict.fromkeys(place for place in found if place and place not in home))


def _is_place(word: str) -> bool:
    """Tell whether a word is the name of a place; the dictionary takes 宝应县 and 怀柔区 for names of people."""
    if len(word) < _SHORTEST_PLACE or word in _NO_PLACE:
        return False
    tag = words.part_of_speech(word)
    if tag == "ns" or len(word) <= _SHORTEST_PLACE or word[-1] not in "市县区":
        return tag == "ns"
    is_proper = tag == "n" and word[-1] != "区" and words.part_of_speech(word[:-1]) in _PROPER
    return tag == "nr" or (is_proper and word[-2] not in "城县区")


def _home(text: str) -> str:
    """Return where somebody says to be from: no document has to be of that place."""
    return "".join(told.group() for told in _HOME.finditer(text))


def _place_of(word: str) -> str:
    """Return the place a word names or its name begins with (江西省人民政府), empty where there is none."""
    if _is_place(word):
        return word
    if words.part_of_speech(word) in {"nt", "ns"}:
        return next((word[:size] for size in range(len(word) - 1, 1, -1) if _is_place(word[:size])), "")
    return ""


def unknown(text: str) -> tuple[str, ...]:
    """Return names that end like a place and that no dictionary knows (澄湖县): the characters before a lone 县 or 市."""
    tokens = words.tokens(text)
    found = []
    for number, token in enumerate(tokens):
        before = tokens[max(0, number - 2) : number]
        if token in _PLACE_ENDINGS and before and words.is_word(before[-1]):
            name = "".join(before) if all(len(part) == 1 for part in before) else before[-1]
            if len(name) > 1 and not set(name) & _NO_NAME:
                found.append(name)
    return tuple(found)


def short(word: str) -> tuple[tuple[str, float], ...]:
    """Return a place without 省, 市 or 县, as documents often name it."""
    has_suffix = len(word) > 2 and word[-1] in "省市县区州" and _is_place(word)  # noqa: PLR2004
    return ((word[:-1], _SHORT_PLACE_WEIGHT),) if has_suffix else ()

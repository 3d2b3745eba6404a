"""A clause that states a value -> the value, with what the question has not said already.

「亏损最长结转年限延长至8年」 answers 「结转年限延长至多久」 with 「8年」; of 「补贴标准为每户8000元」 「每户8000元」 stays, since 「每户」 is new.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.understand import Query
from knowledge import words
from knowledge.values import Value

_LONGEST_NEW = 10  # characters before a value; more of them say something that must not be cut off
_JOINS = frozenset(
    "的 为 是 按 按照 达 达到 至 到 共 共有 有 了 将 由 给予 在 以 对 和 与 即 已 已经 也 都 就 还 又 得 地 之 则 可 可以 能 能够 之日起 之日 日起 日 起 自 从 其中".split()
)
_DENIES = frozenset("不 未 没 无 非 不得 不能 没有".split())  # never cut off what they deny, whoever else says them
_EQUATES = frozenset(("为", "是", "达", "达到"))
_SHORTEST_NEW = 4  # characters before 「为」; so few only name the value (标准为…)
_QUALIFIER = re.compile(r"\s?(?:以上|以下|以内|左右|上下|之内|内(?!部|容|外)|不等|封顶|起(?![\u4e00-\u9fff]))")
_GOES_ON = re.compile(r"(?:之?内|内)?的?[\u4e00-\u9fff]{2}")
_COUNTED = re.compile(r"部门|单位|机构|方面|大类|院|中心|部委|省|市")  # counted without a classifier: 四部门


def trimmed(query: Query, text: str, value: Value) -> str:
    """Return the stretch of a text round a value that is new to who asked the question.

    Where much before the value is new, the text is returned as it is: cutting it could change what is said.
    """
    asked = words.normal(query.text)
    before = words.tokens(text[: value.start])
    if sum(map(len, before)) != value.start:  # the normal form has other lengths
        return text
    start = value.start
    kept: list[str] = []
    for token in reversed(before):
        if not words.is_word(token) or (token in asked and token not in _JOINS and token not in _DENIES):
            break
        kept.insert(0, token)
        start -= len(token)
    equated = max((place for place, token in enumerate(kept) if token in _EQUATES), default=-1)
    if len("".join(kept[: max(equated, 0)])) <= _SHORTEST_NEW:
        start += len("".join(kept[: equated + 1]))
        kept = kept[equated + 1 :]
    while kept and kept[0] in _JOINS and not text.startswith("起付", start):
        start += len(kept.pop(0))
    if value.start - start > _LONGEST_NEW or _goes_on(kept, text[value.end :]):
        return text
    after = _QUALIFIER.match(text, value.end) or (None if value.unit else _COUNTED.match(text, value.end))
    end = after.end() if after else value.end + _counted(query, text, value)
    return text[start:end].strip()


def _goes_on(kept: Sequence[str], after: str) -> bool:
    """Tell whether a verb before a value has its object behind it: 取消其5年内申请资格."""
    verbs = [token for token in kept if len(token) > 1 and words.part_of_speech(token) == "v"]
    return bool(verbs) and bool(kept) and kept[-1] == "其" and _GOES_ON.match(after) is not None


def _counted(query: Query, text: str, value: Value) -> int:
    """Return how many characters of what is counted follow a number that says nothing without it: 22个 of 部门."""
    following = [word for word in query.focus if text.startswith(word, value.end)]
    return max(map(len, following), default=0) if value.unit == "个" else 0

"""Lists inside running text: 甲、乙和丙 as coordination, 甲;乙;丙 as chained clauses, numbered items, titles in a row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

from knowledge import words
from knowledge.sentences import bracketed, clauses

_JOINER = re.compile(r"、|(?:以及|及其|和|与|及|或者|或)")
_EDGE = re.compile(r"[，,；;。：:？?！!\n]")
# Words that govern the list behind them; the first item begins after the last of them.
_GOVERNORS = frozenset(
    "聚焦 围绕 包括 包含 涵盖 涉及 分为 分别为 分别是 主要有 主要是 主要为 例如 比如 诸如 面向 针对 对于 来自 属于 开展 实施 "
    "组织 组织实施 推行 推进 加强 加大 弘扬 培育 健全 完善 坚持 提出 制定 凝聚 发挥 做好 提供 建立 形成 具备 携带 提交 出示 "
    "以 对 为 向 由 将 把 在 从 按 按照 给予 享受 通过 采取 采用 利用 借助 运用 即 是 有 的 了 大力 不断 广泛 全面 积极 着力 深入 充分 并 更好 地 要求 注重".split()
)
_DEEDS = tuple(word for word in _GOVERNORS if len(word) > 1)  # 弘扬和培育 joins what is done, not a list
_VERBAL = re.compile(r"为(?:主要|主体|主|基础|重点|目标|导向|载体|依托)")
_ROLE = re.compile(r"(?:以|、)[^，,、]{1,12}为$")  # 以甲为主体、乙为基础 gives roles, it lists nothing
_OTHERS_TAIL = re.compile(r"等(?!级|次)")
_TAIL = re.compile(
    r"(?:等(?!级|次)|(?:[二两三四五六七八九十]|\d{1,2})[个大](?:方面|种类|类别|环节|部分|领域|大?类)|为|的|是|作为|进行|体现|之间|中的|在内)"
)
_NOT_ONLY = re.compile(
    r"(?:^|(?<=[，,；;。]))[^，,；;。]*(?:不仅|不但|不只|不光)[^，,；;。]*[，,](?:而且|并且)?(?:还|也|更)[^，,；;。]*"
)
_OVERLONG = 3  # times the usual length: an item with a verb and its object
_ORDINAL = re.compile(
    r"^(?:[一二三四五六七八九十]+是|第[一二三四五六七八九十]+[,，、]|其[一二三四五六七八九十]+[,，]|[（(]?\d{1,2}[)）.．、]|[①-⑳]|[（(][一二三四五六七八九十]+[)）])\s*"
)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list found in a sentence: its items, the words before and behind it, its offsets in the sentence."""

    items: tuple[str, ...]
    before: str
    after: str
    start: int
    end: int
    chained: bool = False


@lru_cache(maxsize=4096)
def listings(sentence: str) -> tuple[Listing, ...]:
    """Find the lists of a sentence: coordinations in order, then chains."""
    return (*_coordinations(sentence), *_chains(sentence))


def _coordinations(sentence: str) -> list[Listing]:
    inside = bracketed(sentence)
    both = list(_NOT_ONLY.finditer(sentence))  # 不仅针对甲、乙，还要针对丙、丁 tells more than either list
    found = []
    for start, end in clauses(sentence):
        if any(span.start() <= start < span.end() for span in both):
            continue
        clause = sentence[start:end].rstrip("，,；;。：:？?！! ")
        edges = _word_edges(clause)
        joints = [
            joint
            for joint in _JOINER.finditer(clause)
            if {joint.start(), joint.end()} <= edges
            and not clause[: joint.start()].endswith(("其他", "其它"))
            and not (clause[: joint.start()].endswith(_DEEDS) and clause[joint.end() :].startswith(_DEEDS))
            and not any(first <= start + joint.start() < last for first, last in inside)
        ]
        if any(joint.group() == "、" for joint in joints) or (joints and len(clause) <= 40):  # noqa: PLR2004
            found += _groups(clause, start, joints)
    return found


def _groups(clause: str, offset: int, joints: list[re.Match[str]]) -> list[Listing]:
    """Take a clause apart into lists: a joint closes a list where the item before it carries a tail (等…, 为…)."""
    runs: list[list[re.Match[str]]] = []
    for joint in joints:
        if runs and not _breaks(clause[runs[-1][-1].end() : joint.start()]):
            runs[-1].append(joint)
        else:
            runs.append([joint])
    found = []
    for number, run in enumerate(runs):
        left = runs[number - 1][-1].end() if number else 0
        first_start = left + _first_item(clause[left : run[0].start()])
        right = runs[number + 1][0].start() if number + 1 < len(runs) else len(clause)
        last_end = run[-1].end() + _last_item(clause[run[-1].end() : right])
        edges = [first_start, *[edge for joint in run for edge in joint.span()], last_end]
        items = tuple(clause[a:b].strip("“”\"' ") for a, b in zip(edges[::2], edges[1::2], strict=True))
        if all(items) and not _ROLE.search(clause[:first_start]) and not _modifies(items, clause[last_end:]):
            found.append(
                Listing(items, clause[:first_start], clause[last_end:], offset + first_start, offset + last_end)
            )
    return found


def _modifies(items: tuple[str, ...], after: str) -> bool:
    """Tell whether what looks like a list only says what kind of thing follows: 培养、评价、待遇形成相互协调的机制."""
    usual = sorted(map(len, items[:-1]))[(len(items) - 1) // 2]
    return after.startswith("的") and len(items[-1]) >= _OVERLONG * usual


def _word_edges(text: str) -> set[int]:
    """Return the offsets where words begin or end; every offset where the normal form has another length."""
    tokens = words.tokens(text)
    if sum(map(len, tokens)) != len(text):
        return set(range(len(text) + 1))
    return {0, *accumulate(map(len, tokens))}


def _breaks(between: str) -> bool:
    """Tell whether the words between two joints end one list and begin another (等出台甲和乙, 为主体,…)."""
    return bool(_VERBAL.search(between)) or (re.search(r"等(?!级|次)", between) is not None and len(between) > 14)  # noqa: PLR2004


def _first_item(text: str) -> int:
    """Return where the first item begins in the words before the first joint."""
    quote = max(text.rfind("“"), text.rfind("「"))
    if text.rstrip().endswith(("”", "」")) and quote >= 0:
        return quote
    tokens = words.tokens(text)
    if sum(map(len, tokens)) != len(text):
        return 0
    begin = position = 0
    for token in tokens:
        position += len(token)
        if token in _GOVERNORS and len(text) - position > 1:
            begin = position
    return begin


def _last_item(text: str) -> int:
    """Return where the last item ends in the words behind the last joint."""
    match = (_OTHERS_TAIL if text.startswith(("其他", "其它")) else _TAIL).search(text, 2)
    return match.start() if match else len(text)


def _chains(sentence: str) -> list[Listing]:
    """Clauses chained by semicolons, and items counted off by 一是, 二是 or numbers."""
    parts = clauses(sentence, "；;")
    if len(parts) < 2:  # noqa: PLR2004
        return _counted(sentence)
    first_start, first_end = parts[0]
    opening = sentence[first_start:first_end]
    lead = 0
    for edge in _EDGE.finditer(opening):
        if re.match(r"\s*(?:即|包括|分别是|主要是|一是)", opening[edge.end() :]) or edge.group() in ":：":
            lead = edge.end()
            break
    items = [re.sub(r"^(?:即|包括|分别是|主要是)", "", opening[lead:])] + [sentence[a:b] for a, b in parts[1:]]
    cleaned = tuple(_ORDINAL.sub("", item).strip("，,；;。 ") for item in items)
    return [Listing(cleaned, opening[:lead], "", first_start + lead, parts[-1][1], chained=True)]


def _counted(sentence: str) -> list[Listing]:
    marks = list(re.finditer(r"(?:^|(?<=[，,。；;：:]))\s*[一二三四五六七八九十]是", sentence))
    if len(marks) < 2:  # noqa: PLR2004
        return []
    edges = [mark.start() for mark in marks] + [len(sentence)]
    items = tuple(_ORDINAL.sub("", sentence[a:b].strip()).strip("，,；;。 ") for a, b in pairwise(edges))
    return [Listing(items, sentence[: edges[0]], "", edges[0], len(sentence), chained=True)]


def head(item: str) -> str:
    """Return the leading statement of a chained item: its words up to the first comma, if they can stand alone."""
    first = re.split(r"[，,]", item)[0]
    return first if len(words.words(first)) > 1 and len(first) >= 5 else item  # noqa: PLR2004

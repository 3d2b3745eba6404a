"""English and pinyin words -> the words documents use, by ``dictionary/glossary.txt`` and by how the index's own words sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from assistant import gloss_pinyin
from knowledge import words

Spelt = Callable[[str], str | None]
"""Gives the word or name of the index that a run of pinyin without spaces stands for."""

_LONGEST = 6  # words of a phrase, syllables of a word
_SHORTEST_STEM = 2  # letters
_SHORTEST_PART = 4  # letters of pinyin that are a word within a run
_PINYIN = {
    "shenme": "什么", "shenmeshihou": "什么时候", "shenmeshijian": "什么时间", "nali": "哪里", "nar": "哪儿", "naxie": "哪些",
    "nage": "哪个", "duoshao": "多少", "duoshaoqian": "多少钱", "duoshaoren": "多少人", "duoshaotian": "多少天", "zenme": "怎么", "zenyang": "怎样",
    "ruhe": "如何", "shui": "谁", "shei": "谁", "weishenme": "为什么", "duojiu": "多久", "duochang": "多长", "duochangshijian": "多长时间",
    "jitian": "几天", "jige": "几个", "jinian": "几年", "jihao": "几号", "jiyue": "几月", "ge": "个", "tian": "天", "you": "有", "shi": "是", "ma": "吗", "ne": "呢", "de": "的",
    "zai": "在", "qu": "去", "dao": "到", "neng": "能", "keyi": "可以", "nengbuneng": "能不能", "nengfou": "能否", "shifou": "是否", "xuyao": "需要", "yao": "要",
    "meiyue": "每月", "meinian": "每年", "meiren": "每人", "meitian": "每天", "he": "和", "ban": "办", "banli": "办理", "ling": "领", "bu": "补",
    "wo": "我", "women": "我们", "dianhua": "电话", "dizhi": "地址", "nian": "年", "yue": "月", "ren": "人", "qian": "钱", "zuigao": "最高", "zuichang": "最长",
}  # fmt: skip
_ENDINGS = (
    ("ies", "y"),
    ("es", ""),
    ("s", ""),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("ing", "e"),
    ("'s", ""),
    ("’s", ""),
    ("ly", ""),
)


def english(pieces: Sequence[str], position: int) -> tuple[int, str]:
    """Return the longest phrase known that begins at a place: its number of words, and what it stands for."""
    for count in range(min(_LONGEST, len(pieces) - position), 0, -1):
        phrase = " ".join(pieces[position : position + count])
        word = next((_glossary()[form] for form in forms(phrase) if form in _glossary()), None)
        if word:
            return count, word
    return 0, ""


def pinyin(pieces: Sequence[str], position: int, spelt: Spelt) -> tuple[int, str]:
    """Return the longest run of syllables that is a word of the index: its number of pieces, and the word."""
    for count in range(min(_LONGEST, len(pieces) - position), 0, -1):
        word = _sounded("".join(pieces[position : position + count]), spelt)
        if word:
            return count, word
    return 0, ""


def forms(phrase: str) -> list[str]:
    """Return a phrase as it stands, and its last word without the ending of a plural or of a verb."""
    found = [phrase]
    for ending, stem in _ENDINGS:
        if phrase.endswith(ending) and len(phrase) > len(ending) + _SHORTEST_STEM:
            root = phrase.removesuffix(ending) + stem
            found.append(root)
            if ending in {"ed", "ing"} and not stem and root[-1:] == root[-2:-1]:
                found.append(root[:-1])  # planned, planning
    return found + [form.replace("-", " ") for form in found if "-" in form]


def _sounded(run: str, spelt: Spelt) -> str | None:
    """Return the word or words a run of pinyin stands for, the longest first; None where a part is unknown."""
    if not run.isascii() or not run.isalpha():
        return None
    whole = _PINYIN.get(run) or spelt(run) or gloss_pinyin.of_dictionaries(run)
    if whole:
        return whole
    for size in range(len(run) - 2, _SHORTEST_PART - 1, -1):
        first = _PINYIN.get(run[:size]) or spelt(run[:size]) or gloss_pinyin.of_dictionaries(run[:size])
        if first:
            rest = _sounded(run[size:], spelt)
            return first + rest if rest else None
    return None


@cache
def _glossary() -> dict[str, str]:
    """Return English phrase -> Chinese word; of several lines that have a phrase the first counts."""
    table: dict[str, str] = {}
    for line in words.dictionary_lines("glossary.txt"):
        word, _, said = line.partition(":")
        for phrase in said.split(","):
            table.setdefault(phrase.strip().lower().replace("-", " "), word.strip())
    return table

"""Pinyin without tones -> the words it stands for, as far as the index and the dictionaries know them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from knowledge import words
from knowledge.query import phrases
from knowledge.spelling import sound

Spelt = Callable[[str], str | None]

_NEAREST = 4  # characters beside a run of pinyin that may belong to the same word
_SHORTEST = 4  # letters of a first part of a run
_ASKING = {
    "shenme": "什么", "shenmeshihou": "什么时候", "nali": "哪里", "naxie": "哪些", "duoshao": "多少", "duoshaoqian": "多少钱",
    "zenme": "怎么", "shui": "谁", "weishenme": "为什么", "duojiu": "多久", "you": "有", "shi": "是", "ma": "吗", "ne": "呢", "de": "的",
    "zenmeban": "怎么办", "nengbuneng": "能不能", "youmeiyou": "有没有", "keyi": "可以", "xuyao": "需要", "wo": "我", "ji": "几",
    "nage": "哪个", "zai": "在", "qu": "去", "dao": "到", "neng": "能", "ge": "个", "tian": "天", "nian": "年", "yue": "月", "ren": "人", "he": "和", "ban": "办", "ling": "领",
    "meiyue": "每月", "meinian": "每年", "meiren": "每人", "meitian": "每天", "jitian": "几天", "jige": "几个", "jinian": "几年", "duochang": "多长", "duochangshijian": "多长时间",
}  # fmt: skip


def meant(run: str, spelt: Spelt) -> str | None:
    """Return the word or words a run of pinyin stands for, the longest first; None where a part is unknown.

    ``spelt`` gives the word of the index that a run without spaces stands for.
    """
    if not run.isalpha():
        return None
    whole = _word(run, spelt)
    if whole:
        return whole
    for size in range(len(run) - 2, _SHORTEST - 1, -1):
        first = _word(run[:size], spelt)
        if first:
            rest = meant(run[size:], spelt)
            return first + rest if rest else None
    return None


def beside(run: str, before: str, after: str) -> str | None:
    """Return what a run stands for that makes one word with the Chinese beside it: 公益 of 「gongyi岗」."""
    for size in range(min(_NEAREST, len(after)), 0, -1):
        word = _dictionary().get(run + _sound(after[:size]))
        if word is not None and word.endswith(after[:size]):
            return word.removesuffix(after[:size])
    for size in range(min(_NEAREST, len(before)), 0, -1):
        word = _dictionary().get(_sound(before[-size:]) + run)
        if word is not None and word.startswith(before[-size:]):
            return word.removeprefix(before[-size:])
    return None


def _word(run: str, spelt: Spelt) -> str | None:
    return _ASKING.get(run) or spelt(run) or _dictionary().get(run)


def _sound(text: str) -> str:
    return sound(text).replace(" ", "")


@cache
def _dictionary() -> dict[str, str]:
    """Return the spelling of each phrase of the dictionaries; of those that sound alike the most usual one counts."""
    glossed = (words.normal(line.partition(":")[0].strip()) for line in words.dictionary_lines("glossary.txt"))
    known = {word for word in (*glossed, *phrases(), *words.policy_terms()) if len(word) > 1 and words.is_word(word)}
    return {_sound(word): word for word in sorted(known, key=lambda word: (-words.rarity(word), word)) if _is_han(word)}


def _is_han(word: str) -> bool:
    return all("\u3400" <= character <= "\u9fff" for character in word)

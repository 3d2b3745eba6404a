"""Pinyin without tones -> the words of the dictionaries that it spells."""

from __future__ import annotations

from functools import cache

from knowledge import words
from knowledge.query import phrases
from knowledge.spelling import sound

_NEAREST = 4  # characters beside a run of pinyin that may belong to the same word


def of_dictionaries(run: str) -> str | None:
    """Return the word of the dictionaries that a run of pinyin spells, the most usual one of those that sound alike."""
    return _dictionary().get(run)


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

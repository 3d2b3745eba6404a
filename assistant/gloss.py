"""A question in English or in pinyin -> the same in Chinese words, as far as the glossary and the index know them.

「nongmingong peixun」 and 「training for migrant workers」 become 「农民工培训」 and 「培训农民工」. It is no translation: it finds the
words that documents use, in the order they were asked, the question word last.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from knowledge import words

_HAN = re.compile(r"[\u3400-\u9fff]")
_PIECE = re.compile(r"[a-z]+(?:['’-][a-z]+)*|\d+(?:st|nd|rd|th)(?:-[a-z]+)*|\d+(?:[.,]\d+)*%?")
_LONGEST = 6  # words of a phrase, syllables of a word
_SHORTEST_STEM = 2  # letters
_LEAST_KNOWN = 0.5  # of the words of a question
_YEAR = re.compile(r"(?:19|20)\d\d")
_SAYS_NOTHING = frozenset(
    "a an the of for in on at to by with from into about as and or is are was were be been being do does did has have had can could "
    "may might will would shall should must i me my we us our you your he she it its they them their this that these those there "
    "please tell explain give some any all more most so than then also not no such under over per if".split()
)
_OF = "of"
_NUMBERS = dict(zip("two three four five six seven eight nine ten".split(), "两三四五六七八九十", strict=True))
_SORTS = {
    "type": "类",
    "kind": "类",
    "sort": "类",
    "category": "类",
    "group": "类",
    "form": "种",
    "way": "种",
    "aspect": "个方面",
}
_ASKED = ("包括哪些", "有哪些", "什么时候", "多少钱", "什么", "哪些", "多少", "多久", "怎么", "哪里", "为什么", "谁")
_PINYIN = {
    "shenme": "什么", "shenmeshihou": "什么时候", "nali": "哪里", "naxie": "哪些", "duoshao": "多少", "duoshaoqian": "多少钱",
    "zenme": "怎么", "shui": "谁", "weishenme": "为什么", "duojiu": "多久", "you": "有", "shi": "是", "ma": "吗", "ne": "呢", "de": "的",
}  # fmt: skip


def chinese(text: str, spelt: Callable[[str], str | None]) -> str | None:
    """Return a question in Chinese words; None where it is Chinese already or is mostly unknown.

    ``spelt`` gives the word of the index that a run of pinyin without spaces stands for.
    """
    pieces = _PIECE.findall(words.normal(text))
    letters = sum(piece[0].isalpha() for piece in pieces)
    if _HAN.search(text) or letters == 0:
        return None
    found: list[str] = []
    known = unknown = position = 0
    while position < len(pieces):
        count, word = _counted(pieces, position) or _longest(pieces, position, spelt)
        if word:
            found.append(word)
            known += count
        elif pieces[position] == _OF:
            found.append(_OF)
        elif pieces[position] not in _SAYS_NOTHING:
            unknown += 1
        position += max(count, 1)
    if known < _LEAST_KNOWN * (known + unknown) or known == 0:
        return None
    return _ordered(_possessive(found))


def _possessive(found: list[str]) -> list[str]:
    """Turn 「forms of training」 round: 培训形式."""
    for place in range(len(found) - 2, 0, -1):
        if found[place] == _OF:
            found[place - 1 : place + 2] = [found[place + 1], found[place - 1]]
    return [word for word in found if word != _OF]


def _longest(pieces: list[str], position: int, spelt: Callable[[str], str | None]) -> tuple[int, str]:
    """Return the longest phrase known that begins at a place: its number of pieces, and what it stands for."""
    if pieces[position][-1] in "0123456789%":
        return 1, f"{pieces[position]}年" if _YEAR.fullmatch(pieces[position]) else pieces[position]
    for count in range(min(_LONGEST, len(pieces) - position), 0, -1):
        run = pieces[position : position + count]
        phrase = " ".join(run)
        word = next((_english()[form] for form in _forms(phrase) if form in _english()), None)
        if word is None and not any(piece in _SAYS_NOTHING for piece in run):
            word = _from_pinyin("".join(run), spelt)
        if word:
            return count, word
    return 0, ""


def _counted(pieces: list[str], position: int) -> tuple[int, str] | None:
    """Read 「three types of」 as 三类, and 「four」 before another noun as 四个."""
    number = _NUMBERS.get(pieces[position])
    if number is None or position + 1 >= len(pieces):
        return None
    sort = next((_SORTS[form] for form in _forms(pieces[position + 1]) if form in _SORTS), None)
    if sort is None:
        return 1, f"{number}个"
    return (3 if pieces[position + 2 : position + 3] == [_OF] else 2), f"{number}{sort}"


def _forms(phrase: str) -> list[str]:
    """Return a phrase as it stands, and its last word without the ending of a plural or of a verb."""
    found = [phrase]
    for ending, stem in (("ies", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e")):
        if phrase.endswith(ending) and len(phrase) > len(ending) + _SHORTEST_STEM:
            found.append(phrase.removesuffix(ending) + stem)
    return found


def _from_pinyin(run: str, spelt: Callable[[str], str | None]) -> str | None:
    """Return the word or words a run of pinyin stands for, the longest first; None where a part is unknown."""
    if not run.isalpha():
        return None
    whole = _PINYIN.get(run) or spelt(run)
    if whole:
        return whole
    for size in range(len(run) - 2, 3, -1):
        first = _PINYIN.get(run[:size]) or spelt(run[:size])
        if first:
            rest = _from_pinyin(run[size:], spelt)
            return first + rest if rest else None
    return None


def _ordered(found: list[str]) -> str:
    """Join the words; a question word that came first goes, with the noun it asks for, to the end as in Chinese."""
    if found[0] in _ASKED and len(found) > 1:
        size = 2 if found[0] in {"什么", "哪些", "多少"} and len(found) > 2 else 1  # noqa: PLR2004
        found = [*found[size:], *found[:size]]
    return "".join(found) + "?"


@cache
def _english() -> dict[str, str]:
    """Return English phrase -> Chinese word."""
    table: dict[str, str] = {}
    for line in words.dictionary_lines("glossary.txt"):
        word, _, said = line.partition(":")
        for phrase in said.split(","):
            table.setdefault(phrase.strip().lower(), word.strip())
    return table

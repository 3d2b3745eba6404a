"""A question in English or in pinyin -> the same in Chinese words, as far as the glossary and the index know them.

「nongmingong peixun」 and 「training for migrant workers」 become 「农民工培训」 and 「培训农民工」. It is no translation: it finds the
words that documents use, in the order they were asked, the question word last. In a question of both scripts (「apply补贴」)
each run of letters is put into Chinese where it stands, if all of it is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from assistant import gloss_figures, gloss_pinyin
from knowledge import words

_HAN = re.compile(r"[\u3400-\u9fff]")
_PIECE = re.compile(r"\d[\d.]*[\u3400-\u9fff][\d\u3400-\u9fff]*|[a-z]+|\d+(?:st|nd|rd|th)|\d+(?:[.,]\d+)*%?")
_RUN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2,}(?:['’ -][A-Za-z]+)*(?![A-Za-z0-9])")
_IS = re.compile(r"(?<=what)['’]s\b|(?<=when)['’]s\b|(?<=who)['’]s\b|(?<=how)['’]s\b")
_SHORTENED = re.compile(r"(?<=[a-z])['’](?:s|m|re|ve|d|ll)\b|(?<=s)['’](?=\s|$)")
_LONGEST = 8  # words of a phrase, syllables of a word
_SHORTEST_STEM = 2  # letters
_LEAST_KNOWN = 0.5  # of the words of a question
_YEAR = re.compile(r"(?:19|20)\d\d")
_SAYS_NOTHING = frozenset(
    "a an the of for in on at to by with from into about as and or is are was were be been being do does did has have had can could "
    "may might will would shall should must i me my we us our you your he she it its they them their this that these those there "
    "please tell explain give some any all more most so than then also not no such under over per if while because until know like want wish say ask let just only very much many too each every other another there here because but within between hello hi dear sir madam thanks thank".split()
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
_ASKED = (
    "包括哪些", "有哪些", "什么时候", "多少钱", "什么", "哪些", "多少", "多久", "怎么", "哪里", "为什么", "谁", "什么材料", "什么条件", "哪里办理",
    "哪个部门", "谁出钱", "多久一次", "多长", "多大", "是什么", "联系方式", "怎么办",
)  # fmt: skip

_FIRST = frozenset(("能不能", "有没有"))  # of a question; 「can I」 further on is no more than its grammar


def chinese(text: str, spelt: Callable[[str], str | None]) -> str | None:
    """Return a question in Chinese words; None where it is Chinese already or is mostly unknown.

    ``spelt`` gives the word of the index that a run of pinyin without spaces stands for.
    """
    if _HAN.search(text):
        return _mixed(text, spelt)
    pieces = _pieces(text)
    if not any(piece[0].isalpha() for piece in pieces):
        return None
    found, known, unknown = _found(pieces, spelt)
    if not found or known < _LEAST_KNOWN * (known + unknown):
        return None
    return _ordered(_possessive(found))


def _mixed(text: str, spelt: Callable[[str], str | None]) -> str | None:
    """Return a text of both scripts with each run of letters in Chinese that is wholly known; None where none is."""
    parts: list[str] = []
    position = 0
    for run in _RUN.finditer(text):
        told = _run(run.group(), text[: run.start()].rstrip(), text[run.end() :].lstrip(), spelt)
        if told is not None:
            parts += [text[position : run.start()].rstrip(), told]
            position = len(text) - len(text[run.end() :].lstrip())
    return "".join([*parts, text[position:]]) if parts else None


def _run(run: str, before: str, after: str, spelt: Callable[[str], str | None]) -> str | None:
    """Return what a run of letters between Chinese stands for; an abbreviation stands for itself there."""
    beside = gloss_pinyin.beside(run.lower(), before, after) if run.isalpha() else None
    if beside is not None:
        return beside
    if run.isupper() and run.lower() not in _english():
        return None
    found, _, unknown = _found(_pieces(run), spelt)
    return ("".join(_possessive(found)) or None) if not unknown else None


def _pieces(text: str) -> list[str]:
    plain = (
        _SHORTENED.sub("", _IS.sub(" is", words.normal(text))).replace("can't", "can not").replace("cannot", "can not")
    )
    return _PIECE.findall(gloss_figures.in_chinese(re.sub(r"\s+", " ", plain)))


def _found(pieces: list[str], spelt: Callable[[str], str | None]) -> tuple[list[str], int, int]:
    """Return the Chinese words found, and how many pieces are known and how many are not; words of asking are neither."""
    found: list[str] = []
    known = unknown = position = 0
    while position < len(pieces):
        count, word = _longest(pieces, position, spelt)
        if word:
            if not (found and word in _FIRST):
                found.append(word)
            known += count if word not in _ASKED else 0
        elif pieces[position] == _OF:
            found.append(_OF)
        elif pieces[position] not in _SAYS_NOTHING:
            unknown += 1
            if len(found) == 1 and found[0] in _ASKED:
                found.append("")  # the noun asked for, so that the next word is not taken for it
        position += max(count, 1)
    return found, known, unknown


def _possessive(found: list[str]) -> list[str]:
    """Turn 「forms of training」 round: 培训形式."""
    for place in range(len(found) - 2, 0, -1):
        if found[place] == _OF:
            found[place - 1 : place + 2] = [found[place + 1], found[place - 1]]
    return [word for word in found if word != _OF]


def _longest(pieces: list[str], position: int, spelt: Callable[[str], str | None]) -> tuple[int, str]:
    """Return the longest phrase known that begins at a place: its number of pieces, and what it stands for."""
    if pieces[position][-1] in "0123456789%":
        return 1, f"{pieces[position]}年" if _YEAR.fullmatch(pieces[position]) else pieces[position].replace(",", "")
    if _HAN.search(pieces[position]):
        return 1, pieces[position]
    for count in range(min(_LONGEST, len(pieces) - position), 0, -1):
        run = pieces[position : position + count]
        counted = _counted(pieces, position) if count == 1 else None
        if counted:
            return counted
        phrase = " ".join(run)
        word = next((_english()[form] for form in _forms(phrase) if form in _english()), None)
        if word is None and not any(piece in _SAYS_NOTHING for piece in run):
            word = gloss_pinyin.meant("".join(run), spelt)
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
    for ending, stem in (
        ("ies", "y"),
        ("es", ""),
        ("s", ""),
        ("ed", ""),
        ("ed", "e"),
        ("ied", "y"),
        ("ing", ""),
        ("ing", "e"),
    ):
        if phrase.endswith(ending) and len(phrase) > len(ending) + _SHORTEST_STEM:
            found.append(phrase.removesuffix(ending) + stem)
    return found


def _ordered(found: list[str]) -> str:
    """Join the words; a question word that came first goes, with the noun it asks for, to the end as in Chinese."""
    if found[0] in _ASKED and len(found) > 1:
        size = 2 if found[0] in {"什么", "哪些", "多少"} and len(found) > 2 else 1  # noqa: PLR2004
        found = [*found[size:], *found[:size]]
    return "".join(found) + "?"


@cache
def _english() -> dict[str, str]:
    """Return English phrase, with spaces for hyphens -> Chinese word."""
    table: dict[str, str] = {}
    for line in words.dictionary_lines("glossary.txt"):
        word, _, said = line.partition(":")
        for phrase in said.split(","):
            table.setdefault(_key(phrase), word.strip())
    return table


def _key(phrase: str) -> str:
    return " ".join(_PIECE.findall(_SHORTENED.sub("", phrase.strip().lower())))

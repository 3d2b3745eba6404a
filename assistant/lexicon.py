"""English and pinyin words -> the words documents use, by ``dictionary/glossary.txt`` and by how the index's own words sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from assistant import gloss_pinyin
from knowledge import words

Spelt = Callable[[str], str | None]
"""Gives the word or name of the index that a run of pinyin without spaces stands for."""

_LONGEST = 8  # words of a phrase, syllables of a word
_SHORTEST_STEM = 2  # letters
_ENDINGS = (
    ("ies", "y"),
    ("ied", "y"),
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
        phrase = " ".join(pieces[position : position + count]).replace("-", " ")
        word = next((glossary()[form] for form in forms(phrase) if form in glossary()), None)
        if word:
            return count, word
    return 0, ""


def pinyin(pieces: Sequence[str], position: int, spelt: Spelt) -> tuple[int, str]:
    """Return the longest run of syllables that is a word of the index: its number of pieces, and the word."""
    for count in range(min(_LONGEST, len(pieces) - position), 0, -1):
        run = "".join(pieces[position : position + count])
        word = gloss_pinyin.meant(run, spelt) if run.isascii() else None
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
    return found


@cache
def glossary() -> dict[str, str]:
    """Return English phrase -> Chinese word; of several lines that have a phrase the first counts."""
    table: dict[str, str] = {}
    for line in words.dictionary_lines("glossary.txt"):
        word, _, said = line.partition(":")
        for phrase in said.split(","):
            table.setdefault(phrase.strip().lower().replace("-", " "), word.strip())
    return table

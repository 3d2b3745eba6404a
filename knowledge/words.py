"""Text -> terms for search and comparison: one place for word boundaries, stop words and rarity.

Normal forms (NFKC, lower case, Simplified characters, Arabic years) are for terms only; they never touch
``document.text``. Words come from jieba's dictionary with those of ``knowledge/dictionary``, cut by rjieba where it is
installed and by jieba where it is not.
"""

from __future__ import annotations

import logging
import math
import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from importlib.resources import files
from typing import Any

_PIECE = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+(?:[.%][0-9]+)*%?")
_FIRST_HAN = "\u3400"
_SHORT = 200  # characters
_LONGEST_PIECE = 400  # characters given to jieba at once: its model of unknown words is quadratic
_YEAR = re.compile(r"[〇零一二三四五六七八九]{4}(?=年)")
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_LOCK = threading.Lock()


def dictionary_lines(name: str) -> list[str]:
    """Return the entries of a file of ``knowledge/dictionary``; ``#`` begins a comment."""
    text = files("knowledge").joinpath("dictionary", name).read_text(encoding="utf-8")
    rows = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return [row for row in rows if row]


@dataclass(frozen=True, slots=True)
class Segmenter:
    """Cuts runs of Chinese characters into words: the most probable path under the counts of its dictionary."""

    name: str
    cut: Callable[[str], Iterable[str]]
    counts: Mapping[str, int]
    total: int


@cache
def _segmenter() -> Segmenter:
    with _LOCK:
        return _compiled() or _interpreted()


def _interpreted() -> Segmenter:
    """Return jieba itself, in Python."""
    import jieba  # noqa: PLC0415  # 0.6 s: only when words are needed

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    for word in dictionary_lines("terms.txt"):
        tokenizer.add_word(word)
    return Segmenter("jieba", partial(tokenizer.cut, HMM=False), tokenizer.FREQ, tokenizer.total)


def _compiled() -> Segmenter | None:
    """Return jieba compiled, with the counts of jieba's own dictionary; None where it is not installed.

    It cuts twelve times as fast, and the same but for one word in a million, where two ways are equally probable.
    """
    try:
        import rjieba  # noqa: PLC0415
    except ImportError:
        return None
    counts, total = {}, 0
    for row in _tagged_words().decode().splitlines():
        word, count, _ = row.split(" ")
        counts[word] = int(count)
        total += int(count)
    tokenizer = rjieba.Jieba()
    cut = partial(tokenizer.cut, hmm=False)
    for word in dictionary_lines("terms.txt"):
        counts[word] = _suggested(word, cut(word), counts, total)
        total += counts[word]
        tokenizer.add_word(word, counts[word], None)
    return Segmenter("rjieba", cut, counts, total)


def _suggested(word: str, parts: Iterable[str], counts: Mapping[str, int], total: int) -> int:
    """Return the count that keeps a word whole, as jieba suggests it: just more probable than its parts."""
    share = math.prod(counts.get(part, 1) / total for part in parts)
    return max(int(share * total) + 1, counts.get(word, 1))


def segmenter() -> str:
    """Return the name of what cuts text into words here; an index is asked with the one it was built with."""
    return _segmenter().name


@cache
def _simplifier() -> Any:
    import opencc  # noqa: PLC0415  # only when words are needed

    return opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """Return the text in Simplified characters."""
    return str(_simplifier().convert(text))


def normal(text: str) -> str:
    """Return the normal form in which terms are compared: NFKC, lower case, Simplified, 二〇一八年 as 2018年."""
    return _short_normal(text) if len(text) <= _SHORT else _normal(text)


@lru_cache(maxsize=16384)
def _short_normal(text: str) -> str:
    """Keep the forms of sentences and headings, which are asked for again and again: a few megabytes."""
    return _normal(text)


def _normal(text: str) -> str:
    whole = text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate is no character
    folded = unicodedata.normalize("NFKC", whole).lower()
    return _YEAR.sub(lambda match: match.group().translate(_DIGITS), simplified(folded))


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[str, ...]:
    """Cut the normal form of a text into words and the single characters between them; together they are all of it."""
    found: list[str] = []
    form = normal(text)
    position = 0
    for match in _PIECE.finditer(form):
        found.extend(form[position : match.start()])
        if match.group()[0] < _FIRST_HAN:
            found.append(match.group())  # jieba would cut 3.5% into 3 . 5 %
        else:
            for start in range(match.start(), match.end(), _LONGEST_PIECE):
                found.extend(_segmenter().cut(form[start : min(match.end(), start + _LONGEST_PIECE)]))
        position = match.end()
    found.extend(form[position:])
    return tuple(found)


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text in order, without punctuation."""
    return tuple(token for token in tokens(text) if is_word(token))


def is_word(token: str) -> bool:
    """Tell a word from punctuation and white space."""
    return _PIECE.fullmatch(token) is not None


@lru_cache(maxsize=65536)
def parts(word: str) -> tuple[str, ...]:
    """Return the shorter words inside a long one, as jieba's search mode cuts it."""
    frequencies = _segmenter().counts
    return tuple(
        part
        for size in (2, 3)
        for part in (word[start : start + size] for start in range(len(word) - size + 1))
        if size < len(word) and frequencies.get(part) and part not in stop_words()
    )


def terms(text: str) -> list[str]:
    """Return the search terms of a text: its words, and the shorter words inside long ones; no stop words."""
    found: list[str] = []
    for word in words(text):
        if word not in stop_words():
            found.append(word)
            found.extend(parts(word))
    return found


@lru_cache(maxsize=8192)
def part_of_speech(word: str) -> str:
    """Return the tag jieba's dictionary gives a word (n, v, a, d, i …), empty where it has none.

    The file is sorted, so a word is found by bisection; jieba.posseg would load all of it.
    """
    table = _tagged_words()
    key = word.encode()
    low, high = 0, len(table)
    while low < high:
        start = table.rfind(b"\n", 0, (low + high) // 2) + 1
        end = table.find(b"\n", start)
        entry = table[start : end if end >= 0 else len(table)].split(b" ")
        if entry[0] == key:
            return entry[-1].strip().decode()
        if entry[0] < key:
            low = (end if end >= 0 else len(table)) + 1
        else:
            high = start
    if word in policy_terms() or not is_known(word):
        return ""
    place = table.find(b"\n" + key + b" ")  # 51 of its words are out of order
    return table[place + 1 : table.find(b"\n", place + 1)].split(b" ")[-1].strip().decode() if place >= 0 else ""


@cache
def _tagged_words() -> bytes:
    import jieba  # noqa: PLC0415  # only when words are needed

    with jieba.dt.get_dict_file() as stream:
        return bytes(stream.read())


@cache
def stop_words() -> frozenset[str]:
    """Return the words that carry no subject."""
    return frozenset(dictionary_lines("stop_words.txt"))


@cache
def generic_words() -> frozenset[str]:
    """Return the words that tell how something is asked rather than what about."""
    return frozenset(dictionary_lines("generic_words.txt"))


@cache
def aspect_words() -> frozenset[str]:
    """Return the words that name what is asked of something, not the thing."""
    return frozenset(word for line in dictionary_lines("aspect_words.txt") for word in line.split())


@cache
def policy_terms() -> frozenset[str]:
    """Return the words of ``dictionary/terms.txt``."""
    return frozenset(dictionary_lines("terms.txt"))


def frequencies() -> dict[str, int]:
    """Return the words of the dictionaries with their counts in general text."""
    return {word: count for word, count in _segmenter().counts.items() if count}


def is_known(word: str) -> bool:
    """Tell whether a word is in the dictionaries."""
    return bool(_segmenter().counts.get(word))


@lru_cache(maxsize=65536)
def rarity(word: str) -> float:
    """Return how much a word tells, in nats: -ln of its share in general text, between 3 and 14.

    Shares are jieba's corpus frequencies; a word unknown there counts as rare.
    """
    told = _segmenter()
    share = max(told.counts.get(word, 0), 1) / told.total
    return min(14.0, max(3.0, -math.log(share)))

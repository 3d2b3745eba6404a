"""Labelled fields of a guide: 「申请材料：」, 「办理时限：」, each with what stands behind or under it.

A label begins a line, or follows a stop where the text was copied as one line, and ends in a colon. Its field reaches to the
next label, or to where items and lines of its own end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from knowledge.words import dictionary_lines

_MARK = r"(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]\s?|[●■◆•▪□★▲·]\s?)?"
_ITEM = re.compile(r"\s*(?:[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）、.．]|[①-⑳●■◆•▪□★▲·\-])\s?")
_HEADING = re.compile(r"\s*(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十百]+[章节条])")
_ANY_LABEL = re.compile(rf"\s*{_MARK}[【\[]?[\u4e00-\u9fff]{{2,10}}[】\]]?\s*[：:]")
_MOST_LINES = 14
_GAP = "[^，,。？?]{0,6}"


@dataclass(frozen=True, slots=True)
class FieldKind:
    """One thing that guides have a field for: what it may be labelled, and how people ask for it."""

    labels: tuple[str, ...]
    asked: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its kind and label, where it stands, and the lines of its content (offsets in characters of the text)."""

    kind: FieldKind
    label: str
    start: int
    end: int
    lines: tuple[tuple[int, int], ...]


@cache
def kinds() -> tuple[FieldKind, ...]:
    """Return the kinds of fields of the dictionary, in its order."""
    found = []
    for line in dictionary_lines("fields.txt"):
        labels, _, asked = line.partition(":")
        phrases = "|".join(_GAP.join(map(re.escape, phrase.split("…"))) for phrase in asked.split())
        found.append(FieldKind(tuple(labels.split()), re.compile(phrases)))
    return tuple(found)


@cache
def _label() -> re.Pattern[str]:
    every = sorted((label for kind in kinds() for label in kind.labels), key=len, reverse=True)
    return re.compile(
        rf"(?:^|(?<=\n)|(?<=[。；;　 ]))[ 　\t]{{0,6}}{_MARK}[【\[]?(?P<label>{'|'.join(every)})[】\]]?"
        rf"\s?[：:][ 　]*"
    )


@lru_cache(maxsize=64)
def fields(text: str) -> tuple[Field, ...]:
    """Find the labelled fields of a text, in order."""
    by_label = {label: kind for kind in kinds() for label in kind.labels}
    marks = list(_label().finditer(text))
    found = []
    for number, mark in enumerate(marks):
        limit = marks[number + 1].start() if number + 1 < len(marks) else len(text)
        lines = _lines(text, mark.end(), limit)
        if lines:
            label = mark["label"]
            found.append(Field(by_label[label], label, mark.start("label"), lines[-1][1], tuple(lines)))
    return tuple(found)


def _lines(text: str, start: int, limit: int) -> list[tuple[int, int]]:
    """Return the lines of a field: the rest of its line, and what is laid out under it."""
    found: list[tuple[int, int]] = []
    position = start
    for line in text[start:limit].split("\n"):
        first, last = position, position + len(line)
        position = last + 1
        told = line.strip()
        if not told:
            if found and not text[found[-1][0] : found[-1][1]].endswith(("：", ":")):
                break
            continue
        is_first = first == start
        if not is_first and (_HEADING.match(line) or _ANY_LABEL.match(line) or not _belongs(text, found, line)):
            break
        found.append((first + len(line) - len(line.lstrip()), last - len(line) + len(line.rstrip())))
        if len(found) >= _MOST_LINES:
            break
    return found


def _belongs(text: str, found: list[tuple[int, int]], line: str) -> bool:
    """Tell whether a line goes on with a field: the first under its label, or an item among items."""
    if not found:
        return True
    last = text[slice(*found[-1])]
    return _ITEM.match(line) is not None and (_ITEM.match(last) is not None or last.endswith(("：", ":", "；", ";")))

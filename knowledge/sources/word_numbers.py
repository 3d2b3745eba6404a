"""The automatic numbers of Word paragraphs, as Word shows them: 第一条, 一、, （一）, 1., ①.

A paragraph names a list and a level; a list counts its levels by itself; a level begins again under a higher one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HAN = "〇一二三四五六七八九"
_LEVELS = 9
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def han(number: int) -> str:
    """Return a number below 1,000 in Chinese numerals: 12 is 十二, 105 is 一百零五."""
    if number >= 1000:  # noqa: PLR2004
        return "".join(_HAN[int(digit)] for digit in str(number))
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    told = f"{_HAN[hundreds]}百" if hundreds else ""
    if tens:
        told += ("" if tens == 1 and not hundreds else _HAN[tens]) + "十"
    elif hundreds and ones:
        told += "零"
    return told + (_HAN[ones] if ones else "") or _HAN[0]


def _circled(number: int) -> str:
    return chr(ord("①") + number - 1) if 1 <= number <= 20 else f"({number})"  # noqa: PLR2004


def _letter(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * (1 + (number - 1) // 26)


def _roman(number: int) -> str:
    told = ""
    for value, sign in _ROMAN:
        told += sign * (number // value)
        number %= value
    return told


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": "{:02d}".format,
    "decimalFullWidth": lambda number: str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "lowerLetter": _letter,
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    **dict.fromkeys(("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting"), han),
}


class Numbers:
    """Counts through the paragraphs of one document, which have to come in order."""

    def __init__(self, opened: Any) -> None:
        self._levels: dict[str, dict[int, Any]] = {}
        self._lists: dict[str, str] = {}
        self._counts: dict[str, list[int]] = {}
        self._styles: dict[str, tuple[str, int] | None] = {}
        numbering = next(
            (
                relation.target_part.element
                for relation in opened.part.rels.values()
                if relation.reltype.endswith("/numbering") and not relation.is_external
            ),
            None,
        )
        if numbering is not None:
            self._read(numbering)
        for style in opened.styles.element.iterchildren(f"{_W}style"):
            self._styles[style.get(f"{_W}styleId") or ""] = _listed(style.find(f"{_W}pPr/{_W}numPr"))

    def _read(self, numbering: Any) -> None:
        for abstract in numbering.iterchildren(f"{_W}abstractNum"):
            levels = {int(level.get(f"{_W}ilvl") or 0): level for level in abstract.iterchildren(f"{_W}lvl")}
            self._levels[abstract.get(f"{_W}abstractNumId") or ""] = levels
        for number in numbering.iterchildren(f"{_W}num"):
            reference = number.find(f"{_W}abstractNumId")
            if reference is not None:
                self._lists[number.get(f"{_W}numId") or ""] = reference.get(f"{_W}val") or ""

    def next(self, paragraph: Any) -> str:
        """Return the number a paragraph is shown with; empty where it has none, or a bullet."""
        listed = _listed(paragraph.find(f"{_W}pPr/{_W}numPr"))
        if listed is None:
            style = paragraph.find(f"{_W}pPr/{_W}pStyle")
            listed = self._styles.get(style.get(f"{_W}val") or "") if style is not None else None
        if listed is None or listed[0] not in self._lists or not 0 <= listed[1] < _LEVELS:
            return ""
        key, level = self._lists[listed[0]], listed[1]
        levels = self._levels.get(key, {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(key, [0] * _LEVELS)
        counts[level] = counts[level] + 1 if counts[level] else _start(levels[level])
        counts[level + 1 :] = [0] * (_LEVELS - level - 1)
        return self._shown(levels, counts, level)

    @staticmethod
    def _shown(levels: dict[int, Any], counts: list[int], level: int) -> str:
        pattern = _value(levels[level], "lvlText")
        if _value(levels[level], "numFmt") in {"bullet", "none"} or not pattern:
            return ""

        def part(match: re.Match[str]) -> str:
            place = int(match.group(1)) - 1
            kind = _value(levels[place], "numFmt") if place in levels else "decimal"
            return _FORMATS.get(kind, str)(counts[place] or 1)

        shown = re.sub(r"%([1-9])", part, pattern)
        return shown if shown.endswith(("、", "）", ")", "　")) else f"{shown} "


def _listed(properties: Any) -> tuple[str, int] | None:
    """Return the list and the level that properties name; list 0 means none."""
    if properties is None:
        return None
    number = _value(properties, "numId")
    level = _value(properties, "ilvl")
    return (number, int(level) if level.isdecimal() else 0) if number not in {"", "0"} else None


def _start(level: Any) -> int:
    told = _value(level, "start")
    return int(told) if told.isdecimal() and len(told) < 5 else 1  # noqa: PLR2004


def _value(element: Any, name: str) -> str:
    child = element.find(f"{_W}{name}")
    return (child.get(f"{_W}val") or "") if child is not None else ""

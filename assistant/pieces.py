"""The words of a language model as they come -> what they say: an outcome, sentences with their marks, what is not told.

The form is asked for in ``prompts/answer.txt``: a line ``RESULT: answered | partial | not_found``, then sentences or list
items, each with the numbers of its passages in brackets, and with partial a line ``MISSING: …``. What a model puts
round it is taken off: thinking, Markdown, headings. Nothing is guessed from its words.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, replace


class Outcome(enum.StrEnum):
    """What a model says of its own answer."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence or list item, without marks; ``marks`` are the passages it cites. ``leads``: it only leads in a list."""

    text: str
    marks: tuple[int, ...]
    is_item: bool = False
    stop: str = "。"
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """What the documents do not tell, in the model's words."""

    text: str


Piece = Outcome | Said | Missing

_HEADER = re.compile(r"[\s*#`]*RESULT\s*[:：]\s*[`*]*(answered|partial|not_found)\b[`*.。]*", re.IGNORECASE)
_MISSING = re.compile(r"[\s*#`-]*MISSING\s*[:：]\s*(.+)", re.IGNORECASE)
_MARK = r"[\[【［]\s*\^?\d{1,3}(?:\s*[,，、]\s*\d{1,3})*\s*[\]】］]"
_MARKS = re.compile(rf"\s?(?:{_MARK})")
_BULLET = re.compile(r"^\s*(?:[-*•·●]\s+|\d{1,2}[.、)）]\s*(?!\d)|[（(][一二三四五六七八九十\d]{1,2}[)）]\s*)")
_NUMBERED = re.compile(r"\s*\d{1,2}\.")
_END = re.compile(
    rf"(?:[。！？!?]+|(?<=[A-Za-z0-9)\]%”\"’])\.(?=\s|[\[【［]))[”’」』）)\"]*(?P<after>(?:\s?{_MARK})*)|\n"
)
_THINKING = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_OPEN_THINKING = re.compile(r"<think(?:ing)?>(?!.*</think(?:ing)?>)", re.DOTALL | re.IGNORECASE)
_MARKDOWN = re.compile(r"\*\*|__|`+|^\s*#{1,6}\s+|^\s*>\s+")
_LINK = re.compile(r"!?\[([^\]\d][^\]]*)\]\([^)]*\)")
_STOPS = "。！？!?.；; "
_OPENING = 4  # characters of a sentence that only opens the next
_TAG = 9  # characters of <thinking


class Reader:
    """Takes text as it comes and gives the pieces that are whole."""

    def __init__(self) -> None:
        self._buffer = ""
        self._opening: Said | None = None

    def feed(self, text: str) -> list[Piece]:
        """Return the pieces that are whole with this text."""
        self._buffer += text
        return self._read(is_over=False)

    def finish(self) -> list[Piece]:
        """Return what is left, at the end of an answer that is whole."""
        return self._read(is_over=True)

    def _read(self, *, is_over: bool) -> list[Piece]:
        if "<" in self._buffer:
            if _OPEN_THINKING.search(self._buffer) and not is_over:
                return []
            self._buffer = _THINKING.sub("", self._buffer)
            tail = self._buffer.rfind("<", max(0, len(self._buffer) - _TAG))
            if tail >= 0 and "<thinking>".startswith(self._buffer[tail:].lower()) and not is_over:
                return []  # a tag that is not whole
        found: list[Piece] = []
        while (end := self._end(is_over=is_over)) is not None:
            line, self._buffer = self._buffer[:end], self._buffer[end:]
            piece = read(line)
            if isinstance(piece, Said):
                piece = self._with_opening(piece)
            if piece is not None:
                found.append(piece)
        return found

    def _with_opening(self, piece: Said) -> Said | None:
        """Keep 「有。」 and 「不是。」 for the sentence that follows: by themselves they rest on nothing."""
        if len(piece.text) <= _OPENING and not (piece.marks or piece.is_item or piece.leads):
            self._opening = piece
            return None
        opening, self._opening = self._opening, None
        return piece if opening is None else replace(piece, text=f"{opening.text}{opening.stop}{piece.text}")

    def _end(self, *, is_over: bool) -> int | None:
        """Return where the first whole piece ends, None where there is none yet."""
        for match in _END.finditer(self._buffer):
            if match.group() == "\n":
                return match.end()
            line = self._buffer[: match.end()]
            if _labelled(line) or _NUMBERED.fullmatch(line):
                continue  # up to the end of its line
            has_marks = _MARKS.search(line) is not None
            if match.end() < len(self._buffer):
                rest = self._buffer[match.end() :].lstrip(" ")
                if (rest and rest[0] not in "[【［") or has_marks:
                    return match.end()
            elif has_marks and not match.group("after"):
                return match.end()  # its marks stand before the full stop
        return len(self._buffer) if is_over and self._buffer.strip() else None


def _labelled(line: str) -> bool:
    return re.match(r"[\s*#`-]*(?:RESULT|MISSING)\b", line, re.IGNORECASE) is not None


def read(line: str) -> Piece | None:
    """Return what a line or sentence says, None for nothing."""
    header = _HEADER.match(line)
    if header:
        return Outcome(header.group(1).lower())
    missing = _MISSING.match(line)
    if missing:
        return Missing(_plain(missing.group(1)).strip(_STOPS))
    if _labelled(line):
        return None
    marks = [int(number) for mark in _MARKS.findall(line) for number in re.findall(r"\d{1,3}", mark)]
    text = _plain(_MARKS.sub("", line))
    is_item = _BULLET.match(text) is not None
    text = _BULLET.sub("", text).strip()
    stop = ". " if text.endswith(".") or (not re.search(r"[\u3400-\u9fff]", text) and not is_item) else "。"
    leads = text.endswith((":", "：")) and not marks
    text = text.rstrip(_STOPS + ("：:" if leads else "")).strip()
    if not any(letter.isalnum() for letter in text):
        return None
    return Said(text, tuple(dict.fromkeys(marks)), is_item, stop, leads)


def _plain(text: str) -> str:
    return _MARKDOWN.sub("", _LINK.sub(r"\1", text))

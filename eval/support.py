"""Which words of an answer a citation must hold: the sentences that carry its mark, taken apart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from eval.comparable import comparable, letters, without_marks

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARK = re.compile(r"\[(\d{1,3})\]")
_SENTENCE = re.compile(r"[^。！？!?]*(?:[。！？!?]+[”’」』）)]*)?(?:\s*\[\d{1,3}\])*")
_BULLET = re.compile(
    r"\s*(?:[-*•·●▪–—]|\d{1,2}(?:[、)）]|\.(?!\d))|[（(](?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）]"
    r"|[一二三四五六七八九十]{1,3}、|[①-⑳])\s*"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
TITLE = re.compile(r"《[^《》]+》")
_DENIED = re.compile(r"不是[^，,。；;]*")
_CLAUSE = re.compile(r"[,:;。!?()—]+")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence or bullet of an answer, without its marks, and the numbers of the citations it rests on."""

    text: str
    marks: tuple[int, ...]
    bullet: bool = False

    def supported_by(self, quotes: Sequence[str], asked: str = "") -> bool:
        """Tell whether every number, 《title》 and, in a bullet, every clause occurs in the quotes.

        What a correction denies (「不是2016年」) need not: it is taken over from the question ``asked``.
        Clauses are compared without punctuation, so that 「2018年：国务院印发…」 may stand for 「2018年，国务院印发…」.
        """
        told = {number for quote in quotes for number in numbers(quote)}
        if not numbers(self.text) - denied(self.text, asked) <= told:
            return False
        wanted = [comparable(title) for title in TITLE.findall(self.text)]
        if not all(any(title in comparable(quote) for quote in quotes) for title in wanted):
            return False
        clauses = _CLAUSE.split(unicodedata.normalize("NFKC", self.text)) if self.bullet else []
        held = [letters(quote) for quote in quotes]
        return all(any(letters(clause) in quote for quote in held) for clause in clauses)


def statements(answer: str) -> list[Statement]:
    """Take an answer apart into the statements that rest on citations."""
    return [statement for statement in all_statements(answer) if statement.marks]


def all_statements(answer: str) -> list[Statement]:
    """Take an answer apart into its statements, those that rest on nothing included.

    A mark belongs to the sentence it stands in or directly behind. A bullet without a mark rests on the marks of the
    line that leads the list in, or, where that has none, on all marks of its list.
    """
    found: list[Statement] = []
    lead: tuple[int, ...] = ()
    listed: list[Statement] = []
    for line in answer.split("\n"):
        bullet = _BULLET.match(line)
        if bullet:
            listed.append(_statement(line[bullet.end() :], bullet=True))
        elif line.strip():
            found += _rested(listed, lead)
            listed = []
            sentences = [_statement(sentence) for sentence in _SENTENCE.findall(line) if sentence.strip()]
            lead = sentences[-1].marks if sentences else ()
            found += sentences
    return [*found, *_rested(listed, lead)]


def _statement(text: str, *, bullet: bool = False) -> Statement:
    marks = tuple(dict.fromkeys(int(mark) for mark in _MARK.findall(text)))
    return Statement(without_marks(text).strip(), marks, bullet)


def _rested(bullets: Sequence[Statement], lead: tuple[int, ...]) -> list[Statement]:
    shared = lead or tuple(dict.fromkeys(mark for bullet in bullets for mark in bullet.marks))
    return [bullet if bullet.marks else replace(bullet, marks=shared) for bullet in bullets]


def denied(text: str, asked: str) -> set[str]:
    """Return the numbers of the question that a correction in the text denies (「不是2016年」)."""
    return {number for part in _DENIED.findall(text) for number in numbers(part)} & numbers(asked)


def numbers(text: str) -> set[str]:
    """Return the numbers written in digits, without thousands separators and marks."""
    found = _NUMBER.findall(unicodedata.normalize("NFKC", without_marks(text)))
    return {number.replace(",", "") for number in found}

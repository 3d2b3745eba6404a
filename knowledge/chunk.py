"""Document -> sections and passages, along headings and whole sentences.

A passage holds the headings that stand right above it, then sentences of one section, up to ``PASSAGE_CHARACTERS``.
Passages do not overlap; a sentence longer than the limit is a passage of its own; together they hold every non-space
character of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.document import Document, Passage, Section
from knowledge.sentences import Span, sentences

NAME = "headings-sentences-1"
PASSAGE_CHARACTERS = 250
_LONGEST_HEADING = 60
_LONGEST_TITLE = 100
_NUMERAL = "一二三四五六七八九十百零〇"

# Outermost first; a heading that ends in a question mark outranks 一、 and is outranked by 第一章.
_LEVELS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"第[{_NUMERAL}\d]+编")),
    (2, re.compile(rf"第[{_NUMERAL}\d]+章")),
    (3, re.compile(rf"第[{_NUMERAL}\d]+节")),
    (2, re.compile(rf"附\s*(?:件|录|则)\s*[{_NUMERAL}\d]*\s*[:：]?")),
    (5, re.compile(rf"[{_NUMERAL}]+、")),
    (6, re.compile(rf"[（(][{_NUMERAL}]+[)）]")),
)
_QUESTION_LEVEL = 4
_LIST_NUMBER = re.compile(r"\d+[.．、]|[（(]\d+[)）]|[①-⑳]")
_SENTENCE_MARKS = "。；;，,：:、"
_CONTACT_TITLE = "联系方式"


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str


def outline(text: str) -> tuple[Section, ...]:
    """Find the headings of a text, in order."""
    rows = _lines(text)
    found: list[Section] = []
    number = 0
    while number < len(rows):
        level, count = _heading(rows, number)
        if level and not _is_list_item(rows, number, level):
            first, last = rows[number], rows[number + count - 1]
            title = "".join(row.text for row in rows[number : number + count])
            found.append(Section(title, level, first.start, last.end))
        number += max(count, 1)
    return tuple(found)


def _lines(text: str) -> list[_Line]:
    rows: list[_Line] = []
    for match in re.finditer(r"[^\n]+", text):
        stripped = match.group().strip()
        if stripped:
            start = match.start() + match.group().index(stripped[0])
            rows.append(_Line(start, start + len(stripped), stripped))
    return rows


def _heading(rows: list[_Line], number: int) -> tuple[int, int]:
    """Return (level, lines) of the heading that begins at a row; (0, 1) where none does."""
    row = rows[number]
    if len(row.text) > _LONGEST_HEADING or row.text[-1] in _SENTENCE_MARKS:
        return 0, 1
    for level, pattern in _LEVELS:
        if pattern.match(row.text):
            return level, 1
    if row.text[-1] in "?？":
        return _QUESTION_LEVEL, 1
    if row.text == _CONTACT_TITLE:
        return _QUESTION_LEVEL, 1
    if number and number + 1 < len(rows) and _continues(row, rows[number + 1]):
        return _QUESTION_LEVEL, 2  # a heading broken over two lines
    return 0, 1


def _continues(row: _Line, following: _Line) -> bool:
    return (
        following.text[-1] in "?？"
        and len(following.text) <= _LONGEST_HEADING
        and row.text[-1] not in "。！!.．…”"
        and not _LIST_NUMBER.match(row.text)
        and not re.search(r"\d{4}[-年/.]", row.text)
    )


def _is_list_item(rows: list[_Line], number: int, level: int) -> bool:
    """Two numbered lines of one level with nothing between them are items of a list, not headings."""
    if level <= _QUESTION_LEVEL:
        return False
    neighbours = [rows[other] for other in (number - 1, number + 1) if 0 <= other < len(rows)]
    return any(_heading([row], 0)[0] == level for row in neighbours)


def passages(document: Document) -> list[Passage]:
    """Cut a document into passages, in order."""
    sections = {section.start: section for section in outline(document.text)}
    path: list[Section] = []
    found: list[Passage] = []
    group: list[Span] = []
    only_headings = True

    def close() -> None:
        nonlocal group, only_headings
        if group:
            start, end = group[0][0], group[-1][1]
            headings = tuple(section.title for section in path)
            found.append(Passage(document.id, document.title, headings, start, end, document.text[start:end]))
        group, only_headings = [], True

    covered = 0
    for span in sentences(document.text):
        section = sections.get(span[0])
        if section is not None:
            if not only_headings:
                close()
            path = [outer for outer in path if outer.level < section.level] + [section]
            covered = section.end
        is_heading = span[0] < covered
        if group and not is_heading and not only_headings and span[1] - group[0][0] > PASSAGE_CHARACTERS:
            close()
        group.append(span)
        only_headings = only_headings and is_heading
    close()
    return found

"""A document -> HTML to be read: its outline, its lines, and in them the words that are cited or looked for. Pure."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from knowledge import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.channels.messages import Messages
    from knowledge.document import Document, Section, Span

MAX_FOUND = 500
"""Places of the words looked for that are marked."""
_DEEPEST = 6  # HTML has no heading below h6


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of a document that is marked; ``kind`` is cited or found, ``number`` counts within its kind from 1."""

    kind: str
    number: int
    start: int
    end: int


def find(text: str, wanted: str) -> list[Span]:
    """Return where words stand in a text, without regard to case, width, and Simplified or Traditional characters."""
    needle = "".join(map(_folded, wanted.strip()))
    if not needle:
        return []
    folded = "".join(map(_folded, text))
    found: list[Span] = []
    at = folded.find(needle)
    while at >= 0:
        found.append((at, at + len(needle)))
        at = folded.find(needle, at + len(needle))
    return found


def outline(sections: Sequence[Section], told: Messages, *, is_open: bool = True) -> str:
    """Return the headings as a list of links; nothing for a document without."""
    items = "".join(
        f'<li class="level-{min(section.level, _DEEPEST)}"><a href="#s{section.start}">{escape(section.title)}</a></li>'
        for section in sections
        if section.title.strip()
    )
    title = escape(told("reader.outline"))
    opened = " open" if is_open else ""
    return f'<details class="outline"{opened}><summary>{title}</summary><ul>{items}</ul></details>' if items else ""


def text(document: Document, sections: Sequence[Section], marks: Sequence[Marked]) -> str:
    """Return the lines of a document, headings as headings, with the marked stretches marked."""
    headings = {section.start: section for section in sections}
    starts = sorted(headings)
    lines = []
    for start, end in _lines(document.text):
        inside = [headings[at] for at in starts[bisect_left(starts, start) : bisect_left(starts, end)]]
        content = _content(document.text, start, end, inside, marks)
        whole = next((one for one in inside if one.end - one.start >= end - start), None)
        if whole is None:
            lines.append(f"<p>{content}</p>")
        else:
            tag = f"h{min(whole.level + 1, _DEEPEST)}"
            lines.append(f'<{tag} id="s{whole.start}" tabindex="-1">{content}</{tag}>')
    return "".join(lines)


def _lines(text: str) -> Iterator[Span]:
    """Yield the lines that have words, without the spaces around them."""
    start = 0
    for line in text.split("\n"):
        if line.strip():
            yield start + len(line) - len(line.lstrip()), start + len(line.rstrip())
        start += len(line) + 1


def _content(text: str, start: int, end: int, inside: Sequence[Section], marks: Sequence[Marked]) -> str:
    """Cut a line wherever a marked stretch or a heading within it begins or ends, and mark the pieces."""
    here = [mark for mark in marks if mark.start < end and mark.end > start]
    running = [one for one in inside if one.end - one.start < end - start]
    cuts = {start, end}
    for left, right in [*((mark.start, mark.end) for mark in here), *((one.start, one.end) for one in running)]:
        cuts.update((max(left, start), min(right, end)))
    pieces = []
    for left, right in pairwise(sorted(cuts)):
        piece = _piece(text, left, right, [mark for mark in here if mark.start <= left and right <= mark.end])
        opened = next((one for one in running if one.start <= left and right <= one.end), None)
        if opened is not None:
            name = f' id="s{opened.start}" tabindex="-1"' if opened.start == left else ""
            piece = f'<span class="heading-in"{name}>{piece}</span>'
        pieces.append(piece)
    return "".join(pieces)


def _piece(text: str, start: int, end: int, marks: Sequence[Marked]) -> str:
    shown = escape(text[start:end])
    if not marks:
        return shown
    anchors = "".join(_anchor(mark) for mark in marks if mark.start == start)
    numbers = " ".join(str(mark.number) for mark in marks if mark.kind == "cited")
    cited = f' data-cited="{numbers}"' if numbers else ""
    kinds = " ".join(dict.fromkeys(mark.kind for mark in marks))
    return f'<mark class="{kinds}"{cited}>{anchors}{shown}</mark>'


def _anchor(mark: Marked) -> str:
    """Return what a link leads to: of a citation its number, of a found word nothing that is seen."""
    if mark.kind == "cited":
        return f'<span class="anchor" id="cited-{mark.number}" tabindex="-1">{mark.number}</span>'
    return f'<span id="found-{mark.number}"></span>'


@lru_cache(maxsize=16_384)
def _folded(character: str) -> str:
    """Return one character for one, so that places in the folded text are places in the text."""
    for form in (words.simplified(unicodedata.normalize("NFKC", character)).casefold(), character.casefold()):
        if len(form) == 1:
            return form
    return character

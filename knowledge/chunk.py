"""Document -> passages, along its headings and whole sentences.

A passage holds text of one part of the document: the headings that stand right above it, then its sentences. A part of
more than ``LARGEST`` characters is cut between paragraphs or items where there are such, else between sentences;
neighbours of one parent of which one has fewer than ``SMALLEST`` characters are joined up to ``LARGEST``, but never over
a question, a 章, an annex or a block of contacts. The path of a passage is what all of it stands under. Passages do not
overlap; a heading may lengthen the passage below it, and a sentence longer than ``LARGEST`` that lists nothing is a
passage of its own; together they hold every non-space character of the text. How the sizes were chosen:
docs/decisions/0006-structure-by-marks.md.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import pairwise

from knowledge.document import Document, Passage, Section, Span
from knowledge.outline import Heading, Listing, read
from knowledge.sentences import sentences

NAME = "structure-1"
SMALLEST = 50
LARGEST = 250
# How good a place to cut is; one that leaves too little on either side counts less.
_PARAGRAPH, _SENTENCE, _AFTER_LEAD = 4, 2, 0
_MISPLACED = 3


@dataclass(frozen=True, slots=True)
class _Part:
    """Sentences under one path, the first ``heads`` of them headings.

    ``divides``: nothing before may be joined to it; ``is_whole``: it is one part, neither cut nor
    joined; ``is_leaf``: nothing stands below it.
    """

    path: tuple[Heading, ...]
    spans: tuple[Span, ...]
    divides: bool
    heads: int = 0
    is_whole: bool = True
    is_leaf: bool = True

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[-1][1]

    @property
    def size(self) -> int:
        return self.end - self.start


def outline(text: str) -> tuple[Section, ...]:
    """Find the headings of a text, in order."""
    return tuple(heading.section for heading in read(text).headings)


def passages(document: Document) -> list[Passage]:
    """Cut a document into passages, in order."""
    found = read(document.text)
    starts = [start for listing in found.lists for start in listing.starts]
    parts = _parts(document, found.headings)
    pieces = [piece for part in parts for piece in _cut(document.text, part, starts)]
    joined = _joined(pieces)
    return [_passage(document, part, lead) for part, lead in zip(joined, _leads(joined, found.lists), strict=True)]


def _parts(document: Document, headings: Sequence[Heading]) -> Iterator[_Part]:
    """Group sentences by the heading they stand under; headings right above it belong to the first part below them."""
    text = document.text
    spans = _sentences(document, headings)
    starts = [start for start, _ in spans]
    path: tuple[Heading, ...] = ()
    begin = body = 0  # the sentences of this part, and those of them that are not its headings, begin here
    divides = False
    for heading in headings:
        first = bisect_left(starts, heading.section.start)
        is_below = bool(path) and heading.section.level > path[-1].section.level
        if first > begin and (first > body or not is_below):
            yield _Part(path, tuple(spans[begin:first]), divides, body - begin, is_leaf=not is_below)
            begin, divides = first, False
        path = (*(outer for outer in path if outer.section.level < heading.section.level), heading)
        divides = divides or heading.divides
        body = bisect_left(starts, _behind(text, heading)) if heading.named else first
    if begin < len(spans):
        yield _Part(path, tuple(spans[begin:]), divides, body - begin)


def _sentences(document: Document, headings: Sequence[Heading]) -> list[Span]:
    """Split a text into sentences; a heading is one, but for a label (「补贴标准：」) that its words follow."""
    text = document.text
    cuts = {heading.section.start for heading in headings}
    cuts |= {_behind(text, heading) for heading in headings if heading.named and not _is_label(text, heading)}
    if document.title and text.startswith(f"{document.title} "):
        cuts.add(len(document.title))
    return list(_whole(text, _split(text, sentences(text), sorted(cuts)), headings))


def _whole(text: str, spans: Sequence[Span], headings: Sequence[Heading]) -> Iterator[Span]:
    """Put together what is one heading on one line with wide gaps in it (「第六章　附　　则」)."""
    starts = [heading.section.start for heading in headings]
    held: Span | None = None
    for span in spans:
        place = bisect_right(starts, span[0]) - 1
        if held is not None and place >= 0:
            section = headings[place].section
            if section.start <= held[0] and span[0] < section.end and "\n" not in text[held[1] : span[0]]:
                held = held[0], span[1]
                continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held


def _behind(text: str, heading: Heading) -> int:
    """Return where the stop behind a heading ends."""
    end = heading.section.end
    return end + (text[end : end + 1] in {"。", "！", "!"})


def _is_label(text: str, heading: Heading) -> bool:
    return text[heading.section.end : heading.section.end + 1] in {"：", ":"}


def _split(text: str, spans: Sequence[Span], cuts: Sequence[int]) -> list[Span]:
    """Split spans at some places, in order, and take the white space off."""
    found: list[Span] = []
    for start, end in spans:
        edges = [start, *cuts[bisect_right(cuts, start) : bisect_left(cuts, end)], end]
        for first, last in pairwise(edges):
            piece = text[first:last]
            if piece.strip():
                found.append((first + len(piece) - len(piece.lstrip()), first + len(piece.rstrip())))
    return found


def _cut(text: str, part: _Part, items: Sequence[int]) -> Iterator[_Part]:
    """Cut a part that is too long, by preference between paragraphs or items and not behind what leads in."""
    if part.size <= LARGEST:
        yield part
        return
    spans: list[Span] = []
    for span in part.spans:
        spans += _split(text, [span], items) if span[1] - span[0] > LARGEST else [span]
    known = set(items)
    begin, least = 0, part.heads + 1
    while begin < len(spans):
        end = _cut_behind(text, spans, begin, min(begin + least, len(spans)), known)
        yield _Part(part.path, tuple(spans[begin:end]), part.divides and not begin, is_whole=False)
        begin, least = end, 1


def _cut_behind(text: str, spans: Sequence[Span], begin: int, least: int, items: AbstractSet[int]) -> int:
    """Return the end of the passage that begins at a sentence: the strongest of the last breaks in its room."""
    first = spans[begin][0]
    if spans[-1][1] - first <= LARGEST:
        return len(spans)
    best, strongest = least, -2 * _MISPLACED
    for end in range(least, len(spans)):
        size = spans[end - 1][1] - first
        if size > LARGEST:
            break
        strength = _strength(text, spans[end - 1], spans[end], items)
        if 2 * size < LARGEST or spans[-1][1] - spans[end][0] < SMALLEST:
            strength -= _MISPLACED
        if strength >= strongest:
            best, strongest = end, strength
    return best


def _strength(text: str, before: Span, after: Span, items: AbstractSet[int]) -> int:
    if text[before[1] - 1] in "：:":
        return _AFTER_LEAD
    return _PARAGRAPH if after[0] in items or "\n" in text[before[1] : after[0]] else _SENTENCE


def _joined(pieces: Sequence[_Part]) -> list[_Part]:
    """Join short neighbours of one parent."""
    found: list[_Part] = []
    for piece in pieces:
        path = _common(found[-1], piece) if found else None
        if path is None:
            found.append(piece)
        else:
            found[-1] = replace(found[-1], path=path, spans=found[-1].spans + piece.spans, is_whole=False)
    return found


def _common(before: _Part, after: _Part) -> tuple[Heading, ...] | None:
    """Return the path of two neighbours as one passage; None where they stay apart."""
    if after.divides or after.end - before.start > LARGEST or min(before.size, after.size) >= SMALLEST:
        return None
    upper, lower = before.path, after.path
    if lower == upper:
        return upper
    if lower[:-1] == upper:
        # A short line above the first part of several (a title, 「要求如下」) reads like one more heading of it.
        return lower if before.is_whole and before.size < SMALLEST else upper
    are_siblings = len(upper) == len(lower) and upper[:-1] == lower[:-1] and not upper[-1].divides
    begins = bool(upper) and before.start <= upper[-1].section.start
    return upper[:-1] if are_siblings and begins and after.is_whole and after.is_leaf else None


def _leads(parts: Sequence[_Part], lists: Sequence[Listing]) -> list[Span | None]:
    """Return for each part the words that lead in the innermost list it goes on with, where they stand before it."""
    found: list[Span | None] = []
    open_lists: list[Listing] = []
    following = 0
    for part in parts:
        while following < len(lists) and lists[following].starts[0] <= part.start:
            open_lists.append(lists[following])
            following += 1
        while open_lists and open_lists[-1].end <= part.start:
            open_lists.pop()
        lead = open_lists[-1].lead if open_lists else None
        found.append(lead if lead is not None and lead[1] <= part.start else None)
    return found


def _passage(document: Document, part: _Part, lead: Span | None) -> Passage:
    headings = tuple(heading.section.title for heading in part.path)
    text = document.text[part.start : part.end]
    return Passage(document.id, document.title, headings, part.start, part.end, text, part.spans, lead)

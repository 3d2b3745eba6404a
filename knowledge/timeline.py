"""What was issued when, told by all documents together, in order of time; each with the words that tell it.

A document tells of others (「2018年,国务院印发《…》」) and, by its own date, of itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from knowledge.bodies import is_body
from knowledge.dates import dates, iso_partial
from knowledge.document import Document, Span
from knowledge.history import events, title_key
from knowledge.sentences import sentences

PRECISIONS = {4: "year", 7: "month", 10: "day"}
"""How exact a date is, by its length in characters."""
_BETWEEN = re.compile(r"[、，,；;\s]+")
_AND = re.compile(r"[和与及]")


@dataclass(frozen=True, slots=True)
class Milestone:
    """One event: ``date`` is ISO, as far as it is told (2018, 2018-05, 2018-05-03).

    ``start``/``end`` delimit, in characters of the document, the sentence that tells it. ``issuers`` is empty where
    nobody is named.
    """

    date: str
    title: str
    issuers: tuple[str, ...]
    doc_id: str
    start: int
    end: int

    @property
    def precision(self) -> str:
        """``year``, ``month`` or ``day``."""
        return PRECISIONS[len(self.date)]


def timeline(documents: Iterable[Document]) -> tuple[Milestone, ...]:
    """Return the dated events of documents; what is dated by its year alone stands before the months of that year.

    What one document tells twice is in it once, with the more exact of its dates.
    """
    found = [milestone for document in documents for milestone in _told(document)]
    return tuple(sorted(found, key=lambda milestone: milestone.date))  # stable: then as the documents tell it


def issuers(names: str) -> tuple[str, ...]:
    """Take several bodies apart: 「教育部、财政部和司法部」 is three, 「工业和信息化部」 one."""
    found: list[str] = []
    for piece in _BETWEEN.split(names):
        joint = next(
            (m for m in _AND.finditer(piece) if is_body(piece[: m.start()]) and is_body(piece[m.end() :])), None
        )
        found.extend([piece] if joint is None else [piece[: joint.start()], piece[joint.end() :]])
    return tuple(dict.fromkeys(filter(None, found)))


def _told(document: Document) -> list[Milestone]:
    found: dict[str, list[Milestone]] = {}
    own = _own(document)
    if own is not None:
        _put(found, own)
    for event in events(document.text):
        date = iso_partial(event.date) if event.is_issued else None
        if date is not None:
            title = event.title.strip("《》")
            _put(found, Milestone(date, title, issuers(event.issuer), document.id, event.start, event.end))
    return [milestone for alike in found.values() for milestone in alike]


def _put(found: dict[str, list[Milestone]], new: Milestone) -> None:
    """Add an event, or what it tells more exactly of one that is there; a document issued anew is another event."""
    alike = found.setdefault(_key(new.title), [])
    for place, known in enumerate(alike):
        exact, other = (new, known) if len(new.date) > len(known.date) else (known, new)
        if exact.date.startswith(other.date):
            alike[place] = replace(exact, issuers=exact.issuers or other.issuers)
            return
    alike.append(new)


def _key(title: str) -> str:
    return title_key(title).replace("实施方案", "方案")  # 行动实施方案 is told again as 行动方案


def _own(document: Document) -> Milestone | None:
    """Return the writing of a document itself, or its publication where only that is told."""
    date = iso_partial(document.written or document.published or "")
    place = _dated(document, date) if date else None
    if date is None or place is None:
        return None
    return Milestone(date, document.title, issuers(document.issuer or ""), document.id, *place)


def _dated(document: Document, date: str) -> Span | None:
    """Return the sentence with the document's date: the last for one that was signed, the first for a publication.

    Where the text lacks it, the date having come with the document: its title in the text, or else its first words.
    """
    text = document.text
    places = [(found.start, found.end) for found in dates(text) if found.day == date]
    if places:
        return _sentence(text, places[-1 if document.written else 0])
    start = text.find(document.title) if document.title else -1
    if start >= 0:
        return start, start + len(document.title)
    first = re.search(r"\S", text)
    return _sentence(text, first.span()) if first else None


def _sentence(text: str, place: Span) -> Span:
    """Return the sentence around a place; a line break always ends one."""
    begin = text.rfind("\n", 0, place[0]) + 1
    stop = text.find("\n", place[1])
    line = text[begin : stop if stop >= 0 else len(text)]
    around = (span for span in sentences(line) if span[0] <= place[0] - begin and place[1] - begin <= span[1])
    start, end = next(around, (place[0] - begin, place[1] - begin))
    return begin + start, begin + end

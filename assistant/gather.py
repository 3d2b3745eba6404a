"""Hits -> the sentences of the retrieved passages, each with what it stands under and what it completes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from assistant.evidence import Sentence
from knowledge.document import Hit, Passage, Span
from knowledge.sentences import sentences

_LONGEST_ANNOUNCEMENT = 30
_SHORTEST_TITLE, _TITLE_MORE = 6, 14  # characters
_SIGNATURE = re.compile(
    r"^[^，,；;。]{4,40}\s*(?:\d{4}|二[〇○零]\S{2})年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日$"
)
_TITLE_LINE = re.compile(
    r"(?:的(?:问答|指南|通知|公告|通告|意见|办法|方案|规定|决定|函|批复|公示|倡议书|公开信)|若干措施|实施细则)(?:[（(][^）)]*[)）])?$"
)
_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十\d]+[)）、.．]")
_BULLET = r"[●■◆•▪◇□○★▲▶►➢◎※✓√]\s?|\d{1,2}[ 　](?=[\u4e00-\u9fff])"
_ITEM = re.compile(rf"{_NUMBERED.pattern}|{_BULLET}")
_STYLES = (
    _BULLET,
    r"[（(][一二三四五六七八九十]+[)）]",
    r"[（(]\d+[)）]",
    r"\d+[.．、)）]",
    r"[一二三四五六七八九十]+、",
)


def gather(
    hits: Iterable[Hit],
    head: Callable[[str], str] | None = None,
    published: Callable[[str], str | None] | None = None,
    said: Callable[[str, Span], str] | None = None,
) -> list[Sentence]:
    """Return the sentences of the hits, passage by passage.

    ``head`` gives, by document id, the words that say what a whole document is about; ``said`` the words at a span of a
    document: what leads in a list comes before its later items, too. A line that only announces what follows (a heading
    inside running text, a question on a page of questions and answers) counts as its heading.
    """
    found: list[Sentence] = []
    for hit in hits:
        passage = hit.passage
        before = said(passage.doc_id, passage.lead) if said and passage.lead else ""
        announced = ""
        led = Led(before)
        about = head(passage.doc_id) if head else passage.title
        date = published(passage.doc_id) if published else None
        for first, last in passage.sentences or _sentences(passage):
            text = passage.text[first - passage.start : last - passage.start]
            heading = (
                _is_title(text, passage.title)
                or any(text in title for title in passage.headings)
                or (_announces(text) and not _is_item(passage.text, first - passage.start, last - passage.start))
            )
            is_new = bool(announced) and not heading and not any(announced in title for title in passage.headings)
            above = (*passage.headings, announced) if is_new else passage.headings
            under = led.under(text, passage.text[: first - passage.start], is_heading=heading)
            found.append(
                Sentence(
                    passage.doc_id,
                    passage.title,
                    above,
                    first,
                    last,
                    text,
                    before,
                    hit.score,
                    heading,
                    about,
                    date,
                    under=under,
                )
            )
            before = "" if heading else f"{before}{text}"
            announced = text if heading else announced
    return found


class Led:
    """What the sentences of a passage complete, one after the other."""

    def __init__(self, lead: str) -> None:
        self._lead = lead if lead.endswith(("：", ":")) else ""
        self._label = ""

    def under(self, text: str, before: str, *, is_heading: bool) -> str:
        """Return what a sentence completes that stands after ``before``, the text of the passage up to it."""
        if before.endswith("\n") or not before:
            self._label = ""
            if _ITEM.match(text) is None and before:
                self._lead = ""
        found = f"{self._lead}{self._label}"
        if text.endswith(("：", ":")):
            self._lead = text
        elif is_heading and _NUMBERED.match(text):
            self._label = text
        return found


def _is_title(text: str, title: str) -> bool:
    """Tell whether a line is the title of its document, or has hardly more than it (…指南（2024年修订）)."""
    return text in title or (len(title) > _SHORTEST_TITLE and title in text and len(text) - len(title) <= _TITLE_MORE)


def _sentences(passage: Passage) -> list[Span]:
    return [(passage.start + start, passage.start + end) for start, end in sentences(passage.text)]


def _announces(text: str) -> bool:
    if text[-1] in "?？" or _TITLE_LINE.search(text) or _SIGNATURE.search(text):
        return True
    if len(text) <= _LONGEST_ANNOUNCEMENT and _NUMBERED.match(text) and not re.search(r"[，,；;]", text):
        return True
    return (
        len(text) <= _LONGEST_ANNOUNCEMENT
        and text[-1] not in "。；;！!…”"
        and not re.search(r"\d{3,}|[:：].|\d号|窗口", text)
    )


def _is_item(text: str, start: int, end: int) -> bool:
    """Tell a numbered line that is an item from a heading: right above or below it stands another of the same marks.

    Between headings of one style there is always something that they head.
    """
    style = next((style for style in _STYLES if re.match(style, text[start:end])), None)
    if style is None or text[end : end + 1].strip():
        return False
    above = text[:start].rstrip().rsplit("\n", 1)[-1]
    below = text[end:].lstrip().split("\n", 1)[0]
    return any(re.match(style, line) is not None for line in (above.lstrip(), below))

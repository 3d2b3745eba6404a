"""Text as it was saved -> document text. What comes out is ``document.text``; offsets never move after it.

A web page saved as text carries furniture round the article: a site header, a contact block, a breadcrumb, a counter.
``page`` takes it off and keeps what it tells (title, date, contact) as metadata. The title, the date line and the
contact block stay in the text, so that they can be cited like anything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_LINE_END = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_LINE_ENDS = "\r\x0b\x0c\x85\u2028\u2029"
_BLANK_LINES = re.compile(r"\n{3,}")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_REMARKED = (
    ("空字符", re.compile(r"\x00")),
    ("控制字符", re.compile(r"[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")),
    ("不可见字符", re.compile(r"[\u00ad\u200b-\u200d\u2060-\u2064\ufeff\ufff9-\ufffb]")),
    ("文字方向符", re.compile(r"[\u200e\u200f\u202a-\u202e\u2065-\u206f]")),
    ("不成对的代理字符", re.compile(r"[\ud800-\udfff]")),
)
# Spaces in these patterns are bounded: without a bound each run of spaces costs its length squared, or worse.
_DATE = r"(\d{4})\s{0,3}[-年/.]\s{0,3}(\d{1,2})\s{0,3}[-月/.]\s{0,3}(\d{1,2})\s{0,3}日?"
_PUBLISHED = re.compile(rf"(?:发布|发稿|刊发|更新|成文|印发)(?:时间|日期)?\s{{0,3}}[:：]?\s{{0,3}}{_DATE}")
_COUNTER = re.compile(r"(?<!\S)(?:阅读|浏览|点击)(?:次数|量|数)?\s{0,3}[:：]?\s{0,3}\d{0,12}\s{0,3}次?$")
_BREADCRUMB = re.compile(r"^(?:(?:当前|您的?)?(?:现在的)?位置\s{0,3}[:：]?)?\s{0,3}首\s{0,3}页\s{0,3}(?:[>»›/]|&gt;|-)")
_CONTACT = re.compile(
    r"联系方式|联系我们|联系电话|电话\s{0,3}[:：]|地\s{0,3}址\s{0,3}[:：]|传\s{0,3}真\s{0,3}[:：]|邮\s{0,3}编\s{0,3}[:：]|邮\s{0,3}箱\s{0,3}[:：]|热线"
    r"|(?:^|\D)(?:0\d{2,3}[-—－ ]\d{3,4}[-—－ ]?\d{3,5}|400[-— ]?\d{3,4}[-— ]?\d{3,4})(?:\D|$)"
)
_EMPTY_LABEL = re.compile(r"^[^:：]{1,8}[:：]\s*$")
_CONTACT_TITLE = "联系方式"
_SENTENCE = re.compile(r"[。；;]")
_DOCUMENT_NUMBER = re.compile(r".{0,20}[〔\[【（(]\s?\d{4}\s?[〕\]】）)]\s?\d{1,5}\s?号$")
_LONGEST_TITLE = 80
_FURNITURE_LINES = 40


@dataclass(frozen=True, slots=True)
class Page:
    """A page without its furniture; ``contact`` holds the lines of its contact block."""

    text: str
    title: str
    published: str | None
    contact: tuple[str, ...]


def characters(text: str) -> str:
    """Drop what no reader sees (controls, zero-width and direction marks, lone surrogates); unify line ends."""
    if any(end in text for end in _LINE_ENDS):
        text = _LINE_END.sub("\n", text)
    return _INVISIBLE.sub("", text) if _INVISIBLE.search(text) else text


def remarks(text: str, name: str) -> list[str]:
    """Return what a person should know of the characters of a text: what ``characters`` drops, what was lost before."""
    is_odd = _INVISIBLE.search(text) is not None  # one look, where most texts have nothing of it
    counts = [(what, len(pattern.findall(text))) for what, pattern in _REMARKED] if is_odd else []
    told = "、".join(f"{count} 个{what}" for what, count in counts if count)
    found = [f"{name}：去掉了{told}"] if told else []
    lost = text.count("\ufffd")
    return [*found, f"{name}：原文有 {lost} 处已经丢失的字符（\ufffd）"] if lost else found


def lines(text: str) -> str:
    """Drop trailing spaces and runs of blank lines."""
    return _closed("\n".join(map(str.rstrip, text.split("\n"))))


def _closed(text: str) -> str:
    """Drop runs of blank lines from lines without trailing spaces."""
    return (_BLANK_LINES.sub("\n\n", text) if "\n\n\n" in text else text).strip()


def page(text: str, fallback_title: str) -> Page:
    """Separate the furniture of a page saved as text from the article on it."""
    return article(characters(text), fallback_title)


def article(shown: str, fallback_title: str) -> Page:
    """Do the same with a text of what ``characters`` leaves."""
    # Furniture stands in the first rows; the rest stays in one piece.
    rows = lines(shown).split("\n", _FURNITURE_LINES + 3)
    head = rows[: _head_length(rows)]
    date_row = _date_row(head)
    title_row = _title_row(rows, head, date_row)
    header = rows[: _header_length(rows[:title_row])] if title_row < len(head) else []
    contact = _contact_lines(header)
    furniture = [_COUNTER.sub("", row).rstrip() for row in head[len(header) :] if not _BREADCRUMB.match(row)]
    body = furniture + rows[max(len(head), len(header)) :]
    if contact:
        body += ["", _CONTACT_TITLE, *contact]
    title = rows[title_row].strip() if title_row < len(rows) else ""
    return Page(
        text=_closed("\n".join(body)),
        title=title if 0 < len(title) <= _LONGEST_TITLE else fallback_title,
        published=_date(rows[date_row]) if date_row is not None else None,
        contact=contact,
    )


def _head_length(rows: list[str]) -> int:
    """Return how many rows can be furniture: the first rows, up to the first that holds a whole sentence."""
    for number, row in enumerate(rows[:_FURNITURE_LINES]):
        if _SENTENCE.search(row):
            return number
    return min(len(rows), _FURNITURE_LINES)


def _header_length(above: list[str]) -> int:
    """Return how many of the rows above the title are the site's: up to its last breadcrumb or contact line."""
    length, in_contact = 0, False
    for number, row in enumerate(above, start=1):
        stripped = row.strip()
        is_contact = bool(_CONTACT.search(stripped))
        in_contact = is_contact or (in_contact and bool(stripped))  # a wrapped line follows its first part
        if in_contact or _EMPTY_LABEL.match(stripped) or _BREADCRUMB.match(stripped):
            length = number
    return length


def _date_row(head: list[str]) -> int | None:
    for number, row in enumerate(head):
        if len(row) <= _LONGEST_TITLE and _PUBLISHED.search(row):
            return number
    return None


def _title_row(rows: list[str], head: list[str], date_row: int | None) -> int:
    """Return the row of the title: the last line above the date line, else the first line of the text."""
    if date_row is not None:
        for number in range(date_row - 1, -1, -1):
            if head[number].strip() and not _DOCUMENT_NUMBER.match(head[number].strip()):
                return number
    breadcrumbs = [number for number, row in enumerate(head) if _BREADCRUMB.match(row)]
    first = breadcrumbs[-1] + 1 if breadcrumbs else 0
    return next((number for number in range(first, len(rows)) if rows[number].strip()), 0)


def _date(row: str) -> str | None:
    match = _PUBLISHED.search(row)
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups())).isoformat()
    except ValueError:  # 2022-13-45
        return None


def _contact_lines(header: list[str]) -> tuple[str, ...]:
    """Return the lines of the header that tell how to reach the publisher; a wrapped line follows its first part."""
    kept: list[str] = []
    open_line = False
    for raw in header:
        row = raw.strip()
        if not row or _EMPTY_LABEL.match(row) or _BREADCRUMB.match(row) or row == _CONTACT_TITLE:
            open_line = False
        elif _CONTACT.search(row):
            kept.append(row)
            open_line = True
        elif open_line:
            kept.append(row)
    return tuple(kept)

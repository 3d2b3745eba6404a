"""PDF with a text layer -> a document: lines joined to paragraphs, tables as rows, running heads and page numbers left out.

Pages of images alone are said in the notes; a file of nothing else is refused by name.
"""

from __future__ import annotations

import logging
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from knowledge import clean
from knowledge.document import Document
from knowledge.errors import SourceError
from knowledge.sources import grid, ocr, text
from knowledge.sources.printed import Row

MOST_PAGES = 1_000
LONGEST_SECONDS = 120.0
_LONGEST_RECOGNIZING = 3_600.0
_EDGE = 0.1  # of a page's height: where heads, feet and page numbers stand
_PAGE_NUMBER = re.compile(
    r"[-—–·\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／,，]?\s*(?:共\s*)?\d{1,4}(?:\s*页)?)?[-—–·\s]*"
)
_NEW_PARAGRAPH = re.compile(
    r"第[一二三四五六七八九十百零\d]{1,5}[编章节条]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.．、]|附件|[①-⑳]"
)
_NEVER_FIRST = tuple("。，、；：！？）》」』】〕")  # no paragraph begins so
_LARGE = 1.15  # a title's size over that of the text


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of a page, from top to bottom."""

    rows: tuple[Row, ...]
    height: float
    is_recognized: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """Where the columns of a table begin, in whole points from the left, and the rows of their names."""

    edges: tuple[int, ...] = ()
    names: tuple[grid.Row, ...] = ()


_NO_HEAD = Head()


def read(path: Path, doc_id: str, notes: list[str] | None = None, *, recognizing: bool = False) -> Document:
    """Read one PDF; raises SourceError for an encrypted, damaged or image-only one, and beyond the limits.

    With ``recognizing`` the text of pages of images is recognized (OCR).
    """
    pages, empty = _pages(path, recognizing=recognizing)
    if not any(page.rows for page in pages):
        reason = "文字识别（OCR）没有读出文字" if recognizing else "没有文字层（像是扫描件），请先做文字识别（OCR）"
        raise SourceError(str(path), reason)
    recognized = [number for number, page in enumerate(pages, start=1) if page.is_recognized]
    if notes is not None and recognized:
        notes.append(f"{path}：第 {'、'.join(map(str, recognized))} 页是文字识别（OCR）读出的，可能有错字，请核对")
    if notes is not None and empty:
        notes.append(f"{path}：第 {'、'.join(map(str, empty))} 页没有文字（像是扫描的图片），没有读到")
    pages = _without_running(pages)
    saved = "\n".join(paragraphs(pages))
    if notes is not None:
        notes.extend(clean.remarks(saved, str(path)))
    document = text.document(saved, path, doc_id)
    return replace(document, pages=page_starts(document.text, pages))


def _pages(path: Path, *, recognizing: bool) -> tuple[list[Page], list[int]]:
    """Return the pages and the numbers of those without text."""
    import pdfplumber  # noqa: PLC0415  # only where a PDF is read

    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of colours and fonts that do not touch the text
    longest = _LONGEST_RECOGNIZING if recognizing else LONGEST_SECONDS
    deadline = time.monotonic() + longest
    pages: list[Page] = []
    empty: list[int] = []
    head = _NO_HEAD
    try:
        with pdfplumber.open(path) as opened:
            for number, page in enumerate(opened.pages, start=1):
                _check(path, len(opened.pages), deadline, longest)
                rows, head = _rows(page, head)
                is_image = recognizing and not rows
                if is_image:
                    rows = ocr.lines(page)
                pages.append(Page(tuple(rows), float(page.height), is_image and bool(rows)))
                if not rows:
                    empty.append(number)
                page.close()
    except SourceError:
        raise
    except Exception as error:  # its parsers raise errors of many kinds on damaged files
        locked = "Password" in f"{type(error).__name__}{error!r}"
        raise SourceError(str(path), "PDF 已加密，请先解除密码" if locked else "PDF 已损坏，无法读取") from error
    return pages, empty


def _check(path: Path, count: int, deadline: float, longest: float) -> None:
    if count > MOST_PAGES:
        raise SourceError(str(path), f"PDF 有 {count} 页，超过 {MOST_PAGES} 页，没有读取")
    if time.monotonic() > deadline:
        raise SourceError(str(path), f"PDF 读了 {longest:.0f} 秒还没有读完，放弃")


def _rows(page: Any, above: Head) -> tuple[list[Row], Head]:
    """Return the lines outside of tables and the rows of tables, from top to bottom.

    ``above`` is the head of the table that the page before ends with, as is returned of this one.
    """
    if _has_doubles(page.chars):
        page = page.dedupe_chars()
    tables = [table for table in page.find_tables() if len(table.rows) > 1 and len(table.rows[0].cells) > 1]
    boxes = [table.bbox for table in tables]
    rest = page.filter(lambda item: not any(_is_inside(item, box) for box in boxes)) if boxes else page
    found = [_line(line) for line in rest.extract_text_lines(strip=True) if line["text"].strip()]
    head = above if not found or (boxes and min(row.top for row in found) > boxes[0][1]) else _NO_HEAD
    for table in tables:
        rows, head = _table_rows(table, head)
        found.extend(rows)
    found.sort(key=lambda row: (row.top, row.left))
    return found, head if found and found[-1].is_cells else _NO_HEAD


def _has_doubles(characters: Sequence[Any]) -> bool:
    """Tell whether a character may be printed again within a point of itself, as bold is imitated.

    Points of a grid of two, laid in four ways: two that are that near share a field in one of them. The library's own
    search sorts all characters and takes a fifth of the time of a page.
    """
    for right in (0.0, 1.0):
        for down in (0.0, 1.0):
            fields = {(c["text"], (c["x0"] + right) // 2, (c["top"] + down) // 2) for c in characters}
            if len(fields) < len(characters):
                return True
    return False


def _is_inside(item: Any, box: tuple[float, float, float, float]) -> bool:
    x0, top, x1, bottom = box
    middle = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
    return bool(x0 <= middle[0] <= x1 and top <= middle[1] <= bottom)


def _line(line: Any) -> Row:
    sizes = Counter(round(float(character["size"]), 1) for character in line["chars"])
    told = " ".join(line["text"].split())
    return Row(told, line["x0"], line["x1"], line["top"], line["bottom"], sizes.most_common(1)[0][0])


def _table_rows(table: Any, above: Head) -> tuple[list[Row], Head]:
    """Return the lines of a table, each at the place of the row it stands in, and its head.

    A table at the top of a page that has the columns of the one that ended the page before goes on with it.
    """
    rows = list(_cells(table))
    edges = tuple(sorted({round(cell[0]) for row in table.rows for cell in row.cells if cell is not None}))
    names = grid.head(rows)
    goes_on = edges == above.edges and not names
    shown = list(grid.lines([*above.names, *rows], len(above.names)) if goes_on else grid.lines(rows))
    places = [row.bbox for row, cells in zip(table.rows, rows, strict=True) if any(cells)][-len(shown) :]
    lines = [
        Row(line, x0, x1, top, bottom, 0.0, is_cells=True)
        for line, (x0, top, x1, bottom) in zip(shown, places, strict=True)
    ]
    return lines, above if goes_on else Head(edges, tuple(names))


def _cells(table: Any) -> Iterator[list[str | None]]:
    """Yield the cells of each row; one that spans rows stands in each of them, None where one goes on to the right."""
    above: dict[int, tuple[float, str]] = {}
    for row, cells in zip(table.rows, table.extract(), strict=True):
        told: list[str | None] = []
        for place, (box, cell) in enumerate(zip(row.cells, cells, strict=True)):
            if box is not None:
                above[place] = (box[3], "".join((cell or "").split("\n")).strip())
                told.append(above[place][1])
            elif place in above and above[place][0] >= row.bbox[3] - 1:
                told.append(above[place][1])
            else:
                told.append(None)
        yield told


# ---- from lines to paragraphs


def _without_running(pages: Sequence[Page]) -> list[Page]:
    """Leave out what stands at the edge of pages: numbers, and heads and feet that come again on others."""
    edges = Counter(key for page in pages for key in {_key(row) for row in page.rows if _at_edge(row, page)})
    least = max(2, round(0.3 * len(pages)))
    return [
        replace(
            page,
            rows=tuple(
                row
                for row in page.rows
                if not (_at_edge(row, page) and (_PAGE_NUMBER.fullmatch(row.text) or edges[_key(row)] >= least))
            ),
        )
        for page in pages
    ]


def _at_edge(row: Row, page: Page) -> bool:
    return not row.is_cells and (row.bottom < _EDGE * page.height or row.top > (1 - _EDGE) * page.height)


def _key(row: Row) -> str:
    return re.sub(r"\d+", "0", row.text)


def paragraphs(pages: Sequence[Page]) -> list[str]:
    """Join the lines of a document to paragraphs: a full line is followed by one that begins at the margin."""
    sizes = Counter(row.size for page in pages for row in page.rows if not row.is_cells for _ in row.text)
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    found: list[str] = []
    last: Row | None = None
    margin = 0.0
    for page in pages:
        lines = [row for row in page.rows if not row.is_cells]
        left, right = min((row.left for row in lines), default=0.0), max((row.right for row in lines), default=0.0)
        for row in page.rows:
            if last is not None and _goes_on(last, row, left, margin or right, body):
                found[-1] = _joined(found[-1], row.text)
            else:
                found.append(row.text)
            last, margin = row, right
    return found


def _goes_on(last: Row, row: Row, left: float, right: float, body: float) -> bool:
    """Tell whether a line goes on with the paragraph of the line before it."""
    if last.is_cells or row.is_cells or abs(last.size - row.size) > 0.5:  # noqa: PLR2004
        return False
    if row.size > _LARGE * body:  # a title over several lines
        return row.top - last.bottom < 1.2 * row.size
    if row.text.startswith(_NEVER_FIRST):
        return True
    is_full = last.right > right - 1.5 * row.size
    return is_full and row.left < left + 0.8 * row.size and _NEW_PARAGRAPH.match(row.text) is None


def _joined(before: str, after: str) -> str:
    gap = " " if before[-1:].isascii() and after[:1].isascii() and before[-1:].isalnum() and after[:1].isalnum() else ""
    return f"{before}{gap}{after}"


_REACH = 2_000  # characters looked ahead for a line: what was taken out of a text, and moved, is left behind


def page_starts(shown: str, pages: Sequence[Page]) -> tuple[int, ...]:
    """Return where each page begins in the text of the document, found line by line; ascending.

    A page none of whose lines is in the text begins where the next one does.
    """
    starts: list[int | None] = []
    place = 0
    for page in pages:
        begin: int | None = None
        for row in page.rows:
            told = clean.characters(row.text)
            found = shown.find(told, place, place + len(told) + _REACH) if told else -1
            if found >= 0:
                begin = found if begin is None else begin
                place = found + len(told)
        starts.append(begin)
    following = len(shown)
    for number in range(len(starts) - 1, -1, -1):
        following = begin if (begin := starts[number]) is not None else following
        starts[number] = following
    return (0, *(start or 0 for start in starts[1:]))

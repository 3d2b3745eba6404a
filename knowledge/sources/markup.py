"""An HTML tree -> lines of text: a block a line, a row of a table a line, nothing hidden and nothing active.

The tree is walked step by step, never by recursion. Elements are lxml's; it is imported only where a page is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from knowledge.errors import SourceError
from knowledge.sources import grid

DROPPED = frozenset(
    "script style noscript template iframe frame object embed applet svg math canvas audio video map select button input"
    " textarea datalist head title meta link base param source track area progress meter".split()
)
BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody td tfoot th thead"
    " tr ul".split()
)
_BREAKS = BLOCKS | {"br"}
HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_HIDDEN = re.compile(
    r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden|opacity\s{0,3}:\s{0,3}0(?:\.0{1,9})?\s{0,3}(?:;|!|$)"
    r"|(?:left|top|text-indent)\s{0,3}:\s{0,3}-\d{4,9}",
    re.IGNORECASE,
)
_NO_SIZE = re.compile(r"font-size\s{0,3}:\s{0,3}0(?:px|pt|em)?\s{0,3}(?:;|!|$)", re.IGNORECASE)
_SHOWN_BY_SCRIPT = frozenset({"js_content"})  # hidden until a script of the platform has run
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_EDGES = " \u3000\u00a0\t"
_LONGEST_SPAN = 100  # rows that one cell can span
_MOST_COLUMNS = 40  # that one cell can span
_MOST_SPANS = 8  # cells that can span into one row


def parse(text: str, name: str) -> Any:
    """Return the tree of a page. External entities, DTDs and references are never fetched.

    Raises SourceError for nesting deeper than the parser's limit (256), a text run beyond 10 MB, or an empty page.
    """
    from lxml import etree  # noqa: PLC0415  # only where a page is read

    # The plain elements of etree: those of lxml.html are made by a call of Python each.
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8"), parser=parser)
    except etree.LxmlError as error:
        raise SourceError(name, "网页是空的或无法解析") from error
    if root is None:
        raise SourceError(name, "网页是空的或无法解析")
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise SourceError(name, "网页嵌套过深或单段过长，没有读取")
    return root


def is_hidden(element: Any) -> bool:
    """Tell whether an element is not shown to a reader, or is no text."""
    if element.tag in DROPPED or not isinstance(element.tag, str):
        return True
    if not element.keys():
        return False
    if element.get("hidden") is not None or (element.get("type") or "").lower() == "hidden":
        return element.get("id") not in _SHOWN_BY_SCRIPT
    style = element.get("style")
    if not style or element.get("id") in _SHOWN_BY_SCRIPT:
        return False
    # A block without a font size may hold others that have one: editors of WeChat articles write so.
    return bool(_HIDDEN.search(style) or (len(element) == 0 and _NO_SIZE.search(style)))


def lines(element: Any, left_out: frozenset[Any] | set[Any] = frozenset()) -> list[str]:
    """Return the lines of an element and what is in it, in order; ``left_out`` are elements to pass over."""
    numbers = _list_numbers(element)
    rows: list[str] = []
    parts: list[str] = []

    def close() -> None:
        if parts and (line := _line("".join(parts))):
            rows.append(line)
        parts.clear()

    for event, node in _walk(element, left_out):
        if event == "text":
            parts.append(node)
        elif event == "table":
            close()
            rows.extend(table_rows(node))
        elif node.tag == "br":
            close()
        elif node.tag in BLOCKS:
            close()
            if event == "start" and node in numbers:
                parts.append(f"{numbers[node]}. ")
    close()
    return rows


def _line(text: str) -> str:
    """Return a text with runs of spaces as one; in most lines there is nothing to put together."""
    is_odd = "  " in text or not text.isprintable()
    return (_SPACES.sub(" ", text) if is_odd else text).strip(_EDGES)


def _walk(element: Any, left_out: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Yield ("start", block or br), ("text", str), ("table", element), ("end", block or br) in document order."""
    from lxml import etree  # noqa: PLC0415

    skipped = set(left_out)
    passed: Any = None  # an element whose inside is passed over: what comes next is its end
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, node in walker:
        if event == "end":
            if node is passed:
                passed = None
            elif node.tag in _BREAKS:
                yield event, node
            if node is not element and node.tail:
                yield "text", node.tail
            continue
        is_out = is_hidden(node) or node in skipped
        if not is_out and not (node.tag == "table" and _is_whole(node, skipped)):
            if node.tag in _BREAKS:
                yield event, node
            if node.text:
                yield "text", node.text
            continue
        if not is_out:
            yield "table", node
        walker.skip_subtree()
        passed = node


def _is_whole(table: Any, skipped: set[Any]) -> bool:
    """Tell whether a table is one of data of which nothing is to be passed over."""
    return is_data(table) and not (skipped and any(inner in skipped for inner in table.iter()))


def _list_numbers(element: Any) -> dict[Any, int]:
    """Return the numbers of the items of ordered lists, as a browser shows them."""
    found: dict[Any, int] = {}
    for ordered in element.iter("ol"):
        start = ordered.get("start") or ""
        number = int(start) if re.fullmatch(r"\d{1,4}", start) else 1
        for item in ordered.iterchildren("li"):
            if "none" not in (ordered.get("style") or ""):
                found[item] = number
            number += 1
    return found


# ---- tables


def is_data(table: Any) -> bool:
    """Tell a table of data from one that only lays out a page: no table in it, and a row with two cells or more."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = [list(row.iterchildren("td", "th")) for row in table.iter("tr")]
    if max(map(len, rows), default=0) < 2:  # noqa: PLR2004
        return False
    return not any(_is_article(cell) for row in rows for cell in row)


_ARTICLE = 400  # characters over several paragraphs: a cell that holds an article, not a datum


def _is_article(cell: Any) -> bool:
    breaks = sum(1 for _ in cell.iterdescendants("p", "br", "div", "h1", "h2", "h3"))
    return breaks > 4 and sum(len(part) for part in cell.itertext()) > _ARTICLE  # noqa: PLR2004


def table_rows(table: Any) -> list[str]:
    """Return a row of a table a line, as ``grid`` lays it out; a cell that spans rows stands in each of them."""
    found: list[str] = []
    rows: list[grid.Row] = []
    least = 0  # rows of names: all their cells are headers
    for row in _shown(table.iter("caption", "tr")):
        if row.tag == "caption":
            found.extend(lines(row))
            continue
        cells = list(_shown(row.iterchildren("td", "th")))
        if len(cells) > 1 and all(cell.tag == "th" for cell in cells) and least == sum(len(told) > 1 for told in rows):
            least += 1
        rows.append(cells)
    return [*found, *grid.lines(_cells(rows), least)]


def _cells(rows: Iterable[Sequence[Any]]) -> Iterator[grid.Row]:
    """Yield the cells of each row as text; one that spans rows stands in each, None where one goes on to the right."""
    carried: dict[int, tuple[int, list[str | None]]] = {}
    for row in rows:
        told: list[str | None] = []
        for cell in row:
            _fill(told, carried)
            wide = [" ".join(lines(cell)), *[None] * (_span(cell, "colspan", _MOST_COLUMNS) - 1)]
            down = _span(cell, "rowspan", _LONGEST_SPAN)
            if down > 1 and len(carried) < _MOST_SPANS:
                carried[len(told)] = (down - 1, wide)
            told += wide
        _fill(told, carried)
        yield told


def _shown(elements: Iterable[Any]) -> Iterator[Any]:
    return (element for element in elements if not is_hidden(element))


def _fill(told: list[str | None], carried: dict[int, tuple[int, list[str | None]]]) -> None:
    """Put in the cells that rows above span down to the next place."""
    while len(told) in carried:
        place = len(told)
        left, wide = carried.pop(place)
        if left > 1:
            carried[place] = (left - 1, wide)
        told += wide


def _span(cell: Any, name: str, most: int) -> int:
    span = cell.get(name) or ""
    return max(1, min(int(span), most)) if re.fullmatch(r"\d{1,4}", span) else 1

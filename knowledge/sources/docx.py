"""Word (.docx) -> a document: paragraphs with their numbers as shown, tables as rows, footnotes at the end.

Deleted and hidden text, field codes, comments, headers and footers are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from knowledge import clean
from knowledge.document import Document
from knowledge.errors import SourceError
from knowledge.sources import grid, packed, text
from knowledge.sources.word_numbers import Numbers

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MOST_COLUMNS = 63  # that Word allows
_LEFT_OUT = {f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", f"{_W}pPr", f"{_W}rPr", _FALLBACK}


def read(path: Path, doc_id: str, notes: list[str] | None = None) -> Document:
    """Read one Word file; raises SourceError for an encrypted, damaged or empty one, and for one that unpacks too far."""
    opened = _open(path)
    numbers = Numbers(opened)
    footnotes: list[str] = []
    rows = list(_lines(opened.element.body, numbers, footnotes))
    saved = "\n".join([*rows, *_footnotes(opened, footnotes)])
    if notes is not None:
        notes.extend(clean.remarks(saved, str(path)))
    return text.document(saved, path, doc_id)


def _open(path: Path) -> Any:
    import docx  # noqa: PLC0415  # only where a Word file is read

    packed.check(path, "Word", ".doc")
    try:
        return docx.Document(str(path))
    except Exception as error:  # zip, XML and package faults of many kinds
        raise SourceError(str(path), "Word 文件已损坏，无法读取") from error


def _lines(body: Any, numbers: Numbers, footnotes: list[str]) -> Iterator[str]:
    """Yield the lines of a body: its paragraphs and the rows of its tables, in order."""
    stack = list(reversed(body))
    while stack:
        element = stack.pop()
        if element.tag == f"{_W}p":
            told = _text(element, footnotes)
            number = numbers.next(element)
            if told.strip():
                yield from (f"{number}{told}").split("\n")
        elif element.tag == f"{_W}tbl":
            yield from _table(element, footnotes)
        elif element.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins"}:
            stack.extend(reversed(element))


def _text(element: Any, footnotes: list[str]) -> str:
    """Return the shown text of a paragraph or a cell."""
    parts: list[str] = []
    stack = [element]
    while stack:
        node = stack.pop()
        if node.tag in _LEFT_OUT or _is_hidden(node):
            continue
        if node.tag == f"{_W}t":
            parts.append(node.text or "")
        elif node.tag in {f"{_W}br", f"{_W}cr"}:
            parts.append("\n")
        elif node.tag == f"{_W}tab":
            parts.append(" ")
        elif node.tag == f"{_W}noBreakHyphen":
            parts.append("-")
        elif node.tag in {f"{_W}footnoteReference", f"{_W}endnoteReference"}:
            footnotes.append(f"{node.tag.removeprefix(_W)[:-9]} {node.get(f'{_W}id')}")
            parts.append(f"[注{len(footnotes)}]")
        elif node.tag == f"{_W}p" and node is not element and parts:
            parts.append("\n")
            stack.extend(reversed(node))
        else:
            stack.extend(reversed(node))
    return "".join(parts).strip(" \n\u3000\u00a0")


def _is_hidden(node: Any) -> bool:
    if node.tag != f"{_W}r":
        return False
    hidden = node.find(f"{_W}rPr/{_W}vanish")
    return hidden is not None and hidden.get(f"{_W}val") not in {"0", "false", "off"}


def _table(table: Any, footnotes: list[str]) -> Iterator[str]:
    """Yield the lines of a table; the rows that Word repeats on each page hold the names of its columns."""
    rows = list(table.iterchildren(f"{_W}tr"))
    least = next((n for n, row in enumerate(rows) if row.find(f"{_W}trPr/{_W}tblHeader") is None), len(rows))
    return grid.lines(_cells(table, rows, footnotes), least)


def _cells(table: Any, rows: Iterable[Any], footnotes: list[str]) -> Iterator[list[str | None]]:
    """Yield the cells of each row; one that spans rows stands in each of them, None where one goes on to the right."""
    above: dict[int, str] = {}
    for row in rows:
        told: list[str | None] = []
        for cell in row.iter(f"{_W}tc"):
            if next(cell.iterancestors(f"{_W}tbl")) is not table:
                continue  # of a table in a cell, whose text the cell has
            place = len(told)
            merged = cell.find(f"{_W}tcPr/{_W}vMerge")
            if merged is None or merged.get(f"{_W}val") == "restart" or place not in above:
                above[place] = " ".join(_text(cell, footnotes).split())
            told += [above[place], *[None] * (_count(cell.find(f"{_W}tcPr/{_W}gridSpan")) - 1)]
        yield told


def _count(span: Any) -> int:
    value = span.get(f"{_W}val") if span is not None else "1"
    return min(int(value), _MOST_COLUMNS) if value and value.isdecimal() and len(value) < 4 else 1  # noqa: PLR2004


def _footnotes(opened: Any, wanted: list[str]) -> Iterator[str]:
    """Yield the notes that the text refers to, numbered as they are referred to."""
    from docx.oxml import parse_xml  # noqa: PLC0415

    told: dict[str, str] = {}
    for relation in opened.part.rels.values():
        kind = relation.reltype.rpartition("/")[2].removesuffix("s")
        if kind in {"footnote", "endnote"} and not relation.is_external:
            for note in parse_xml(relation.target_part.blob).iterchildren(f"{_W}{kind}"):
                told[f"{kind} {note.get(f'{_W}id')}"] = " ".join(_text(note, []).split())
    for number, key in enumerate(wanted, start=1):
        if told.get(key):
            yield f"[注{number}] {told[key]}"

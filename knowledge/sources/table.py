"""Spreadsheets (.xlsx) and .csv -> a document: a row a line, each cell with the name of its column.

「等级：初级工；标准：1000元」. Rows of one cell above the names of the columns are titles; a sheet's name stands above its
rows where there are several sheets. The title is that of the whole: a heading that no other sheet contradicts, else the
file's name.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from knowledge import clean
from knowledge.document import Document
from knowledge.errors import SourceError
from knowledge.sources import grid, packed, text
from knowledge.sources.encoding import decode

MOST_ROWS = 50_000  # of one file
_LONGEST_CELL = 100_000  # characters
_DELIMITERS = ",\t;，"


def read_csv(path: Path, doc_id: str, notes: list[str] | None = None) -> Document:
    """Read one CSV file; raises SourceError for an empty one or one with too many rows."""
    saved = decode(path.read_bytes(), str(path))
    if notes is not None:
        notes.extend(clean.remarks(saved, str(path)))
    shown = clean.characters(saved)
    first = shown.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(shown), delimiter=delimiter)]
    except csv.Error as error:
        raise SourceError(str(path), f"不是有效的 CSV（{error}）") from error
    if any(len(cell) > _LONGEST_CELL for row in rows for cell in row):  # as a quotation mark left open makes it
        raise SourceError(str(path), f"不是有效的 CSV（一格超过 {_LONGEST_CELL} 个字符）")
    return _document(list(grid.lines(_few(rows, path), least=1)), path, doc_id)


def read_xlsx(path: Path, doc_id: str, notes: list[str] | None = None) -> Document:
    """Read one workbook; raises SourceError for an encrypted, damaged or empty one and one with too many rows."""
    import openpyxl  # noqa: PLC0415  # only where a workbook is read

    packed.check(path, "Excel", ".xls")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions (validation, formats) that do not touch the values
            book = openpyxl.load_workbook(path, data_only=True)
    except Exception as error:  # zip, XML and package faults of many kinds
        raise SourceError(str(path), "Excel 文件已损坏，无法读取") from error
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    told = [(sheet.title, list(grid.lines(_few(_cells(sheet), path), least=1))) for sheet in sheets]
    rows = _joined([(name, rows) for name, rows in told if rows], path.stem)
    if notes is not None:
        notes.extend(clean.remarks("\n".join(rows), str(path)))
    return _document(rows, path, doc_id)


def _joined(sheets: Sequence[tuple[str, Sequence[str]]], stem: str) -> list[str]:
    """Return the lines of all sheets, with their names and a title of the whole where there are several."""
    if len(sheets) < 2:  # noqa: PLR2004
        return [row for _, rows in sheets for row in rows]
    own, *others = [_heading(rows[0]) for _, rows in sheets]
    title = own if own is not None and set(others) <= {own, None} else None
    found = [title or stem]
    for name, rows in sheets:
        found += [name, *(rows[1:] if title is not None and _heading(rows[0]) == title else rows)]
    return found


def _heading(row: str) -> str | None:
    """Return the first line of a sheet where it is one cell alone."""
    return row if "：" not in row and " | " not in row else None


def _document(rows: Sequence[str], path: Path, doc_id: str) -> Document:
    if rows and "：" in rows[0] and rows[0] != path.stem:
        rows = [path.stem, *rows]  # no title above the names of the columns: the file's name
    return text.document("\n".join(rows), path, doc_id)


def _cells(sheet: Any) -> Iterator[list[str | None]]:
    """Yield the shown rows of a sheet; a merged cell stands in each row it spans."""
    merged: dict[tuple[int, int], str | None] = {}
    for span in sheet.merged_cells.ranges:
        first = _shown(sheet.cell(span.min_row, span.min_col).value)
        for row in range(span.min_row, min(span.max_row, span.min_row + MOST_ROWS) + 1):
            merged[row, span.min_col] = first
            merged.update(((row, place), None) for place in range(span.min_col + 1, span.max_col + 1))
    hidden = {number for number, row in sheet.row_dimensions.items() if row.hidden}
    spanned = {number for number, _ in merged}
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number in spanned and number not in hidden:
            yield [
                merged[number, place] if (number, place) in merged else _shown(value)
                for place, value in enumerate(row, start=1)
            ]
        elif number not in hidden:
            yield list(map(_shown, row))


def _shown(value: Any) -> str:
    """Return a cell as a person reads it: whole numbers without a point, dates as YYYY-MM-DD."""
    if value is None:
        return ""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "minutes")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.10g}"
    return " ".join(str(value).split())


def _few(rows: Iterable[grid.Row], path: Path) -> Iterator[grid.Row]:
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise SourceError(str(path), f"表格超过 {MOST_ROWS} 行，没有读取")
        yield row

"""Workbooks in XLSX: cells of the first sheet as text, and a sheet for a person to fill in."""

from __future__ import annotations

import io
import warnings
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class WorkbookError(ValueError):
    """What was read is no workbook."""


class Table(NamedTuple):
    """A sheet to be written: rows under a row of headings, the first ``filled_in`` columns for a person.

    ``widths`` (characters) and ``choices`` (separated by commas) go by heading; ``note`` hangs on the first cell.
    """

    rows: Sequence[Sequence[str]]
    filled_in: int
    widths: Mapping[str, int]
    choices: Mapping[str, str]
    note: str


def cells(content: bytes) -> list[list[str]]:
    """Return the cells of the first sheet; a formula counts as its last computed value.

    Raises WorkbookError.
    """
    from openpyxl import load_workbook  # noqa: PLC0415  only where there is a workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of features of a workbook that have nothing to do with its cells
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            table = [[_text(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
            book.close()
    except (OSError, ValueError, KeyError, IndexError, TypeError, SyntaxError, zipfile.BadZipFile) as error:
        raise WorkbookError(type(error).__name__) from error
    return table


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def written(table: Table) -> bytes:
    """Return a workbook of one sheet; everything in it is text."""
    from openpyxl import Workbook  # noqa: PLC0415  only where a workbook is written
    from openpyxl.comments import Comment  # noqa: PLC0415
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "用例标注"
    grey = PatternFill("solid", fgColor="EEF1F4")
    for line, row in enumerate(table.rows, start=1):
        for column, text in enumerate(row, start=1):
            cell = sheet.cell(line, column)
            cell.value = text or None
            if text:
                cell.data_type = "s"  # what begins with = is what a person asked, not a formula
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if line == 1:
                cell.font = Font(bold=True)
            if column > table.filled_in:
                cell.fill = grey
    sheet["A1"].comment = Comment(table.note, "eval mine", height=160, width=420)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    _arrange(sheet, table)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _arrange(sheet: Any, table: Table) -> None:
    """Set the widths of the columns and the choices of those that have some."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    last = len(table.rows)
    for column, name in enumerate(table.rows[0], start=1):
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = table.widths.get(name, 12)
        if name in table.choices and last > 1:
            validation = DataValidation(type="list", formula1=f'"{table.choices[name]}"', allow_blank=True)
            validation.add(f"{letter}2:{letter}{last}")
            sheet.add_data_validation(validation)

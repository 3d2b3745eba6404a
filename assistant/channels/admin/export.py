"""Figures -> CSV and XLSX. What people asked is text there too: no cell of it is taken for a formula."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

from assistant.answer import Status
from assistant.channels.admin.statistics_page import moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.channels.admin.statistics_page import Figures
    from assistant.channels.messages import Messages
    from assistant.state.statistics import Asked

Cell = str | int | float | None
Sheet = list[list[Cell]]
_FORMULA = re.compile(r"^[\s\x00-\x1f]*[=+\-@＝＋－＠]|^[\t\r\n]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_000  # characters; a cell of a spreadsheet holds 32,767


def sheets(figures: Figures, told: Messages) -> dict[str, Sheet]:
    """Return the tables by name, each with its row of headings in a language."""
    days: Sheet = [
        _heads(told, "date", "questions", *(status.value for status in Status), "p50.ms", "p95.ms", "up", "down")
    ]
    days += [
        [day.day, day.total, *(day.statuses.get(status, 0) for status in Status), _whole(day.p50), _whole(day.p95),
         day.up, day.down]
        for day in figures.days
    ]  # fmt: skip
    disliked: Sheet = [_heads(told, "question", "result", "comment", "time", "answer-id")]
    disliked += [
        [row.question, told(f"statistics.{row.status.value}"), row.comment, moment(row.created), row.answer_id]
        for row in figures.disliked
    ]
    asked, untold = _asked(figures.asked, told), _asked(figures.untold, told)
    return {"days": days, "asked": asked, "untold": untold, "disliked": disliked}


def _asked(rows: Sequence[Asked], told: Messages) -> Sheet:
    heads: Sheet = [_heads(told, "question", "times", "result", "latest")]
    return heads + [
        [row.question, row.count, told(f"statistics.{row.status.value}"), moment(row.latest)] for row in rows
    ]


def _heads(told: Messages, *names: str) -> list[Cell]:
    return [told(f"statistics.{name}") for name in names]


def to_csv(sheet: Sheet) -> bytes:
    """Return a table as CSV in UTF-8 with a byte order mark, which spreadsheet programs need to read Chinese."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([_safe(cell) for cell in row] for row in sheet)
    return stream.getvalue().encode("utf-8-sig")


def to_xlsx(tables: dict[str, Sheet], told: Messages) -> bytes:
    """Return all tables as a workbook, a sheet each, named in a language."""
    from openpyxl import Workbook  # noqa: PLC0415  only where a workbook is written
    from openpyxl.styles import Font  # noqa: PLC0415

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in tables.items():
        sheet: Any = book.create_sheet(told(f"statistics.{name}"))
        for line, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                cell = sheet.cell(line, column)
                cell.value = _safe(value)
                if isinstance(value, str):
                    cell.data_type = "s"  # never a formula, whatever it begins with
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        sheet.column_dimensions["A"].width = 12 if name == "days" else 60
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _safe(value: Cell) -> Cell:
    """Return a cell that is shown as it is; a text that a program would calculate gets an apostrophe before it."""
    if not isinstance(value, str):
        return value
    text = _CONTROL.sub(" ", value)[:_LONGEST]
    return f"'{text}" if _FORMULA.search(text) else text


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)

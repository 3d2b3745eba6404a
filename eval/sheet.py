"""Question sets as tables, CSV or XLSX, one row a case: how a column becomes a field, both ways.

============== ================= =====================================================================
column         also              content of a cell
============== ================= =====================================================================
id             编号              text; left out: the number of the row
category       类别              text; left out: ``imported``
turns          各轮问题          one question a line, the last one is scored
question       问题              the scored question, with ``earlier`` 前文 (one a line) before it
answerable     可回答            是 / 否, true / false, 1 / 0; empty: 是
facts          要点              one fact a line, its accepted spellings separated by ``|``
reference      参考答案          text
evidence       依据              verbatim words of the documents, one passage a line
doc_ids        文件              one id a line
absent         不应出现          one string a line
expected_status 应有状态         a status
split, script  划分, 字形        text
anything else                    a field to group cases by
============== ================= =====================================================================

A cell that is a JSON list is taken as that list, so that the columns of Ragas and DeepEval work as well. Rows count as
a spreadsheet counts them: the headings are row 1.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from eval import workbook
from eval.errors import Defect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Cells = Iterator[tuple[int, dict[str, str]]]
    Rows = Iterator[tuple[int, dict[str, object]]]

COLUMNS = {
    "编号": "id",
    "类别": "category",
    "各轮问题": "turns",
    "问题": "question",
    "前文": "earlier",
    "可回答": "answerable",
    "要点": "facts",
    "参考答案": "reference",
    "依据": "evidence",
    "文件": "doc_ids",
    "不应出现": "absent",
    "应有状态": "expected_status",
    "划分": "split",
    "字形": "script",
}
_LISTS = frozenset("turns earlier evidence doc_ids absent reference_contexts context ground_truths".split())
_YES = frozenset("是 真 true yes y 1 可 可以 可回答".split())
_NO = frozenset("否 假 false no n 0 不 不可 不可以 不可回答".split())
_CELL_LIMIT = 10_000_000  # characters; what a cell of a spreadsheet can hold is far below it


def rows(content: bytes, defects: list[Defect]) -> Rows:
    """Yield the records of a table; what is wrong with the table itself goes to ``defects``."""
    for number, cells in cells_of(content, defects):
        yield number, fields_of(cells, number)


def cells_of(content: bytes, defects: list[Defect]) -> Cells:
    """Yield the cells of each row by the names of their columns; a workbook is told from CSV by its first bytes."""
    table = _workbook(content, defects) if content.startswith(b"PK") else _csv(content, defects)
    yield from _named(table, defects)


def _csv(content: bytes, defects: list[Defect]) -> list[list[str]]:
    """Return the cells of a CSV file in UTF-8 or GB18030, separated by commas, semicolons or tabs."""
    text = _decoded(content)
    if text is None:
        defects.append(Defect(0, "编码既不是 UTF-8 也不是 GB18030，请把文件另存为 CSV UTF-8"))
        return []
    heading = text.split("\n", 1)[0]
    separator = max(",;\t", key=heading.count)
    csv.field_size_limit(_CELL_LIMIT)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        defects.append(Defect(0, f"不是合法的 CSV（{error}），常见原因是引号没有成对"))
        return []


def _workbook(content: bytes, defects: list[Defect]) -> list[list[str]]:
    """Return the cells of the first sheet of an XLSX workbook; a formula counts as its last computed value."""
    try:
        return workbook.cells(content)
    except workbook.WorkbookError as error:
        defects.append(Defect(0, f"不是可用的 XLSX 工作簿（{error}），请用表格软件另存为 .xlsx"))
        return []


def _decoded(content: bytes) -> str | None:
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:  # "Unicode text" of spreadsheet programs
        return content.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _named(table: Sequence[Sequence[str]], defects: list[Defect]) -> Cells:
    if not table:
        return
    names = [COLUMNS.get(name.strip(), name.strip()) for name in table[0]]
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    if repeated:
        defects.append(Defect(1, f"表头里有重复的列：{'、'.join(repeated)}"))
        return
    if not {"turns", "question", "user_input", "input"} & set(names):
        defects.append(Defect(1, "表头里没有 turns、question 或「问题」这一列"))
        return
    for number, row in enumerate(table[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if any(cell.strip() for cell in row[len(names) :]):
            defects.append(Defect(number, f"这一行有 {len(row)} 格，表头只有 {len(names)} 列"))
            continue
        cells = dict(zip(names, row, strict=False))
        yield number, {name: cell for name, cell in cells.items() if name and cell.strip()}


def fields_of(cells: dict[str, str], number: int) -> dict[str, object]:
    """Return a row as a record; what it leaves out gets what the table of this module says."""
    record: dict[str, object] = {name: _value(name, cell) for name, cell in cells.items()}
    question = record.pop("question", None)
    earlier = record.pop("earlier", None)
    if question is not None and "turns" not in record:
        record["turns"] = [*(earlier if isinstance(earlier, list) else []), question]
    if {"user_input", "input"} & record.keys():  # the columns of another tool: see eval.foreign
        return record
    record.setdefault("id", f"row-{number:05d}")
    record.setdefault("category", "imported")
    record.setdefault("answerable", True)
    if record["answerable"] is True:
        record.setdefault("facts", [])
        record.setdefault("evidence", [])
    return record


def _value(name: str, cell: str) -> object:
    if cell.lstrip().startswith("["):
        try:
            listed = json.loads(cell)
        except ValueError:
            listed = None
        if isinstance(listed, list):
            return listed
    if name == "answerable":
        told = yes_or_no(cell)
        return cell if told is None else told
    if name == "facts":
        return [_parts(line.replace("｜", "|").split("|")) for line in _parts(cell.splitlines())]
    if name in _LISTS:
        return _parts(cell.splitlines())
    return cell.strip()


def yes_or_no(cell: str) -> bool | None:
    """Return what a cell says; None where it says neither."""
    said = cell.strip().casefold()
    return True if said in _YES else False if said in _NO else None


def _parts(texts: Iterable[str]) -> list[str]:
    return [text.strip() for text in texts if text.strip()]

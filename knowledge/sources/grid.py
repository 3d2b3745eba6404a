"""Tables of every format -> lines, in one textual form: a row a line, each cell behind the name of its column.

「等级：高级技师；补贴标准：3000元」 tells its column and its row wherever it is quoted. The unit that a column's name has in
brackets is put to its numbers. Of names in two rows the lower stands in brackets behind the upper
(「补贴标准（高级工）：2000元」). A row that is one cell is a line by itself. A table without a row of names (a form of labels
and what was filled in) keeps its cells as they stand, parted by `` | ``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from knowledge.labels import CELL, is_label

Row = Sequence[str | None]
"""The cells of a row from left to right; None where the cell to the left goes on. A cell that spans rows stands in each."""

PART = "；"  # between two cells of a row with names
NAME = "："  # behind the name of a column
_LONGEST_NAME = 30  # characters
_MOST_NAME_ROWS = 3
_UNIT = re.compile(
    r"\s*[（(]\s*(?:单位\s*[:：]\s*)?((?:[万亿]?元|[%％‰]|人次|人|名|天|日|个月|年|学时|课时|岁|小时)(?:/[^（）()]{1,6})?)\s*[)）]$"
)
_NUMBER = re.compile(r"\d[\d,.]*(?:\s?[-—–~～至]\s?\d[\d,.]*)?")
_SENTENCE = re.compile(r"[。！？；!?;]")
_REMARK = re.compile(r"注|说明|备注")
# The last word of what columns are called.
_COLUMN = re.compile(
    r"(?:标准|金额|数量|人数|比例|电话|地址|地点|网址|邮箱|时间|日期|期限|年限|名称|姓名|备注|说明|等级|级别|档次|类别|类型|种类|内容|事项|条件|要求|学时|课时"
    r"|时长|单位|部门|机构|机关|方式|对象|范围|依据|材料|费用|额度|上限|下限|工种|职业|专业|项目|序号|编号|代码|地区|区域|年度|年份|人员|证书|层次|渠道|流程"
    r"|环节|补贴|补助|^元|^数|^名)(?:[（(][^（）()]*[)）])?$"
)
_FEW = 3  # columns, from which on a first row of short words is one of names


def lines(rows: Iterable[Row], least: int = 0) -> Iterator[str]:
    """Yield the lines of a table; at least its ``least`` first rows of several cells hold the names of columns.

    Whether more of them do is told from the cells. Rows of one cell above the names are titles.
    """
    table = [row for row in rows if any(row)]
    start = _start(table)
    yield from map(_alone, table[:start])
    body = table[start:]
    many = _name_rows(body, least)
    names = _names(body[:many]) if many else []
    for row in body[many:]:
        if _is_alone(row):
            yield _alone(row)
        elif names:
            yield _row(row, names)
        else:
            yield CELL.join(cell for cell in row if cell is not None).strip()


def head(rows: Iterable[Row]) -> list[Row]:
    """Return the rows of a table that hold the names of its columns, none where none does."""
    table = [row for row in rows if any(row)]
    body = table[_start(table) :]
    return body[: _name_rows(body, 0)]


def _start(table: Sequence[Row]) -> int:
    """Return how many rows of one cell stand above the others."""
    return next((number for number, row in enumerate(table) if _count(row) > 1), len(table))


def _row(row: Row, names: Sequence[str]) -> str:
    """Return a row as a line, each cell behind the name of its column; a wide cell behind those of all it spans."""
    is_plain = None not in row and len(row) <= len(names)
    return PART.join(
        _named(names[place] if is_plain else _names_over(row, place, names), cell)
        for place, cell in enumerate(row)
        if cell
    )


def _names_over(row: Row, place: int, names: Sequence[str]) -> str:
    end = next((end for end in range(place + 1, len(row)) if row[end] is not None), len(row))
    return "、".join(dict.fromkeys(name for name in names[place:end] if name))


def _named(name: str, cell: str) -> str:
    """Return a cell with the name of its column; a number gets the unit that the name has in brackets."""
    if not name:
        return cell
    bare, unit = _with_unit(name)
    if unit and _NUMBER.fullmatch(cell):
        return f"{bare}{NAME}{cell}{unit}"
    if unit and not re.search(r"\d", cell):
        return f"{bare}{NAME}{cell}"
    return f"{name}{NAME}{cell}"


@lru_cache(maxsize=1024)
def _with_unit(name: str) -> tuple[str, str]:
    """Return the name of a column without its unit, and the unit, empty where it has none."""
    unit = _UNIT.search(name)
    return (name[: unit.start()], unit.group(1)) if unit else (name, "")


def _count(row: Row) -> int:
    return sum(1 for cell in row if cell)


def _alone(row: Row) -> str:
    return next(cell for cell in row if cell)


def _is_alone(row: Row) -> bool:
    """Tell whether a row is one cell over the whole width, as a heading between rows is, or a remark below them."""
    if _count(row) != 1 or not row[0]:
        return False
    return (len(row) > 1 and all(cell is None for cell in row[1:])) or _REMARK.match(row[0]) is not None


# ---- which rows hold names


def _name_rows(body: Sequence[Row], least: int) -> int:
    """Return how many of the first rows hold the names of columns; one row at least is left below them."""
    if len(body) < 2 or not (least or _are_names(body)):  # noqa: PLR2004
        return 0
    many = min(max(least, 1), len(body) - 1)
    while many < min(_MOST_NAME_ROWS, len(body) - 1) and _goes_on(body[many - 1], body[many]):
        many += 1
    return many


def _are_names(body: Sequence[Row]) -> bool:
    """Tell whether a table begins with the names of its columns, rather than with a label and its value.

    Names are short and say what a column holds; in a form it is the first column that says so.
    """
    first, rest = [cell for cell in body[0] if cell], [row[0] for row in body[1:] if row[0]]
    if not all(_may_name(cell) for cell in first) or any(map(is_label, rest)):
        return False
    across = sum(_COLUMN.search(cell) is not None for cell in first) / len(first)
    down = sum(_COLUMN.search(cell) is not None for cell in rest) / len(rest) if rest else 0.0
    if across == 1.0 or (across > down and (across >= 0.5 or len(first) >= _FEW)):  # noqa: PLR2004
        return True
    return down == 0.0 and len(first) >= _FEW and _has_numbers_below(body)


def _may_name(cell: str) -> bool:
    return len(cell) <= _LONGEST_NAME and _SENTENCE.search(cell) is None and not re.search(r"\d{3,}|[:：]$", cell)


def _has_numbers_below(body: Sequence[Row]) -> bool:
    """Tell whether a column other than the first has a word above and nothing but numbers below."""
    for place in range(1, len(body[0])):
        above = body[0][place]
        below = [cell for row in body[1:] if place < len(row) for cell in [row[place]] if cell]
        if above and below and not re.search(r"\d", above) and all(re.match(r"\d", cell) for cell in below):
            return True
    return False


def _goes_on(above: Row, row: Row) -> bool:
    """Tell whether a row goes on with the names above it: one there is wide, and another reaches down into the row."""
    reaches = any(cell and place < len(above) and cell == above[place] for place, cell in enumerate(row))
    return None in above and reaches and all(_may_name(cell) for cell in row if cell)


def _names(rows: Sequence[Row]) -> list[str]:
    """Return the name of each column; a lower name stands in brackets behind the one above it."""
    return [
        _joined(list(dict.fromkeys(filter(None, (_over(row, place) for row in rows)))))
        for place in range(max(map(len, rows)))
    ]


def _over(row: Row, place: int) -> str:
    """Return the cell over a place of a row, which may begin to the left of it."""
    while 0 < place < len(row) and row[place] is None:
        place -= 1
    return (row[place] or "") if place < len(row) else ""


def _joined(told: Sequence[str]) -> str:
    if len(told) < 2:  # noqa: PLR2004
        return "".join(told)
    upper, unit = _with_unit(told[0])
    return f"{upper}（{'·'.join(told[1:])}）" + (f"（{unit}）" if unit else "")

"""Tables drawn in running text are read as tables, and nothing else is."""

from __future__ import annotations

import pytest

from knowledge.tables import tables

BARS = """补贴标准如下：
| 工种 | 等级 | 补贴标准 |
| --- | --- | --- |
| 电工 | 初级工 | 1200元 |
|  | 中级工 | 1600元 |
以上标准自2025年起执行。"""
TABS = "受理点\n区县\t受理机构\t咨询电话\n河东区\t河东区就业中心\t0591-8331021\n云台县\t云台县就业局\t0591-8339900"


def test_rows_between_bars_have_the_names_above_them() -> None:
    """A rule under the names is no row, and an empty first cell is the one above it, drawn over two rows."""
    [table] = tables(BARS)
    assert [row.cells for row in table.rows] == [
        (("工种", "电工"), ("等级", "初级工"), ("补贴标准", "1200元")),
        (("工种", "电工"), ("等级", "中级工"), ("补贴标准", "1600元")),
    ]
    assert table.above == "补贴标准如下："


def test_offsets_are_those_of_the_text() -> None:
    """The row of names and each row can be cited as they stand."""
    [table] = tables(BARS)
    assert table.names is not None
    assert BARS[slice(*table.names)] == "| 工种 | 等级 | 补贴标准 |"
    assert BARS[table.rows[0].start : table.rows[0].end] == "| 电工 | 初级工 | 1200元 |"


def test_columns_may_be_parted_by_tabs() -> None:
    """Text copied from a page or a sheet keeps its columns so."""
    [table] = tables(TABS)
    assert dict(table.rows[1].cells) == {"区县": "云台县", "受理机构": "云台县就业局", "咨询电话": "0591-8339900"}


@pytest.mark.parametrize(
    "text",
    [
        "联系人 | 张三\n电话 | 0591-8331021",
        "首页 | 政策 | 办事",
        "申请人\t提出申请。",
        "第一条 为规范管理，制定本办法。\n第二条 本办法适用于本市。",
    ],
)
def test_lines_without_names_above_rows_are_no_table(text: str) -> None:
    """A form, a line of links, and running text."""
    assert tables(text) == ()

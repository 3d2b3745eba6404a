"""Tables -> lines in one form; which rows hold the names of the columns is told from the cells."""

from __future__ import annotations

import pytest

from knowledge.document import Document
from knowledge.sources import grid
from knowledge.tables import tables


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (  # names, with a unit in brackets
            [["等级", "补贴标准（元/人）"], ["高级技师", "3,000"], ["技师", "面议"]],
            ["等级：高级技师；补贴标准：3,000元/人", "等级：技师；补贴标准：面议"],
        ),
        (  # a title over the table, names in two rows, a heading between rows, a remark below
            [
                ["补贴标准表", None, None],
                ["工种", "补贴标准（元）", None],
                ["工种", "初级工", "高级工"],
                ["一、制造类", None, None],
                ["焊工", "1000", "2000"],
                ["注：按人计算。", "", ""],
            ],
            [
                "补贴标准表",
                "一、制造类",
                "工种：焊工；补贴标准（初级工）：1000元；补贴标准（高级工）：2000元",
                "注：按人计算。",
            ],
        ),
        (  # a cell over two columns tells of both; an empty one of nothing
            [["工种", "初级工", "高级工"], ["焊工", "1000元", None], ["电工", "", "2000元"]],
            ["工种：焊工；初级工、高级工：1000元", "工种：电工；高级工：2000元"],
        ),
        (  # grades over the columns, none of which says what it holds: numbers are below them
            [["工种", "甲", "乙"], ["焊工", "1000", "2000"]],
            ["工种：焊工；甲：1000；乙：2000"],
        ),
        (  # a form: labels and what was filled in
            [["联系人", "张三"], ["电话", "0800-1234567"], ["地址", "青川路1号"]],
            ["联系人 | 张三", "电话 | 0800-1234567", "地址 | 青川路1号"],
        ),
        (  # the head of a government page
            [["索引号", "QC-01", "主题分类", "就业"], ["发文机关", "青川市财政局", "成文日期", "2021年3月1日"]],
            ["索引号 | QC-01 | 主题分类 | 就业", "发文机关 | 青川市财政局 | 成文日期 | 2021年3月1日"],
        ),
        ([["一行", "而已"]], ["一行 | 而已"]),
        ([[], ["", ""]], []),
    ],
)
def test_a_row_is_a_line_with_the_names_of_its_columns(rows: list[grid.Row], lines: list[str]) -> None:
    assert list(grid.lines(rows)) == lines


def test_the_format_may_say_that_a_row_holds_names() -> None:
    assert list(grid.lines([["甲", "乙"], ["丙", "丁"]], least=1)) == ["甲：丙；乙：丁"]


def test_what_is_written_so_is_read_back_with_its_places() -> None:
    """Rows that follow each other with the same names are a table; a 「；」 in a cell belongs to it; one line is none."""
    rows = "等级：初级工；标准：1000元；说明：先申请；后发放\n等级：中级工；标准：1500元"
    text = f"标准如下。\n{rows}\n条件：年满16周岁；材料：身份证\n以上。"
    (table,) = tables(text)
    assert table.above == "标准如下。"
    assert [row.cells for row in table.rows] == [
        (("等级", "初级工"), ("标准", "1000元"), ("说明", "先申请；后发放")),
        (("等级", "中级工"), ("标准", "1500元")),
    ]
    assert "\n".join(text[row.start : row.end] for row in table.rows) == rows


def test_a_place_of_a_document_with_pages_has_a_page() -> None:
    document = Document("a", "a", "甲乙丙丁", pages=(0, 2, 2, 3))
    assert [document.page(offset) for offset in range(4)] == [1, 1, 3, 4]
    assert Document("a", "a", "甲").page(0) is None

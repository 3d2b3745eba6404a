"""Spreadsheets made here -> a line a row, each cell with the name of its column."""

from __future__ import annotations

import datetime as dt
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

from knowledge.sources import packed, table
from knowledge.sources.folder import read_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CSV = '等级,标准（元/人）,起始日期\n初级工,1000,2022-01-01\n中级工,1500,\n"高级工，含技师",2000,2022-01-01\n'
ROWS = [
    "标准",
    "等级：初级工；标准：1000元/人；起始日期：2022-01-01",
    "等级：中级工；标准：1500元/人",
    "等级：高级工，含技师；标准：2000元/人；起始日期：2022-01-01",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_csv_file_is_read_whatever_its_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "标准.csv"
    path.write_bytes(CSV.replace(",", delimiter).encode(encoding))
    (document,) = read_all([str(path)]).documents
    assert document.text.split("\n") == ROWS
    assert document.title == "标准"


def test_a_workbook_is_read_as_it_is_shown(tmp_path: Path) -> None:
    """A title, a merged cell, a date, a formula's value is not known before it was computed, a hidden sheet and row."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "补贴"
    for row in (
        ["青川市培训补贴标准"],
        ["类别", "等级", "标准（元）", "起始"],
        ["企业职工", "初级工", 1000.0, dt.datetime(2022, 1, 1)],  # noqa: DTZ001
        [None, "中级工", 1500.5, None],
        ["藏", "藏", 1, None],
    ):
        sheet.append(row)
    sheet.merge_cells("A3:A4")
    sheet.row_dimensions[5].hidden = True
    other = book.create_sheet("名单")
    other.append(["机构", "电话"])
    other.append(["青川技校", "0800-1234567"])
    book.create_sheet("藏着").sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    (document,) = read_all([str(tmp_path / "a.xlsx")]).documents
    assert document.title == "青川市培训补贴标准"
    assert document.text.split("\n") == [
        "青川市培训补贴标准",
        "补贴",
        "类别：企业职工；等级：初级工；标准：1000元；起始：2022-01-01",
        "类别：企业职工；等级：中级工；标准：1500.5元",
        "名单",
        "机构：青川技校；电话：0800-1234567",
    ]


@pytest.mark.parametrize(
    ("first", "second", "third", "title"),
    [
        ([], [], [], "补贴标准汇总"),  # no sheet has a heading: the file's name
        (["青川市补贴标准"], [], [], "青川市补贴标准"),
        (["青川市补贴标准"], ["青川市补贴标准"], [], "青川市补贴标准"),
        (["城区标准"], ["县区标准"], [], "补贴标准汇总"),  # each sheet has its own
        ([], ["县区标准"], [], "补贴标准汇总"),
        (None, None, ["县区标准"], "县区标准"),  # the only sheet that is not empty
        (None, None, [], "补贴标准汇总"),
    ],
)
def test_the_title_is_the_workbooks_not_that_of_its_first_sheet(
    tmp_path: Path, first: list[str] | None, second: list[str] | None, third: list[str] | None, title: str
) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, heading in zip(("Sheet1", "Sheet2", "Sheet3"), (first, second, third), strict=True):
        sheet = book.create_sheet(name)
        for row in [] if heading is None else [heading, ["等级", "标准（元）"], [f"{name}级", 1000]]:
            if row:
                sheet.append(row)
    book.save(tmp_path / "补贴标准汇总.xlsx")
    (document,) = read_all([str(tmp_path / "补贴标准汇总.xlsx")]).documents
    assert document.title == title
    assert document.text.split("\n")[0] == title
    assert ("Sheet1" in document.text.split("\n")) is (first is not None)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.csv", b"", "文件是空的"),
        ("a.csv", b'"' + b"a" * 200_000, "不是有效的 CSV"),
        ("a.xlsx", b"no zip", "Excel 文件已损坏"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "请解除密码后另存为 .xlsx"),
    ],
)
def test_what_cannot_be_read_is_told_by_name(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    (failure,) = read_all([str(path)]).failures
    assert failure.source == str(path)
    assert reason in failure.reason


def test_too_many_rows_are_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_ROWS", 3)
    path = tmp_path / "a.csv"
    path.write_text(CSV, encoding="utf-8")
    assert "表格超过 3 行" in read_all([str(path)]).failures[0].reason


def test_a_workbook_that_unpacks_too_far_is_refused_without_unpacking_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bounded: Callable[..., None]
) -> None:
    monkeypatch.setattr(packed, "LARGEST_UNPACKED", 1024 * 1024)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 32 * 1024 * 1024)
    bounded(5, read_all, [str(path)])
    assert "展开后有 32 MB" in read_all([str(path)]).failures[0].reason

"""Markdown -> the text a reader sees: a block a line, without marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.sources import markdown
from knowledge.sources.folder import read_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOURCE = """---
layout: page
---
# 青川市技能培训补贴办法

青人社发〔2021〕12号

## 一、补贴**对象**

在本市就业的[劳动者](https://example.org/a_b)可以申请。
![图](a.png)

1. 初级工
2. 中级工
   - 含`转岗`人员

| 等级 | 标准 |
|:-----|-----:|
| 初级 | **1000** 元 |
| 中级 | 1500 元 |

> 注：~~旧标准~~停用。

***

    缩进的段落不是代码。

<div>网页<b>片段</b></div>
<!-- 注释 -->

第一行
第二行
"""
PLAIN = """青川市技能培训补贴办法

青人社发〔2021〕12号

一、补贴对象

在本市就业的劳动者可以申请。
图

1. 初级工
2. 中级工
含转岗人员

等级：初级；标准：1000 元
等级：中级；标准：1500 元

注：旧标准停用。

缩进的段落不是代码。

网页片段
第一行
第二行"""


def test_marks_go_and_what_they_mark_stays(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(SOURCE, encoding="utf-8")
    (document,) = read_all([str(tmp_path)]).documents
    assert document.text == PLAIN
    assert (document.title, document.number) == ("青川市技能培训补贴办法", "青人社发〔2021〕12号")


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("标题\n====\n\n正文", "标题\n\n正文"),
        ("### 标题 ###", "标题"),
        ("2\\*3=6，a_b_c", "2*3=6，a_b_c"),
        (r"\*不是强调\*", "*不是强调*"),
        ("3. 丙\n4. 丁", "3. 丙\n4. 丁"),
        ("1.没有空格的编号", "1.没有空格的编号"),
        ("一行  \n另一行<br>第三行", "一行\n另一行\n第三行"),
        ("<https://example.org>", "https://example.org"),
        ("[甲]: https://example.org\n\n见[甲]。", "见甲。"),
        ("```\n代码 *原样*\n```", "代码 *原样*"),
        ("&lt;甲&gt;", "<甲>"),
    ],
)
def test_each_mark(source: str, plain: str) -> None:
    assert markdown.plain(source).strip() == plain


@given(st.lists(st.text("技能培训补贴按规定发放，。；：（）", min_size=1, max_size=30), min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_plain_paragraphs_are_kept_whole_and_in_order(paragraphs: list[str]) -> None:
    assert markdown.plain("\n\n".join(paragraphs)).split() == paragraphs


@pytest.mark.parametrize("unit", ["*", "[", "`", "> ", "- ", "![", "| a ", "<a ", "_a ", "#", "<!--", "1. a\n", "技"])
def test_time_is_bounded(unit: str, bounded: Callable[..., None]) -> None:
    bounded(15, markdown.plain, (unit * 200_000)[:50_000])


def test_a_file_beyond_the_limit_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"a" * (markdown.LARGEST + 1))
    assert "Markdown 文件超过 2 MB" in read_all([str(path)]).failures[0].reason

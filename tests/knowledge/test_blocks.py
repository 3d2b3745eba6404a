"""Lists that a document lays out: where the lead-in and each item lie."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.blocks import blocks

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBERED = st.lists(
    st.sampled_from(
        [
            *"一二三1239（）()、.．，。；：\n ①②③是●-",
            "\n- ",
            "（一）",
            "（二）",
            "1.",
            "2.",
            "一是",
            "二是",
            "申请材料",
            "2018年",
        ]
    ),
    max_size=50,
).map("".join)


def told(text: str) -> list[tuple[str, list[str]]]:
    return [
        (text[block.lead[0] : block.lead[1]], [text[start:end] for start, end in block.items]) for block in blocks(text)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "应当提交下列材料：\n（一）身份证；\n（二）毕业证；\n（三）申请表。\n其他事项。",
        "应当提交下列材料：\n1. 身份证；\n2. 毕业证；\n3. 申请表。\n其他事项。",
        "应当提交下列材料：（1）身份证；（2）毕业证；（3）申请表。其他事项。",
        "应当提交下列材料：①身份证；②毕业证；③申请表。其他事项。",
        "应当提交下列材料：\n● 身份证；\n● 毕业证；\n● 申请表。\n其他事项。",
        "应当提交下列材料：\n- 身份证；\n- 毕业证；\n- 申请表。\n其他事项。",
        "应当提交下列材料： ■身份证； ■毕业证； ■申请表。 其他事项。",
    ],
    ids=["han", "dot", "inline", "circle", "bullets", "dashes", "inline bullets"],
)
def test_a_list_is_found_with_its_lead_in_and_its_items(text: str) -> None:
    assert told(text) == [("应当提交下列材料：", ["身份证；", "毕业证；", "申请表。"])]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "没有编号的一段话。",
        "只有（一）一项。",
        "（二）（三）没有开头。",
        "■ 对象\n职工。\n■ 材料\n身份证。",
        "- \n- \n",
    ],
)
def test_where_no_numbering_begins_and_goes_on_there_is_no_list(text: str) -> None:
    assert blocks(text) == ()


@given(NUMBERED)
@settings(max_examples=300, deadline=None)
def test_items_lie_behind_their_lead_in_in_order_and_apart(text: str) -> None:
    for block in blocks(text):
        assert all(before[1] <= after[0] for before, after in pairwise((block.lead, *block.items)))
        assert all(0 <= start < end <= len(text) for start, end in block.items)
        assert all(text[start:end] == text[start:end].strip() for start, end in block.items)


@pytest.mark.parametrize("text", ["1.", "一、", "（一）", "①", "一是", "技", "● ", "\n- 甲"])
def test_time_is_bounded_on_one_thing_repeated(text: str, bounded: Callable[..., None]) -> None:
    bounded(10, blocks, text * 3_000)

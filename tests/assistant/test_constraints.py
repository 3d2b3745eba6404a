"""What a question says of time and order is met by the evidence, or the evidence is not told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.answer import Question, Status
from assistant.constraints import Interval, intervals, is_ranged
from assistant.service import Assistant
from assistant.understand import understand
from knowledge.values import values

INFINITE = float("inf")
NEWS = "车工培训简报\n\n2021年，全县举办车工培训，内容包括识图、编程和检测。\n\n第三期车工培训班招收学员40人，内容包括磨刀、装夹和测量。"
RULES = "失业保险金规定\n\n失业保险金的领取期限：累计缴费满1年不足5年的，最长领取12个月；累计缴费满5年不足10年的，最长领取18个月；累计缴费10年以上的，最长领取24个月。"
HISTORY = (
    "节水政策回顾\n\n2015年，水利部印发《甲办法》。\n\n2017年，水利部印发《乙办法》。\n\n2019年，水利部印发《丙办法》。"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("满1年不足5年的", [Interval(1, 5, "年")]),
        ("10年以上", [Interval(10, INFINITE, "年")]),
        ("不满18周岁", [Interval(0, 18, "周岁")]),
        ("年满18周岁、不满60周岁", [Interval(18, 60, "周岁")]),
        ("超过3个月", [Interval(3, INFINITE, "个月")]),
        ("领取12个月", []),
        ("", []),
    ],
)
def test_ranges_are_read(text: str, expected: list[Interval]) -> None:
    assert intervals(text) == expected


def test_the_end_of_at_most_belongs_to_it() -> None:
    (within,) = intervals("30人以下")
    assert within.holds(30)
    assert not within.holds(31)


@pytest.mark.parametrize(("text", "ranged"), [("满5年", True), ("5年以上", True), ("为期5年", False), ("5年", False)])
def test_the_edge_of_a_range_is_told_from_a_value(text: str, ranged: bool) -> None:
    assert is_ranged(text, values(text)[0]) is ranged


@pytest.mark.parametrize(
    ("number", "months"),
    [("1年", "12个月"), ("4年", "12个月"), ("5年", "18个月"), ("6年", "18个月"), ("30年", "24个月")],
)
def test_the_part_that_speaks_of_the_number_asked_about_is_told(
    over: Callable[..., Assistant], number: str, months: str
) -> None:
    answer = over(规定=RULES).ask(Question.of(f"累计缴费{number}，失业保险金最长能领取几个月？"))
    assert months in answer.answer
    assert sum(each in answer.answer for each in ("12个月", "18个月", "24个月")) == 1
    assert "不是" not in answer.answer


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("2021年车工培训有哪些内容？", Status.ANSWERED),
        ("2016年车工培训有哪些内容？", Status.NOT_FOUND),
        ("第三期车工培训有哪些内容？", Status.ANSWERED),
        ("第3期车工培训有哪些内容？", Status.ANSWERED),
        ("第五期车工培训有哪些内容？", Status.NOT_FOUND),
    ],
)
def test_another_year_or_another_of_a_row_is_not_told(
    over: Callable[..., Assistant], question: str, status: Status
) -> None:
    assert over(简报=NEWS).ask(Question.of(question)).status is status


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("2017年以来印发了哪些文件？", "乙丙"),
        ("2017年以后印发了哪些文件？", "乙丙"),
        ("2017年之后印发了哪些文件？", "丙"),
        ("2017年以前印发了哪些文件？", "甲乙"),
        ("2017年之前印发了哪些文件？", "甲"),
        ("2016年到2018年印发了哪些文件？", "乙"),
        ("按时间顺序列出2017年以来的文件", "乙丙"),
    ],
)
def test_an_open_span_of_years(over: Callable[..., Assistant], question: str, titles: str) -> None:
    answer = over(回顾=HISTORY).ask(Question.of(question))
    assert "".join(title for title in "甲乙丙" if f"《{title}办法》" in answer.answer) == titles


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2018年以来的政策", (2018, 2999)),
        ("2018年前的政策", (1900, 2017)),
        ("2018年前期工作", None),
        ("2018年的政策", None),
        ("2018年后续安排", None),
    ],
)
def test_what_is_an_open_span(text: str, period: tuple[int, int] | None) -> None:
    assert understand(text).period == period

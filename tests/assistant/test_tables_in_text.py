"""Tables drawn in text answer by row and column; which row has the most; what they do not tell is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.answer import Question, Status
from assistant.service import Assistant

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = """松屿市职业技能培训补贴标准目录

根据有关规定，现将补贴标准公布如下。

一、补贴标准
| 工种 | 等级 | 补贴标准 | 培训课时 |
| --- | --- | --- | --- |
| 电工 | 初级工 | 1200元/人 | 80课时 |
| 电工 | 中级工 | 1600元/人 | 120课时 |
| 焊工 | 初级工 | 1300元/人 | 90课时 |
| 焊工 | 中级工 | 1750元/人 | 130课时 |
| 养老护理员 | 初级工 | 1500元/人 | 100课时 |

二、时间安排
阶段	时间	办理内容	责任单位
网上申报	4月8日至5月10日	填报并上传材料	申报单位
区级复核	5月27日至6月14日	确定拟补贴名单	区人力资源和社会保障局
资金拨付	7月31日前	拨付至银行账户	区财政局
"""


@pytest.fixture(scope="module")
def assistant(over: Callable[..., Assistant]) -> Assistant:
    return over(松屿市职业技能培训补贴标准目录=TEXT)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("电工中级工补多少钱？", "1600元/人"),
        ("养老护理员要上多少课时？", "100课时"),
        ("网上申报到哪天截止？", "4月8日至5月10日"),
        ("资金拨付由谁负责？", "区财政局"),
        ("哪个工种的补贴标准最高？", "焊工、中级工：补贴标准 1750元/人"),
        ("哪个工种初级工补贴最高？", "养老护理员、初级工：补贴标准 1500元/人"),
        ("课时最少的是哪个工种？", "电工、初级工：培训课时 80课时"),
    ],
)
def test_a_cell_is_the_answer(assistant: Assistant, question: str, told: str) -> None:
    """Named in full or by its type, the column is that of the question; the row of names is cited with the row."""
    answer = assistant.ask(Question.of(question))
    assert answer.status is Status.ANSWERED
    assert told in answer.answer
    assert len(answer.citations) == 2


def test_two_rows_are_compared(assistant: Assistant) -> None:
    """Both are named, and both cells are said."""
    answer = assistant.ask(Question.of("网上申报和区级复核分别是几号？"))
    assert "4月8日至5月10日" in answer.answer
    assert "5月27日至6月14日" in answer.answer


@pytest.mark.parametrize("question", ["茶艺师的补贴标准是多少？", "焊工高级工补贴多少钱？", "电工的办公地址在哪里？"])
def test_a_row_or_column_that_is_not_there_is_refused(assistant: Assistant, question: str) -> None:
    """Near words in the same table are no evidence."""
    assert assistant.ask(Question.of(question)).status is not Status.ANSWERED

"""Lists laid out line by line under a line that leads in: told item by item, cited as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from assistant.answer import Question, Status
from assistant.service import Assistant

TEXT = """青川县租房补贴办理指南

一、申请条件
申请租房补贴应当符合下列条件：
1.具有本县户籍；
2.年满十八周岁；
3.在本县没有住房。

二、申请材料
申请租房补贴应当提交下列材料：
（一）身份证；
（二）租房合同；
（三）收入证明。

三、其他
租房补贴由县财政局拨付。"""


@pytest.fixture(scope="module")
def renting(over: Callable[..., Assistant]) -> Assistant:
    return over(青川县租房补贴办理指南=TEXT)


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("申请租房补贴要提交哪些材料？", ["身份证", "租房合同", "收入证明"]),
        ("申请租房补贴需要什么材料？", ["身份证", "租房合同", "收入证明"]),
        ("申请租房补贴要符合哪些条件？", ["具有本县户籍", "年满十八周岁", "在本县没有住房"]),
    ],
)
def test_a_list_is_told_item_by_item_without_its_numbers(renting: Assistant, question: str, items: list[str]) -> None:
    answer = renting.ask(Question.of(question))
    lines = [line for line in answer.answer.splitlines() if line.startswith("- ")]
    assert answer.status is Status.ANSWERED
    assert [re.sub(r"\[\d+\]", "", line)[2:] for line in lines] == items


def test_the_citation_holds_the_whole_list(renting: Assistant) -> None:
    answer = renting.ask(Question.of("申请租房补贴要提交哪些材料？"))
    quotes = "".join(citation.quote for citation in answer.citations)
    assert all(item in quotes for item in ("身份证", "租房合同", "收入证明"))
    assert all(TEXT[citation.start : citation.end] == citation.quote for citation in answer.citations)


def test_a_list_of_something_else_is_no_answer(renting: Assistant) -> None:
    answer = renting.ask(Question.of("购房贷款要提交哪些材料？"))
    assert answer.status in {Status.NOT_FOUND, Status.OUT_OF_SCOPE}


def test_what_leads_in_a_list_is_told_with_it(over: Callable[..., Assistant]) -> None:
    text = (
        "青川县就业援助办法\n\n第一条　本办法所称就业困难人员，是指符合下列情形之一的人员：\n（一）女满40周岁的；\n（二）持有残疾人证的。\n\n"
        "第二条　县人社局负责就业援助工作的组织实施。"
    )
    answer = over(rules=text).ask(Question.of("什么算就业困难人员？"))
    assert "女满40周岁的" in answer.answer
    assert "持有残疾人证的" in answer.answer

"""Whether something belongs to a list is decided by the list."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import membership
from assistant.answer import Question, Status
from assistant.membership import Membership
from assistant.service import Assistant
from assistant.understand import understand

TEXT = "培训意见\n\n培训的重点群体包括农民工、高校毕业生、退捕渔民。\n\n年满60周岁的人员不纳入补贴范围。"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("重点群体包括退役军人吗？", Membership("重点群体", "退役军人")),
        ("重点群体里有没有包含退役军人", Membership("重点群体", "退役军人")),
        ("退役军人属于重点群体吗？", Membership("重点群体", "退役军人")),
        ("农民工算不算重点群体？", Membership("重点群体", "农民工")),
        ("重点群体包括哪些人？", None),
        ("补贴发了吗？", None),
        ("", None),
    ],
)
def test_what_is_asked(question: str, expected: Membership | None) -> None:
    assert membership.asked(understand(question)) == expected


@pytest.mark.parametrize("question", ["农民工属于重点群体吗？", "重点群体包括农民工吗？", "打工的算重点群体吗？"])
def test_what_the_list_has_belongs(over: Callable[..., Assistant], question: str) -> None:
    answer = over(意见=TEXT).ask(Question.of(question))
    assert answer.status is Status.ANSWERED
    assert answer.answer.startswith("是的，")
    assert "农民工" in answer.answer


def test_a_longer_name_of_the_same_belongs(over: Callable[..., Assistant]) -> None:
    answer = over(意见=TEXT).ask(Question.of("退捕的渔民算重点群体吗？"))
    assert answer.answer.startswith("是的，")
    assert "退捕渔民" in answer.answer


def test_what_the_list_does_not_have_is_said_with_the_list(over: Callable[..., Assistant]) -> None:
    answer = over(意见=TEXT).ask(Question.of("重点群体包括退役军人吗？"))
    assert answer.status is Status.ANSWERED
    assert answer.answer == ("文件列出的重点群体里没有提到退役军人[1]。\n- 农民工[1]\n- 高校毕业生[1]\n- 退捕渔民[1]")


def test_without_a_list_of_the_kind_nothing_is_decided(over: Callable[..., Assistant]) -> None:
    answer = over(意见="意见\n\n推广节水器具。").ask(Question.of("重点群体包括退役军人吗？"))
    assert answer.status in {Status.NOT_FOUND, Status.OUT_OF_SCOPE}

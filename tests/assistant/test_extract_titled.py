"""Parts whose heading the question repeats are told as they stand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.answer import Question
from assistant.service import Assistant

NOTICE = (
    "青川县支持企业复工通知\n\n一、优化检验服务。开设绿色通道，随到随检。检验报告当天出具。\n\n二、减轻企业负担。水费缓缴三个月，"
    "缓缴期间免收滞纳金。\n\n在帮扶小微企业方面，安排专人上门登记需求。\n\n重点监测人群：从外县返回的人员和与其同住的人员。"
)


@pytest.mark.parametrize(
    ("question", "told", "other"),
    [
        ("青川县如何优化检验服务？", ("绿色通道", "当天出具"), "滞纳金"),
        ("青川县怎样减轻企业负担？", ("缓缴三个月",), "绿色通道"),
        ("青川县的重点监测人群是哪些？", ("外县返回",), "上门登记"),
    ],
)
def test_the_part_under_a_repeated_heading_is_told_whole(
    over: Callable[..., Assistant], question: str, told: tuple[str, ...], other: str
) -> None:
    answer = over(notice=NOTICE).ask(Question.of(question)).answer
    assert all(part in answer for part in told)
    assert other not in answer


def test_of_another_place_it_is_not_told(over: Callable[..., Assistant]) -> None:
    assert "绿色通道" not in over(notice=NOTICE).ask(Question.of("白水市如何优化检验服务？")).answer


def test_a_heading_that_is_not_repeated_heads_no_answer(over: Callable[..., Assistant]) -> None:
    assert "当天出具" not in over(notice=NOTICE).ask(Question.of("青川县如何优化食堂服务？")).answer

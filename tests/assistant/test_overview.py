"""What a document says as a whole: its headings in order, each cited where it stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.answer import Question, Status
from assistant.service import Assistant

NOTICE = (
    "关于做好节水工作的通知\n\n各乡镇：\n\n一、完善水价机制\n\n（一）推行分档水价\n\n居民用水分三档计价。\n\n（二）公开收费标准\n\n"
    "收费标准每年公布一次。\n\n二、推广节水器具\n\n公共场所一律使用节水器具。\n\n三、联系方式\n\n联系电话：0700-1234567"
)
RULES = "青川县节水办法\n\n第一条　为了节约用水，保护水资源，制定本办法。\n\n第二条　单位用水实行计划管理。\n\n第三条　用水计划每年核定一次。"


@pytest.mark.parametrize(
    "question", ["这份通知主要讲了什么？", "总结一下这篇文章", "主要内容有哪些", "全文分几部分？", "文件说了些啥"]
)
def test_a_document_is_summed_up_by_its_headings(question: str, over: Callable[..., Assistant]) -> None:
    answer = over(notice=NOTICE).ask(Question.of(question))
    assert answer.status is Status.ANSWERED
    assert "完善水价机制：推行分档水价；公开收费标准" in answer.answer
    assert "推广节水器具" in answer.answer
    assert "联系方式" not in answer.answer
    assert "（二）公开收费标准" in [citation.quote for citation in answer.citations]


def test_rules_without_headings_are_summed_up_by_their_purpose(over: Callable[..., Assistant]) -> None:
    answer = over(rules=RULES).ask(Question.of("这个办法主要讲什么？"))
    assert "为了节约用水，保护水资源" in answer.answer


def test_of_several_documents_the_one_named_is_summed_up(over: Callable[..., Assistant]) -> None:
    both = over(关于做好节水工作的通知=NOTICE, 青川县节水办法=RULES)
    assert "完善水价机制" in both.ask(Question.of("关于做好节水工作的通知讲了什么？")).answer
    assert "完善水价机制" not in both.ask(Question.of("青川县节水办法讲了什么？")).answer


def test_what_a_subject_includes_is_no_question_about_the_document(over: Callable[..., Assistant]) -> None:
    answer = over(notice=NOTICE).ask(Question.of("居民用水分几档计价？"))
    assert "三档" in answer.answer
    assert "推广节水器具" not in answer.answer


def test_a_section_that_says_the_question_again_is_told_by_what_stands_below_it(over: Callable[..., Assistant]) -> None:
    text = (
        "青川县节水工作方案\n\n一、总体要求\n\n节水工作必须全面把握总体要求。\n\n（一）坚持节水优先\n\n用水先算账。\n\n"
        "（二）坚持量水而行\n\n产业按水量布局。\n\n二、保障措施\n\n县财政每年安排节水资金。"
    )
    answer = over(plan=text).ask(Question.of("总体要求是什么？"))
    assert "坚持节水优先" in answer.answer
    assert "坚持量水而行" in answer.answer
    assert "县财政" not in answer.answer


PLAN = (
    "青川县技能行动方案\n\n一、重点任务\n\n（一）实施培训计划。面向农民工开展培训，每年不少于800人次。\n\n"
    "（二）建强技工教育。扩建县技工学校，新增学位300个。\n\n二、保障措施\n\n（一）加强组织领导。成立工作专班。\n\n（二）强化资金保障。县财政每年安排60万元。"
)


@pytest.mark.parametrize(
    ("question", "told", "other"),
    [
        ("青川县技能行动有哪些重点任务？", "建强技工教育", "资金保障"),
        ("保障措施是什么？", "强化资金保障", "技工教育"),
    ],
)
def test_what_stands_under_the_heading_asked_for_is_told(
    over: Callable[..., Assistant], question: str, told: str, other: str
) -> None:
    answer = over(plan=PLAN).ask(Question.of(question))
    assert told in answer.answer
    assert other not in answer.answer


def test_of_another_place_nothing_is_told_by_a_heading(over: Callable[..., Assistant]) -> None:
    assert "技工教育" not in over(plan=PLAN).ask(Question.of("白水市技能行动有哪些重点任务？")).answer

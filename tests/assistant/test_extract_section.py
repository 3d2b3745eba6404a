"""Sections that are headed by what is asked, and bodies named behind a measure."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from assistant.answer import Question, Status
from assistant.draft import as_shown
from assistant.service import Assistant
from knowledge.headed import headed

NOTICE = """柳溪市青年见习工作通知

一、见习对象
离校2年内未就业高校毕业生、16至24岁登记失业青年，以及离校前一学期的中职毕业生。

二、办理流程
（一）单位申报。见习单位登录柳溪就业网填报申报表。
（二）资格审核。人社局在10个工作日内完成审核，并公示5天。
（三）签订协议。见习单位与见习人员签订协议。

三、申请补贴所需材料
单位应当提供补贴申请表、见习人员花名册和银行流水。

联系电话：0570-1234567"""

PAGE = """柳溪市取暖补助一页通

谁能领
持有低保证的家庭
特困人员
低保边缘家庭中有重度残疾人的
领多少
低保家庭每户每年900元
怎么领
到户口所在地的社区填表
街道审核后公示7天
不能领的情形
已由单位发放取暖费的
全年不在本市居住的"""

PLAN = """柳溪市养老服务行动计划

一、重点任务
（一）建设社区助餐点。对助餐点每年给予运营补助3万元。（责任单位：市民政局、市商务局）
（二）发展智慧养老。为独居老人免费安装智能手环。（牵头单位：市大数据局；配合单位：市民政局）"""


@pytest.fixture(scope="module")
def offices(over: Callable[..., Assistant]) -> Assistant:
    return over(柳溪市青年见习工作通知=NOTICE, 柳溪市取暖补助一页通=PAGE, 柳溪市养老服务行动计划=PLAN)


def told(assistant: Assistant, question: str) -> list[str]:
    answer = assistant.ask(Question.of(question))
    assert answer.status is Status.ANSWERED
    return [re.sub(r"\[\d+\]", "", line).removeprefix("- ") for line in answer.answer.splitlines() if line != "包括："]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("哪些人可以参加青年见习", ["离校2年内未就业高校毕业生、16至24岁登记失业青年，以及离校前一学期的中职毕业生。"]),
        ("取暖补助谁能领", ["持有低保证的家庭", "特困人员", "低保边缘家庭中有重度残疾人的"]),
        ("取暖补助怎么办理", ["到户口所在地的社区填表", "街道审核后公示7天"]),
        ("哪些情况领不了取暖补助", ["已由单位发放取暖费的", "全年不在本市居住的"]),
    ],
)
def test_a_section_headed_by_what_is_asked_answers_as_a_whole(
    offices: Assistant, question: str, expected: list[str]
) -> None:
    assert told(offices, question) == expected


def test_what_a_heading_names_last_is_what_it_heads(offices: Assistant) -> None:
    assert [line.split("。")[0] for line in told(offices, "青年见习怎么申请")] == [
        "单位申报",
        "资格审核",
        "签订协议",
    ]


def test_a_section_of_another_subject_is_no_answer(offices: Assistant) -> None:
    answer = offices.ask(Question.of("公租房谁能申请"))
    assert answer.status in {Status.NOT_FOUND, Status.OUT_OF_SCOPE}


@pytest.mark.parametrize(
    ("question", "bodies"),
    [("社区助餐点由哪些部门负责", ["市民政局", "市商务局"]), ("智慧养老归谁管", ["市大数据局", "市民政局"])],
)
def test_the_body_named_behind_a_measure_is_told(offices: Assistant, question: str, bodies: list[str]) -> None:
    assert all(body in told(offices, question)[0] for body in bodies)


def test_headed_parts_end_before_contacts_and_know_what_is_above() -> None:
    parts = {part.heading: part for part in headed(NOTICE)}
    last = parts["申请补贴所需材料"]
    assert NOTICE[last.body : last.end] == "单位应当提供补贴申请表、见习人员花名册和银行流水。"
    assert parts["单位申报"].above == ("办理流程",)


@pytest.mark.parametrize(
    ("text", "heading", "body"),
    [
        ("## 申请材料\n身份证。", "申请材料", "身份证。"),
        ("第二条（适用范围）本办法适用于企业。", "适用范围", "本办法适用于企业。"),
        ("一、补贴标准：每人800元。", "补贴标准", "每人800元。"),
    ],
)
def test_headings_are_known_by_their_marks(text: str, heading: str, body: str) -> None:
    [part] = headed(text)
    assert (part.heading, text[part.body : part.end]) == (heading, body)


def test_a_sentence_is_no_heading() -> None:
    assert headed("一、各地要加强领导，落实责任\n抓好工作。") == ()


def test_a_closing_bracket_without_its_opening_one_is_not_shown() -> None:
    assert as_shown("0000-8261733）") == "0000-8261733"
    assert as_shown("每人800元（含税）") == "每人800元（含税）"


def test_a_part_that_only_adds_is_told_with_what_it_adds_to(over: Callable[..., Assistant]) -> None:
    text = "公租房问答\n\n问：公租房申请要准备什么？\n答：准备申请表、户口簿和收入证明；外来人员另附劳动合同和社保缴费证明。"
    answer = over(公租房问答=text).ask(Question.of("申请公租房要交哪些材料"))
    assert all(paper in answer.answer for paper in ("申请表", "户口簿", "收入证明", "劳动合同"))

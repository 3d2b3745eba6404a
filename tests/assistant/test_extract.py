"""Answers in the documents' own words, over a real index of three small guides: the right value with its unit."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from assistant.answer import Answer, Question, Status
from assistant.evidence import rank
from assistant.extract import STATEMENT_CHARACTERS, extract, window
from assistant.service import Assistant
from assistant.understand import understand

NOT_TOLD = {Status.NOT_FOUND, Status.OUT_OF_SCOPE}


def ask(assistant: Assistant, text: str) -> Answer:
    return assistant.ask(Question.of(text))


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("青川县一次性创业补贴标准是多少？", "8000元"),
        ("在青川县首次创业能补多少钱？", "8000元"),
        ("青川县场地租金补贴每年多少钱？", "6000元"),
        ("场地租金补贴期限是多久？", "3年"),
        ("带动3人以上就业奖励多少钱？", "2000元"),
        ("奖励资金占预算的百分之几？", "12.5%"),
        pytest.param("奖励资金占预算的比例是多少？", "12.5%"),
        ("审核需要多少个工作日？", "15个工作日"),
        ("2021年发放了多少户创业补贴？", "320户"),
        ("2022年发放了多少户创业补贴？", "415户"),
    ],
)
def test_the_amount_that_is_asked_for_comes_with_its_unit_and_no_other_amount(
    guides: Assistant, question: str, told: str
) -> None:
    answer = ask(guides, question)
    assert answer.status is Status.ANSWERED
    assert told in answer.answer
    others = {"8000元", "6000元", "5000元", "2000元", "320户", "415户", "12.5%"} - {told}
    assert not any(other in answer.answer for other in others)
    assert told in answer.citations[0].quote


def test_a_year_that_is_not_told_is_not_answered_with_another_year(guides: Assistant) -> None:
    answer = ask(guides, "2020年发放了多少户创业补贴？")
    assert answer.status in NOT_TOLD
    assert not re.search(r"\d", answer.answer)


def test_of_two_years_in_one_sentence_the_one_asked_for_is_told(over: Callable[..., Assistant]) -> None:
    assistant = over(补贴发放情况="补贴发放情况\n\n2021年发放创业补贴320户，2022年发放创业补贴415户。")
    answer = ask(assistant, "2022年发放了多少户创业补贴？")
    assert "415户" in answer.answer
    assert "320户" not in answer.answer


@pytest.mark.parametrize(("place", "told"), [("青川县", "8000元"), ("平武县", "5000元")])
def test_the_amount_is_that_of_the_place_asked_for(guides: Assistant, place: str, told: str) -> None:
    answer = ask(guides, f"{place}一次性创业补贴标准是多少？")
    assert told in answer.answer
    assert place in answer.citations[0].title


@pytest.mark.parametrize("place", ["绵阳市", "北京市", "上海"])
def test_a_place_without_a_document_is_not_answered_with_another_place(guides: Assistant, place: str) -> None:
    answer = ask(guides, f"{place}一次性创业补贴标准是多少？")
    assert answer.status in NOT_TOLD
    assert answer.citations == ()


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("青川县创业补贴咨询电话是多少？", "0839-7201234"),
        ("平武县创业补贴咨询电话是多少？", "0816-8821234"),
        ("青川县创业补贴在哪里办理？", "青川县政务服务大厅3号窗口"),
    ],
)
def test_a_contact_is_told_as_it_is_written(guides: Assistant, question: str, told: str) -> None:
    answer = ask(guides, question)
    assert answer.status is Status.ANSWERED
    assert told in answer.answer
    assert "0839" not in answer.answer or "0816" not in answer.answer


def test_a_contact_line_needs_not_say_again_what_the_document_is_about(over: Callable[..., Assistant]) -> None:
    assistant = over(
        青川县创业补贴指南="青川县创业补贴指南\n\n一、标准\n每户8000元。\n\n二、联系\n咨询电话：0839-7201234。"
    )
    assert "0839-7201234" in ask(assistant, "青川县创业补贴的咨询电话是多少？").answer


def test_a_date_is_told_as_it_is_written(guides: Assistant) -> None:
    assert "2023年3月1日" in ask(guides, "青川县创业补贴指南什么时候开始施行？").answer


def test_a_list_is_told_item_by_item(guides: Assistant) -> None:
    answer = ask(guides, "申请创业补贴需要提交哪些材料？")
    lines = [re.sub(r"\[\d+\]", "", line) for line in answer.answer.splitlines() if line.startswith("- ")]
    assert lines == ["- 身份证", "- 营业执照", "- 银行账户信息"]


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("明确了哪三项任务？", ["完善水价机制", "推广节水器具", "加强用水监管"]),
        ("节水的重点领域有哪些？", ["农业灌溉", "工业用水", "城镇生活"]),
    ],
)
def test_chained_clauses_and_coordinations_are_told_item_by_item(
    guides: Assistant, question: str, items: list[str]
) -> None:
    answer = ask(guides, question)
    assert [re.sub(r"\[\d+\]", "", line)[2:] for line in answer.answer.splitlines() if line.startswith("- ")] == items


def test_who_may_apply_is_told_with_all_its_conditions(guides: Assistant) -> None:
    answer = ask(guides, "青川县哪些人可以申请一次性创业补贴？").answer
    for condition in ("毕业5年以内的高校毕业生", "登记失业人员", "返乡农民工"):
        assert condition in answer


def test_whether_something_may_be_done_is_told_with_the_rule(guides: Assistant) -> None:
    answer = ask(guides, "在外地领取过同类补贴的可以重复申请吗？")
    assert "不得重复申请" in answer.answer
    assert not answer.answer.startswith("是的")


def test_a_wrong_number_of_things_is_corrected(guides: Assistant) -> None:
    answer = ask(guides, "节水的五项任务是哪些？")
    assert "三项" in answer.answer
    assert "不是五项" in answer.answer


@pytest.mark.parametrize(
    ("question", "told"),
    [("青川县一次性创业补贴标准是每户9000元吗？", "8000元"), ("审核需要五个工作日吗？", "15个工作日")],
)
def test_a_wrong_value_is_not_confirmed(guides: Assistant, question: str, told: str) -> None:
    answer = ask(guides, question)
    assert told in answer.answer
    assert not answer.answer.startswith("是的")


def test_a_right_amount_is_confirmed(guides: Assistant) -> None:
    answer = ask(guides, "青川县一次性创业补贴标准是每户8000元吗？")
    assert answer.status is Status.ANSWERED
    assert "8000元" in answer.answer
    assert not answer.answer.startswith("不是")


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("青川縣一次性創業補貼標準是多少？", "青川县一次性创业补贴标准是多少？"),
        ("青川县一次性创业补帖标准是多少？", "青川县一次性创业补贴标准是多少？"),
        ("您好，请问青川县一次性创业补贴标准是多少？谢谢", "青川县一次性创业补贴标准是多少？"),
        ("青川县一次性创业补贴标准是多少", "青川县一次性创业补贴标准是多少？"),
    ],
)
def test_another_way_of_writing_gets_the_same_answer(guides: Assistant, typed: str, plain: str) -> None:
    assert "8000元" in ask(guides, typed).answer
    assert ask(guides, typed).citations == ask(guides, plain).citations


@pytest.mark.parametrize(
    "question", ["青川县县长是谁？", "青川县创业贷款额度是多少？", "创业补贴的文号是什么？", "平武县需要提交哪些材料？"]
)
def test_what_is_near_but_not_told_is_refused(guides: Assistant, question: str) -> None:
    answer = ask(guides, question)
    assert answer.status in NOT_TOLD
    assert answer.citations == ()


def test_nothing_is_extracted_from_nothing() -> None:
    assert extract(understand("补贴标准是多少？"), rank([], (), lambda _: 1.0)).status is Status.NOT_FOUND


def test_a_short_text_is_shown_whole_and_a_long_one_is_cut_to_the_clauses_that_matter() -> None:
    query = understand("审核时限是多久？")
    short = "审核时限为15个工作日。"
    assert window(query, short) == short
    long = "按照有关要求统一组织实施，" * 20 + "审核时限为15个工作日，" + "并接受各方面的监督检查，" * 20
    cut = window(query, long)
    assert "审核时限为15个工作日" in cut
    assert len(cut) <= STATEMENT_CHARACTERS
    assert cut in long


def test_a_long_text_without_a_mark_is_shown_rather_than_nothing() -> None:
    assert window(understand("补贴？"), "补" * 500)


@pytest.mark.parametrize(
    ("question", "confirmed"),
    [
        ("培训以企业为主体吗？", True),
        ("培训以企业为基础、院校为主体，对吗？", False),  # all the words are there, in other places
        ("这是第二次编制培训规划吗？", False),
        ("和别人共用工具会传染吗？", False),  # hardly
    ],
)
def test_yes_is_said_only_where_the_sentence_says_so(
    over: Callable[..., Assistant],
    question: str,
    confirmed: bool,
) -> None:
    assistant = over(
        意见="培训意见\n\n培训以企业为主体、院校为基础。\n\n这是首次编制培训规划。\n\n和别人共用工具传染的可能性极小。"
    )
    assert assistant.ask(Question.of(question)).answer.startswith("是的") is confirmed


def test_yes_is_said_by_what_speaks_of_the_deed_that_is_asked_about(over: Callable[..., Assistant]) -> None:
    assistant = over(
        东湖区稳岗返还细则="东湖区稳岗返还细则\n第一条 大企业按照上年度缴纳失业保险费的30%返还，小微企业按照60%返还。\n第二条 名单由经办机构公示5个工作日。\n"
    )
    assert not ask(assistant, "大企业要申请吗？").answer.startswith("是的")


def test_a_cut_begins_where_a_part_does() -> None:
    first = "推广节水器具，" + "加强各类公共场所用水器具改造升级工作" * 3
    second = "建立水价补贴机制，完善分档计价办法，提高节水补贴标准"
    cut = window(understand("节水补贴标准怎么提高？"), f"{first}；{second}。", 60)
    assert cut.startswith("建立水价补贴机制")

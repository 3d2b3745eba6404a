"""Years as constraints on evidence, and the piece of a sentence that holds a value."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.answer import Question
from assistant.correct import corrected_count
from assistant.evidence import Sentence, rank
from assistant.extract_value import value, years_fit
from assistant.service import Assistant
from assistant.understand import Query, understand
from knowledge.query import QueryTerm


def sentence(text: str) -> Sentence:
    return Sentence("d", "", (), 0, len(text), text, "", 0.0)


def told(question: str, *texts: str) -> list[str]:
    query = understand(question)
    draft = value(query, rank([sentence(text) for text in texts], query.terms, weigh))
    return [statement.text for statement in draft.statements]


def weigh(term: QueryTerm) -> float:
    return term.weight


def query(text: str) -> Query:
    return understand(text)


@pytest.mark.parametrize(
    ("question", "text", "fits"),
    [
        ("2021年发放多少户？", "2021年发放320户。", True),
        ("2021年发放多少户？", "2022年发放415户。", False),
        ("2021年发放多少户？", "发放415户。", False),
        ("2021年发放多少户？", "2019—2021年累计发放900户。", False),  # the whole span is not its last year
        ("2019—2021年发放多少户？", "2019—2021年累计发放900户。", True),
        ("2019—2021年发放多少户？", "2021年发放320户。", False),
        ("发放多少户？", "2021年发放320户。", True),
        ("发放多少户？", "发放320户。", True),
    ],
)
def test_a_question_about_a_year_takes_only_evidence_of_that_year(question: str, text: str, *, fits: bool) -> None:
    assert years_fit(query(question), sentence(text)) is fits


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("补贴多少元？", "补贴标准为每户8000元，租金为每年6000元。", "每户8000元"),
        ("租金多少元？", "补贴标准为每户8000元，租金为每年6000元。", "每年6000元"),
        ("招聘了多少名护士？", "招聘医生12名、护士30名。", "30名"),
        ("比例是多少？", "补贴80户，比例为12.5%。", "12.5%"),
        ("期限是多久？", "补贴3000元，期限为2年。", "2年"),
    ],
)
def test_of_several_values_the_one_that_stands_with_the_words_of_the_question_is_told(
    question: str, text: str, expected: str
) -> None:
    assert told(question, text) == [expected]


def test_a_value_of_another_type_is_no_answer() -> None:
    assert told("补贴多少元？", "补贴期限为3年，共80户。") == []


def test_a_value_of_another_unit_is_no_answer() -> None:
    assert told("补贴了多少家企业？", "补贴了80户农户。") == []


def test_without_evidence_there_is_no_value() -> None:
    assert told("补贴多少元？") == []


def test_a_number_that_the_evidence_has_is_not_corrected() -> None:
    asked = query("三项任务是哪些？")
    units = rank([sentence("明确了三项任务。")], asked.terms, weigh)
    assert corrected_count(asked, units) is None


def test_a_number_of_other_things_is_not_corrected() -> None:
    asked = query("五项任务是哪些？")
    units = rank([sentence("任务由三个部门承担。")], asked.terms, weigh)
    assert corrected_count(asked, units) is None


def test_a_value_for_each_of_several_cases_is_told_with_all_of_them(over: Callable[..., Assistant]) -> None:
    text = "青川县节水补贴问答\n\n节水补贴按用水户分别给予：居民户补贴三分之二；机关补贴二分之一；企业补贴40%，每户每月最高不超过420元。"
    answer = over(rules=text).ask(Question.of("节水补贴能补多少？")).answer
    assert "三分之二" in answer
    assert "40%" in answer


def test_hours_are_asked_for_and_no_years(over: Callable[..., Assistant]) -> None:
    text = "青川县护河岗位办法\n\n第一条　护河岗位人员每日工作8小时。\n\n第二条　护河岗位办法有效期5年。"
    assert "5年" not in over(rules=text).ask(Question.of("护河岗位一天上几个小时？")).answer


def test_numbers_to_ring_that_stand_beside_each_other_are_told_together(over: Callable[..., Assistant]) -> None:
    text = "青川县节水补贴指南\n\n节水补贴咨询电话：0700-1234567、0700-7654321。"
    answer = over(guide=text).ask(Question.of("节水补贴咨询电话是多少？")).answer
    assert "0700-1234567" in answer
    assert "0700-7654321" in answer

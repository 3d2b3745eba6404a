"""Questions about issued documents: when, by whom, in which order, and what the question has wrong."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from assistant.answer import Answer, Question, Status
from assistant.service import Assistant


@pytest.fixture
def ask(guides: Assistant) -> Callable[[str], Answer]:
    return lambda text: guides.ask(Question.of(text))


Ask = Callable[[str], Answer]


def bare(answer: Answer) -> str:
    return re.sub(r"\[\d+\]", "", answer.answer).strip("。")


@pytest.mark.parametrize(
    ("question", "date"),
    [
        ("《国家节水行动方案》是什么时候印发的？", "2019年"),
        ("国家节水行动方案是哪年印发的？", "2019年"),
        ("《节水型社会建设规划》何时出台？", "2012年"),
        ("《城市节水工作指南》是哪一年发布的？", "2021年"),
    ],
)
def test_when_a_document_was_issued(ask: Ask, question: str, date: str) -> None:
    answer = ask(question)
    assert bare(answer) == date
    assert date in answer.citations[0].quote


@pytest.mark.parametrize(
    ("question", "issuer"),
    [
        ("《节水型社会建设规划》是谁印发的？", "水利部"),
        ("谁印发了《城市节水工作指南》？", "住房和城乡建设部"),
        ("《国家节水行动方案》是哪个部门发布的？", "国家发展改革委、水利部"),
        ("《全民节水行动计划》由哪些部门印发？", "国家发展改革委、水利部"),
    ],
)
def test_who_issued_a_document(ask: Ask, question: str, issuer: str) -> None:
    answer = ask(question)
    for body in issuer.split("、"):
        assert body in answer.answer
    assert answer.status is Status.ANSWERED


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("2012年印发了什么文件？", "《节水型社会建设规划》"),
        ("2012年水利部印发了什么文件？", "《节水型社会建设规划》"),
        ("2016年印发了什么文件？", "《全民节水行动计划》"),
        ("2021年住房和城乡建设部印发了什么文件？", "《城市节水工作指南》"),
    ],
)
def test_what_was_issued_in_a_year(ask: Ask, question: str, title: str) -> None:
    answer = ask(question)
    assert title in answer.answer
    assert answer.answer.count("《") == 1
    assert title in answer.citations[0].quote


def test_a_year_in_which_nothing_was_issued_is_not_answered_with_another(ask: Ask) -> None:
    answer = ask("2014年印发了什么文件？")
    assert answer.status is Status.NOT_FOUND
    assert "《" not in answer.answer


def test_all_of_it_in_order_of_time(ask: Ask) -> None:
    answer = ask("请按时间顺序列出节水文件")
    lines = [line for line in answer.answer.splitlines() if line.startswith("- ")]
    assert [re.findall(r"\d{4}", line)[0] for line in lines] == ["2012", "2016", "2019", "2021"]
    titles = ["《节水型社会建设规划》", "《全民节水行动计划》", "《国家节水行动方案》", "《城市节水工作指南》"]
    for line, title in zip(lines, titles, strict=True):
        assert title in line


def test_order_of_time_is_by_the_dates_and_not_by_the_place_in_the_text(over: Callable[..., Assistant]) -> None:
    assistant = over(
        供水政策回顾="供水政策回顾\n\n2020年，水利部印发《供水办法》。此前，2015年，水利部印发《供水规划》。"
    )
    answer = assistant.ask(Question.of("按时间顺序列出供水文件")).answer
    assert 0 < answer.index("《供水规划》") < answer.index("《供水办法》")


def test_the_first_and_the_last(ask: Ask) -> None:
    assert "《节水型社会建设规划》" in ask("最早印发的节水文件是哪个？").answer
    assert "《城市节水工作指南》" in ask("最新印发的节水文件是哪个？").answer


def test_which_of_two_came_first(ask: Ask) -> None:
    for question in (
        "《全民节水行动计划》和《国家节水行动方案》哪个先印发？",
        "《国家节水行动方案》和《全民节水行动计划》哪个先印发？",
    ):
        answer = ask(question).answer
        assert answer.index("《全民节水行动计划》") < answer.index("《国家节水行动方案》")
        assert "2016年" in answer
        assert "2019年" in answer


@pytest.mark.parametrize(
    "question",
    [
        "2017年水利部印发了《国家节水行动方案》吗？",
        "《国家节水行动方案》是2017年印发的吗？",
        "《国家节水行动方案》是不是2017年印发的？",
        "2017年印发的《国家节水行动方案》是谁印发的？",
    ],
)
def test_a_wrong_year_is_corrected(ask: Ask, question: str) -> None:
    answer = ask(question)
    assert answer.status is Status.ANSWERED
    assert "2019年" in answer.answer
    assert "不是2017年" in answer.answer
    assert all("2017" not in citation.quote for citation in answer.citations)


def test_a_right_year_is_confirmed(ask: Ask) -> None:
    answer = ask("《城市节水工作指南》是2021年印发的吗？").answer
    assert answer.startswith("是")
    assert "不是" not in answer


def test_a_wrong_body_is_corrected(ask: Ask) -> None:
    answer = ask("《国家节水行动方案》是财政部印发的吗？").answer
    assert "不是财政部" in answer
    assert "国家发展改革委、水利部" in answer


def test_a_right_body_is_confirmed(ask: Ask) -> None:
    answer = ask("《节水型社会建设规划》是水利部印发的吗？").answer
    assert answer.startswith("是")
    assert "不是" not in answer


def test_a_body_that_issued_nothing_in_a_year_is_corrected(ask: Ask) -> None:
    answer = ask("2021年水利部印发了什么文件？").answer
    assert "《城市节水工作指南》" not in answer or "不是水利部" in answer


@pytest.mark.parametrize(
    "question", ["《城镇供水办法》是住房和城乡建设部印发的吗？", "《城镇供水办法》是工业和信息化部印发的吗？"]
)
def test_a_body_with_an_and_in_its_name_is_one_of_several(over: Callable[..., Assistant], question: str) -> None:
    assistant = over(供水政策回顾="供水政策回顾\n\n2015年，住房和城乡建设部、工业和信息化部印发《城镇供水办法》。")
    assert "不是" not in assistant.ask(Question.of(question)).answer


def test_a_document_that_is_not_told_of_is_not_answered_with_another(ask: Ask) -> None:
    for question in ("《污水处理条例》是什么时候印发的？", "谁印发了《污水处理条例》？"):
        answer = ask(question)
        assert answer.status in {Status.NOT_FOUND, Status.OUT_OF_SCOPE}
        assert answer.citations == ()


def test_two_tellings_of_one_document_are_cited_both(over: Callable[..., Assistant]) -> None:
    assistant = over(
        供水政策回顾="供水政策回顾\n\n2015年，水利部印发《城镇供水规划》。\n\n2015年，水利部印发《城镇供水规划》，提出供水目标。"
    )
    answer = assistant.ask(Question.of("《城镇供水规划》是谁印发的？"))
    assert bare(answer) == "水利部"
    assert len(answer.citations) == 2


@pytest.mark.parametrize("title", ["……", "！！", "(2018年)", "“”", "关于"])
def test_a_title_without_words_is_no_obstacle(over: Callable[..., Assistant], title: str) -> None:
    assistant = over(
        供水政策回顾=f"供水政策回顾\n\n2018年，水利部印发《{title}》。2015年，水利部印发《城镇供水规划》。"
    )
    assert "2015年" in assistant.ask(Question.of("《城镇供水规划》是什么时候印发的？")).answer


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("《节水行动方案》是什么时候印发的？", "2019年[1]。《节水行动方案》另一处写作《节水行动实施方案》[1][2]。"),
        ("2019年水利部印发了什么文件？", "《节水行动方案》[1]。另一处写作《节水行动实施方案》[2]。"),
    ],
)
def test_a_title_that_is_written_in_two_ways_is_shown_in_both(
    over: Callable[..., Assistant], question: str, said: str
) -> None:
    assistant = over(
        节水政策回顾="节水政策回顾\n\n2019年，水利部印发《节水行动方案》，明确了目标。\n\n之后，水利部印发《节水行动实施方案》，提出了任务。"
    )
    assert assistant.ask(Question.of(question)).answer == said


REFORM = "青川县节水十年\n\n2012年，国务院办公厅印发《节水型社会建设方案》。2015年，省政府印发《农业节水意见》；水利厅印发《工业节水意见》。"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("2012年的方案是国务院印发的吗？", "不是。文件记载由国务院办公厅印发，不是国务院"),
        ("2012年的方案是国务院办公厅印发的吗？", "是。2012年：国务院办公厅印发《节水型社会建设方案》"),
        ("2012年的方案是谁印发的？", "国务院办公厅"),
    ],
)
def test_the_only_document_of_a_year_needs_no_title(over: Callable[..., Assistant], question: str, told: str) -> None:
    assert bare(over(reform=REFORM).ask(Question.of(question))) == told


def test_of_two_documents_of_a_year_none_is_taken_for_the_one_meant(over: Callable[..., Assistant]) -> None:
    assert "不是" not in over(reform=REFORM).ask(Question.of("2015年的意见是省政府印发的吗？")).answer


def test_how_many_documents_is_answered_with_them(over: Callable[..., Assistant]) -> None:
    answer = over(reform=REFORM).ask(Question.of("2015年出台了几个文件？"))
    assert "《农业节水意见》" in answer.answer
    assert "《工业节水意见》" in answer.answer


def test_a_document_that_is_to_come_is_told_with_its_date(over: Callable[..., Assistant]) -> None:
    text = "青川县节水工作答复\n\n一是修订《青川县节水管理办法》，预计2025年3月印发；二是开通热线。"
    answer = over(reply=text).ask(Question.of("节水管理办法什么时候印发？"))
    assert "2025年3月" in answer.answer

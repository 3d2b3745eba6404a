"""What an answer may say: no number, date or title that its evidence lacks."""

from __future__ import annotations

import pytest

from assistant.answer import Status
from assistant.draft import Draft, Statement
from assistant.evidence import Sentence
from assistant.verify import supported, verify

TEXT = "2019年3月，水利部印发《国家节水行动方案》，安排资金1,200万元，占预算的12.5%。"
EVIDENCE = (Sentence("d", "节水政策回顾", (), 0, len(TEXT), TEXT, "", 1.0),)


def says(text: str, *repeats: str) -> Statement:
    return Statement(text, EVIDENCE, repeats=repeats)


@pytest.mark.parametrize(
    "text",
    [
        "2019年3月",
        "水利部印发《国家节水行动方案》",
        "安排资金1,200万元",
        "占预算的12.5%",
        "１２.５％",
        "2019 年 3 月",
        "水利部印发《國家節水行動方案》",  # a title in Traditional characters
        "水利部",
    ],
)
def test_what_the_evidence_has_may_be_said(text: str) -> None:
    assert supported(says(text))


@pytest.mark.parametrize(
    "text",
    [
        "2018年3月",
        "2019年4月",
        "安排资金1,300万元",
        "安排资金200万元",  # a part of a number is another number
        "占预算的2.5%",
        "占预算的12%",
        "水利部印发《国家节水行动计划》",
        "水利部印发《国家节水行动方案(2019年)》",
        "共22个部门",
    ],
)
def test_a_changed_number_date_or_title_may_not(text: str) -> None:
    assert not supported(says(text))


def test_a_statement_without_evidence_may_say_no_number() -> None:
    assert not supported(Statement("2019年", ()))


def test_a_correction_may_repeat_what_the_question_said_and_only_that() -> None:
    assert supported(says("不是。文件记载为2019年，不是2017年", "2017年"))
    assert not supported(says("不是。文件记载为2018年，不是2017年", "2017年"))
    assert not supported(says("不是。文件记载为2019年，不是2017年"))
    assert supported(says("文件记载由水利部印发，不是《供水通报》", "《供水通报》"))


def test_only_the_statements_that_fail_are_dropped() -> None:
    true, false = says("2019年3月"), says("2020年3月")
    draft = verify(Draft((true, false), lead="包括"))
    assert draft.statements == (true,)
    assert (draft.status, draft.lead) == (Status.ANSWERED, "包括")


def test_a_draft_of_which_nothing_is_left_is_not_found() -> None:
    draft = verify(Draft((says("2020年"), says("《甲办法》"))))
    assert draft == Draft(status=Status.NOT_FOUND)


def test_a_draft_that_says_nothing_stays_as_it_is() -> None:
    draft = Draft(status=Status.OUT_OF_SCOPE)
    assert verify(draft) == draft


def test_numbers_may_come_from_any_of_the_cited_sentences() -> None:
    other = Sentence("e", "", (), 0, 5, "共22个部门。", "", 1.0)
    assert supported(Statement("2019年3月，22个部门", (*EVIDENCE, other)))


def evidence(text: str) -> tuple[Sentence, ...]:
    return (Sentence("d", "节水政策回顾", (), 0, len(text), text, "", 1.0),)


def test_a_denied_name_may_be_the_beginning_of_the_right_one() -> None:
    told = evidence("2019年,国务院办公厅印发《节水方案》。")
    text = "不是。文件记载由国务院办公厅印发，不是国务院"
    assert supported(Statement(text, told, repeats=("国务院",)))
    assert not supported(Statement("文件记载由国务院印发，不是国务院办公厅", told, repeats=("国务院办公厅",)))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("二十二个部门", "22个部门"),
        ("22 个部门", "二十二个部门"),
        ("一千五百元", "1,500元"),
        ("1.5万元", "15000元"),
        ("百分之五", "5%"),
        ("2022年7月14日", "发布时间:2022-07-14"),
        ("二〇二二年七月十四日", "2022年7月14日"),
        ("July 14, 2022", "2022年7月14日"),
        ("in 2022", "2022年7月14日"),
        ("83 million people", "8300万人次"),
        ("国办发(2019)24号", "国办发〔2019〕24号"),
        ("人社部印发", "人力资源社会保障部印发"),
        ("省人力资源社会保障厅", "湖北省人力资源社会保障厅"),
        ("“马兰花”计划", "「马兰花」计划"),
        ("第三批", "第三批名单"),
        ("一个窗口", "窗口办理"),  # 一个 counts nothing
    ],
)
def test_the_same_written_otherwise_is_the_same(text: str, told: str) -> None:
    assert supported(Statement(text, evidence(told)))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("二十一个部门", "22个部门"),
        ("1500元", "1.5万元"),
        ("三年", "3个月"),  # the number of another unit
        ("8300万人", "8300万人次"),
        ("百分之五", "5元"),
        ("2022年7月", "2022年8月1日至7日"),
        ("July 15, 2022", "2022年7月14日"),
        ("83 million", "8300人"),
        ("国办发〔2019〕25号", "国办发〔2019〕24号"),
        ("国发〔2019〕24号", "国办发〔2019〕24号"),
        ("国务院印发", "国务院办公厅印发"),
        ("国务院办公厅印发", "国务院印发"),
        ("教育部印发", "人力资源社会保障部印发"),
        ("武汉市人力资源社会保障局", "宜昌市人力资源社会保障局"),
        ("“金种子”计划", "“马兰花”计划"),
        ("党的十九大以来", "党的十八大以来"),
        ("第四批", "第三批名单"),
        ("请看 evil.example", "请看网站"),
    ],
)
def test_something_else_is_not(text: str, told: str) -> None:
    assert not supported(Statement(text, evidence(told)))


BOTH = evidence(
    "2018年,国务院印发《甲意见》;中共中央办公厅、国务院办公厅印发《乙意见》。2019年,国务院办公厅印发《丙方案》。"
)
PAIR = evidence("2019—2021年累计开展补贴性培训8300多万人次、以工代训3600多万人次。")


@pytest.mark.parametrize(
    ("text", "told", "expected"),
    [
        ("2018年，国务院印发《甲意见》", BOTH, True),
        ("《乙意见》由中共中央办公厅、国务院办公厅印发", BOTH, True),
        ("2018年，国务院印发《乙意见》", BOTH, False),  # both stand there, not together
        ("2019年，国务院印发《甲意见》", BOTH, False),
        ("《丙方案》是2018年印发的", BOTH, False),
        ("以工代训3600多万人次", PAIR, True),
        ("以工代训8300多万人次", PAIR, False),
        ("补贴性培训3600多万人次", PAIR, False),
    ],
)
def test_what_stands_there_must_belong_together_there(
    text: str,
    told: tuple[Sentence, ...],
    expected: bool,
) -> None:
    assert supported(Statement(text, told)) is expected


def test_a_refusal_may_repeat_what_was_asked_and_nothing_else_without_evidence_may() -> None:
    assert supported(Statement("文件没有说明：2019年的标准", (), repeats=("2019年的标准",)))
    assert not supported(Statement("标准是2019年的", (), repeats=("2019年的",)))

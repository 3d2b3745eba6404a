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

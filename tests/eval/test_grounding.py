"""Evidence in citations, and citations that are verbatim and bear out what they are cited for."""

from __future__ import annotations

from typing import Any

import pytest

from eval.grounding import (
    ANSWERS_CITED,
    CITATION_PRECISION,
    CITATION_VERBATIM,
    EVIDENCE_COMPLETE,
    EVIDENCE_IN_CITATIONS,
    supporting,
)
from eval.support import Statement, statements

FIRST = "2018年，国务院印发《关于推行终身职业技能培训制度的意见》。"
SECOND = "2019年，国务院办公厅印发《行动方案》。"


def test_a_mark_belongs_to_the_sentence_it_stands_in_or_directly_behind() -> None:
    assert statements("前言。2018年印发[1]。2019年印发。[2][3] 2020年没有说明。") == [
        Statement("2018年印发。", (1,)),
        Statement("2019年印发。", (2, 3)),
    ]


def test_bullets_rest_on_their_own_marks_or_those_of_the_line_before_the_list() -> None:
    assert statements("共有三类[1]：\n- 就业\n- 岗位[2]\n\n另外：\n1. 甲\n2. 乙[3]") == [
        Statement("共有三类：", (1,)),
        Statement("就业", (1,), bullet=True),
        Statement("岗位", (2,), bullet=True),
        Statement("甲", (3,), bullet=True),
        Statement("乙", (3,), bullet=True),
    ]


@pytest.mark.parametrize("line", ["1.5万人[1]", "2018年[1]", "3600多万人[1]"])
def test_a_line_that_begins_with_a_number_is_no_bullet(line: str) -> None:
    (statement,) = statements(line)
    assert not statement.bullet
    assert statement.text == line.removesuffix("[1]")


@pytest.mark.parametrize("marker", ["- ", "• ", "1. ", "2、", "（一）", "(3)", "①", "三、"])
def test_the_marker_of_a_bullet_is_not_part_of_it(marker: str) -> None:
    assert statements(f"{marker}就业[1]") == [Statement("就业", (1,), bullet=True)]


@pytest.mark.parametrize(
    ("text", "bullet", "supported"),
    [
        ("２０１８ 年印发。", False, True),  # NFKC
        ("201年印发。", False, False),  # part of a number is not that number
        ("2018年印发《关于推行终身职业技能培训制度的意见》。", False, True),
        ("印发《意见》。", False, False),  # 《意见》 is not the title in the quote
        ("任意改写的话。", False, True),  # only numbers and titles of a sentence are checked
        ("2018年：国务院印发", True, True),  # a bullet, clause by clause and without punctuation
        ("2018年：教育部印发", True, False),
        ("印发国务院", True, False),
    ],
)
def test_numbers_titles_and_bullets_must_occur_in_the_quotes(text: str, *, bullet: bool, supported: bool) -> None:
    assert Statement(text, (1,), bullet).supported_by([FIRST]) is supported


def test_thousands_may_be_written_with_a_comma() -> None:
    assert Statement("8,300多万人次", (1,)).supported_by(["累计8300多万人次"])


def test_evidence_must_stand_in_one_citation(build: Any) -> None:
    evidence = ("国务院印发", "国务院办公厅 印发《行动方案》", "意见》。2019年")
    case = build.case(evidence=evidence)
    answer = build.answer(citations=(build.citation(FIRST), build.citation(SECOND)))
    outcome = build.outcome(case, answer)
    # the third string runs across both citations and stands in neither
    assert EVIDENCE_IN_CITATIONS.of(outcome) == (2, 3)
    assert EVIDENCE_COMPLETE.of(outcome) == (0, 1)


def test_evidence_is_asked_of_answered_answerable_cases_only(build: Any) -> None:
    answered, refused = build.answer("answered"), build.answer("not_found")
    case = build.case(evidence=("国务院",))
    assert EVIDENCE_IN_CITATIONS.of(build.outcome(case, answered)) == (0, 1)
    assert EVIDENCE_IN_CITATIONS.of(build.outcome(case, refused)) is None
    assert EVIDENCE_COMPLETE.of(build.outcome(build.case(), answered)) is None
    unanswerable = build.case(answerable=False, evidence=("国务院",))
    assert EVIDENCE_IN_CITATIONS.of(build.outcome(unanswerable, answered)) is None


def test_precision_counts_citations_that_are_verbatim_and_support(build: Any) -> None:
    citations = (
        build.citation(FIRST),
        build.citation(FIRST, start=1),  # right words, wrong place
        build.citation(SECOND),  # 2020 is not in it
        build.citation(SECOND),  # no mark names it
    )
    text = "2018年，国务院印发[1]。国务院印发[2]。2020年印发[3]。"
    outcome = build.outcome(build.case(), build.answer("answered", text, citations=citations))
    assert supporting(outcome) == [True, True, False, False]
    assert CITATION_PRECISION.of(outcome) == (1, 4)
    assert CITATION_VERBATIM.of(outcome) == (3, 4)


def test_a_sentence_with_two_marks_is_borne_out_by_both_quotes_together(build: Any) -> None:
    citations = (build.citation(FIRST), build.citation(SECOND))
    answer = build.answer("answered", "2018年和2019年各印发一份[1][2]。", citations=citations)
    assert CITATION_PRECISION.of(build.outcome(build.case(), answer)) == (2, 2)


def test_a_mark_without_a_citation_takes_the_support_from_its_sentence(build: Any) -> None:
    answer = build.answer("answered", "2018年印发[1][2]。", citations=(build.citation(FIRST),))
    assert CITATION_PRECISION.of(build.outcome(build.case(), answer)) == (0, 1)


def test_a_citation_of_an_unknown_document_or_of_nothing_is_not_verbatim(build: Any) -> None:
    citations = (build.citation(FIRST, doc_id="other"), build.citation(""), build.citation("。", start=-1))
    answer = build.answer("answered", "印发[1][2][3]", citations=citations)
    assert CITATION_VERBATIM.of(build.outcome(build.case(), answer)) == (0, 3)


def test_answers_without_citations_are_counted_by_a_measure_of_their_own(build: Any) -> None:
    bare = build.outcome(build.case(), build.answer("answered", "是。"))
    assert CITATION_PRECISION.of(bare) is None
    assert ANSWERS_CITED.of(bare) == (0, 1)
    assert ANSWERS_CITED.of(build.outcome(build.case(), build.answer("not_found"))) is None

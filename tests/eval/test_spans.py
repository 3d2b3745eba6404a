"""Citations against evidence by character overlap, on values worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.answer import Citation
from eval.outcome import Outcome
from eval.spans import SPAN_F1, SPAN_PRECISION, SPAN_RECALL, evidence_places, overlap

# 0         1         2
# 0123456789012345678901234
TEXT = "国务院　印发意见。教育部\n印发方案。国务院印发意见。"


def cited(*spans: tuple[int, int], doc_id: str = "d") -> tuple[Citation, ...]:
    return tuple(Citation(doc_id, "题目", start, end, TEXT[start:end]) for start, end in spans)


def outcome_of(build: Any, evidence: tuple[str, ...], citations: tuple[Citation, ...]) -> Outcome:
    return Outcome(build.case(evidence=evidence), build.answer("answered", "答[1]", citations=citations), {"d": TEXT})


def test_evidence_is_found_at_all_its_places_whatever_the_white_space() -> None:
    assert [TEXT[start:end] for start, end in evidence_places(TEXT, "国务院 印发")] == ["国务院　印发", "国务院印发"]
    assert [TEXT[start:end] for start, end in evidence_places(TEXT, "教育部印发方案")] == ["教育部\n印发方案"]
    assert evidence_places(TEXT, "财政部") == []
    assert evidence_places(TEXT, "") == []


def test_marks_in_a_text_do_not_hide_what_stands_around_them() -> None:
    assert evidence_places("国务院[1]印发", "国务院印发") == [(0, 8)]


def test_half_of_what_is_cited_is_evidence(build: Any) -> None:
    # cited 国务院印发意见。教育部印发方案。 without white space: 8 + 8 = 16 characters, evidence 教育部印发方案 is 7
    outcome = outcome_of(build, ("教育部印发方案",), cited((0, 18)))
    assert SPAN_PRECISION.of(outcome) == (pytest.approx(7 / 16), 1)
    assert SPAN_RECALL.of(outcome) == (1, 1)
    # 2 x 7/16 x 1 / (7/16 + 1)
    assert SPAN_F1.of(outcome) == (pytest.approx(14 / 23), 1)


def test_half_of_the_evidence_is_cited(build: Any) -> None:
    # evidence of 7 and 3 characters; cited are 教育部 of the first (3) and nothing of the second, which is nowhere
    outcome = outcome_of(build, ("教育部印发方案", "财政部"), cited((9, 12)))
    assert SPAN_PRECISION.of(outcome) == (1, 1)
    assert SPAN_RECALL.of(outcome) == (pytest.approx(3 / 10), 1)


def test_of_two_places_of_the_same_words_either_may_be_cited(build: Any) -> None:
    for span in ((0, 8), (18, 25)):
        outcome = outcome_of(build, ("国务院印发意见",), cited(span))
        assert (SPAN_PRECISION.of(outcome), SPAN_RECALL.of(outcome)) == ((1, 1), (1, 1))


def test_two_citations_of_the_same_words_count_once(build: Any) -> None:
    found = overlap(outcome_of(build, ("国务院印发意见",), cited((0, 8), (0, 8))))
    assert (found.cited, found.cited_evidence) == (7, 7)


def test_nothing_is_said_where_there_is_no_evidence_or_no_answer(build: Any) -> None:
    assert SPAN_F1.of(outcome_of(build, (), cited((0, 8)))) is None
    refusal = build.outcome(build.case(evidence=("国务院",)), build.answer("not_found"))
    assert SPAN_RECALL.of(refusal) is None
    bare = outcome_of(build, ("国务院",), ())
    assert (SPAN_PRECISION.of(bare), SPAN_RECALL.of(bare), SPAN_F1.of(bare)) == (None, (0, 1), (0, 1))

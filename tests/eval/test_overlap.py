"""Overlap with a reference, over characters: by hand, and against the reference implementation of ROUGE."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.overlap import EXACT_MATCH, MEASURES, ROUGE_L, longest_common_subsequence, rouge_l

TEXTS = st.text(alphabet="国务院印发意见2018年", max_size=80)


@pytest.mark.parametrize(
    ("first", "second", "length"),
    [
        ("", "", 0),
        ("国务院", "", 0),
        ("国务院", "国务院", 3),
        # 国 务 院 印 发: the four between are left out
        ("国务院办公厅印发", "国务院印发", 5),
        # crossing: either 甲 or 乙
        ("甲乙", "乙甲", 1),
        ("甲乙甲乙", "乙甲乙甲", 3),
    ],
)
def test_the_longest_common_subsequence(first: str, second: str, length: int) -> None:
    assert longest_common_subsequence(first, second) == length
    assert longest_common_subsequence(second, first) == length


def test_rouge_l_is_the_f1_of_the_common_subsequence(build: Any) -> None:
    # said 国务院印发 (5), wanted 国务院办公厅印发 (8), common 5: 2 x 5 / 13; marks and punctuation do not count
    case = build.case(reference="国务院办公厅印发")
    value, weight = ROUGE_L.of(build.outcome(case, build.answer("answered", "国务院，印发[1]。")))
    assert (value, weight) == (pytest.approx(10 / 13), 1)


def test_exact_match_leaves_punctuation_out(build: Any) -> None:
    case = build.case(reference="2018年，国务院")
    assert EXACT_MATCH.of(build.outcome(case, build.answer("answered", "２０１８年国务院[1]。"))) == (1, 1)
    assert EXACT_MATCH.of(build.outcome(case, build.answer("answered", "2018年，国务院印发"))) == (0, 1)


@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_what_was_not_answered_scores_nothing_and_what_has_no_reference_is_not_counted(
    measure: Any, build: Any
) -> None:
    refusal = build.answer("not_found", "国务院")
    assert measure.of(build.outcome(build.case(reference="国务院"), refusal)) == (0, 1)
    assert measure.of(build.outcome(build.case(reference="。"), build.answer("answered", "国务院"))) is None
    assert measure.of(build.outcome(build.case(answerable=False, reference="国务院"), refusal)) is None


class Characters:
    """Cuts a text into its characters, as a tokeniser of the reference implementation."""

    def tokenize(self, text: str) -> list[str]:
        return list(text)


@settings(deadline=None)  # the reference takes its time to load
@given(TEXTS, TEXTS)
def test_rouge_l_agrees_with_the_reference_implementation(said: str, wanted: str) -> None:
    from rouge_score.rouge_scorer import RougeScorer

    expected = RougeScorer(["rougeL"], tokenizer=Characters()).score(wanted, said)["rougeL"].fmeasure
    assert rouge_l(said, wanted) == pytest.approx(expected)

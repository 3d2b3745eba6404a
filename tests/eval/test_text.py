"""Facts, overlap and length, on values worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from eval.comparable import comparable, holds, letters
from eval.overlap import CHARACTER_F1
from eval.text import ANSWER_ACCURACY, ANSWER_LENGTH


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("《意见》[1] 和\n《方案》[12]。", "《意见》和《方案》。"),
        ("２０２２年　ＡＢＣ", "2022年abc"),
        ("国发[2018]11号", "国发[2018]11号"),
        ("Straße", "strasse"),
        ("", ""),
    ],
)
def test_comparable_removes_marks_and_white_space_and_folds_forms(text: str, form: str) -> None:
    assert comparable(text) == form


def test_letters_keep_neither_punctuation_nor_symbols() -> None:
    assert letters("2018年，国务院印发《意见》！+") == "2018年国务院印发意见"


def test_of_long_evidence_the_first_thirty_characters_count() -> None:
    evidence = "零一二三四五六七八九" * 3 + "尾"
    assert holds("前 " + evidence[:15] + "\n" + evidence[15:30] + "别的", evidence)
    assert not holds(evidence[:29], evidence)


@pytest.mark.parametrize(
    ("status", "answer", "expected"),
    [
        ("answered", "国务院于 2018 年 印发[1]。", 1),
        ("partial", "国务院，二〇一八年。", 1),
        ("answered", "国务院印发。", 0),  # one of the two facts is missing
        ("answered", "2018年，国务院和教育部印发。", 0),  # says what a right answer does not
        ("not_found", "国务院，2018年", 0),  # only an answer can be right
        ("clarify", "国务院，2018年", 0),
    ],
)
def test_accuracy_wants_every_fact_in_any_spelling(build: Any, status: str, answer: str, expected: float) -> None:
    case = build.case(facts=(("国务院",), ("2018年", "二〇一八年")), absent=("教育 部",))
    assert ANSWER_ACCURACY.of(build.outcome(case, build.answer(status, answer))) == (expected, 1)


def test_accuracy_says_nothing_without_facts_or_on_unanswerable_cases(build: Any) -> None:
    answer = build.answer("answered", "国务院")
    assert ANSWER_ACCURACY.of(build.outcome(build.case(), answer)) is None
    case = build.case(answerable=False, facts=(("国务院",),))
    assert ANSWER_ACCURACY.of(build.outcome(case, answer)) is None


def test_an_answer_with_an_error_is_wrong(build: Any) -> None:
    case = build.case(facts=(("国务院",),))
    answer = build.answer("answered", "国务院", error="TimeoutError")
    assert ANSWER_ACCURACY.of(build.outcome(case, answer)) == (0, 1)


def test_character_f1(build: Any) -> None:
    # said 国务院印发 (5), wanted 国务院办公厅 (6), shared 国 务 院 (3): 2 x 3 / (5 + 6)
    case = build.case(reference="国务院办公厅")
    value, weight = CHARACTER_F1.of(build.outcome(case, build.answer("answered", "国务院印发。[1]")))
    assert value == pytest.approx(6 / 11)
    assert weight == 1


def test_character_f1_counts_repeated_characters_as_often_as_both_have_them(build: Any) -> None:
    # said 年年年 (3), wanted 年年 (2), shared 2: 2 x 2 / 5
    outcome = build.outcome(build.case(reference="年年"), build.answer("answered", "年年年"))
    assert CHARACTER_F1.of(outcome).value == pytest.approx(0.8)


def test_character_f1_is_zero_for_a_refusal_and_says_nothing_without_reference(build: Any) -> None:
    refusal = build.answer("not_found", "国务院")
    assert CHARACTER_F1.of(build.outcome(build.case(reference="国务院"), refusal)) == (0, 1)
    assert CHARACTER_F1.of(build.outcome(build.case(), refusal)) is None


def test_length_counts_characters_without_marks_and_white_space(build: Any) -> None:
    answer = build.answer("answered", "国务院 印发：\n- 意见[1][2]")  # 国务院印发：-意见
    assert ANSWER_LENGTH.of(build.outcome(build.case(), answer)) == (9, 1)
    assert ANSWER_LENGTH.of(build.outcome(build.case(), build.answer("not_found", "没有"))) is None

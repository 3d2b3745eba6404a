"""Deciding by figures: requirements met or not, and what changed between two runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eval.compare import compare, verdict
from eval.errors import ComparisonError, RequirementError
from eval.gate import judge, parse
from eval.refusal import FALSE_REFUSAL_RATE
from eval.report import scored
from eval.significance import Estimate
from eval.text import ANSWER_ACCURACY, ANSWER_LENGTH

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def questions(build: Any, tmp_path: Path) -> Path:
    """Return ten cases in two categories, whose fact is 2018."""
    categories = ["history"] * 6 + ["who: 谁"] * 4
    records = ({"turns": [f"{number}?"], "category": category} for number, category in enumerate(categories))
    path: Path = build.cases(tmp_path / "q.jsonl", *records)
    return path


def run_right_on(build: Any, questions: Path, out: Path, right: str) -> Any:
    """Run the cases so that those whose number is in ``right`` are answered rightly."""
    said = {f"{number}?": build.answer(answer="2018" if str(number) in right else "不知") for number in range(10)}
    return build.run(questions, out, build.assistant(said))


@pytest.mark.parametrize(
    ("requirement", "met"),
    [
        ("answer_accuracy>=0.7", True),
        ("answer_accuracy >= 0.71", False),
        ("answer_accuracy>0.7", False),
        ("category=history:answer_accuracy>=1", True),
        ("category=who: 谁:answer_accuracy>=0.5", False),
        ("answerable=true:correct>=0.7", True),
        ("false_refusal_rate<=0.05", True),
        ("recall@5>=0.9", False),  # no case has evidence: nothing is shown, so nothing is met
        ("answer_length<=4", True),
        ("answer_length>=3", True),
    ],
)
def test_requirements(build: Any, questions: Path, tmp_path: Path, requirement: str, *, met: bool) -> None:
    report = scored(run_right_on(build, questions, tmp_path / "run", "0123456"))
    (judged,) = judge(report, [parse(requirement)])
    assert judged.met is met
    assert requirement in str(judged)


@pytest.mark.parametrize(
    ("requirement", "said"),
    [
        ("", "看不懂"),
        ("answer_accuracy", "看不懂"),
        ("answer_accuracy=0.9", "看不懂"),
        ("answer_accuracy>=high", "看不懂"),
        ("acuracy>=0.9", "没有叫 acuracy 的指标"),
        ("colour=red:answer_accuracy>=0.9", "不能按 colour 分组"),
        ("answer_accuracy<=0.9", "方向反了"),
        ("latency_p95>=100", "方向反了"),
    ],
)
def test_a_requirement_that_makes_no_sense_is_refused(requirement: str, said: str) -> None:
    with pytest.raises(RequirementError, match=said):
        parse(requirement)


def test_a_slice_that_does_not_exist_is_refused_with_those_that_do(build: Any, questions: Path, tmp_path: Path) -> None:
    report = scored(run_right_on(build, questions, tmp_path / "run", ""))
    with pytest.raises(RequirementError, match="history、who: 谁"):
        judge(report, [parse("category=none:correct>=0.5")])


def test_compare_lists_the_flips_both_ways(build: Any, questions: Path, tmp_path: Path) -> None:
    before = run_right_on(build, questions, tmp_path / "a", "012")
    after = run_right_on(build, questions, tmp_path / "b", "123456789")
    comparison = compare(before, after)
    assert [flip.id for flip in comparison.gained] == [f"c{number}" for number in range(3, 10)]
    assert [(flip.id, flip.question, flip.before, flip.after) for flip in comparison.lost] == [
        ("c0", "0?", "2018", "不知")
    ]
    summary = comparison.summary()
    assert "A 错 B 对：7 个用例" in summary
    assert "A 对 B 错：1 个用例" in summary
    # 0.3 -> 0.9: seven of ten better, one worse
    assert "30.0%  90.0%" in " ".join(summary.split("回答准确率", 1)[1].split("\n", 1)[0].split()).replace(" ", "  ")
    assert "显著变好" in summary


def test_the_same_answers_differ_in_nothing(build: Any, questions: Path, tmp_path: Path) -> None:
    before = run_right_on(build, questions, tmp_path / "a", "012")
    after = run_right_on(build, questions, tmp_path / "b", "012")
    comparison = compare(before, after)
    assert comparison.gained == comparison.lost == ()
    assert "显著变" not in comparison.summary()
    assert "无显著差异" in comparison.summary()


def test_runs_of_different_cases_are_refused(build: Any, questions: Path, tmp_path: Path) -> None:
    before = run_right_on(build, questions, tmp_path / "a", "")
    other = build.cases(tmp_path / "other.jsonl", {"turns": ["0?"]})
    with pytest.raises(ComparisonError, match="题集不同"):
        compare(before, run_right_on(build, other, tmp_path / "b", ""))
    assistant = build.assistant(lambda _: build.answer())
    with pytest.raises(ComparisonError, match="--limit"):
        compare(before, build.run(questions, tmp_path / "c", assistant, limit=9))


@pytest.mark.parametrize(
    ("measure", "low", "value", "high", "said"),
    [
        (ANSWER_ACCURACY, 0.01, 0.1, 0.2, "显著变好"),
        (ANSWER_ACCURACY, -0.2, -0.1, -0.01, "显著变差"),
        (ANSWER_ACCURACY, -0.01, 0.1, 0.2, "无显著差异"),
        (FALSE_REFUSAL_RATE, 0.01, 0.1, 0.2, "显著变差"),
        (FALSE_REFUSAL_RATE, -0.2, -0.1, -0.01, "显著变好"),
        (ANSWER_LENGTH, 1.0, 2.0, 3.0, "显著变化"),
    ],
)
def test_the_verdict_knows_the_direction_of_the_measure(
    measure: Any, low: float, value: float, high: float, said: str
) -> None:
    assert verdict(measure, Estimate(value, low, high, 10)) == said

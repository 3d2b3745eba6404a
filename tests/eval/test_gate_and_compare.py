"""Deciding by figures: requirements met or not, and what changed between two runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eval import compare_page
from eval.compare import compare, verdict
from eval.errors import ComparisonError, RequirementError
from eval.fault import Fault
from eval.folder import RunFolder
from eval.gate import parse, read, verdicts
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
    (judged,) = verdicts(report, [parse(requirement)])
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
        verdicts(report, [parse("category=none:correct>=0.5")])
    with pytest.raises(RequirementError, match="不能按 colour 分组，可用：category"):
        verdicts(report, [parse("colour=red:answer_accuracy>=0.9")])


def test_a_measure_is_found_however_its_letters_are_written() -> None:
    assert str(parse("ndcg@10>=0.5").measure) == str(parse("nDCG@10>=0.5").measure) == "nDCG@10"


def test_requirements_come_from_a_file_with_comments(tmp_path: Path) -> None:
    path = tmp_path / "requirements.txt"
    path.write_text("# what counts\n\nanswer_accuracy>=0.9  # most of all\ncategory=who: 谁:correct>=0.5\n", "utf-8")
    assert [requirement.text for requirement in read(path)] == ["answer_accuracy>=0.9", "category=who: 谁:correct>=0.5"]
    path.write_text("answer_accuracy>=0.9\nnonsense\n", "utf-8")
    with pytest.raises(RequirementError, match="第 2 行"):
        read(path)
    path.write_text("# nothing\n", "utf-8")
    with pytest.raises(RequirementError, match="没有任何要求"):
        read(path)
    with pytest.raises(RequirementError, match="无法读取"):
        read(tmp_path / "none.txt")


def test_compare_lists_the_flips_both_ways(build: Any, questions: Path, tmp_path: Path) -> None:
    before = run_right_on(build, questions, tmp_path / "a", "012")
    after = run_right_on(build, questions, tmp_path / "b", "123456789")
    comparison = compare(before, after)
    assert [flip.id for flip in comparison.gained] == [f"c{number}" for number in range(3, 10)]
    assert [
        (flip.id, flip.question, flip.before.answer.answer, flip.after.answer.answer, flip.fault)
        for flip in comparison.lost
    ] == [("c0", "0?", "2018", "不知", Fault.EXTRACTION)]
    summary = comparison.summary()
    assert "A 错 B 对：7 个用例" in summary
    assert "A 对 B 错：1 个用例" in summary
    # 0.3 -> 0.9: seven of ten better, one worse
    assert "30.0%  90.0%" in " ".join(summary.split("回答准确率", 1)[1].split("\n", 1)[0].split()).replace(" ", "  ")
    # seven gained, one lost: p = 2 x (C(8,0) + C(8,1)) / 2^8 = 18 / 256, which the bootstrap alone would not say
    change = comparison.headline
    assert (change.flipped, change.p) == ((7, 1), pytest.approx(18 / 256))
    assert change.difference.low > 0
    assert "无显著差异\n" in summary
    assert "no significant difference" in summary


def test_a_change_that_both_tests_tell_is_significant(build: Any, questions: Path, tmp_path: Path) -> None:
    before = run_right_on(build, questions, tmp_path / "a", "0")
    comparison = compare(before, run_right_on(build, questions, tmp_path / "b", "0123456789"))
    assert comparison.headline.p == pytest.approx(2 / 2**9)
    assert "显著变好" in comparison.conclusion().zh
    assert "significantly better" in comparison.conclusion().en
    back = compare(RunFolder(tmp_path / "b"), before)
    assert "显著变差" in back.conclusion().zh
    assert back.to_json()["measures"]["correct"]["meaning"] == "significantly worse"


def test_the_page_of_a_comparison_shows_both_answers_of_every_flip(build: Any, tmp_path: Path) -> None:
    nasty = "<script>alert(1)</script>"
    questions = build.cases(tmp_path / "q.jsonl", {"turns": ["前?", nasty]}, {"turns": ["乙?"]})
    first = {nasty: build.answer(answer="错 " + nasty), "乙?": build.answer(answer="2018"), "前?": build.answer()}
    second = {
        nasty: build.answer(answer="2018 对"),
        "乙?": build.answer("not_found", answer="没有"),
        "前?": build.answer(),
    }
    comparison = compare(
        build.run(questions, tmp_path / "a", build.assistant(first)),
        build.run(questions, tmp_path / "b", build.assistant(second)),
    )
    page = "".join(compare_page.html(comparison))
    gained, lost = page.split("A 错 B 对</span>")[1].split("A 对 B 错</span>")
    assert "错 &lt;script&gt;" in gained
    assert "2018 对" in gained
    assert "没有" in lost
    assert nasty not in page


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
    assert verdict(measure, Estimate(value, low, high, 10)).value.zh == said
    assert verdict(measure, Estimate(value, low, high, 10), by_chance=True).value.zh == "无显著差异"

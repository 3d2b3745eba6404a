"""Tables for people: aligned for a terminal, where an ideograph is two columns wide, and as Markdown."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.bilingual import Both
from eval.fault import LABELS
from eval.grounding import CITATION_PRECISION, EVIDENCE_IN_CITATIONS
from eval.latency import P50, P95
from eval.overlap import CHARACTER_F1
from eval.ranking import NDCG, RECALL
from eval.refusal import FALSE_REFUSAL_RATE, REFUSAL_PRECISION, REFUSAL_RECALL
from eval.scores import ENOUGH, MEASURES, OVERALL
from eval.text import ANSWER_ACCURACY, ANSWER_LENGTH
from eval.verdict import CORRECT

if TYPE_CHECKING:
    from eval.measure import Measure
    from eval.scores import Scores
    from eval.significance import Estimate

HEADLINE: tuple[Measure, ...] = (
    CORRECT,
    ANSWER_ACCURACY,
    CHARACTER_F1,
    EVIDENCE_IN_CITATIONS,
    CITATION_PRECISION,
    RECALL[2],
    NDCG,
    REFUSAL_PRECISION,
    REFUSAL_RECALL,
    FALSE_REFUSAL_RATE,
    ANSWER_LENGTH,
    P50,
    P95,
)
_FIELD = {
    "category": Both("类别", "category"),
    "split": Both("划分", "split"),
    "script": Both("字形", "script"),
    "answerable": Both("可回答性", "answerability"),
    "turns": Both("轮次", "turns"),
}
_VALUE = {
    OVERALL: Both("总体", "overall"),
    ("answerable", "true"): Both("可回答", "answerable"),
    ("answerable", "false"): Both("不可回答", "unanswerable"),
    ("turns", "single"): Both("单轮", "single turn"),
    ("turns", "multi"): Both("多轮", "several turns"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows of text; the first column is to the left, the others to the right."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def plain(self) -> str:
        """Return the table for a terminal."""
        lines = (self.headings, *self.rows)
        widths = [max(_width(cell) for cell in column) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join(
                _padded(cell, width, left=not at) for at, (cell, width) in enumerate(zip(line, widths, strict=True))
            )
            for line in lines
        )

    def markdown(self) -> str:
        """Return the table as Markdown."""
        rule = ("---", *("---:" for _ in self.headings[1:]))
        return "\n".join(
            "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in line) + " |"
            for line in (self.headings, rule, *self.rows)
        )


def field_label(field: str) -> Both:
    """Return the name of a field to group by as people read it."""
    return _FIELD.get(field, Both(field, field))


def value_label(key: tuple[str, str]) -> Both:
    """Return the name of a slice within its field."""
    return _VALUE.get(key, Both(key[1], key[1]))


def slice_label(key: tuple[str, str]) -> str:
    """Return the name of a slice as people read it."""
    return _VALUE[key].zh if key in _VALUE else f"{field_label(key[0]).zh} {key[1]}"


def headline(scores: Scores) -> list[Measure]:
    """Return the headline measures that say something of a run; of refusals only where some should be."""
    figures = scores.figures[OVERALL]
    silent = {REFUSAL_PRECISION} if not figures[REFUSAL_RECALL.name].n else set()
    return [measure for measure in HEADLINE if figures[measure.name].n and measure not in silent]


def whole(scores: Scores) -> set[tuple[str, str]]:
    """Return the slices that hold every case, and so repeat what is said of all."""
    cases = len(scores.sheet.ids)
    return {key for key in scores.figures if key != OVERALL and scores.sheet.size(key) == cases}


def by_slice(scores: Scores) -> Table:
    """Return the headline figures, those that say something: everything, then each slice; few cases are marked."""
    told = headline(scores)
    repeated = whole(scores)
    rows = []
    for key, figures in scores.figures.items():
        if key in repeated:
            continue
        shown = (measure.show(figures[measure.name].value) for measure in told)
        size = scores.sheet.size(key)
        rows.append((slice_label(key), f"{size}{'' if size >= ENOUGH else '*'}", *shown))
    return Table(("", "用例", *(measure.label.zh for measure in told)), tuple(rows))


def small_slices(scores: Scores) -> str | None:
    """Say which slices have too few cases, None where none has."""
    if not scores.small:
        return None
    return f"* 少于 {ENOUGH} 个用例，差别说明不了什么；全对时 95% 区间也是 100%，实际错误率仍可能高到 3 ÷ 用例数"


def overall(scores: Scores) -> Table:
    """Return every measure that says something over everything, with its interval."""
    rows = []
    for measure in MEASURES:
        estimate = scores.figures[OVERALL][measure.name]
        if estimate.n:
            name = f"{measure.label.zh}  {measure}"
            rows.append((name, measure.show(estimate.value), interval(measure, estimate), str(estimate.n)))
    return Table(("指标", "值", "95% 区间", "适用用例"), tuple(rows))


def faults(scores: Scores) -> Table:
    """Return how many cases each step lost."""
    counts = scores.faults()
    return Table(
        ("问题出在", "用例"), tuple((LABELS[fault].zh, str(counts[fault])) for fault in LABELS if counts[fault])
    )


def interval(measure: Measure, estimate: Estimate) -> str:
    """Return the interval of a figure as people read it."""
    if estimate.low is None or estimate.high is None:
        return "—"
    return f"{measure.show(estimate.low)} ~ {measure.show(estimate.high)}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _padded(text: str, width: int, *, left: bool) -> str:
    space = " " * (width - _width(text))
    return text + space if left else space + text

"""Tables for people: aligned for a terminal, where an ideograph is two columns wide, and as Markdown."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.grounding import CITATION_PRECISION, EVIDENCE_IN_CITATIONS
from eval.latency import P50, P95
from eval.ranking import NDCG, RECALL
from eval.refusal import FALSE_REFUSAL_RATE, REFUSAL_PRECISION, REFUSAL_RECALL
from eval.scores import CORRECT, MEASURES, OVERALL
from eval.text import ANSWER_ACCURACY, ANSWER_LENGTH

if TYPE_CHECKING:
    from eval.measure import Measure
    from eval.scores import Scores
    from eval.significance import Estimate

HEADLINE: tuple[Measure, ...] = (
    CORRECT,
    ANSWER_ACCURACY,
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
_FIELD = {"category": "类别", "split": "划分", "script": "字形", "answerable": "可回答", "turns": "轮次"}
_VALUE = {
    ("answerable", "true"): "可回答",
    ("answerable", "false"): "不可回答",
    ("turns", "single"): "单轮",
    ("turns", "multi"): "多轮",
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


def slice_label(key: tuple[str, str]) -> str:
    """Return the name of a slice as people read it."""
    field, value = key
    return "总体" if key == OVERALL else _VALUE.get(key, f"{_FIELD[field]} {value}")


def by_slice(scores: Scores) -> Table:
    """Return the headline figures: everything, then each slice."""
    rows = []
    for key, figures in scores.figures.items():
        shown = (measure.show(figures[measure.name].value) for measure in HEADLINE)
        rows.append((slice_label(key), str(scores.sheet.size(key)), *shown))
    return Table(("", "用例", *(measure.label for measure in HEADLINE)), tuple(rows))


def overall(scores: Scores) -> Table:
    """Return every measure over everything, with its interval."""
    rows = []
    for measure in MEASURES:
        estimate = scores.figures[OVERALL][measure.name]
        name = f"{measure.label}  {measure.name}"
        rows.append((name, measure.show(estimate.value), interval(measure, estimate), str(estimate.n)))
    return Table(("指标", "值", "95% 区间", "适用用例"), tuple(rows))


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

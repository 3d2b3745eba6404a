"""Outcomes in, figures by slice out: every measure, over everything and over each slice, with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from eval import grounding, latency, ranking, refusal, text
from eval.measure import Amount, Measure
from eval.outcome import ANSWERS
from eval.significance import CONFIDENCE, RESAMPLES, Column, estimates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from eval.dataset import Case
    from eval.outcome import Outcome
    from eval.significance import Estimate


def judged_correct(outcome: Outcome) -> bool | None:
    """Tell whether the case was handled rightly, or None where the case does not say what is right.

    An error is wrong. An expected status must be met, and nothing ``absent`` may be said. Then an answerable case is
    right by its facts, one that is not by being refused.
    """
    case = outcome.case
    expected = case.expected_status
    if outcome.failed or text.says_absent(outcome) or expected not in {None, outcome.answer.status}:
        return False
    if not case.answerable:
        return outcome.refused or expected is not None
    if case.facts and (expected is None or expected in ANSWERS):
        return text.says_facts(outcome)
    return None if expected is None else True


def _correct(outcome: Outcome) -> Amount | None:
    right = judged_correct(outcome)
    return None if right is None else Amount.yes_no(right=right)


CORRECT = Measure(
    "correct",
    "正确率",
    "全部可判的用例中处理正确的比例：可回答的按要点判，不可回答的须拒答；"
    "写明 expected_status 的还须状态相同；出错的算错。",
    "accuracy",
    _correct,
)
MEASURES: tuple[Measure, ...] = (
    CORRECT,
    *text.MEASURES,
    *grounding.MEASURES,
    *ranking.MEASURES,
    *refusal.MEASURES,
    *latency.MEASURES,
)
MEASURE = {measure.name: measure for measure in MEASURES}

OVERALL = ("overall", "")
SLICES: dict[str, Callable[[Case], str | None]] = {
    "category": lambda case: case.category,
    "split": lambda case: case.split,
    "script": lambda case: case.script,
    "answerable": lambda case: "true" if case.answerable else "false",
    "turns": lambda case: "multi" if len(case.turns) > 1 else "single",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What every measure says of every case, in the order of the dataset.

    ``columns`` follows MEASURES; ``slices`` holds each case's value of every slice; ``correct`` its verdict.
    """

    ids: tuple[str, ...]
    slices: tuple[dict[str, str | None], ...]
    correct: tuple[bool | None, ...]
    columns: tuple[Column, ...]

    @property
    def slice_keys(self) -> list[tuple[str, str]]:
        """Every slice that has cases: overall first, then by field, values sorted."""
        found = {(field, value) for row in self.slices for field, value in row.items() if value is not None}
        fields = list(SLICES)
        return [OVERALL, *sorted(found, key=lambda key: (fields.index(key[0]), key[1]))]

    def size(self, key: tuple[str, str]) -> int:
        """Return the number of cases of a slice."""
        return int(self._rows(key).sum())

    def figures(self, key: tuple[str, str], seed: int) -> dict[str, Estimate]:
        """Return each measure's figure over a slice."""
        rows = self._rows(key)
        found = estimates([column.only(rows) for column in self.columns], seed, "=".join(key))
        return {measure.name: estimate for measure, estimate in zip(MEASURES, found, strict=True)}

    def _rows(self, key: tuple[str, str]) -> np.ndarray[Any, np.dtype[np.bool_]]:
        field, value = key
        return np.array([key == OVERALL or row.get(field) == value for row in self.slices])


@dataclass(frozen=True, slots=True)
class Scores:
    """The figures of a run, by slice and measure."""

    sheet: Sheet
    seed: int
    figures: Mapping[tuple[str, str], Mapping[str, Estimate]]

    def to_json(self) -> dict[str, Any]:
        """Return the nested shape of metrics.json: overall, then by_category, by_split and so on."""
        nested: dict[str, Any] = {"overall": self._slice(OVERALL)}
        for field in SLICES:
            keys = [key for key in self.figures if key[0] == field]
            nested[f"by_{field}"] = {key[1]: self._slice(key) for key in keys}
        described = {
            measure.name: {
                "label": measure.label,
                "definition": measure.definition,
                "source": measure.source,
                "direction": measure.direction.value,
                "unit": measure.unit.value,
            }
            for measure in MEASURES
        }
        bootstrap = {"resamples": RESAMPLES, "confidence": CONFIDENCE, "seed": self.seed}
        return nested | {"cases": len(self.sheet.ids), "interval": bootstrap, "measures": described}

    def _slice(self, key: tuple[str, str]) -> dict[str, Any]:
        return {name: estimate.to_json() for name, estimate in self.figures[key].items()}


def sheet_of(outcomes: Iterable[Outcome]) -> Sheet:
    """Apply every measure to every outcome; only the values are kept, so any number of outcomes may pass."""
    ids: list[str] = []
    slices: list[dict[str, str | None]] = []
    correct: list[bool | None] = []
    amounts: list[list[Amount | None]] = []
    for outcome in outcomes:
        ids.append(outcome.case.id)
        slices.append({field: of(outcome.case) for field, of in SLICES.items()})
        correct.append(judged_correct(outcome))
        amounts.append([measure.of(outcome) for measure in MEASURES])
    columns = tuple(_column(measure, [row[position] for row in amounts]) for position, measure in enumerate(MEASURES))
    return Sheet(tuple(ids), tuple(slices), tuple(correct), columns)


def score(outcomes: Iterable[Outcome], seed: int) -> Scores:
    """Return every figure of a run; the same outcomes and seed give the same figures."""
    sheet = sheet_of(outcomes)
    return Scores(sheet, seed, {key: sheet.figures(key, seed) for key in sheet.slice_keys})


def _column(measure: Measure, amounts: list[Amount | None]) -> Column:
    told = [Amount(0.0, 0.0) if amount is None else amount for amount in amounts]
    return Column(
        measure.statistic,
        np.array([amount.value for amount in told], dtype=np.float64),
        np.array([amount.weight for amount in told], dtype=np.float64),
        np.array([amount is not None for amount in amounts], dtype=np.bool_),
    )

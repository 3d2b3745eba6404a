"""Outcomes in, figures by slice out: every measure, over everything and over each slice, with its interval."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from eval import claims, grounding, latency, overlap, ranking, refusal, spans, text
from eval.case import groups
from eval.coverage import Curve, certainty, curve
from eval.fault import Fault, fault_of
from eval.measure import Amount, Measure
from eval.significance import CONFIDENCE, RESAMPLES, Column, estimates
from eval.verdict import CORRECT, judged_correct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from eval.outcome import Outcome
    from eval.significance import Estimate

    Key = tuple[str, str]

MEASURES: tuple[Measure, ...] = (
    CORRECT,
    *text.MEASURES,
    *overlap.MEASURES,
    *grounding.MEASURES,
    *spans.MEASURES,
    *claims.MEASURES,
    *ranking.MEASURES,
    *refusal.MEASURES,
    *latency.MEASURES,
)
MEASURE = {measure.name.casefold(): measure for measure in MEASURES}

OVERALL = ("overall", "")
FIELDS = ("category", "split", "script", "answerable", "turns")  # the slices that every run has
MOST_VALUES = 30  # of a field beyond the format; one with more is no way of grouping
ENOUGH = 30  # cases; below it a slice tells little


@dataclass(frozen=True, slots=True)
class Sheet:
    """What every measure says of every case, in the order of the dataset.

    ``columns`` follows MEASURES; ``slices`` holds each case's value of every field; ``correct`` its verdict and
    ``faults`` what went wrong.
    """

    ids: tuple[str, ...]
    slices: Mapping[str, tuple[str | None, ...]]
    correct: tuple[bool | None, ...]
    faults: tuple[Fault | None, ...]
    columns: tuple[Column, ...]
    curve: Curve

    @property
    def slice_keys(self) -> list[Key]:
        """Every slice that has cases: overall first, then by field, values sorted."""
        found = [(field, value) for field, row in self.slices.items() for value in sorted({*row} - {None}, key=str)]
        return [OVERALL, *((field, value) for field, value in found if value is not None)]

    def size(self, key: Key) -> int:
        """Return the number of cases of a slice."""
        return int(self.rows(key).sum())

    def column(self, measure: Measure) -> Column:
        """Return what one measure says."""
        return self.columns[MEASURES.index(measure)]

    def figures(self, key: Key, seed: int) -> dict[str, Estimate]:
        """Return each measure's figure over a slice."""
        rows = self.rows(key)
        found = estimates([column.only(rows) for column in self.columns], seed, "=".join(key))
        return {measure.name: estimate for measure, estimate in zip(MEASURES, found, strict=True)}

    def rows(self, key: Key) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Tell of each case whether it is in a slice."""
        field, value = key
        if key == OVERALL:
            return np.ones(len(self.ids), dtype=np.bool_)
        return np.array([told == value for told in self.slices[field]], dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Scores:
    """The figures of a run, by slice and measure."""

    sheet: Sheet
    seed: int
    figures: Mapping[Key, Mapping[str, Estimate]]

    @property
    def small(self) -> list[Key]:
        """The slices with too few cases to tell anything by."""
        return [key for key in self.figures if self.sheet.size(key) < ENOUGH]

    def faults(self, key: Key = OVERALL) -> Counter[Fault]:
        """Count what went wrong in a slice."""
        rows = self.sheet.rows(key)
        return Counter(fault for fault, inside in zip(self.sheet.faults, rows, strict=True) if inside and fault)

    def to_json(self) -> dict[str, Any]:
        """Return the nested shape of metrics.json: overall, then by_category, by_split and so on."""
        nested: dict[str, Any] = {"overall": self._slice(OVERALL)}
        for field in self.sheet.slices:
            keys = [key for key in self.figures if key[0] == field]
            nested[f"by_{field}"] = {key[1]: self._slice(key) for key in keys}
        bootstrap = {"resamples": RESAMPLES, "confidence": CONFIDENCE, "seed": self.seed}
        return nested | {
            "cases": len(self.sheet.ids),
            "faults": {fault.value: count for fault, count in sorted(self.faults().items())},
            "coverage_accuracy": self.sheet.curve.to_json(),
            "too_small": ["=".join(key).removesuffix("=") for key in self.small],
            "interval": bootstrap,
            "measures": {measure.name: _described(measure) for measure in MEASURES},
        }

    def _slice(self, key: Key) -> dict[str, Any]:
        return {name: estimate.to_json() for name, estimate in self.figures[key].items()}


def _described(measure: Measure) -> dict[str, str]:
    return {
        "label": measure.label.zh,
        "label_en": measure.label.en,
        "definition": measure.definition.zh,
        "definition_en": measure.definition.en,
        "source": measure.source,
        "direction": measure.direction.value,
        "unit": measure.unit.value,
    }


class _Tally:
    """What is kept of each outcome: numbers only, so that any number of outcomes may pass."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.slices: dict[str, list[str | None]] = {field: [] for field in FIELDS}
        self.correct: list[bool | None] = []
        self.faults: list[Fault | None] = []
        self.amounts = [(array("d"), array("d"), array("b")) for _ in MEASURES]
        self.given: list[tuple[float, bool]] = []

    def add(self, outcome: Outcome) -> None:
        right = judged_correct(outcome)
        told = groups(outcome.case)
        for field in told.keys() - self.slices.keys():
            self.slices[field] = [None] * len(self.ids)
        for field, row in self.slices.items():
            row.append(told.get(field))
        self.ids.append(outcome.case.id)
        self.correct.append(right)
        self.faults.append(fault_of(outcome, right=right))
        for measure, (values, weights, applies) in zip(MEASURES, self.amounts, strict=True):
            amount = measure.of(outcome)
            value, weight = amount or Amount(0.0, 0.0)
            values.append(value)
            weights.append(weight)
            applies.append(amount is not None)
        if outcome.answered and right is not None:
            self.given.append((certainty(outcome), right))

    def sheet(self) -> Sheet:
        """Return the sheet; of the fields beyond the format those by which cases can be grouped."""
        kept = {
            field: tuple(row)
            for field, row in self.slices.items()
            if field in FIELDS or 1 < len({*row}) <= min(MOST_VALUES, len(row) // 2)
        }
        columns = (
            Column(measure.statistic, np.array(values), np.array(weights), np.array(applies, dtype=np.bool_))
            for measure, (values, weights, applies) in zip(MEASURES, self.amounts, strict=True)
        )
        judged = sum(right is not None for right in self.correct)
        drawn = curve([sure for sure, _ in self.given], [right for _, right in self.given], judged)
        return Sheet(tuple(self.ids), kept, tuple(self.correct), tuple(self.faults), tuple(columns), drawn)


def sheet_of(outcomes: Iterable[Outcome]) -> Sheet:
    """Apply every measure to every outcome."""
    tally = _Tally()
    for outcome in outcomes:
        tally.add(outcome)
    return tally.sheet()


def score(outcomes: Iterable[Outcome], seed: int) -> Scores:
    """Return every figure of a run; the same outcomes and seed give the same figures."""
    sheet = sheet_of(outcomes)
    return Scores(sheet, seed, {key: sheet.figures(key, seed) for key in sheet.slice_keys})

"""Statistics over cases: the percentile bootstrap for intervals, plain and paired, and McNemar's exact test.

Efron and Tibshirani, *An Introduction to the Bootstrap*, 1993, chapter 13; the paired form over the same resampled
cases is Koehn, "Statistical significance tests for machine translation evaluation", EMNLP 2004. McNemar, "Note on the
sampling error of the difference between correlated proportions", Psychometrika 12, 1947, in its exact binomial form.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RESAMPLES = 1_000
CONFIDENCE = 0.95
_BATCH_CELLS = 2_000_000  # counts held at a time: 16 MB


class Statistic(Protocol):
    """A figure over weighted cases, for many multiplicities of them at once."""

    def over(self, values: Floats, weights: Floats, counts: Floats) -> Floats:
        """Return one figure for each row of ``counts`` (rows, cases); NaN where no case says anything.

        ``counts`` tells how often each case was drawn; cases to be left out have value and weight 0.
        """


@dataclass(frozen=True, slots=True)
class Ratio:
    """The sum of the values by the sum of the weights: a mean, a precision, an F1."""

    def over(self, values: Floats, weights: Floats, counts: Floats) -> Floats:
        """See Statistic.over."""
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio: Floats = (counts @ values) / (counts @ weights)
        return ratio


@dataclass(frozen=True, slots=True)
class Quantile:
    """The nearest-rank quantile: the smallest value with at least this share of the cases at or below it."""

    share: float

    def over(self, values: Floats, weights: Floats, counts: Floats) -> Floats:
        """See Statistic.over; weights only tell which cases take part."""
        order = np.argsort(values, kind="stable")
        reached = np.cumsum(counts[:, order] * (weights[order] > 0), axis=1)
        total = reached[:, -1:]
        first = np.argmax(reached >= np.maximum(np.ceil(self.share * total - 1e-9), 1), axis=1)
        found: Floats = np.where(total[:, 0] > 0, values[order][first], np.nan)
        return found


@dataclass(frozen=True, slots=True)
class Column:
    """One measure over the cases of a run; a case on which it says nothing has value and weight 0."""

    statistic: Statistic
    values: Floats
    weights: Floats
    applies: NDArray[np.bool_]

    def only(self, rows: NDArray[np.bool_]) -> Column:
        """Return the column over some of the cases."""
        return Column(self.statistic, self.values[rows], self.weights[rows], self.applies[rows])


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, its 95 % interval, and the number of cases it says something about; None where there are none."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    def to_json(self) -> dict[str, float | int | None]:
        """Return the shape in metrics.json."""
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n}


def estimates(columns: Sequence[Column], seed: int, name: str) -> list[Estimate]:
    """Return each column's figure with its interval.

    ``name`` (of the slice) goes into the seed, so that a figure does not depend on which other slices there are.
    """
    drawn = [np.concatenate(parts) for parts in zip(*_drawn(columns, seed, name), strict=True)]
    results = []
    for column, sample in zip(columns, drawn, strict=True):
        low, high = _interval(sample)
        results.append(Estimate(_value(column), low, high, int(column.applies.sum())))
    return results


def differences(before: Sequence[Column], after: Sequence[Column], seed: int) -> list[Estimate]:
    """Return ``after`` minus ``before`` for each pair of columns over the same cases, with its paired interval."""
    pairs = [(*_drawn_pair,) for _drawn_pair in _drawn([*before, *after], seed, "difference")]
    drawn = [np.concatenate(parts) for parts in zip(*pairs, strict=True)]
    results = []
    for position, (old, new) in enumerate(zip(before, after, strict=True)):
        low, high = _interval(drawn[len(before) + position] - drawn[position])
        was, now = _value(old), _value(new)
        value = None if was is None or now is None else now - was
        results.append(Estimate(value, low, high, int((old.applies | new.applies).sum())))
    return results


def mcnemar(gained: int, lost: int) -> float:
    """Return the two-sided exact p of so many cases gained and lost, if either were as likely: 1 where none flipped."""
    flipped = gained + lost
    tail = sum(math.comb(flipped, fewer) for fewer in range(min(gained, lost) + 1))
    return min(1.0, float(2 * tail / 2**flipped))


def flips(before: Column, after: Column) -> tuple[int, int] | None:
    """Return how many cases a yes-or-no measure gained and lost; None where it is no such measure.

    Cases on which it says nothing in either run are left out.
    """
    told = before.applies & after.applies
    for column in (before, after):
        if not isinstance(column.statistic, Ratio) or not np.isin(column.values[told], (0.0, 1.0)).all():
            return None
        if not (column.weights[told] == 1.0).all():
            return None
    change = after.values[told] - before.values[told]
    return int((change > 0).sum()), int((change < 0).sum())


def _drawn(columns: Sequence[Column], seed: int, name: str) -> Iterator[list[Floats]]:
    """Yield, batch by batch, every column's figure on the same resampled cases."""
    cases = len(columns[0].values)
    generator = np.random.default_rng([seed, zlib.crc32(name.encode())])
    batch = max(1, min(RESAMPLES, _BATCH_CELLS // max(1, cases)))
    for start in range(0, RESAMPLES, batch):
        size = min(batch, RESAMPLES - start)
        counts = generator.multinomial(cases, np.full(cases, 1 / cases), size=size).astype(np.float64)
        yield [column.statistic.over(column.values, column.weights, counts) for column in columns]


def _value(column: Column) -> float | None:
    value = column.statistic.over(column.values, column.weights, np.ones((1, len(column.values))))[0]
    return None if np.isnan(value) else float(value)


def _interval(sample: Floats) -> tuple[float | None, float | None]:
    told = sample[~np.isnan(sample)]
    if not len(told):
        return None, None
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(told, (tail, 1 - tail))
    return float(low), float(high)

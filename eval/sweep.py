"""Many settings over one question set: a table, the best trade of accuracy against latency, and a choice to trust.

The best of many points looks better than it is, because it was chosen by the same cases that it is judged by. So the
choice is cross-validated: on each fold the point that was best on the other folds is judged (Stone, Cross-validatory
choice and assessment of statistical predictions, JRSS B 36, 1974). What that gives is what choosing this way is worth.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from eval.bilingual import Both
from eval.compare import LEVEL, signed
from eval.errors import SweepError
from eval.folder import RunFolder
from eval.folder import replace as replace_file
from eval.latency import P50, P95
from eval.manifest import masked
from eval.measure import Direction
from eval.report import Report, scored
from eval.run import Options, run_together
from eval.scores import OVERALL
from eval.significance import Ratio, differences, flips, mcnemar
from eval.table import Table, interval
from eval.variant import Variant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from eval.dataset import Dataset
    from eval.grid import Sweep
    from eval.measure import Measure
    from eval.run import Progress
    from eval.scores import Sheet
    from eval.significance import Column, Estimate


@dataclass(frozen=True, slots=True)
class Point:
    """One set of settings and what it reached; ``front`` tells whether no other point is both better and faster."""

    number: int
    changes: dict[str, Any]
    report: Report
    front: bool = False
    same_as: int | None = None

    @property
    def name(self) -> str:
        """The changes on one line."""
        return "，".join(f"{name}={value}" for name, value in self.changes.items()) or "现在的设置"

    def figure(self, measure: Measure) -> Estimate:
        """Return a figure over all cases."""
        return self.report.scores.figures[OVERALL][measure.name]


@dataclass(frozen=True, slots=True)
class Choice:
    """The point to take, and how sure that is.

    ``validated`` is what choosing is worth on cases it was not made by, ``picked`` how often each point was chosen;
    ``difference`` and ``p`` are those of the best point against the first one.
    """

    best: int
    validated: float | None
    picked: Counter[int]
    difference: Estimate
    p: float | None
    worth_it: bool


@dataclass(frozen=True, slots=True)
class Swept:
    """A finished sweep."""

    sweep: Sweep
    folder: Path
    points: tuple[Point, ...]
    choice: Choice

    def table(self) -> Table:
        """Return the points as a table, the best first."""
        target = self.sweep.target
        rows = []
        for point in self.ranked():
            estimate = point.figure(target)
            marks = ("*" if point.front else "") + ("←" if point.number == self.choice.best else "")
            same = f"（回答与第 {point.same_as} 组全同）" if point.same_as else ""
            latencies = (measure.show(point.figure(measure).value) for measure in (P50, P95))
            shown = (target.show(estimate.value), interval(target, estimate), *latencies)
            rows.append((f"{point.number}  {point.name}{same}", *shown, str(self.choice.picked[point.number]), marks))
        headings = ("设置", target.label.zh, "95% 区间", "p50 毫秒", "p95 毫秒", "交叉验证选中", "")
        return Table(headings, tuple(rows))

    def ranked(self) -> list[Point]:
        """Return the points, the best by the target first."""
        sign = -1 if self.sweep.target.direction is Direction.LOWER else 1
        worst = float("-inf")

        def key(point: Point) -> float:
            value = point.figure(self.sweep.target).value
            return worst if value is None else sign * value

        return sorted(self.points, key=key, reverse=True)

    def conclusion(self) -> Both:
        """Say what to do."""
        target, choice = self.sweep.target, self.choice
        best, first = (self.points[number - 1] for number in (choice.best, 1))
        worth, now = target.show(choice.validated), target.show(first.figure(target).value)
        validated = Both(
            f"这样挑选，在没有参与挑选的用例上是 {worth}（{self.sweep.folds} 折交叉验证），第 1 组是 {now}。",
            f"Choosing this way is worth {worth} on cases that took no part ({self.sweep.folds}-fold cross-validation); "
            f"point 1 has {now}. ",
        )
        if choice.best == 1:
            return Both(
                f"第 1 组（{first.name}）最好，不必改动。{validated.zh}",
                f"Point 1 ({first.name}) is best: nothing to change. {validated.en}",
            )
        low, high = (signed(target, value) for value in (choice.difference.low, choice.difference.high))
        p = "" if choice.p is None else f", McNemar p = {choice.p:.3f}"
        figures = f"{signed(target, choice.difference.value)} (95%: {low} ~ {high}{p})"
        verdict = (
            Both("差别显著，值得改。", "The difference is significant: worth changing.")
            if choice.worth_it
            else Both("无显著差异，没有理由改动。", "No significant difference: no reason to change.")
        )
        return Both(
            f"最好的是第 {best.number} 组（{best.name}），比第 1 组：{figures}。{validated.zh}{verdict.zh}",
            f"Point {best.number} ({best.name}) is best, against point 1: {figures}. {validated.en}{verdict.en}",
        )

    def summary(self) -> str:
        """Return the sweep as text for a terminal."""
        return f"{self.table().plain()}\n\n* 没有别的设置又好又快　← 最好的\n\n{self.conclusion().zh}"

    def to_json(self) -> dict[str, Any]:
        """Return the shape of sweep.json."""
        points = [
            {
                "number": point.number,
                "changes": point.changes,
                "run": str(point.report.folder.path),
                "front": point.front,
                "same_answers_as": point.same_as,
                "picked": self.choice.picked[point.number],
                "figures": {name: figure.to_json() for name, figure in point.report.scores.figures[OVERALL].items()},
            }
            for point in self.points
        ]
        choice = {
            "best": self.choice.best,
            "cross_validated": self.choice.validated,
            "difference_to_first": self.choice.difference.to_json(),
            "mcnemar_p": self.choice.p,
            "worth_it": self.choice.worth_it,
        }
        return {"target": self.sweep.target.name, "folds": self.sweep.folds, "choice": choice, "points": points}


def run_sweep(sweep: Sweep, dataset: Dataset, folder: Path, options: Options, progress: Progress) -> Swept:
    """Run every point and choose; each point leaves a run folder of its own under ``folder/points``.

    Raises SweepError, RunError, and whatever a point raises when it cannot be composed.
    """
    chosen = dataset if sweep.where is None else dataset.only(*sweep.where)
    variants = [Variant(_index(sweep, changes, folder), changes) for changes in sweep.points]
    folders = [RunFolder(folder / "points" / f"{number:03d}") for number in range(1, len(variants) + 1)]
    run_together(chosen, list(zip(variants, folders, strict=True)), options, progress)
    reports = [scored(run_folder) for run_folder in folders]
    pairs = zip(sweep.points, reports, strict=True)
    points = [Point(number, masked(changes), report) for number, (changes, report) in enumerate(pairs, start=1)]
    swept = Swept(sweep, folder, _compared(points, sweep.target), _choice(points, sweep, options.seed))
    text = json.dumps(swept.to_json(), ensure_ascii=False, indent=2) + "\n"
    replace_file(folder / "sweep.json", [text.encode()])
    return swept


def _index(sweep: Sweep, changes: dict[str, Any], folder: Path) -> Path | None:
    """Return the index of a point; one is built for each encoder where there are sources."""
    if not sweep.sources:
        return sweep.index
    from assistant import compose  # noqa: PLC0415  heavy
    from knowledge.build import build  # noqa: PLC0415

    encoder = "".join(letter if letter.isalnum() else "-" for letter in str(changes.get("POLICY_ENCODER", "default")))
    path = folder / "indexes" / encoder
    if not (path / "current").exists():
        with Variant(None, changes).composing():
            build(path, list(sweep.sources), compose.embedder())
    return path


def _compared(points: Sequence[Point], target: Measure) -> tuple[Point, ...]:
    """Mark the points on the front, and those whose answers are all those of an earlier point."""
    sign = -1 if target.direction is Direction.LOWER else 1
    places = [(sign * (point.figure(target).value or 0.0), -(point.figure(P50).value or 0.0)) for point in points]
    seen: dict[tuple[str, ...], int] = {}
    marked = []
    for point, place in zip(points, places, strict=True):
        beaten = any(other != place and other[0] >= place[0] and other[1] >= place[1] for other in places)
        said = tuple(outcome.answer.status + outcome.answer.answer for outcome in point.report.folder.outcomes())
        first = seen.setdefault(said, point.number)
        marked.append(replace(point, front=not beaten, same_as=first if first != point.number else None))
    return tuple(marked)


def _choice(points: Sequence[Point], sweep: Sweep, seed: int) -> Choice:
    sheets = [point.report.scores.sheet for point in points]
    columns = [sheet.column(sweep.target) for sheet in sheets]
    if not isinstance(columns[0].statistic, Ratio):
        raise SweepError(f"target {sweep.target} 是分位数，不能用来做交叉验证，请换成比例或平均值一类的指标")
    if not columns[0].applies.any():
        raise SweepError(f"这份题集上 target {sweep.target} 没有适用的用例，请换一个指标")
    folds = dealt(sheets[0], sweep.folds, seed)
    validated, picked = cross_validated(columns, folds, sweep.target)
    best = _best(columns, np.ones(len(folds), dtype=np.bool_), sweep.target) + 1
    (difference,) = differences([columns[0]], [columns[best - 1]], seed)
    flipped = flips(columns[0], columns[best - 1])
    p = None if flipped is None or best == 1 else mcnemar(*flipped)
    apart = difference.low is not None and difference.high is not None and not difference.low <= 0 <= difference.high
    worth_it = best != 1 and apart and (p is None or p < LEVEL)
    return Choice(best, validated, Counter(number + 1 for number in picked), difference, p, worth_it)


def dealt(sheet: Sheet, folds: int, seed: int) -> NDArray[np.int64]:
    """Return the fold of each case: shuffled, then dealt out category by category, so that each fold has of each."""
    generator = np.random.default_rng([seed, folds])
    shuffled = generator.permutation(len(sheet.ids))
    categories = sheet.slices["category"]
    order = sorted(shuffled, key=lambda case: str(categories[case]))
    fold = np.empty(len(order), dtype=np.int64)
    fold[np.array(order)] = np.arange(len(order)) % folds
    return fold


def cross_validated(
    columns: Sequence[Column], folds: NDArray[np.int64], target: Measure
) -> tuple[float | None, list[int]]:
    """Return what the points chosen without each fold reach on it, all folds together, and which were chosen."""
    value = weight = 0.0
    picked = []
    for fold in np.unique(folds):
        inside = folds == fold
        best = _best(columns, ~inside, target)
        picked.append(best)
        value += float(columns[best].values[inside].sum())
        weight += float(columns[best].weights[inside].sum())
    return (value / weight if weight else None), picked


def _best(columns: Sequence[Column], rows: NDArray[np.bool_], target: Measure) -> int:
    """Return the point with the best figure over some cases; of equal ones the first."""
    sign = -1 if target.direction is Direction.LOWER else 1
    figures = []
    for column in columns:
        weight = column.weights[rows].sum()
        figures.append(sign * column.values[rows].sum() / weight if weight else -np.inf)
    return int(np.argmax(np.round(figures, 12)))

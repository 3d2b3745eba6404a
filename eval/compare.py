"""Two runs over the same cases: what changed, whether it could be chance, and which cases flipped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.errors import ComparisonError
from eval.measure import Direction
from eval.report import scored
from eval.scores import MEASURES, OVERALL
from eval.significance import differences
from eval.table import Table

if TYPE_CHECKING:
    from eval.folder import RunFolder
    from eval.measure import Measure
    from eval.report import Report
    from eval.significance import Estimate


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that one run handled rightly and the other wrongly."""

    id: str
    question: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Run B set against run A: each measure's difference (B minus A) with its paired interval, and the flips."""

    before: Report
    after: Report
    differences: tuple[Estimate, ...]
    gained: tuple[Flip, ...]
    lost: tuple[Flip, ...]

    def table(self) -> Table:
        """Return the differences as a table."""
        rows = []
        was, now = (report.scores.figures[OVERALL] for report in (self.before, self.after))
        for measure, difference in zip(MEASURES, self.differences, strict=True):
            values = (measure.show(figures[measure.name].value) for figures in (was, now))
            change = (_signed(measure, difference.value), _interval(measure, difference), verdict(measure, difference))
            rows.append((f"{measure.label}  {measure.name}", *values, *change))
        return Table(("指标", "A", "B", "B − A", "95% 区间", "判断"), tuple(rows))

    def summary(self) -> str:
        """Return the comparison as text for a terminal."""
        parts = [f"A：{self.before.folder.path}\nB：{self.after.folder.path}", self.table().plain()]
        for title, flips in (("A 错 B 对", self.gained), ("A 对 B 错", self.lost)):
            lines = [f"{title}：{len(flips)} 个用例"]
            for flip in flips:
                lines += [f"  {flip.id}  {flip.question}", f"    A：{flip.before}", f"    B：{flip.after}"]
            parts.append("\n".join(lines))
        return "\n\n".join(parts)


def compare(before: RunFolder, after: RunFolder) -> Comparison:
    """Set run B against run A; raises ComparisonError when they did not answer the same cases."""
    first, second = scored(before), scored(after)
    if first.manifest.dataset_sha256 != second.manifest.dataset_sha256:
        raise ComparisonError(
            f"两个批次的题集不同，不能比较：{before.path} 用 {first.manifest.dataset}，"
            f"{after.path} 用 {second.manifest.dataset}（内容的 SHA-256 不同）"
        )
    old, new = first.scores.sheet, second.scores.sheet
    if old.ids != new.ids:
        raise ComparisonError(
            f"两个批次回答的用例不同，不能比较：{before.path} 有 {len(old.ids)} 个，{after.path} 有 {len(new.ids)} 个，"
            "请用同样的 --limit 运行"
        )
    changes = tuple(differences(old.columns, new.columns, first.manifest.seed))
    gained, lost = _flips(first, second)
    return Comparison(first, second, changes, gained, lost)


def verdict(measure: Measure, difference: Estimate) -> str:
    """Say what a difference means; it could be chance when its interval holds zero."""
    if difference.value is None or difference.low is None or difference.high is None:
        return "—"
    if difference.low <= 0 <= difference.high:
        return "无显著差异"
    if measure.direction is Direction.NEITHER:
        return "显著变化"
    better = (difference.value > 0) == (measure.direction is Direction.HIGHER)
    return "显著变好" if better else "显著变差"


def _flips(first: Report, second: Report) -> tuple[tuple[Flip, ...], tuple[Flip, ...]]:
    flips: dict[bool, list[Flip]] = {True: [], False: []}
    verdicts = zip(first.scores.sheet.correct, second.scores.sheet.correct, strict=True)
    outcomes = zip(first.folder.outcomes(), second.folder.outcomes(), strict=True)
    for (old, new), (was, now) in zip(outcomes, verdicts, strict=True):
        if was is not None and now is not None and was != now:
            said = (_line(outcome.answer.error or outcome.answer.answer) for outcome in (old, new))
            flips[now].append(Flip(old.case.id, _line(old.case.turns[-1]), *said))
    return tuple(flips[True]), tuple(flips[False])


def _line(text: str) -> str:
    return " ".join(text.split())


def _signed(measure: Measure, value: float | None) -> str:
    return measure.show(value) if value is None or value <= 0 else "+" + measure.show(value)


def _interval(measure: Measure, difference: Estimate) -> str:
    if difference.low is None or difference.high is None:
        return "—"
    return f"{_signed(measure, difference.low)} ~ {_signed(measure, difference.high)}"

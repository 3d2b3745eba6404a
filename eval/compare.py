"""Two runs over the same cases: what changed, whether it could be chance, and which cases flipped."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eval.bilingual import Both
from eval.errors import ComparisonError
from eval.grounding import EVIDENCE_COMPLETE
from eval.measure import Unit
from eval.overlap import CHARACTER_F1
from eval.ranking import DOCUMENT_RECALL, RECALL
from eval.report import scored
from eval.scores import MEASURES, OVERALL
from eval.significance import differences, flips, mcnemar
from eval.table import Table
from eval.verdict import CORRECT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eval.fault import Fault
    from eval.folder import RunFolder
    from eval.measure import Measure
    from eval.outcome import Outcome
    from eval.report import Report
    from eval.significance import Estimate

LEVEL = 0.05
DECISIVE = (CORRECT, EVIDENCE_COMPLETE, CHARACTER_F1, RECALL[-1], DOCUMENT_RECALL[-1])


class Meaning(enum.Enum):
    """What a difference means."""

    BETTER = Both("显著变好", "significantly better")
    WORSE = Both("显著变差", "significantly worse")
    CHANGED = Both("显著变化", "significant change")
    NONE = Both("无显著差异", "no significant difference")
    UNKNOWN = Both("—", "—")


@dataclass(frozen=True, slots=True)
class Change:
    """One measure in both runs: B minus A with its paired interval, and McNemar's p where cases are right or wrong."""

    measure: Measure
    before: Estimate
    after: Estimate
    difference: Estimate
    flipped: tuple[int, int] | None

    @property
    def p(self) -> float | None:
        """The probability of flips as uneven as these by chance; None where cases do not flip."""
        return None if self.flipped is None else mcnemar(*self.flipped)

    @property
    def meaning(self) -> Meaning:
        """What it means; where there are two tests, both have to tell a difference."""
        by_chance = self.p is not None and self.p >= LEVEL
        return verdict(self.measure, self.difference, by_chance=by_chance)

    def to_json(self) -> dict[str, Any]:
        """Return the shape in comparison.json."""
        return {
            "before": self.before.to_json(),
            "after": self.after.to_json(),
            "difference": self.difference.to_json(),
            "flipped": self.flipped,
            "mcnemar_p": self.p,
            "meaning": self.meaning.value.en,
        }


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that one run handled rightly and the other wrongly, with what was at fault in the wrong one."""

    before: Outcome
    after: Outcome
    fault: Fault | None

    @property
    def id(self) -> str:
        """The case's id."""
        return self.before.case.id

    @property
    def question(self) -> str:
        """The scored question, on one line."""
        return one_line(self.before.case.turns[-1])


@dataclass(frozen=True, slots=True)
class Comparison:
    """Run B set against run A."""

    before: Report
    after: Report
    changes: tuple[Change, ...]
    gained: tuple[Flip, ...]
    lost: tuple[Flip, ...]

    @property
    def told(self) -> tuple[Change, ...]:
        """The measures that say something in one of the runs."""
        return tuple(change for change in self.changes if change.before.n or change.after.n)

    @property
    def headline(self) -> Change:
        """The change that decides: of the first measure in DECISIVE that says something."""
        by_measure = {change.measure: change for change in self.told}
        return next((by_measure[measure] for measure in DECISIVE if measure in by_measure), self.told[0])

    def conclusion(self) -> Both:
        """Say in one sentence whether B is better."""
        change = self.headline
        show, said = change.measure.show, change.meaning.value
        figures = f"{show(change.before.value)} → {show(change.after.value)}"
        difference = signed(change.measure, change.difference.value)
        p = "" if change.p is None else f"McNemar p = {change.p:.3f}"
        told = [f"B − A {difference}", "95% " + interval(change), *filter(None, [p])]
        return Both(
            f"{change.measure.label.zh} {figures}（{'，'.join(told)}）：{said.zh}",
            f"{change.measure.label.en} {figures} ({', '.join(told)}): {said.en}",
        )

    def table(self) -> Table:
        """Return the differences as a table."""
        rows = []
        for change in self.told:
            measure = change.measure
            values = (measure.show(estimate.value) for estimate in (change.before, change.after))
            p = "—" if change.p is None else f"{change.p:.3f}"
            said = (signed(measure, change.difference.value), interval(change), p, change.meaning.value.zh)
            rows.append((f"{measure.label.zh}  {measure}", *values, *said))
        return Table(("指标", "A", "B", "B − A", "95% 区间", "McNemar p", "判断"), tuple(rows))

    def summary(self) -> str:
        """Return the comparison as text for a terminal."""
        conclusion = self.conclusion()
        parts = [f"A：{self.before.folder.path}\nB：{self.after.folder.path}", f"{conclusion.zh}\n{conclusion.en}"]
        parts.append(self.table().plain())
        for title, found in (("A 错 B 对", self.gained), ("A 对 B 错", self.lost)):
            lines = [f"{title}：{len(found)} 个用例"]
            for flip in found:
                said = [
                    one_line(outcome.answer.error or outcome.answer.answer) for outcome in (flip.before, flip.after)
                ]
                lines += [f"  {flip.id}  {flip.question}", f"    A：{said[0]}", f"    B：{said[1]}"]
            parts.append("\n".join(lines))
        return "\n\n".join(parts)

    def to_json(self) -> dict[str, Any]:
        """Return the shape of comparison.json."""
        return {
            "before": str(self.before.folder.path),
            "after": str(self.after.folder.path),
            "measures": {change.measure.name: change.to_json() for change in self.changes},
            "gained": [flip.id for flip in self.gained],
            "lost": [flip.id for flip in self.lost],
        }


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
    found = differences(old.columns, new.columns, first.manifest.seed)
    changes = []
    for measure, difference, *columns in zip(MEASURES, found, old.columns, new.columns, strict=True):
        was, now = (report.scores.figures[OVERALL][measure.name] for report in (first, second))
        changes.append(Change(measure, was, now, difference, flips(*columns)))
    gained, lost = (tuple(_flips(first, second, right=right)) for right in (True, False))
    return Comparison(first, second, tuple(changes), gained, lost)


def verdict(measure: Measure, difference: Estimate, *, by_chance: bool = False) -> Meaning:
    """Say what a difference means; it could be chance when its interval holds zero."""
    if difference.value is None or difference.low is None or difference.high is None:
        return Meaning.UNKNOWN
    if difference.low <= 0 <= difference.high or by_chance:
        return Meaning.NONE
    better = measure.better(difference.value)
    return {True: Meaning.BETTER, False: Meaning.WORSE, None: Meaning.CHANGED}[better]


def signed(measure: Measure, value: float | None) -> str:
    """Return a difference with its sign."""
    if value is None:
        return "—"
    said = f"{value:+.1f}" if measure.unit is Unit.CHARACTERS else measure.show(value)
    if not any(digit in said for digit in "123456789"):
        return said.lstrip("+-")
    return said if said[0] in "+-" else "+" + said


def interval(change: Change) -> str:
    """Return the interval of a difference as people read it."""
    low, high = change.difference.low, change.difference.high
    if low is None or high is None:
        return "—"
    return f"{signed(change.measure, low)} ~ {signed(change.measure, high)}"


def one_line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())


def _flips(first: Report, second: Report, *, right: bool) -> Iterator[Flip]:
    """Yield the cases that came to be right, or wrong; where facts do not judge, a case is right without a fault."""
    for (old, was, fault_then), (new, now, fault_now) in zip(first.judged(), second.judged(), strict=True):
        before, after = (fault_then is None if was is None else was), (fault_now is None if now is None else now)
        if before is not after and after is right:
            yield Flip(old, new, fault_then if right else fault_now)

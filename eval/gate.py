"""Requirements on the figures of a run: met or not, for a script to act on."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.errors import RequirementError
from eval.measure import Direction
from eval.scores import MEASURE, OVERALL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from eval.measure import Measure
    from eval.report import Report

_FORM = re.compile(
    r"(?:(?P<field>\w+)=(?P<value>.+):)?(?P<measure>[\w@]+)\s*(?P<sign>>=|<=|>|<)\s*(?P<bound>-?\d+(?:\.\d+)?)"
)
_SIGNS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}


@dataclass(frozen=True, slots=True)
class Requirement:
    """A bound on a measure over a slice, as it was written."""

    text: str
    key: tuple[str, str]
    measure: Measure
    sign: str
    bound: float

    def met_by(self, value: float | None) -> bool:
        """Tell whether the value keeps the bound; a figure over no case at all does not."""
        return value is not None and bool(_SIGNS[self.sign](value, self.bound))


@dataclass(frozen=True, slots=True)
class Verdict:
    """A requirement and the figure it was held against."""

    requirement: Requirement
    value: float | None

    @property
    def met(self) -> bool:
        """Whether the requirement is met."""
        return self.requirement.met_by(self.value)

    def __str__(self) -> str:
        reached = "没有适用的用例" if self.value is None else f"实际 {self.value:.4f}"
        return f"{'通过' if self.met else '未达标'}：{self.requirement.text}（{reached}）"


def parse(text: str) -> Requirement:
    """Read ``answer_accuracy>=0.9`` or ``category=eligibility:answer_accuracy>=0.9``; raises RequirementError.

    A bound must be on the side on which the measure can fail: a measure of which more is better has a lower bound.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise RequirementError(
            f"看不懂要求 {text!r}，应写成 answer_accuracy>=0.9 或 category=类别:answer_accuracy>=0.9"
        )
    measure = MEASURE.get(match["measure"].casefold())
    if measure is None:
        known = "、".join(str(measure) for measure in MEASURE.values())
        raise RequirementError(f"要求 {text!r} 里没有叫 {match['measure']} 的指标，可用：{known}")
    wrong_side = {Direction.HIGHER: "<", Direction.LOWER: ">"}.get(measure.direction)
    if match["sign"][0] == wrong_side:
        better = "越大越好，应写 >=" if measure.direction is Direction.HIGHER else "越小越好，应写 <="
        raise RequirementError(f"要求 {text!r} 的方向反了：{measure.name} {better}")
    key = OVERALL if match["field"] is None else (match["field"], match["value"])
    return Requirement(text.strip(), key, measure, match["sign"], float(match["bound"]))


def read(path: Path) -> list[Requirement]:
    """Read requirements from a file, one a line; blank lines and what follows a # are left out.

    Raises RequirementError, naming the line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RequirementError(
            f"无法读取要求文件 {path}（{type(error).__name__}），应为 UTF-8 文本，每行一项要求"
        ) from None
    requirements = []
    for number, line in enumerate(lines, start=1):
        text = re.sub(r"(^|\s)#.*", "", line).strip()
        if text:
            try:
                requirements.append(parse(text))
            except RequirementError as error:
                raise RequirementError(f"{path} 第 {number} 行：{error}") from None
    if not requirements:
        raise RequirementError(f"要求文件 {path} 里没有任何要求")
    return requirements


def verdicts(report: Report, requirements: Sequence[Requirement]) -> list[Verdict]:
    """Hold a run against requirements; raises RequirementError for a slice that the run does not have."""
    found = []
    for requirement in requirements:
        field, value = requirement.key
        figures = report.scores.figures.get(requirement.key)
        if field not in {OVERALL[0], *report.scores.sheet.slices}:
            fields = "、".join(report.scores.sheet.slices)
            raise RequirementError(f"要求 {requirement.text!r} 里不能按 {field} 分组，可用：{fields}")
        if figures is None:
            known = "、".join(name for key, name in report.scores.figures if key == field) or "（无）"
            raise RequirementError(f"要求 {requirement.text!r}：这个批次没有 {field}={value}，现有：{known}")
        found.append(Verdict(requirement, figures[requirement.measure.name].value))
    return found

"""Everything that can go wrong around an evaluation run.

::

    EvaluationError
    ├── DatasetError         the question set is missing or has defects; carries each with its line number
    ├── RunError             a run cannot be started, continued or read; names the folder
    ├── ComparisonError      two runs cannot be set against each other
    ├── RequirementError     a requirement of the gate cannot be understood or judged
    ├── SweepError           a sweep file, a setting in it or its target cannot be used
    ├── MiningError          logged conversations or a labelled sheet cannot be read
    └── JudgeError           the language-model judge cannot be asked

Each message is in Chinese and names the path and what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class EvaluationError(Exception):
    """A fault of an evaluation that a person can act on."""


class Defect(NamedTuple):
    """What is wrong with one line of a question set; lines count from 1, 0 is the file as a whole."""

    line: int
    problem: str

    def __str__(self) -> str:
        return f"第 {self.line} 行：{self.problem}" if self.line else self.problem


class DatasetError(EvaluationError):
    """The question set cannot be used; ``defects`` holds everything that is wrong with it."""

    def __init__(self, path: Path, defects: Sequence[Defect]) -> None:
        self.path, self.defects = path, tuple(defects)
        unit = "项" if path.suffix.lower() == ".json" else "行"  # a JSON list has items, everything else has lines
        told = [f"第 {line} {unit}：{problem}" if line else problem for line, problem in self.defects]
        if len(told) == 1:
            message = f"题集 {path} 有误：{told[0]}。请改正后重试"
        else:
            listed = "\n".join(f"  {defect}" for defect in told)
            message = f"题集 {path} 有 {len(self.defects)} 处错误，请改正后重试：\n{listed}"
        super().__init__(message)


class RunError(EvaluationError):
    """A run cannot be started, continued or read."""


class ComparisonError(EvaluationError):
    """Two runs did not answer the same cases."""


class RequirementError(EvaluationError):
    """A requirement names an unknown measure or slice, or is no comparison."""


class SweepError(EvaluationError):
    """A sweep cannot be made as it is written down."""


class MiningError(EvaluationError):
    """Logged conversations or a labelled sheet cannot be read."""


class JudgeError(EvaluationError):
    """The language-model judge cannot be asked."""

"""The figures of a run for programs (metrics.json, junit.xml) and for people (report.md, report.html)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eval import judge, junit, markdown, page, table
from eval.errors import RunError
from eval.folder import replace
from eval.scores import Scores, score

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eval.fault import Fault
    from eval.folder import RunFolder
    from eval.manifest import Manifest
    from eval.outcome import Outcome

FILES = ("report.html", "report.md", "metrics.json", "junit.xml")


@dataclass(frozen=True, slots=True)
class Report:
    """A scored run."""

    folder: RunFolder
    manifest: Manifest
    scores: Scores
    failed: int

    def judged(self) -> Iterator[tuple[Outcome, bool | None, Fault | None]]:
        """Yield every outcome with its verdict and the step at fault."""
        sheet = self.scores.sheet
        return zip(self.folder.outcomes(), sheet.correct, sheet.faults, strict=True)

    def to_json(self) -> dict[str, Any]:
        """Return the shape of metrics.json."""
        dataset = {"path": self.manifest.dataset, "sha256": self.manifest.dataset_sha256}
        throughput = {"cases_per_second": self.manifest.throughput, "jobs": self.manifest.jobs}
        told = {"dataset": dataset, "failed": self.failed, "throughput": throughput} | self.scores.to_json()
        opinions = judge.verdicts(self)
        return told if opinions is None else told | {"language_model_judge": opinions.to_json()}

    def summary(self) -> str:
        """Return the figures as text for a terminal."""
        parts = [table.by_slice(self.scores).plain()]
        parts += filter(None, [table.small_slices(self.scores)])
        parts.append(table.overall(self.scores).plain())
        if self.scores.faults():
            parts.append(table.faults(self.scores).plain())
        if self.manifest.throughput is not None:
            parts.append(f"吞吐：每秒 {self.manifest.throughput:.1f} 题（{self.manifest.jobs} 个进程）")
        if self.failed:
            parts.append(f"有 {self.failed} 个用例出错，已记入 {self.folder.answers} 的 error 字段，并算作答错")
        return "\n\n".join(parts)


def scored(folder: RunFolder) -> Report:
    """Score a finished run; raises RunError."""
    manifest = folder.read_manifest()
    failed = 0

    def counted() -> Iterator[Outcome]:
        nonlocal failed
        for outcome in folder.outcomes():
            failed += outcome.failed
            yield outcome

    scores = score(counted(), manifest.seed)
    if not scores.sheet.ids:
        raise RunError(f"{folder.path} 里没有任何回答，请重新运行评测")
    return Report(folder, manifest, scores, failed)


def write_metrics(report: Report) -> None:
    """Write metrics.json."""
    metrics = json.dumps(report.to_json(), ensure_ascii=False, indent=2) + "\n"
    replace(report.folder.path / "metrics.json", [_encoded(metrics)])


def write_pages(report: Report) -> None:
    """Write report.md, report.html and junit.xml."""
    replace(report.folder.path / "report.md", (_encoded(part) for part in markdown.lines(report)))
    replace(report.folder.path / "report.html", (_encoded(part) for part in page.html(report)))
    replace(report.folder.path / "junit.xml", junit.document(report))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")

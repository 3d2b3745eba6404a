"""The figures of a run for programs (metrics.json) and for people (report.md, report.html)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eval import page, table
from eval.errors import RunError
from eval.folder import replace
from eval.scores import Scores, score

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eval.folder import RunFolder
    from eval.manifest import Manifest
    from eval.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Report:
    """A scored run."""

    folder: RunFolder
    manifest: Manifest
    scores: Scores
    failed: int

    def wrong(self) -> Iterator[Outcome]:
        """Yield the cases that were handled wrongly."""
        verdicts = zip(self.folder.outcomes(), self.scores.sheet.correct, strict=True)
        return (outcome for outcome, correct in verdicts if correct is False)

    def to_json(self) -> dict[str, Any]:
        """Return the shape of metrics.json."""
        dataset = {"path": self.manifest.dataset, "sha256": self.manifest.dataset_sha256}
        throughput = {"cases_per_second": self.manifest.throughput, "jobs": self.manifest.jobs}
        return {"dataset": dataset, "failed": self.failed, "throughput": throughput} | self.scores.to_json()

    def summary(self) -> str:
        """Return the figures as text for a terminal."""
        parts = [table.by_slice(self.scores).plain(), table.overall(self.scores).plain()]
        if self.manifest.throughput is not None:
            parts.append(f"吞吐：每秒 {self.manifest.throughput:.1f} 题（{self.manifest.jobs} 个进程）")
        if self.failed:
            parts.append(f"有 {self.failed} 个用例出错，已记入 {self.folder.answers} 的 error 字段，并算作答错")
        return "\n\n".join(parts)

    def markdown(self) -> str:
        """Return report.md."""
        lines = ["# 评测报告", f"题集 `{self.manifest.dataset}`，{len(self.scores.sheet.ids)} 个用例"]
        lines += ["## 分组", table.by_slice(self.scores).markdown()]
        lines += ["## 全部指标", table.overall(self.scores).markdown(), "## 答错的用例"]
        lines += [page.wrong_case_markdown(outcome) for outcome in self.wrong()] or ["没有。"]
        return "\n\n".join(lines) + "\n"


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
    """Write report.md and report.html."""
    replace(report.folder.path / "report.md", [_encoded(report.markdown())])
    tables = (table.by_slice(report.scores), table.overall(report.scores))
    parts = page.html(report.manifest, tables, report.wrong(), len(report.scores.sheet.ids))
    replace(report.folder.path / "report.html", (_encoded(part) for part in parts))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")

"""The report of a run as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval import judge, table
from eval.fault import LABELS
from eval.grounding import cited_evidence
from eval.ranking import evidence_ranks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eval.fault import Fault
    from eval.judge import Verdicts
    from eval.outcome import Outcome
    from eval.report import Report


def lines(report: Report) -> Iterator[str]:
    """Yield report.md piece by piece."""
    manifest, scores = report.manifest, report.scores
    yield f"# 评测报告\n\n题集 `{manifest.dataset}`，{len(scores.sheet.ids)} 个用例；代码版本 `{manifest.revision or '未知'}`，"
    yield f"题集 SHA-256 `{manifest.dataset_sha256}`，随机种子 {manifest.seed}\n\n"
    yield f"## 分组\n\n{table.by_slice(scores).markdown()}\n\n"
    small = table.small_slices(scores)
    if small:
        yield small.replace("*", "\\*", 1) + "\n\n"
    yield f"## 全部指标\n\n{table.overall(scores).markdown()}\n\n"
    if scores.faults():
        yield f"## 问题出在哪一步\n\n{table.faults(scores).markdown()}\n\n"
    opinions = judge.verdicts(report)
    if opinions is not None:
        yield f"## 大模型评审（参考）\n\n{judged(opinions)}\n\n"
    yield "## 有问题的用例\n\n"
    count = 0
    for outcome, right, fault in report.judged():
        if right is False or fault is not None:
            count += 1
            yield _case(outcome, fault) + "\n"
    yield f"共 {count} 个。\n" if count else "没有。\n"


def judged(opinions: Verdicts | None) -> str:
    """Say what the language model thought, and that it is no more than that."""
    if opinions is None:
        return "没有可评的用例"
    mean = opinions.mean
    value = "—" if mean.value is None else f"{mean.value:.1%}（95% 区间 {mean.low:.1%} ~ {mean.high:.1%}）"
    agreement = (
        "" if opinions.agreement is None else f"；与按要点判分一致 {opinions.agreement:.1%}（{opinions.compared} 题）"
    )
    return (
        f"大模型评审平均 {value}，评了 {opinions.scored} 题，未能评分 {opinions.unscored} 题{agreement}。"
        "这是大模型的意见，不计入其他任何指标。"
    )


def _case(outcome: Outcome, fault: Fault | None) -> str:
    """Return a case as a Markdown list; its words are indented code, so that nothing in them is markup."""
    parts = []
    for name, values in _told(outcome, fault):
        parts.append(f"- {name}：\n")
        parts += [f"      {line}" for value in values for line in value.splitlines() or [""]]
        parts.append("")
    return f"### `{outcome.case.id.replace('`', ' ')}`\n\n" + "\n".join(parts)


def _told(outcome: Outcome, fault: Fault | None) -> Iterator[tuple[str, list[str]]]:
    """Yield what a reader needs to see why a case is wrong."""
    case, answer = outcome.case, outcome.answer
    yield "问题", list(case.turns)
    if fault is not None:
        yield "问题出在", [LABELS[fault].zh]
    yield "状态", [answer.status.value + (f"（应为 {case.expected_status.value}）" if case.expected_status else "")]
    if answer.error is not None:
        yield "错误", [answer.error]
    yield "回答", [answer.answer or "（空）"]
    yield "要点", [" / ".join(fact) for fact in case.facts] or ["（不可回答）" if not case.answerable else "（未列）"]
    if case.absent:
        yield "不应出现", list(case.absent)
    if case.evidence:
        found = zip(case.evidence, evidence_ranks(outcome), cited_evidence(outcome), strict=True)
        yield (
            "依据",
            [
                f"{text}（{f'检索第 {rank} 位' if rank else '未检索到'}，{'已引用' if cited else '未引用'}）"
                for text, rank, cited in found
            ],
        )
    if answer.citations:
        yield "引用", [f"[{at}] {citation.quote}" for at, citation in enumerate(answer.citations, start=1)]

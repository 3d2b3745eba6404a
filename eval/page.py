"""The report as one HTML file that needs nothing else, and the wrong cases in both forms."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eval.manifest import Manifest
    from eval.outcome import Outcome
    from eval.table import Table

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.6 system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; margin: 0 auto;
       max-width: 72rem; padding: 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid #8884; padding: .3rem .6rem; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
details { border-bottom: 1px solid #8884; padding: .4rem 0; }
summary { cursor: pointer; }
dt { font-weight: 600; } dd { margin: 0 0 .4rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
"""


def html(manifest: Manifest, tables: Iterable[Table], wrong: Iterable[Outcome], cases: int) -> Iterator[str]:
    """Yield report.html piece by piece; everything that comes from outside is escaped."""
    yield (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>评测报告</title><style>{_STYLE}</style></head><body>\n<h1>评测报告</h1>\n"
    )
    facts = (
        f"题集 {manifest.dataset}，{cases} 个用例",
        f"题集 SHA-256 {manifest.dataset_sha256}",
        f"索引 {manifest.index or '默认索引'}，代码版本 {manifest.revision or '未知'}，随机种子 {manifest.seed}",
    )
    yield "".join(f"<p>{escape(fact)}</p>\n" for fact in facts)
    for title, table in zip(("分组", "全部指标"), tables, strict=True):
        yield f'<h2>{title}</h2>\n<div class="wide">{_table(table)}</div>\n'
    yield "<h2>答错的用例</h2>\n"
    count = 0
    for count, outcome in enumerate(wrong, start=1):  # noqa: B007  the count is read below
        yield _wrong_case(outcome)
    yield f"<p>共 {count} 个。</p>\n</body></html>\n"


def wrong_case_markdown(outcome: Outcome) -> str:
    """Return a wrong case as a Markdown list; its words are indented code, so that nothing in them is markup."""
    lines = []
    for name, values in _told(outcome):
        lines.append(f"- {name}：\n")
        lines += [f"      {line}" for value in values for line in value.splitlines() or [""]]
        lines.append("")
    return f"### `{outcome.case.id.replace('`', ' ')}`\n\n" + "\n".join(lines)


def _told(outcome: Outcome) -> Iterator[tuple[str, list[str]]]:
    """Yield what a reader needs to see why a case is wrong."""
    case, answer = outcome.case, outcome.answer
    yield "问题", list(case.turns)
    yield "状态", [answer.status.value + (f"（应为 {case.expected_status.value}）" if case.expected_status else "")]
    if answer.error is not None:
        yield "错误", [answer.error]
    yield "回答", [answer.answer or "（空）"]
    yield "要点", [" / ".join(fact) for fact in case.facts] or ["（不可回答）" if not case.answerable else "（未列）"]
    if case.absent:
        yield "不应出现", list(case.absent)
    if case.evidence:
        yield "依据", list(case.evidence)
    if answer.citations:
        yield "引用", [f"[{at}] {citation.quote}" for at, citation in enumerate(answer.citations, start=1)]


def _wrong_case(outcome: Outcome) -> str:
    told = "".join(
        f"<dt>{escape(name)}</dt>" + "".join(f"<dd>{escape(value)}</dd>" for value in values)
        for name, values in _told(outcome)
    )
    headline = f"{escape(outcome.case.id)} · {escape(outcome.case.category)} · {escape(outcome.case.turns[-1])}"
    return f"<details><summary>{headline}</summary><dl>{told}</dl></details>\n"


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.headings)
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n" for row in table.rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{rows}</tbody></table>"

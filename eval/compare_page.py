"""The comparison of two runs as one HTML file."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from eval.bilingual import Both
from eval.compare import Meaning, interval, signed
from eval.fault import LABELS
from eval.html import both, facts, header, section, shell, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eval.compare import Change, Comparison, Flip
    from eval.outcome import Outcome
    from eval.report import Report

TITLE = Both("两次评测的比较", "Comparison of two runs")
_HEADINGS = (
    Both("指标", "Measure"),
    Both("A", "A"),
    Both("B", "B"),
    Both("B − A", "B − A"),
    Both("95% 区间", "95 % interval"),
    Both("McNemar p", "McNemar p"),
    Both("判断", "Meaning"),
)
_KIND = {
    Meaning.BETTER: "good",
    Meaning.WORSE: "bad",
    Meaning.CHANGED: "warn",
    Meaning.NONE: "soft",
    Meaning.UNKNOWN: "soft",
}


def html(comparison: Comparison) -> Iterator[str]:
    """Yield the page piece by piece; everything that comes from outside is escaped."""
    return shell(TITLE, _body(comparison))


def _body(comparison: Comparison) -> Iterator[str]:
    before, after = comparison.before, comparison.after
    yield header(TITLE, [escape(f"A：{before.folder.path}"), escape(f"B：{after.folder.path}")])
    kind = _KIND[comparison.headline.meaning]
    counts = Both(
        f"A 错 B 对 {len(comparison.gained)} 个，A 对 B 错 {len(comparison.lost)} 个，共 {len(before.scores.sheet.ids)} 个用例"
        "（没有要点的用例，没有误拒、依据被引全才算对）。",
        f"{len(comparison.gained)} cases gained, {len(comparison.lost)} lost, of {len(before.scores.sheet.ids)} (a case "
        "without facts is right when it was not refused and cites its evidence).",
    )
    yield section(
        Both("结论", "Conclusion"),
        f'<p class="verdict {kind}">{both(comparison.conclusion())}</p><p>{both(counts)}</p>',
    )
    yield section(Both("A 错 B 对", "Gained: wrong in A, right in B"), *_flips(comparison.gained))
    yield section(Both("A 对 B 错", "Lost: right in A, wrong in B"), *_flips(comparison.lost))
    yield section(
        Both("全部指标", "All measures"),
        table(_HEADINGS, (_row(change) for change in comparison.told), "stack"),
        note=Both(
            "差别的区间由成对自助法得出；对错型指标另做 McNemar 精确检验，两者都显著才算显著。看的指标多，偶尔一项「显著」可能只是巧合。",
            "Intervals by the paired bootstrap; where cases are right or wrong, McNemar's exact test has to agree. "
            "With this many measures, one of them may look significant by chance.",
        ),
    )
    yield section(
        Both("两次评测", "The two runs"),
        facts(
            (Both(name, name), " · ".join(filter(None, (report.manifest.revision, _changed(report)))) or "—")
            for name, report in (("A", before), ("B", after))
        ),
    )
    yield "</main>\n"


def _changed(report: Report) -> str:
    """Say what a sweep changed for a run, nothing for others."""
    return "，".join(f"{name}={value}" for name, value in report.manifest.parameters.items())


def _row(change: Change) -> tuple[str, ...]:
    measure = change.measure
    kind = _KIND[change.meaning]
    return (
        f"{both(measure.label)} <code>{escape(str(measure))}</code>",
        measure.show(change.before.value),
        measure.show(change.after.value),
        signed(measure, change.difference.value),
        interval(change),
        "—" if change.p is None else f"{change.p:.3f}",
        f'<span class="{kind}">{both(change.meaning.value)}</span>',
    )


def _flips(flips: tuple[Flip, ...]) -> Iterator[str]:
    if not flips:
        yield f'<p class="soft">{both(Both("没有。", "None."))}</p>'
    for flip in flips:
        tag = f'<span class="tag bad">{both(LABELS[flip.fault])}</span>' if flip.fault else "<span></span>"
        case = flip.before.case
        asked = "".join(f'<div class="said earlier">{escape(turn)}</div>' for turn in case.turns[:-1])
        wanted = "；".join(" / ".join(fact) for fact in case.facts)
        sides = "".join(
            f"<div><h3>{name}</h3>{_side(outcome)}</div>" for name, outcome in (("A", flip.before), ("B", flip.after))
        )
        yield (
            f'<details class="case" open><summary><span></span><span class="what">{escape(flip.question)}</span>{tag}'
            f'<span class="meta">{escape(case.id)} · {escape(case.category)}</span></summary><div class="body">{asked}'
            f'<div class="pair">{sides}</div><p class="soft">{both(Both("要点：", "Facts: "))}{escape(wanted) or "—"}</p></div></details>'
        )


def _side(outcome: Outcome) -> str:
    answer = outcome.answer
    cited = "".join(f"<li>{escape(citation.quote)}</li>" for citation in answer.citations)
    error = f'<p class="bad">{escape(answer.error)}</p>' if answer.error else ""
    return (
        f'<span class="tag">{escape(answer.status.value)}</span>{error}<div class="said">{escape(answer.answer)}</div>'
        f"<ol>{cited}</ol>"
    )

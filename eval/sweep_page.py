"""A sweep as one HTML file: the plot of accuracy against latency, the choice and the table."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from eval import charts
from eval.bilingual import Both
from eval.html import both, header, section, shell, table
from eval.latency import P50, P95
from eval.measure import Direction
from eval.table import interval

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eval.sweep import Point, Swept

TITLE = Both("设置扫描", "Sweep of settings")


def html(swept: Swept) -> Iterator[str]:
    """Yield the page piece by piece."""
    return shell(TITLE, _body(swept))


def _body(swept: Swept) -> Iterator[str]:
    target = swept.sweep.target
    sizes = Both(f"{len(swept.points)} 组设置", f"{len(swept.points)} points")
    yield header(TITLE, [f"{escape(swept.sweep.dataset.name)} · {both(sizes)} · {both(target.label)}"])
    yield section(Both("结论", "Conclusion"), f'<p class="lead">{both(swept.conclusion())}</p>')
    yield section(
        Both("又好又快", "Better and faster"),
        f'<div class="plots">{_plot(swept)}</div>',
        note=Both("绿点连成的线：没有别的设置又好又快。", "The green line: no other point is both better and faster."),
    )
    headings = (
        Both("设置", "Settings"),
        Both("#", "#"),
        target.label,
        Both("95% 区间", "95 % interval"),
        P50.label,
        P95.label,
        Both("交叉验证选中", "Picked"),
    )
    rows = (_row(swept, point) for point in swept.ranked())
    yield section(Both("全部设置", "All points"), table(headings, rows, "stack"))
    yield "</main>\n"


def _row(swept: Swept, point: Point) -> tuple[str, ...]:
    target = swept.sweep.target
    estimate = point.figure(target)
    chosen = (
        ' <span class="tag good">' + both(Both("最好", "best")) + "</span>" if point.number == swept.choice.best else ""
    )
    same = ""
    if point.same_as:
        same = (
            f"<small>{both(Both(f'回答与第 {point.same_as} 组全同', f'same answers as point {point.same_as}'))}</small>"
        )
    return (
        f"{escape(point.name)}{chosen}{same}",
        str(point.number),
        target.show(estimate.value),
        interval(target, estimate),
        P50.show(point.figure(P50).value),
        P95.show(point.figure(P95).value),
        str(swept.choice.picked[point.number]),
    )


def _plot(swept: Swept) -> str:
    target = swept.sweep.target
    told = [(point.figure(P50).value or 0.0, point.figure(target).value or 0.0, point) for point in swept.points]
    xs, ys = [x for x, _, _ in told], [y for _, y, _ in told]
    wide, high = max(max(xs) - min(xs), 0.2), max(max(ys) - min(ys), 0.01)
    across = (max(0.0, min(xs) - 0.1 * wide), max(xs) + 0.15 * wide)
    up = (min(ys) - 0.1 * high, max(ys) + 0.1 * high)
    plane = charts.Plane(across, up)
    front = sorted((x, y) for x, y, point in told if point.front)
    plane.line(front, "front")
    for x, y, point in told:
        title = f"{point.number}: {point.name} — {target.show(y)}, {x:.1f} ms"
        plane.dot(x, y, "chosen" if point.front else "", title, str(point.number))
    better = "↓" if target.direction is Direction.LOWER else "↑"
    name = Both(f"{target.label.zh} {better}", f"{target.label.en} {better}")
    ticks = charts.rounded_ticks(*across), charts.rounded_ticks(*up)
    return plane.svg(Both("p50 毫秒", "p50 ms"), name, ticks, ("{:g}", "{:.1%}"))

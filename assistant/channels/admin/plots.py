"""Days -> pictures in SVG, each with a text that says what it shows; the numbers themselves stand in tables beside them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from assistant.answer import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.channels.messages import Messages
    from assistant.state.statistics import Day

WIDTH, HEIGHT = 720, 220
"""Units of the drawing; letters are 12 of them high."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 8, 10, 26
KINDS: tuple[tuple[str, str, tuple[Status, ...]], ...] = (
    ("told", "answered", (Status.ANSWERED,)),
    ("part", "partial", (Status.PARTIAL,)),
    ("untold", "not_found", (Status.NOT_FOUND,)),
    ("other", "other", (Status.OUT_OF_SCOPE, Status.SMALL_TALK, Status.REFUSED, Status.CLARIFY, Status.FAILED)),
)
"""How answers are told apart in a picture: class of the style, message, statuses."""


def volume(days: Sequence[Day], told: Messages) -> str:
    """Return a bar a day, stacked by how the answers ended."""
    top = _ceiling(max((day.total for day in days), default=0))
    slot = (WIDTH - _LEFT - _RIGHT) / max(1, len(days))
    parts = []
    for number, day in enumerate(days):
        below = 0
        for kind, name, statuses in KINDS:
            count = sum(day.statuses.get(status, 0) for status in statuses)
            if count:
                y, height = _y(below + count, top), _y(below, top) - _y(below + count, top)
                parts.append(
                    f'<rect class="{kind}" x="{_LEFT + number * slot + slot * 0.12:.1f}" y="{y:.1f}" '
                    f'width="{slot * 0.76:.1f}" height="{height:.1f}"><title>{day.day} {_name(told, name)} {count}</title></rect>'
                )
                below += count
    total = sum(day.total for day in days)
    said = told("statistics.volume.said", first=days[0].day, last=days[-1].day, count=total) if days else ""
    legend = "".join(f'<span class="{kind}">{_name(told, name)}</span>' for kind, name, _ in KINDS)
    return f'<p class="legend">{legend}</p>{_drawing(said, _axes(days, top, "", slot) + "".join(parts))}'


def latency(days: Sequence[Day], told: Messages) -> str:
    """Return median and 95th percentile by day, in milliseconds."""
    top = _ceiling(max((day.p95 or 0 for day in days), default=0))
    slot = (WIDTH - _LEFT - _RIGHT) / max(1, len(days))
    lines = "".join(
        _line(kind, _name(told, kind), [(number, measure(day)) for number, day in enumerate(days)], top, slot)
        for kind, measure in _MEASURES
    )
    legend = "".join(f'<span class="{kind}">{_name(told, kind)}</span>' for kind, _ in _MEASURES)
    said = told("statistics.latency.said", top=top)
    return f'<p class="legend lines">{legend}</p>{_drawing(said, _axes(days, top, " ms", slot) + lines)}'


_MEASURES: tuple[tuple[str, Callable[[Day], float | None]], ...] = (
    ("p50", lambda day: day.p50),
    ("p95", lambda day: day.p95),
)


def _name(told: Messages, name: str) -> str:
    return escape(told(f"statistics.{name}"))


def share(count: int, total: int) -> str:
    """Return a bar that is as long as a share; the number stands beside it."""
    width = 100 * count / total if total else 0
    return (
        '<svg class="share" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="track" width="100" height="10"/><rect class="told" width="{width:.1f}" height="10"/></svg>'
    )


def _line(kind: str, name: str, points: Sequence[tuple[int, float | None]], top: float, slot: float) -> str:
    """Return a line through the days that have a value, broken where one has none."""
    runs: list[list[str]] = [[]]
    dots = []
    for number, value in points:
        if value is None:
            runs.append([])
            continue
        x, y = f"{_LEFT + (number + 0.5) * slot:.1f}", f"{_y(value, top):.1f}"
        runs[-1].append(f"{x},{y}")
        dots.append(f'<circle class="{kind}" cx="{x}" cy="{y}" r="3"><title>{name} {value:.0f} ms</title></circle>')
    drawn = "".join(f'<polyline class="{kind}" points="{" ".join(run)}"/>' for run in runs if len(run) > 1)
    return drawn + "".join(dots)


def _axes(days: Sequence[Day], top: int, unit: str, slot: float) -> str:
    levels = sorted({0, top // 2, top}) if top % 2 == 0 else [0, top]
    scale = "".join(
        f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{_y(level, top):.1f}" y2="{_y(level, top):.1f}"/>'
        f'<text x="{_LEFT - 6}" y="{_y(level, top) + 4:.1f}" text-anchor="end">{level}</text>'
        for level in levels
    )
    every = -(-len(days) // 8)  # about eight dates fit
    dates = "".join(
        f'<text x="{_LEFT + (number + 0.5) * slot:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{day.day[5:]}</text>'
        for number, day in enumerate(days)
        if number % every == 0
    )
    return f"{scale}{dates}" + (f'<text x="{_LEFT + 6}" y="{_TOP + 12}">{unit.strip()}</text>' if unit else "")


def _drawing(said: str, content: str) -> str:
    name = escape(said)
    return (
        f'<div class="plot" role="region" aria-label="{name}" tabindex="0">'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}">{content}</svg></div>'
    )


def _y(value: float, top: float) -> float:
    return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * value / top


def _ceiling(value: float) -> int:
    """Return the least of 2, 4, 10, 20, 40, 100 … that is not below a value."""
    power = 1
    while True:
        for step in (2, 4, 10):
            if step * power >= value:
                return step * power
        power *= 10

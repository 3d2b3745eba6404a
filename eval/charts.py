"""Drawings as SVG, sized by their place in the page and coloured by its style."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from eval.html import both

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.bilingual import Both
    from eval.significance import Estimate

_WIDTH, _HEIGHT = 360, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 20, 14, 38


def bar(estimate: Estimate, most: float, *, few: bool = False, height: int = 18) -> str:
    """Return a bar up to ``most`` with the interval of the figure on it."""
    if estimate.value is None or most <= 0:
        return f'<svg viewBox="0 0 100 {height}" preserveAspectRatio="none" aria-hidden="true"></svg>'
    scale = 100 / most
    parts = [f'<line class="axis" x1="0" y1="{height - 1}" x2="100" y2="{height - 1}"/>']
    kind = "few" if few else "bar"
    parts.append(f'<rect class="{kind}" x="0" y="3" width="{estimate.value * scale:.2f}" height="{height - 6}"/>')
    if estimate.low is not None and estimate.high is not None:
        middle = height / 2
        low, high = estimate.low * scale, min(100.0, estimate.high * scale)
        parts.append(f'<line class="range" x1="{low:.2f}" y1="{middle}" x2="{high:.2f}" y2="{middle}"/>')
        parts += [
            f'<line class="range" x1="{at:.2f}" y1="{middle - 4}" x2="{at:.2f}" y2="{middle + 4}"/>'
            for at in (low, high)
        ]
    return f'<svg viewBox="0 0 100 {height}" preserveAspectRatio="none" aria-hidden="true">{"".join(parts)}</svg>'


class Plane:
    """A pair of axes; points are given in their units. ``logarithmic`` is about the horizontal one."""

    def __init__(self, across: tuple[float, float], up: tuple[float, float], *, logarithmic: bool = False) -> None:
        self.across, self.up, self.logarithmic = across, up, logarithmic
        self.parts: list[str] = []

    def x(self, value: float) -> float:
        """Return the place of a value on the horizontal axis."""
        low, high = self.across
        if self.logarithmic:
            low, high, value = math.log(low), math.log(high), math.log(max(value, low))
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (value - low) / ((high - low) or 1)

    def y(self, value: float) -> float:
        """Return the place of a value on the vertical axis."""
        low, high = self.up
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * (value - low) / ((high - low) or 1)

    def line(self, points: Sequence[tuple[float, float]], kind: str) -> None:
        """Draw a line through points."""
        said = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        self.parts.append(f'<polyline class="{kind}" points="{said}"/>')

    def dot(self, x: float, y: float, kind: str, title: str, label: str = "") -> None:
        """Draw a point that tells its title when it is pointed at."""
        at = f'cx="{self.x(x):.1f}" cy="{self.y(y):.1f}"'
        self.parts.append(f'<circle class="dot {kind}" {at} r="4.5"><title>{escape(title)}</title></circle>')
        if label:
            self.parts.append(f'<text x="{self.x(x) + 7:.1f}" y="{self.y(y) + 4:.1f}">{escape(label)}</text>')

    def upright(self, x: float, label: str, row: int = 0) -> None:
        """Draw an upright line with its name, in one of the rows under each other at its foot."""
        at = self.x(x)
        self.parts.append(f'<line class="mark" x1="{at:.1f}" y1="{_TOP}" x2="{at:.1f}" y2="{_HEIGHT - _BOTTOM}"/>')
        side = 'end" dx="-6' if at > _WIDTH / 2 else "start"
        foot = _HEIGHT - _BOTTOM - 6 - 13 * row
        self.parts.append(f'<text x="{at + 3:.1f}" y="{foot}" text-anchor="{side}">{escape(label)}</text>')

    def svg(
        self, across: Both, up: Both, ticks: tuple[Sequence[float], Sequence[float]], shows: tuple[str, str]
    ) -> str:
        """Return the drawing with its axes; ``shows`` are the formats of their numbers."""
        low = _HEIGHT - _BOTTOM
        axes = [
            f'<text x="{self.x(value):.1f}" y="{low + 14}" text-anchor="middle">{shows[0].format(value)}</text>'
            for value in ticks[0]
        ]
        for value in ticks[1]:
            at = self.y(value)
            axes.append(f'<line class="axis" x1="{_LEFT}" y1="{at:.1f}" x2="{_WIDTH - _RIGHT}" y2="{at:.1f}"/>')
            axes.append(f'<text x="{_LEFT - 5}" y="{at + 4:.1f}" text-anchor="end">{shows[1].format(value)}</text>')
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        names = (
            f'<text class="zh" x="{middle}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(across.zh)}</text>'
            f'<text class="en" x="{middle}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(across.en)}</text>'
        )
        drawing = f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">{"".join(axes)}{"".join(self.parts)}{names}</svg>'
        return f"<div><h3>{both(up)}</h3>{drawing}</div>"


def rounded_ticks(low: float, high: float) -> list[float]:
    """Return a handful of round numbers between two bounds."""
    step = 10 ** math.floor(math.log10(max(high - low, 1e-9)))
    step *= next(part for part in (0.1, 0.2, 0.25, 0.5, 1, 2) if (high - low) / (step * part) <= 6)  # noqa: PLR2004
    first = math.ceil(low / step - 1e-9)
    return [round(at * step, 10) for at in range(first, math.floor(high / step + 1e-9) + 1)]


def powers(low: float, high: float) -> list[float]:
    """Return 1, 2, 5, 10, 20 … between two positive bounds, few enough to stand side by side."""
    start = math.floor(math.log10(low))
    found = [lead * 10.0**exponent for exponent in range(start, start + 12) for lead in (1, 2, 5)]
    inside = [value for value in found if low <= value <= high]
    return inside if len(inside) <= 7 else inside[::3]  # noqa: PLR2004

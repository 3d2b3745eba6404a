"""A line as it is printed: its words and its place on a page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a page, or a row of a table; distances in points from the page's left and top edge."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    is_cells: bool = False

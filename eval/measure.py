"""What a measure is: a small object that knows its name, its direction, its source and how to judge one case."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from eval.bilingual import Both
from eval.significance import Ratio

if TYPE_CHECKING:
    from collections.abc import Callable

    from eval.outcome import Outcome
    from eval.significance import Statistic


class Direction(enum.StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Unit(enum.StrEnum):
    """What a value counts."""

    SHARE = "share"
    CHARACTERS = "characters"
    MILLISECONDS = "milliseconds"


class Amount(NamedTuple):
    """What one case adds to a measure: a value, and how much it weighs.

    A measure over many cases is the sum of ``value`` by the sum of ``weight``, so that a mean, a precision and an F1
    are the same arithmetic. A case on which a measure says nothing gives None instead.
    """

    value: float
    weight: float = 1.0

    @classmethod
    def yes_no(cls, *, right: bool) -> Amount:
        """Return 1 for right and 0 for wrong, of weight 1."""
        return cls(1.0 if right else 0.0)


@dataclass(frozen=True, slots=True, repr=False)
class Measure:
    """A figure over cases, which prints as its name (``nDCG@10``).

    ``label`` heads its column, ``definition`` and ``source`` explain it to a reader.
    """

    name: str
    label: Both
    definition: Both
    source: str
    of: Callable[[Outcome], Amount | None]
    direction: Direction = Direction.HIGHER
    unit: Unit = Unit.SHARE
    statistic: Statistic = Ratio()  # noqa: RUF009  a frozen object without fields

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return self.name

    def show(self, value: float | None) -> str:
        """Return a value of this measure as people read it."""
        if value is None:
            return "—"
        if self.unit is Unit.SHARE:
            return f"{value * 100:.1f}%"
        return f"{value:.0f}" if self.unit is Unit.CHARACTERS else f"{value:.1f}"

    def better(self, difference: float) -> bool | None:
        """Tell whether a difference (new minus old) is for the better; None where neither way is."""
        if self.direction is Direction.NEITHER or difference == 0:
            return None
        return (difference > 0) == (self.direction is Direction.HIGHER)

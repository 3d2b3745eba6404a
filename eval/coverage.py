"""Coverage against accuracy: how right the assistant would be if it kept its least certain answers back.

An answer's certainty is read off its retrieval: the score of the best passage minus that of the second, as an Answer
states no certainty of its own. The curve orders the given answers by it; each point answers that many of all judged
cases and refuses the rest. El-Yaniv and Wiener, On the foundations of noise-free selective classification, JMLR 2010;
the area above the curve is the AURC of Geifman et al., Bias-reduced uncertainty estimation, ICLR 2019.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.outcome import Outcome

_DRAWN_POINTS = 200


def certainty(outcome: Outcome) -> float:
    """Return the score of the best retrieved passage minus that of the second."""
    scores = [passage.score for passage in outcome.answer.retrieved[:2]] + [0.0, 0.0]
    return scores[0] - scores[1]


@dataclass(frozen=True, slots=True)
class Curve:
    """Points from the surest answers to all that were given.

    ``coverage`` is the share of the judged cases that is answered, ``accuracy`` the share of these answers that is
    right, ``risk`` the mean of (1 - accuracy) over the points: the AURC, lower is better.
    """

    coverage: tuple[float, ...]
    accuracy: tuple[float, ...]
    risk: float | None
    judged: int

    def to_json(self) -> dict[str, Any]:
        """Return the shape in metrics.json."""
        points = [list(point) for point in zip(self.coverage, self.accuracy, strict=True)]
        return {"judged": self.judged, "aurc": self.risk, "points": points}


def curve(certainties: Sequence[float], right: Sequence[bool], judged: int) -> Curve:
    """Return the curve of the given answers among so many judged cases.

    Answers of equal certainty come in or stay out together.
    """
    if not certainties:
        return Curve((), (), None, judged)
    order = np.argsort(-np.asarray(certainties), kind="stable")
    sure = np.asarray(certainties)[order]
    hits = np.cumsum(np.asarray(right, dtype=np.float64)[order])
    ends = np.flatnonzero(np.append(sure[1:] != sure[:-1], True))
    taken = ends + 1
    accuracy = hits[ends] / taken
    risk = float(np.average(1 - accuracy, weights=np.diff(np.append(0, taken))))
    kept = np.unique(np.linspace(0, len(ends) - 1, min(len(ends), _DRAWN_POINTS)).round().astype(int))
    coverage = taken[kept] / judged
    return Curve(tuple(map(float, coverage)), tuple(map(float, accuracy[kept])), risk, judged)

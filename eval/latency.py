"""How long the scored turn took; for a case that failed, the turn it ended with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.bilingual import Both
from eval.measure import Amount, Direction, Measure, Unit
from eval.significance import Quantile

if TYPE_CHECKING:
    from eval.outcome import Outcome

_SOURCE = "nearest-rank percentile; Hyndman and Fan, Sample quantiles in statistical packages, 1996, definition 1"


def _latency(outcome: Outcome) -> Amount | None:
    return Amount(outcome.answer.latency_ms)


def _percentile(percent: int) -> Measure:
    return Measure(
        f"latency_p{percent}",
        Both(f"延迟 p{percent}（毫秒）", f"Latency p{percent} (ms)"),
        Both(
            f"{percent}% 的用例的计分轮在这么多毫秒内答完。",
            f"{percent} % of the scored turns were answered within so many milliseconds.",
        ),
        _SOURCE,
        _latency,
        direction=Direction.LOWER,
        unit=Unit.MILLISECONDS,
        statistic=Quantile(percent / 100),
    )


P50 = _percentile(50)
P95 = _percentile(95)
P99 = _percentile(99)
MEASURES = (P50, P95, P99)

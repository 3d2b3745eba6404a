"""Statistics and their intervals: hand-worked values, and the same seed twice."""

from __future__ import annotations

import numpy as np
import pytest

from eval.significance import Column, Quantile, Ratio, Statistic, differences, estimates


def column(
    values: list[float | None], weights: list[float] | None = None, statistic: Statistic | None = None
) -> Column:
    applies = np.array([value is not None for value in values])
    filled = np.array([value or 0.0 for value in values])
    return Column(statistic or Ratio(), filled, np.array(weights) if weights else applies.astype(float), applies)


def test_a_ratio_is_the_sum_of_values_by_the_sum_of_weights() -> None:
    # (1 + 2) / (2 + 3); the last case says nothing
    (estimate,) = estimates([column([1, 2, None], [2, 3, 0])], 0, "overall")
    assert (estimate.value, estimate.n) == (pytest.approx(0.6), 2)


@pytest.mark.parametrize(
    ("share", "values", "expected"),
    [
        # nearest rank: the ceil(share x n)-th smallest
        (0.5, list(range(1, 21)), 10),
        (0.95, list(range(1, 21)), 19),
        (0.5, [30, 10, 20], 20),
        (0.95, [7], 7),
        (0.95, [3, None, 1], 3),
    ],
)
def test_quantiles_are_nearest_rank(share: float, values: list[float | None], expected: float) -> None:
    (estimate,) = estimates([column(values, statistic=Quantile(share))], 0, "overall")
    assert estimate.value == expected


def test_no_applicable_case_gives_no_figure_instead_of_zero() -> None:
    ratio, quantile = estimates([column([None, None]), column([None, None], statistic=Quantile(0.5))], 0, "x")
    assert ratio.to_json() == quantile.to_json() == {"value": None, "low": None, "high": None, "n": 0}


def test_the_interval_of_a_constant_is_that_constant() -> None:
    (estimate,) = estimates([column([1.0] * 30)], 0, "overall")
    assert (estimate.low, estimate.high) == (1.0, 1.0)


def test_the_interval_of_a_share_is_near_its_normal_one() -> None:
    # 80 of 100: 0.8 +- 1.96 sqrt(0.8 x 0.2 / 100) = 0.8 +- 0.0784
    (estimate,) = estimates([column([1.0] * 80 + [0.0] * 20)], 0, "overall")
    assert estimate.low == pytest.approx(0.8 - 0.0784, abs=0.02)
    assert estimate.high == pytest.approx(0.8 + 0.0784, abs=0.02)


def test_the_same_seed_gives_the_same_figures_and_another_gives_another_interval() -> None:
    columns = [column([float(value % 7) for value in range(50)])]
    assert estimates(columns, 3, "x") == estimates(columns, 3, "x")
    assert estimates(columns, 3, "x") != estimates(columns, 4, "x")


def test_a_paired_interval_is_narrower_than_the_two_runs_suggest() -> None:
    """Two runs that differ by the same 0.1 on every case differ for sure, however much the cases vary."""
    before = [float(value) for value in range(20)]
    (difference,) = differences([column(before)], [column([value + 0.1 for value in before])], 0)
    assert difference.value == pytest.approx(0.1)
    assert difference.low == pytest.approx(0.1)
    assert difference.high == pytest.approx(0.1)


def test_the_difference_of_a_run_and_itself_is_zero() -> None:
    same = [column([0.0, 1.0, None, 1.0])]
    (difference,) = differences(same, same, 0)
    assert (difference.value, difference.low, difference.high, difference.n) == (0, 0, 0, 3)

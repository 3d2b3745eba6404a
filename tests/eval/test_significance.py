"""Statistics and their intervals: hand-worked values, and the same seed twice."""

from __future__ import annotations

import numpy as np
import pytest

from eval.significance import Column, Quantile, Ratio, Statistic, differences, estimates, flips, mcnemar


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


@pytest.mark.parametrize(
    ("gained", "lost", "p"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),  # 2 x 1/2
        (5, 0, 2 / 32),
        (7, 1, 2 * (1 + 8) / 256),
        (3, 3, 1.0),
    ],
)
def test_mcnemar_is_the_exact_binomial_test(gained: int, lost: int, p: float) -> None:
    assert mcnemar(gained, lost) == pytest.approx(p)
    assert mcnemar(lost, gained) == pytest.approx(p)


def test_mcnemar_agrees_with_a_statistics_library() -> None:
    from scipy.stats import binomtest

    for gained, lost in ((12, 3), (40, 61), (0, 9), (250, 251)):
        assert mcnemar(gained, lost) == pytest.approx(binomtest(gained, gained + lost, 0.5).pvalue)


def test_only_right_or_wrong_flips() -> None:
    before, after = column([1, 0, 1, None, 0]), column([1, 1, 0, 1, 1])
    assert flips(before, after) == (2, 1), "the case on which one run says nothing is left out"
    assert flips(column([0.5, 1]), column([1, 1])) is None
    assert flips(column([2.0, 1], [2.0, 1.0]), column([1, 1])) is None
    assert flips(column([1, 0], statistic=Quantile(0.5)), column([1, 1], statistic=Quantile(0.5))) is None

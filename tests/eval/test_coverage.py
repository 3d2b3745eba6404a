"""The curve of coverage against accuracy, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from eval.coverage import certainty, curve


def test_the_surest_answers_come_first() -> None:
    # in order of certainty: right, wrong, right; a fourth case was refused
    found = curve([0.2, 0.9, 0.5], [True, True, False], judged=4)
    assert found.coverage == pytest.approx((0.25, 0.5, 0.75))
    assert found.accuracy == pytest.approx((1, 1 / 2, 2 / 3))
    # the mean of 0, 1/2 and 1/3
    assert found.risk == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


def test_answers_of_equal_certainty_come_in_together() -> None:
    # first the one of 0.9, then both of 0.5: accuracy 1, then 2/3; the second point stands for two answers
    found = curve([0.5, 0.9, 0.5], [True, True, False], judged=3)
    assert (found.coverage, found.accuracy) == (pytest.approx((1 / 3, 1)), pytest.approx((1, 2 / 3)))
    assert found.risk == pytest.approx((0 + 2 * 1 / 3) / 3)


def test_without_answers_there_is_no_curve() -> None:
    assert curve([], [], judged=3).to_json() == {"judged": 3, "aurc": None, "points": []}


def test_certainty_is_the_lead_of_the_best_passage(build: Any) -> None:
    passages = build.passage("甲"), build.passage("乙")
    assert certainty(build.outcome(build.case(), build.answer(retrieved=passages))) == 0
    assert certainty(build.outcome(build.case(), build.answer(retrieved=passages[:1]))) == 1
    assert certainty(build.outcome(build.case(), build.answer())) == 0

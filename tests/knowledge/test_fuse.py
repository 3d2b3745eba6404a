"""Fusion of scores, on values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from knowledge import fuse

SCORES = arrays.arrays(np.float32, 5, elements=st.floats(0, 100, width=32))


def a(*scores: float) -> fuse.Scores:
    return np.array(scores, dtype=np.float32)


def test_scores_are_divided_by_the_highest_and_zero_stays_zero() -> None:
    assert fuse.scaled(a(4, 1, 0)).tolist() == [1.0, 0.25, 0.0]


@pytest.mark.parametrize("scores", [a(), a(0, 0), a(-1, 0)])
def test_where_nothing_is_found_every_score_is_zero(scores: fuse.Scores) -> None:
    assert fuse.scaled(scores).tolist() == [0.0] * len(scores)


def test_the_convex_combination_worked_out_by_hand() -> None:
    # lexical 4, 1, 0   -> 1, 0.25, 0
    # dense   0.4, 0.8, -0.2 -> 0.4, 0.8, 0 -> 0.5, 1, 0
    # 0.75 * 1 + 0.25 * 0.5 = 0.875;  0.75 * 0.25 + 0.25 * 1 = 0.4375;  0
    assert fuse.convex(a(4, 1, 0), a(0.4, 0.8, -0.2), 0.75) == pytest.approx([0.875, 0.4375, 0.0])


def test_a_share_of_one_is_the_words_alone_and_of_zero_the_vectors_alone() -> None:
    assert fuse.convex(a(4, 1), a(0.4, 0.8), 1.0).tolist() == [1.0, 0.25]
    assert fuse.convex(a(4, 1), a(0.4, 0.8), 0.0).tolist() == [0.5, 1.0]


@given(SCORES, SCORES, st.floats(0, 1))
def test_a_fused_score_lies_between_zero_and_one(lexical: fuse.Scores, dense: fuse.Scores, share: float) -> None:
    fused = fuse.convex(lexical, dense, share)
    assert fused.min() >= 0
    assert fused.max() <= 1 + 1e-6


@given(SCORES, SCORES)
def test_a_passage_that_is_better_in_both_is_better(lexical: fuse.Scores, dense: fuse.Scores) -> None:
    lexical[0], dense[0] = lexical.max(), dense.max()
    assert fuse.convex(lexical, dense, 0.8)[0] == fuse.convex(lexical, dense, 0.8).max()


def test_the_best_come_highest_first_and_of_equals_the_first() -> None:
    assert fuse.best(a(1, 3, 2, 3, 0), 3).tolist() == [1, 3, 2]
    assert fuse.best(a(1, 1, 1), 2).tolist() == [0, 1]


@pytest.mark.parametrize(("k", "found"), [(0, []), (-1, []), (9, [1, 0])])
def test_no_more_come_than_there_are_or_are_asked_for(k: int, found: list[int]) -> None:
    assert fuse.best(a(1, 2), k).tolist() == found


@given(SCORES, st.integers(0, 7))
def test_the_best_are_the_head_of_the_whole_order(scores: fuse.Scores, k: int) -> None:
    assert fuse.best(scores, k).tolist() == np.argsort(-scores, kind="stable")[:k].tolist()


def test_a_passage_is_supported_by_the_best_two_of_its_group() -> None:
    # group 0: 0.8, 0.6, 0.2 -> (0.8 + 0.6) / 2 = 0.7; group 1: 0.9 -> 0.9 / 1; group 2: 0.5, 0.1 -> 0.3
    found = fuse.grouped(a(0.8, 0.9, 0.6, 0.2, 0.5, 0.1), np.array([0, 1, 0, 0, 2, 2]), among=6)
    assert found == pytest.approx([0.7, 0.9, 0.7, 0.7, 0.3, 0.3])


def test_only_the_best_of_all_support_their_group() -> None:
    # among the best two, 0.9 and 0.8: group 0 has one of its three -> 0.8 / 2; group 2 has none
    found = fuse.grouped(a(0.8, 0.9, 0.6, 0.2, 0.5, 0.1), np.array([0, 1, 0, 0, 2, 2]), among=2)
    assert found == pytest.approx([0.4, 0.9, 0.4, 0.4, 0.0, 0.0])


def test_the_best_supported_keep_their_score_and_others_lose_up_to_the_share() -> None:
    # by hand: 0.5 * (0.6 + 0.4 * 1), then 1 * (0.6 + 0.4 * 0.5); 0.2 * 0.6
    found = fuse.damped(a(0.5, 1.0, 0.2), a(0.8, 0.4, 0.0), 0.4)
    assert found == pytest.approx([0.5, 0.8, 0.12])


@given(SCORES)
def test_in_one_group_nothing_changes(scores: fuse.Scores) -> None:
    support = fuse.grouped(scores, np.zeros(len(scores), dtype=np.int64), among=3)
    if scores.max() > 0:
        assert fuse.damped(scores, support, 0.4) == pytest.approx(scores)


def test_of_no_passages_nothing_is_found() -> None:
    assert fuse.grouped(a(), np.zeros(0, dtype=np.int64), among=3).tolist() == []

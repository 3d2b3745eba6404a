"""Rows left out without a look are never among the nearest, whatever the vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, checker, helper, load_model_from_string

from knowledge import prune
from knowledge.prune import Bounds

if TYPE_CHECKING:
    from numpy.typing import NDArray


def unit(seed: int, rows: int, dimension: int, *, level: bool = False) -> NDArray[np.float32]:
    """Return vectors of length one; ``level`` ones differ little, so that many are near the k-th best."""
    vectors = np.random.default_rng(seed).standard_normal((rows, dimension)) + (3.0 if level else 0.0)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def nearest(vectors: NDArray[np.float32], vector: NDArray[np.float32], k: int) -> set[int]:
    """Return every row that ties with the ``k`` best or is one of them, by the plain product in double precision."""
    similarity = vectors.astype(np.float64) @ vector.astype(np.float64)
    return set(np.flatnonzero(similarity >= np.sort(similarity)[-min(k, len(vectors))]).tolist()) if k > 0 else set()


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(1, 400),
    dimension=st.sampled_from([1, 3, 64, 256, 1024]),
    k=st.integers(1, 50),
    level=st.booleans(),
)
def test_the_nearest_are_always_among_those_that_are_left(
    seed: int, rows: int, dimension: int, k: int, level: bool
) -> None:
    vectors = unit(seed, rows, dimension, level=level)
    vectors[rows // 2] = 0
    vectors[-1] = vectors[0]
    asked = unit(seed + 1, 1, dimension)[0]
    left = Bounds(vectors).reaching(asked, k)
    assert nearest(vectors, asked, k) <= set(left.tolist())
    assert (np.diff(left) > 0).all()


def test_the_nearest_of_some_rows_are_among_those_that_are_left_of_them() -> None:
    vectors, asked = unit(1, 1_000, 64), unit(2, 1, 64)[0]
    among = np.arange(1, 1_000, 3)
    left = Bounds(vectors).reaching(asked, 10, among)
    assert {int(among[row]) for row in nearest(vectors[among], asked, 10)} <= set(left.tolist()) <= set(among.tolist())
    assert Bounds(vectors).reaching(asked, 10, among[:7]).tolist() == among[:7].tolist()


def test_most_rows_are_left_out() -> None:
    """Else it would be no quicker than multiplying all."""
    vectors, asked = unit(1, 9_000, 256), unit(2, 1, 256)[0]  # more than one batch
    assert 10 <= len(Bounds(vectors).reaching(asked, 10)) < 200


@pytest.mark.parametrize("k", [0, -1])
def test_of_none_asked_for_none_are_left(k: int) -> None:
    assert Bounds(unit(1, 50, 8)).reaching(unit(2, 1, 8)[0], k).tolist() == []


def test_a_question_of_zeros_reaches_every_row() -> None:
    assert len(Bounds(unit(1, 50, 8)).reaching(np.zeros(8, dtype=np.float32), 3)) == 50


def test_products_fit_in_sixteen_bits_two_by_two() -> None:
    """Processors without VNNI add two products of eight bits in sixteen, and stop at the largest number there is."""
    largest = prune._ASKED_STEPS + prune._ZERO
    assert 2 * largest * prune._STEPS < 2**15


def test_the_model_is_the_product_of_whole_numbers_and_nothing_else() -> None:
    def value(name: str, kind: int, *shape: Any) -> Any:
        return helper.make_tensor_value_info(name, kind, shape)

    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["a", "b"], ["y"])],
        "g",
        [value("a", TensorProto.UINT8, 1, None), value("b", TensorProto.INT8, None, None)],
        [value("y", TensorProto.INT32, 1, None)],
    )
    expected = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    found = load_model_from_string(prune._PRODUCT)
    checker.check_model(found)
    assert found == expected

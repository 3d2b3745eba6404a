"""Which rows of many can be among the nearest, told by a copy of the vectors in seven bits, without missing one.

A vector ``v`` is kept as ``s * i + e``, with ``i`` whole numbers and ``s`` one number a vector, and a question ``q``
likewise as ``t * j + f``. Then ``v . q = s t (i . j) + s (i . f) + e . q``, so that by Cauchy and Schwarz ``s t (i . j)`` is
wrong by at most ``|s i| |f| + |e| |q|``. A row that cannot reach the k-th best need not be looked at: of 30,000 some
hundreds remain. The copy is a quarter of the vectors, and whole numbers are multiplied several times as fast.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]

_STEPS = 63  # seven bits: with eight, processors without VNNI overflow as they add two products in sixteen bits
_ASKED_STEPS = 127
_ZERO = 128  # what stands for zero in a question, whose numbers are without sign
_ROUNDING = np.float32(1e-5)  # of the computation itself, of vectors of length one
_BATCH = 4_096  # rows that are converted at once

# One product of matrices of whole numbers, MatMulInteger(a, b), as a model; a test writes it anew and compares.
_PRODUCT = (
    b'\x08\x08:T\n\x18\n\x01a\n\x01b\x12\x01y"\rMatMulInteger\x12\x01gZ\x11\n\x01a\x12\x0c\n\n\x08\x02\x12\x06\n\x02\x08\x01\n\x00'
    b"Z\x0f\n\x01b\x12\n\n\x08\x08\x03\x12\x04\n\x00\n\x00b\x11\n\x01y\x12\x0c\n\n\x08\x06\x12\x06\n\x02\x08\x01\n\x00B\x04\n\x00\x10\r"
)


class Bounds:
    """A copy of vectors, of shape (rows, dimension), that bounds their products with a question from both sides.

    Takes ``dimension + 16`` bytes a row.
    """

    def __init__(self, vectors: Vectors) -> None:
        size, dimension = vectors.shape
        numbers = np.empty((dimension, size), dtype=np.int8)
        self._scale, self._length, self._error = (np.empty(size, dtype=np.float32) for _ in range(3))
        self._shift = np.empty(size, dtype=np.int32)
        for start in range(0, size, _BATCH):
            part = slice(start, start + _BATCH)
            rows = np.asarray(vectors[part], dtype=np.float32)
            scale = np.abs(rows).max(axis=1, initial=0.0) / np.float32(_STEPS)
            scale[scale == 0] = 1.0
            whole = np.rint(rows / scale[:, None])
            near = whole * scale[:, None]
            numbers[:, part] = whole.T
            self._scale[part], self._shift[part] = scale, _ZERO * whole.sum(axis=1)
            self._length[part], self._error[part] = np.linalg.norm(near, axis=1), np.linalg.norm(rows - near, axis=1)
        self._numbers = _value(numbers)

    def reaching(self, vector: Vectors, k: int, among: Rows | None = None) -> Rows:
        """Return the rows, in order, that may be among the ``k`` with the highest products; all that are, are there.

        ``among`` names the rows that count, in order.
        """
        size = len(self._scale) if among is None else len(among)
        if k >= size:
            return np.arange(size) if among is None else among
        scale = np.float32(np.abs(vector).max(initial=0.0) / _ASKED_STEPS) or np.float32(1.0)
        whole = np.rint(vector / scale)
        told = _product().run_with_ort_values(
            None, {"a": _value((whole + _ZERO).astype(np.uint8)[None]), "b": self._numbers}
        )
        near = (told[0].numpy()[0] - self._shift).astype(np.float32)
        near *= self._scale * scale
        error = self._length * np.float32(np.linalg.norm(vector - whole * scale))
        error += self._error * np.float32(np.linalg.norm(vector)) + _ROUNDING
        if among is not None:
            near, error = near[among], error[among]
        least = np.partition(near - error, size - k)[size - k] if k > 0 else np.float32(np.inf)
        found = np.flatnonzero(near + error >= least)
        return found if among is None else among[found]


@cache
def _product() -> Any:
    import onnxruntime  # noqa: PLC0415  # only where there are many rows

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # questions are answered side by side
    return onnxruntime.InferenceSession(_PRODUCT, options, providers=["CPUExecutionProvider"])


def _value(numbers: NDArray[Any]) -> Any:
    import onnxruntime  # noqa: PLC0415  # only where there are many rows

    return onnxruntime.OrtValue.ortvalue_from_numpy(numbers)

"""Pages of images -> lines of text, by RapidOCR with the models that come inside of its package. An optional extra.

Nothing is downloaded. Text read so may have wrong characters: it is said in the notes which pages it is.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from importlib.util import find_spec
from statistics import median
from typing import Any

import numpy as np

from knowledge.errors import KnowledgeError
from knowledge.sources.printed import Row

_RESOLUTION = 200  # dots an inch
_POINTS = 72 / _RESOLUTION  # of a dot
_SURE = 0.5  # least confidence of a line


def check() -> None:
    """Raise KnowledgeError, which says what to install, where there is no text recognition."""
    if find_spec("rapidocr_onnxruntime") is None:
        raise KnowledgeError('文字识别（OCR）没有安装，请先运行：pip install "policy-assistant[ocr]"')


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr_onnxruntime import RapidOCR  # noqa: PLC0415  # 1 s and its models: only where a page is an image

    return RapidOCR()


def lines(page: Any) -> list[Row]:
    """Return the lines of a page of pdfplumber, from top to bottom; one that is surely no text is left out."""
    image = np.asarray(page.to_image(resolution=_RESOLUTION).original.convert("RGB"))
    found, _ = _engine()(image)
    told = [_line(box, text) for box, text, score in found or () if float(score) >= _SURE and text.strip()]
    size = round(median(line.size for line in told), 1) if told else 0.0
    # Heights of boxes vary by a point or two within a text of one size; a title is a third larger.
    even = [line if line.size > 1.3 * size else replace(line, size=size) for line in told]
    return sorted(even, key=lambda line: (round(line.top / max(size, 1.0)), line.left))


def _line(box: Any, text: str) -> Row:
    xs, ys = [float(x) * _POINTS for x, _ in box], [float(y) * _POINTS for _, y in box]
    return Row(" ".join(text.split()), min(xs), max(xs), min(ys), max(ys), round(max(ys) - min(ys), 1))

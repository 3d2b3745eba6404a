"""A question and a passage as one row of token numbers, as the second stage reads them.

``[CLS] question [SEP] title [SEP] text``: what is too long is cut at the end of its part. The tokens are the bundled
encoder's words with a few marks, so that a passage of 250 characters has about 150 of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

Numbers = NDArray[np.int64]

CLS, SEP, MASK = "[CLS]", "[SEP]", "[MASK]"
MARKS = ("。", ";", ":", "?", "!", "、", "%", "《", "》")
PADDING, QUESTION, TITLE, TEXT = range(4)
LONGEST_QUESTION, LONGEST_TITLE = 40, 20  # tokens
_PIECE = r"[\u3400-\u9fff]+|[a-z]+|[0-9]+|[。;:?!、%《》]"
_MARK_SCORE, _SPECIAL_SCORE = -4.0, -99.0  # log probabilities; a special token is never cut out of a text


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of equal length: tokens, and the part each belongs to; ``PADDING`` where a row has ended."""

    ids: Numbers
    parts: Numbers


def marked(tokenizer: Tokenizer) -> Tokenizer:
    """Return a word tokenizer with marks and special tokens behind its own, whose numbers stay."""
    told = json.loads(tokenizer.to_str())
    told["model"]["vocab"] += [[mark, _MARK_SCORE] for mark in MARKS]
    told["model"]["vocab"] += [[special, _SPECIAL_SCORE] for special in (CLS, SEP, MASK)]
    told["pre_tokenizer"]["pattern"] = {"Regex": _PIECE}
    return Tokenizer.from_str(json.dumps(told, ensure_ascii=False))


class Pairing:
    """Puts the parts of rows together, for one tokenizer made by ``marked``."""

    def __init__(self, tokenizer: Tokenizer, length: int) -> None:
        self._length = length
        self._cls, self._sep = tokenizer.token_to_id(CLS), tokenizer.token_to_id(SEP)

    def rows(
        self,
        questions: Sequence[NDArray[np.int32]],
        titles: Sequence[NDArray[np.int32]],
        texts: Sequence[NDArray[np.int32]],
    ) -> tuple[Rows, Numbers]:
        """Return rows of a batch, as long as its longest, and where in each row its text begins."""
        cut = [
            (question[:LONGEST_QUESTION], title[:LONGEST_TITLE])
            for question, title in zip(questions, titles, strict=True)
        ]
        begins = np.array([len(question) + len(title) + 3 for question, title in cut], dtype=np.int64)
        bodies = [text[: self._length - begin] for text, begin in zip(texts, begins, strict=True)]
        width = max((begin + len(body) for begin, body in zip(begins, bodies, strict=True)), default=0)
        ids = np.zeros((len(cut), width), dtype=np.int64)
        parts = np.zeros((len(cut), width), dtype=np.int64)
        for row, ((question, title), begin, body) in enumerate(zip(cut, begins, bodies, strict=True)):
            middle, end = len(question) + 2, begin + len(body)
            ids[row, 0], ids[row, middle - 1], ids[row, begin - 1] = self._cls, self._sep, self._sep
            ids[row, 1 : middle - 1], ids[row, middle : begin - 1], ids[row, begin:end] = question, title, body
            parts[row, :middle], parts[row, middle:begin], parts[row, begin:end] = QUESTION, TITLE, TEXT
        return Rows(ids, parts), begins

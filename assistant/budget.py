"""How many tokens a text takes, and which passages fit a model's window.

With the model's own ``tokenizer.json`` tokens are counted; otherwise they are estimated: a Chinese character counts as
one token (models that were trained on Chinese take 0.6 to 0.8, older ones up to 1.3), four letters as one, and the
estimate is scaled by what the server says it was asked, when it says so.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from assistant.errors import SettingsError

_WIDE = re.compile(r"[^\x00-\x7f]")
_RUN = re.compile(r"[A-Za-z]+|\d|[^\sA-Za-z\d]")
_LETTERS = 4
_MARGIN = 64
"""Tokens that the roles and marks of a conversation take."""
_SLOWLY = 0.2
_LEAST_SCALE, _MOST_SCALE = 0.5, 2.0


class Counter(Protocol):
    """Counts tokens."""

    def count(self, text: str) -> int:
        """Return how many tokens a text takes, or will at most take."""

    def learn(self, text: str, told: int) -> None:
        """Take what a server says that a text took."""


class Estimate:
    """Counts without the model's tokenizer; may be used by several threads."""

    def __init__(self) -> None:
        self._scale = 1.0
        self._lock = threading.Lock()

    def count(self, text: str) -> int:
        """Return an estimate, rounded up."""
        return int(_estimate(text) * self._scale) + 1

    def learn(self, text: str, told: int) -> None:
        """Move the scale towards what was told; one answer does not turn it over."""
        own = _estimate(text)
        if own and told > 0:
            seen = min(max(told / own, _LEAST_SCALE), _MOST_SCALE)
            with self._lock:
                self._scale += _SLOWLY * (seen - self._scale)


class Counted:
    """Counts with the model's ``tokenizer.json``."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def count(self, text: str) -> int:
        """Return the number of tokens."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def learn(self, text: str, told: int) -> None:
        """Nothing is left to learn."""


def counter(path: Path | None) -> Counter:
    """Return the counter with a tokenizer, or the estimate without one; raises SettingsError where it cannot be read."""
    if path is None:
        return Estimate()
    from tokenizers import Tokenizer  # noqa: PLC0415  only where one is given

    try:
        return Counted(Tokenizer.from_file(str(path)))
    except Exception as error:
        raise SettingsError(f"设置 POLICY_LLM_TOKENIZER 的值不能用：{path}。应为模型的 tokenizer.json。") from error


def _estimate(text: str) -> float:
    wide = len(_WIDE.findall(text))
    return wide + sum(-(-len(run) // _LETTERS) for run in _RUN.findall(_WIDE.sub(" ", text)))


def fitting(texts: Sequence[str], room: int, count: Callable[[str], int]) -> int:
    """Return how many of the texts, from the first, fit into so many tokens; at least one where there are any."""
    total = 0
    for place, text in enumerate(texts):
        total += count(text)
        if total > room:
            return max(place, 1)
    return len(texts)


def room(window: int, output: int, fixed: int) -> int:
    """Return the tokens that are left for passages beside an answer and what is always sent."""
    return max(window - output - fixed - _MARGIN, 0)

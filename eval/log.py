"""Logged conversations as an evaluation reads them: one turn a line of JSON, whatever store they came from.

::

    {"question": "…", "answer": {an Answer}, "history"?: ["earlier question", …],
     "rating"?: "up" | "down", "comment"?: "…", "time"?: "2026-05-03T08:00:00+00:00"}
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eval.answers import from_line
from eval.errors import MiningError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from assistant.answer import Answer

_RATINGS = (None, "up", "down")


@dataclass(frozen=True, slots=True)
class LoggedTurn:
    """A question as it was asked, the answer it got, and what the person thought of it."""

    question: str
    answer: Answer
    history: tuple[str, ...] = ()
    rating: str | None = None
    comment: str | None = None


def read(path: Path) -> Iterator[LoggedTurn]:
    """Yield the turns of a log; raises MiningError with the line and what is wrong with it."""
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    try:
                        yield _turn(json.loads(line))
                    except (ValueError, KeyError, TypeError, RecursionError) as error:
                        raise MiningError(f"{path} 第 {number} 行不是一条对话记录（{error}）") from None
    except OSError as error:
        raise MiningError(f"无法读取对话记录 {path}（{error.strerror}）") from None


def _turn(record: Any) -> LoggedTurn:
    if not isinstance(record, dict):
        raise TypeError("应为 JSON 对象")
    question, history = record.get("question"), record.get("history") or []
    if not isinstance(question, str) or not question.strip():
        raise ValueError("缺少 question")
    if "answer" not in record:
        raise ValueError("缺少 answer")
    if not isinstance(history, list) or not all(isinstance(text, str) for text in history):
        raise ValueError("history 应为字符串的列表")
    rating, comment = record.get("rating"), record.get("comment")
    if rating not in _RATINGS:
        raise ValueError(f'rating 应为 "up" 或 "down"，实际是 {json.dumps(rating, ensure_ascii=False)}')
    answer = from_line(json.dumps(record["answer"]).encode())
    return LoggedTurn(question, answer, tuple(history), rating, comment if isinstance(comment, str) else None)

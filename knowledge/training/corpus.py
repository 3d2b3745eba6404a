"""Training text on disk -> records: corpora of texts, and pairs of a question and what answers it.

A corpus line is ``{"text": …, "title"?: …}``, a pair line ``{"query": …, "positive": …, "answer"?: …}``; files end in ``.jsonl`` or
``.jsonl.xz``. A person's own documents come through ``knowledge.sources``, as they do into an index.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from knowledge.training.errors import TrainingDataError

SUFFIXES = (".jsonl", ".jsonl.xz")


@dataclass(frozen=True, slots=True)
class Text:
    """A text with the title it stands under; ``title`` may be empty."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that belong together: a question and the passage that answers it."""

    query: str
    positive: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the text that belongs to it, and the answer's exact words in it; ``answer`` may be empty."""

    query: str
    positive: str
    answer: str


def texts(path: Path) -> list[Text]:
    """Read a corpus, but for empty texts; raises TrainingDataError naming the line that is none."""
    found = [Text(_field(row, "title", where, ""), _field(row, "text", where)) for row, where in _rows(path)]
    return [text for text in found if text.text.strip()]


def pairs(path: Path) -> list[Pair]:
    """Read pairs, but for those with an empty side; raises TrainingDataError naming the line that is none."""
    found = [Pair(_field(row, "query", where), _field(row, "positive", where)) for row, where in _rows(path)]
    return [pair for pair in found if pair.query.strip() and pair.positive.strip()]


def questions(path: Path) -> list[Question]:
    """Read pairs with the answers they tell; raises TrainingDataError naming the line that is none."""
    found = [
        Question(_field(row, "query", where), _field(row, "positive", where), _field(row, "answer", where, "").strip())
        for row, where in _rows(path)
    ]
    return [row for row in found if row.query.strip() and row.positive.strip()]


def documents(sources: list[str]) -> list[Text]:
    """Read a person's own files, folders or corpora as texts; raises TrainingDataError where none can be read."""
    from knowledge.sources.folder import read_all  # noqa: PLC0415  # only adapting reads documents

    found = [Text(document.title, document.text) for document in read_all(sources).documents]
    if not found:
        raise TrainingDataError(f"没有可读的文件：{'、'.join(sources)}")
    return found


def _rows(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    if not path.name.endswith(SUFFIXES):
        raise TrainingDataError(f"{path}：应为 .jsonl 或 .jsonl.xz 文件")
    try:
        with _stream(path) as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    row = json.loads(line)
                    if not isinstance(row, dict):
                        raise TrainingDataError(f"{path} 第 {number} 行：应为一个 JSON 对象")
                    yield row, f"{path} 第 {number} 行"
    except (OSError, EOFError, ValueError, lzma.LZMAError) as error:
        raise TrainingDataError(f"{path}：无法读取（{error}）") from error


def _stream(path: Path) -> IO[str]:
    return lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8")


def _field(row: dict[str, Any], name: str, where: str, default: str | None = None) -> str:
    value = row.get(name, default)
    if not isinstance(value, str):
        raise TrainingDataError(f"{where}：缺少 {name}，或者它不是文字")
    return value

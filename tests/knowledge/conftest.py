"""Corpora, a larger index, and the command line as a real process."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from knowledge.build import build
from knowledge.embed import encoder
from knowledge.index import Index, open_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
WRITTEN_OUT_ROWS = 1_100  # Chroma writes its vectors to files of their own from 1,000 rows on


def a_row(number: int, /, **fields: Any) -> dict[str, Any]:
    """One line of a corpus file."""
    return {
        "id": f"d{number}",
        "title": f"第{number}号通知",
        "text": f"第{number}号通知规定补贴标准为{number}元。",
    } | fields


def write_corpus(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


class Corpus:
    """Writes corpus files."""

    row = staticmethod(a_row)
    write = staticmethod(write_corpus)


@pytest.fixture(scope="session")
def corpus() -> type[Corpus]:
    """Return the writer of corpus files."""
    return Corpus


@pytest.fixture(scope="session")
def written_out_index_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index large enough for Chroma to write its vectors out; tests that change it copy it first."""
    folder = tmp_path_factory.mktemp("written-out")
    source = write_corpus(folder / "corpus.jsonl", *map(a_row, range(WRITTEN_OUT_ROWS)))
    build(folder / "index", [str(source)], encoder())
    return folder / "index"


@pytest.fixture
def bounded() -> Callable[..., None]:
    """Runs something and says how long it took if that was too long."""

    def run(seconds: float, call: Callable[..., object], *arguments: object) -> None:
        begin = time.perf_counter()
        call(*arguments)
        taken = time.perf_counter() - begin
        assert taken < seconds, f"{taken:.1f} s"

    return run


@pytest.fixture(scope="session")
def knowledge() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``python -m knowledge`` with arguments, as a process of its own."""

    def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "knowledge", *map(str, arguments)]
        return subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False, **options
        )

    return run


@pytest.fixture(scope="session")
def written_out_index(written_out_index_path: Path) -> Iterator[Index]:
    """The larger index, opened for reading."""
    index = open_index(written_out_index_path, encoder())
    yield index
    index.vectors.close()

"""Assistants over real indexes: the bundled article, and three small guides written for these tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.compose import embedder
from assistant.service import Assistant
from knowledge.build import build
from knowledge.index import Index, open_index
from knowledge.retrieve import Retriever

DATA = Path(__file__).parents[1] / "data"


def open_assistant(path: Path) -> Assistant:
    index = open_index(path, embedder())
    return Assistant(index, Retriever(index))


@pytest.fixture(scope="session")
def bundled(article_index: Index) -> Assistant:
    """The assistant over the bundled article."""
    return Assistant(article_index, Retriever(article_index))


@pytest.fixture(scope="session")
def guides(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """The assistant over the three guides of ``tests/data``."""
    path = tmp_path_factory.mktemp("guides") / "index"
    build(path, [str(DATA / "guides")], embedder())
    return open_assistant(path)


@pytest.fixture(scope="session")
def over(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Assistant]:
    """Make an assistant over documents given as texts: ``over(title=text)``."""

    def make(**texts: str) -> Assistant:
        folder = tmp_path_factory.mktemp("over")
        rows = [{"id": title, "title": title, "text": text} for title, text in texts.items()]
        corpus = folder / "corpus.jsonl"
        corpus.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        summary = build(folder / "index", [str(corpus)], embedder())
        assert not summary.reading.failures
        return open_assistant(folder / "index")

    return make


@pytest.fixture(scope="session")
def naughty() -> list[str]:
    """The Big List of Naughty Strings."""
    strings: list[str] = json.loads((DATA / "naughty_strings.json").read_text(encoding="utf-8"))
    return strings

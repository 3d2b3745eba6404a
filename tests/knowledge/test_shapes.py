"""A folder as staff fill it: every format and every fault at once; what can be read goes in, the rest is told by name."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from typing import Any

import pytest

from knowledge import chunk
from knowledge.sources.folder import Reading, read_all

GOLDEN = Path(__file__).parents[1] / "golden"


def golden() -> Any:
    spec = importlib.util.spec_from_file_location("shapes", GOLDEN / "shapes.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SHAPES = golden()
NAMES = sorted(path.name for path in SHAPES.EXPECTED.glob("*.txt"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shapes") / "文件"
    path.mkdir()
    SHAPES.write_folder(path)
    return path


@pytest.fixture(scope="module")
def results(folder: Path) -> dict[str, str]:
    found: dict[str, str] = SHAPES.results(folder)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_what_comes_out_is_the_golden_one(results: dict[str, str], name: str) -> None:
    """Passages with offsets, pages and paths, or the faults; ``python tests/golden/shapes.py`` writes the files anew."""
    assert results[name] == (SHAPES.EXPECTED / name).read_text(encoding="utf-8")


def test_nothing_comes_out_besides(results: dict[str, str]) -> None:
    assert sorted(results) == NAMES


def test_passages_of_all_of_them_stand_where_they_say(folder: Path) -> None:
    """A thousand draws, with repetition; ``test_offsets.py`` draws a thousand different ones of long documents."""
    reading: Reading = read_all([str(folder)])
    found = [(document, passage) for document in reading.documents for passage in chunk.passages(document)]
    for document, passage in random.Random(5).choices(found, k=1_000):
        assert passage.text == document.text[passage.start : passage.end]

"""The bundled article, read and indexed once for the whole test run."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from knowledge.build import build
from knowledge.embed import encoder
from knowledge.index import Index, open_index
from knowledge.sources import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.document import Document

ARTICLE = Path(__file__).parents[1] / "knowledge" / "corpus" / "hubei_vocational_training_2022-07-14.txt"


@pytest.fixture(scope="session")
def article_path() -> Path:
    """Where the bundled article lies."""
    return ARTICLE


@pytest.fixture(scope="session")
def article() -> Document:
    """The bundled article, read and cleaned."""
    return text.read(ARTICLE, ARTICLE.name)


@pytest.fixture(scope="session")
def article_index_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the bundled article; tests that change an index copy it first."""
    path = tmp_path_factory.mktemp("article") / "index"
    build(path, [str(ARTICLE)], encoder())
    return path


@pytest.fixture(scope="session")
def article_index(article_index_path: Path) -> Iterator[Index]:
    """The same index, opened for reading."""
    index = open_index(article_index_path, encoder())
    yield index
    index.vectors.close()


@pytest.fixture(scope="session")
def protocol() -> Any:
    """``tests/upstream.py``: a server that speaks the protocol of language models, and its plays."""
    spec = importlib.util.spec_from_file_location("upstream", Path(__file__).parent / "upstream.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def upstream(protocol: Any) -> Iterator[Any]:
    """The server, running."""
    with protocol.running() as server:
        yield server

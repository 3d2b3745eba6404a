"""Settings -> Assistant: the only place that names concrete classes."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from assistant.service import Assistant
from assistant.settings import load_settings
from knowledge.embed import Embedder, encoder
from knowledge.errors import IndexMissingError
from knowledge.index import generation, open_index
from knowledge.rerank import Reranker
from knowledge.retrieve import Retriever


def embedder() -> Embedder:
    """Return the encoder that indexes are built and asked with: the configured one, by default the bundled one."""
    return encoder(load_settings().encoder)


def index_path(index: Path | None = None) -> Path:
    """Return the index to use: the one named, else the configured one, built from the bundled article if missing."""
    if index is not None:
        return index
    path = load_settings().index_path
    try:
        generation(path)
    except IndexMissingError:
        _build_bundled(path)
    return path


def _build_bundled(path: Path) -> None:
    from knowledge.build import build  # noqa: PLC0415  # asking does not build

    with as_file(files("knowledge").joinpath("corpus")) as corpus:
        build(path, [str(corpus)], embedder())


def build_assistant(index: Path | None = None) -> Assistant:
    """Open an index and put an Assistant on it; raises KnowledgeError or SettingsError, each saying what to do."""
    opened = open_index(index_path(index), embedder())
    return Assistant(opened, Retriever(opened, reranker=_reranker()))


def _reranker() -> Reranker | None:
    name = load_settings().reranker
    if name is None:
        return None
    from knowledge.transformer import CrossEncoderReranker  # noqa: PLC0415  # torch: only where asked for

    return CrossEncoderReranker(name)

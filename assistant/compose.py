"""Settings -> Assistant: the only place that names concrete classes."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from assistant.follow import FollowingAssistant
from assistant.service import Assistant
from assistant.settings import load_settings
from knowledge.embed import Embedder, encoder
from knowledge.errors import IndexMismatchError, IndexMissingError
from knowledge.generation import serving
from knowledge.index import open_index
from knowledge.manifest import Manifest
from knowledge.rerank import Reranker, cross_encoder
from knowledge.retrieve import Retriever


def embedder() -> Embedder:
    """Return the encoder that indexes are built and asked with: the configured one, by default the bundled one."""
    settings = load_settings()
    return encoder(settings.encoder, settings.backend)


def index_path(index: Path | None = None) -> Path:
    """Return the index to use: the one named, else the configured one, built from the bundled article if missing."""
    if index is not None:
        return index
    path = load_settings().index_path
    try:
        Manifest.read(serving(path)).check(path, Manifest.expected(embedder()))
    except IndexMissingError:
        _build_bundled(path)
    except IndexMismatchError:
        if not _is_bundled(path):  # rebuilding what somebody put there may take hours: that is theirs to start
            raise
        _build_bundled(path)
    return path


def _is_bundled(path: Path) -> bool:
    """Tell whether an index, of whatever format and encoder, holds the bundled article and nothing else."""
    from knowledge.salvage import salvaged  # noqa: PLC0415  # rarely needed

    held = {entry.id for entry in salvaged(path, embedder()).catalogue.current}
    return bool(held) and held <= {file.name for file in files("knowledge").joinpath("corpus").iterdir()}


def _build_bundled(path: Path) -> None:
    from knowledge.build import build  # noqa: PLC0415  # asking does not build

    with as_file(files("knowledge").joinpath("corpus")) as corpus:
        build(path, [str(corpus)], embedder())


def following_assistant(index: Path | None = None) -> FollowingAssistant:
    """Return an assistant for a service: it takes up what is added to the index while it runs."""
    path = index_path(index)
    return FollowingAssistant(path, lambda: build_assistant(path))


def build_assistant(index: Path | None = None) -> Assistant:
    """Open an index and put an Assistant on it; raises KnowledgeError or SettingsError, each saying what to do."""
    one_thread_a_product()
    opened = open_index(index_path(index), embedder())
    return Assistant(opened, Retriever(opened, reranker=_reranker()))


def _reranker() -> Reranker | None:
    settings = load_settings()
    return None if settings.reranker is None else cross_encoder(settings.reranker, settings.backend)


def one_thread_a_product() -> None:
    """Let this process multiply matrices in one thread each.

    The products of one answer are small: a second thread gains a tenth at twice the work, and answers that run side by
    side, in threads or in processes, then hold each other up to less than half their pace.
    """
    from threadpoolctl import threadpool_limits  # noqa: PLC0415  # only where answers are given

    threadpool_limits(limits=1, user_api="blas")

"""Settings -> Assistant: the only place that names concrete classes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import questions, tracing
from assistant.answer_cache import AnswerCache
from assistant.follow import FollowingAssistant
from assistant.service import Assistant
from assistant.settings import load_settings
from knowledge.document import Hit
from knowledge.embed import Embedder, encoder
from knowledge.errors import IndexMismatchError, IndexMissingError
from knowledge.generation import serving
from knowledge.index import Index, open_index
from knowledge.manifest import Manifest
from knowledge.rerank import Reranker, cross_encoder, is_second_stage, second_stage
from knowledge.retrieve import Retriever

if TYPE_CHECKING:
    from assistant.service import Writer
    from assistant.settings import Settings


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
    prepare_questions(path, embedder())


def prepare_questions(path: Path, encoder: Embedder) -> None:
    """Prepare what may be offered to ask of an index that was just built or changed; raises KnowledgeError or OSError."""
    one_thread_a_product()
    opened = open_index(path, encoder)
    questions.write(opened, questions.prepare(opened, Assistant(opened, Retriever(opened)).ask, questions.read(opened)))


def following_assistant(index: Path | None = None) -> FollowingAssistant:
    """Return an assistant for a service: it takes up what is added to the index while it runs, and keeps answers."""
    settings = load_settings()
    if settings.tracing is not None:
        tracing.start(settings.tracing)
    path, writer = index_path(index), model_writer(settings)
    return FollowingAssistant(path, lambda: build_assistant(path, writer), cache=AnswerCache(settings.answer_cache))


def build_assistant(index: Path | None = None, writer: Writer | None = None) -> Assistant:
    """Open an index and put an Assistant on it; raises KnowledgeError or SettingsError, each saying what to do.

    It answers with the language model that is configured, if one is; ``writer`` is one that several assistants share.
    """
    one_thread_a_product()
    opened = open_index(index_path(index), embedder())
    return Assistant(
        opened, Retriever(opened, reranker=_reranker()), writer or model_writer(load_settings()), questions.read(opened)
    )


def model_writer(settings: Settings) -> Writer | None:
    """Return what writes answers with the configured language model; None where none is configured."""
    if settings.llm_model is None:
        return None
    from assistant.budget import counter  # noqa: PLC0415  without a model nothing of this is needed
    from assistant.chat_model import chat_model  # noqa: PLC0415
    from assistant.generate import ModelWriter  # noqa: PLC0415
    from assistant.upstream import Limits, Upstream  # noqa: PLC0415

    model = chat_model(settings)
    limits = Limits(settings.llm_timeout, settings.llm_first_token_timeout, settings.llm_retries)
    return ModelWriter(
        lambda: model,
        Upstream(limits),
        counter(settings.llm_tokenizer),
        window=settings.llm_context,
        most_output=settings.llm_max_output,
    )


def search_over(index: Index) -> Callable[[str, int], Sequence[Hit]]:
    """Return the retrieval that answers rest on, for those who look for passages themselves: (text, k) -> hits."""
    return Retriever(index, reranker=_reranker()).search


def _reranker() -> Reranker | None:
    settings = load_settings()
    name = settings.reranker
    if name is None:
        return None
    return second_stage(name) if is_second_stage(name) else cross_encoder(name, settings.backend)


def one_thread_a_product() -> None:
    """Let this process multiply matrices in one thread each.

    The products of one answer are small: a second thread gains a tenth at twice the work, and answers that run side by
    side, in threads or in processes, then hold each other up to less than half their pace.
    """
    from threadpoolctl import threadpool_limits  # noqa: PLC0415  # only where answers are given

    threadpool_limits(limits=1, user_api="blas")

"""Public encoders and cross-encoders through sentence-transformers. The only place that imports it to answer.

Names are those of the model hub (``BAAI/bge-small-zh-v1.5``) or a local path; a hub name is fetched once by
sentence-transformers where the network allows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.embed import Vectors
from knowledge.errors import EncoderError

BACKENDS = ("torch", "onnx")
_BATCH = 32
_SAMPLED = 64  # numbers of each weight that go into the hash

# What the authors of a family of models tell to put before a question, where the model's own files do not say.
_QUERY_PREFIXES = (
    ("bge-small-zh-v1.5", "为这个句子生成表示以用于检索相关文章："),
    ("bge-base-zh-v1.5", "为这个句子生成表示以用于检索相关文章："),
    ("bge-large-zh-v1.5", "为这个句子生成表示以用于检索相关文章："),
    ("bge-small-zh", "为这个句子生成表示以用于检索相关文章："),
    ("multilingual-e5", "query: "),
)
_PASSAGE_PREFIXES = (("multilingual-e5", "passage: "),)


class TransformerEmbedder:
    """Any sentence-transformers model.

    Prompts named ``query`` and ``document`` (or ``passage``) in the model's own files are used, as Qwen3-Embedding has
    them; for families that tell their prefix only in words, a table here has it.
    """

    def __init__(self, name: str, backend: str = "torch") -> None:
        self._model = _loaded("SentenceTransformer", name, backend)
        self.dimension = int(self._model.get_embedding_dimension())
        self.name = f"{_short(name)}@{_fingerprint(self._model, name, backend)}"
        prompts = {key: value for key, value in (self._model.prompts or {}).items() if value}
        self._query = prompts.get("query", _prefix(_QUERY_PREFIXES, name))
        self._passage = prompts.get("document", prompts.get("passage", _prefix(_PASSAGE_PREFIXES, name)))

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of passages: shape (len(texts), dimension), each row of unit length."""
        return self._encode(texts, self._passage)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions, with the prefix the model was trained with."""
        return self._encode(texts, self._query)

    def _encode(self, texts: Sequence[str], prefix: str) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        found = self._model.encode(
            list(texts), prompt=prefix or "", batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(found, dtype=np.float32)


class CrossEncoderReranker:
    """A cross-encoder, such as ``BAAI/bge-reranker-v2-m3``: reads question and passage together."""

    def __init__(self, name: str, backend: str = "torch") -> None:
        self._model = _loaded("CrossEncoder", name, backend)
        self.name = f"{_short(name)}@{_fingerprint(self._model, name, backend)}"

    def scores(self, question: str, passages: Sequence[str]) -> Vectors:
        """Return one score a passage, of shape (len(passages),); higher is nearer."""
        if not passages:
            return np.zeros(0, dtype=np.float32)
        pairs = [(question, passage) for passage in passages]
        return np.asarray(self._model.predict(pairs, batch_size=_BATCH, show_progress_bar=False), dtype=np.float32)


def _loaded(kind: str, name: str, backend: str) -> Any:
    if backend not in BACKENDS:
        raise EncoderError(name, f"运行方式应为 {' 或 '.join(BACKENDS)}，不是 {backend}")
    import sentence_transformers  # noqa: PLC0415  # 5 s, and torch

    try:
        return getattr(sentence_transformers, kind)(name, backend=backend, device="cpu")
    except Exception as error:  # each of the libraries below raises its own kinds
        reason = str(error).strip().split("\n", 1)[0][:200]
        raise EncoderError(name, f"模型无法加载（{reason}）。应为模型名称或本地文件夹；离线时请先下载好模型") from error


def _short(name: str) -> str:
    return Path(name).name if Path(name).exists() else name


def _prefix(table: Iterable[tuple[str, str]], name: str) -> str:
    last = name.rstrip("/").rsplit("/", 1)[-1].lower()
    return next((prefix for family, prefix in table if last.startswith(family)), "")


def _fingerprint(model: Any, name: str, backend: str) -> str:
    """Hash the names, shapes and some numbers of a model's weights; with ONNX, the files of a local folder."""
    digest = hashlib.sha256(backend.encode())
    if backend == "torch":
        for key, weight in sorted(model.state_dict().items()):
            sample = weight.detach().flatten()[:_SAMPLED].float().cpu().numpy()
            digest.update(f"{key}{tuple(weight.shape)}".encode() + sample.tobytes())
    elif Path(name).is_dir():
        for file in sorted(Path(name).rglob("*.onnx")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]

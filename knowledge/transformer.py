"""Public encoders and cross-encoders through sentence-transformers and torch. The only place that imports it.

Names are those of the model hub (``BAAI/bge-small-zh-v1.5``) or a local path; a hub name is fetched once by
sentence-transformers where the network allows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.embed import Vectors
from knowledge.errors import EncoderError
from knowledge.prompts import prompts

_BATCH = 32
_SAMPLED = 64  # numbers of each weight that go into the hash


class TransformerEmbedder:
    """Any sentence-transformers model, with the prompts it was trained with."""

    def __init__(self, name: str) -> None:
        """Load a model; raises EncoderError."""
        self._model = loaded("SentenceTransformer", name)
        self.dimension = int(self._model.get_embedding_dimension())
        self.name = f"{_short(name)}@{_fingerprint(self._model)}"
        told = {key: value for key, value in (self._model.prompts or {}).items() if value}
        self._query, self._passage = prompts(name, told)

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

    def __init__(self, name: str) -> None:
        """Load a model; raises EncoderError."""
        self._model = loaded("CrossEncoder", name)
        self.name = f"{_short(name)}@{_fingerprint(self._model)}"

    def scores(self, question: str, passages: Sequence[str]) -> Vectors:
        """Return one score a passage, of shape (len(passages),); higher is nearer."""
        if not passages:
            return np.zeros(0, dtype=np.float32)
        pairs = [(question, passage) for passage in passages]
        return np.asarray(self._model.predict(pairs, batch_size=_BATCH, show_progress_bar=False), dtype=np.float32)


def loaded(kind: str, name: str) -> Any:
    """Load a ``SentenceTransformer`` or a ``CrossEncoder`` of a name or path; raises EncoderError."""
    import sentence_transformers  # noqa: PLC0415  # 5 s, and torch

    try:
        return getattr(sentence_transformers, kind)(name, device="cpu")
    except Exception as error:  # each of the libraries below raises its own kinds
        reason = str(error).strip().split("\n", 1)[0][:200]
        raise EncoderError(name, f"模型无法加载（{reason}）。应为模型名称或本地文件夹；离线时请先下载好模型") from error


def _short(name: str) -> str:
    return Path(name).name if Path(name).exists() else name


def _fingerprint(model: Any) -> str:
    """Hash the names, shapes and some numbers of a model's weights."""
    digest = hashlib.sha256(b"torch")
    for key, weight in sorted(model.state_dict().items()):
        sample = weight.detach().flatten()[:_SAMPLED].float().cpu().numpy()
        digest.update(f"{key}{tuple(weight.shape)}".encode() + sample.tobytes())
    return digest.hexdigest()[:12]

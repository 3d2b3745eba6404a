"""Text -> vectors of unit length, behind one protocol: the bundled encoder, or any public one.

``encoder`` is where one is chosen. The bundled encoder is a table of word vectors read with numpy and the tokenizers
library alone; public models run through sentence-transformers, see ``knowledge.transformer``, or onnxruntime, see
``knowledge.onnx_model``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge import words
from knowledge.errors import EncoderError

BUNDLED = "policy-static-zh"
BACKENDS = ("torch", "onnx")
WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
_MODULES = "modules.json"
_TABLE = "embedding.weight"
_STATIC = "StaticEmbedding"
_FEW = 64  # texts that one thread cuts sooner than several
_BATCH = 1024  # texts whose words are held in memory at once

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into vectors; ``name`` and ``dimension`` go into the manifest of an index.

    ``name`` holds a hash of the model, so that an index is never asked with another one. Models that were trained so
    put a prefix before a question and none before a passage.
    """

    name: str
    dimension: int

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of passages: shape (len(texts), dimension), each row of unit length or all zero."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions, of the same shape."""


def encoder(name: str | None = None, backend: str = "torch") -> Embedder:
    """Return the encoder of a name or path: the bundled one by default.

    A folder that holds a static model is read with numpy, whatever the backend; anything else is run by
    sentence-transformers (``torch``) or, exported to ONNX, by onnxruntime (``onnx``). Raises EncoderError where it
    cannot be read.
    """
    if backend not in BACKENDS:
        raise EncoderError(str(name), f"运行方式应为 {' 或 '.join(BACKENDS)}，不是 {backend}")
    if name is None or name == BUNDLED:
        return _bundled()
    folder = Path(name)
    if _is_static(folder):
        return StaticEmbedder(folder)
    if backend == "onnx":
        from knowledge.onnx_model import OnnxEmbedder  # noqa: PLC0415  # only where asked for

        return OnnxEmbedder(name)
    from knowledge.transformer import TransformerEmbedder  # noqa: PLC0415  # 5 s, and torch: only where asked for

    return TransformerEmbedder(name)


@cache
def _bundled() -> StaticEmbedder:
    return StaticEmbedder()


def _is_static(folder: Path) -> bool:
    """Tell by ``modules.json`` whether a folder holds a StaticEmbedding model."""
    try:
        modules = json.loads((folder / _MODULES).read_text(encoding="utf-8"))
        return str(modules[0]["type"]).rsplit(".", 1)[-1] == _STATIC
    except (OSError, ValueError, LookupError, TypeError):
        return False


class StaticEmbedder:
    """A StaticEmbedding model: a text is the sum of the vectors of its words, scaled to unit length.

    Traditional characters are made Simplified first, as the words are; the rest of the normal form lies in the
    tokenizer. Gives what ``SentenceTransformer(folder)`` gives.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Read a model folder, the bundled one by default; raises EncoderError."""
        from tokenizers import Tokenizer  # noqa: PLC0415  # imports do no work

        folder = folder or Path(str(files("knowledge").joinpath("models", BUNDLED)))
        try:
            weights = (folder / WEIGHTS).read_bytes()
            spelling = (folder / TOKENIZER).read_bytes()
            self._rows = _rows(weights)
            self.tokenizer = Tokenizer.from_buffer(spelling)
        except Exception as error:  # the tokenizers library raises Exception itself
            raise EncoderError(str(folder), f"不是可用的静态编码器：{error}") from error
        if self.tokenizer.get_vocab_size() > len(self._rows):
            raise EncoderError(str(folder), "词表与向量表不一致")
        digest = hashlib.sha256(weights)
        digest.update(spelling)
        self.name = f"{folder.name}@{digest.hexdigest()[:12]}"
        self.dimension = int(self._rows.shape[1])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of passages: shape (len(texts), dimension), each row of unit length or all zero."""
        return _unit(self._sums(texts))

    def _sums(self, texts: Sequence[str]) -> Vectors:
        found = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = [_encodable(text) for text in texts[start : start + _BATCH]]
            for row, encoded in enumerate(self._encoded(batch), start):
                found[row] = self._rows[encoded.ids].sum(axis=0, dtype=np.float32)
        return found

    def _encoded(self, texts: list[str]) -> list[Any]:
        if len(texts) > _FEW:
            return list(self.tokenizer.encode_batch_fast(texts, add_special_tokens=False))
        return [self.tokenizer.encode(text, add_special_tokens=False) for text in texts]  # handing out costs more

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions: a question is a text like any other."""
        return self.embed(texts)

    def word_vectors(self, texts: Sequence[str]) -> tuple[Vectors, Vectors]:
        """Return a unit vector (or zeros) and a weight for each word: shapes (words, dimension) and (words,)."""
        sums = self._sums(texts)
        return _unit(sums.copy()), np.linalg.norm(sums, axis=1)

    def table(self) -> Vectors:
        """Return the vectors of all words, of shape (words, dimension); they are not of unit length."""
        return self._rows.astype(np.float32)


def _encodable(text: str) -> str:
    """Make characters Simplified; a lone surrogate is no character."""
    return words.simplified(text.encode("utf-8", "replace").decode("utf-8"))


def _rows(weights: bytes) -> NDArray[Any]:
    from safetensors.numpy import load  # noqa: PLC0415  # imports do no work

    rows: NDArray[Any] = load(weights)[_TABLE]
    return rows


def _unit(rows: Vectors) -> Vectors:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    np.divide(rows, norms, out=rows, where=norms > 0)
    return rows

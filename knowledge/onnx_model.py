"""Public encoders and cross-encoders exported to ONNX, run by onnxruntime and the tokenizers library: no torch.

A model is a folder, or a name of the model hub, in the layout of sentence-transformers with ``onnx/model.onnx`` (or
``model.onnx``) in it: many are published so, and ``python -m knowledge.training onnx`` makes one of any other.
sentence-transformers has an ONNX backend of its own, but takes a package for it (optimum-onnx) that does not go with the
version of transformers it needs itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.embed import TOKENIZER, Vectors
from knowledge.errors import EncoderError
from knowledge.prompts import prompts

MODEL = "onnx/model.onnx"
_PLACES = (MODEL, "model.onnx")
_INSTALL = "缺少 onnxruntime，请安装：pip install 'policy-assistant[onnx]'"
_BATCH = 32
_LONGEST = 8192  # tokens, where a model tells no limit of its own
_BLOCK, _STRIDE = 1 << 16, 1 << 24  # bytes of a file that go into the hash, and from where to where
_POOLINGS = ("cls", "mean", "lasttoken")
_SENTENCE, _LOGITS = "sentence_embedding", "logits"

Tokens = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


class OnnxEmbedder:
    """An encoder exported to ONNX; gives what sentence-transformers gives for the same model."""

    def __init__(self, name: str) -> None:
        """Load a model; raises EncoderError."""
        self._model = _Model(name)
        self._pooling = _pooling(self._model.folder, name)
        told = _settings(self._model.folder / "config_sentence_transformers.json").get("prompts") or {}
        self._query, self._passage = prompts(name, {key: value for key, value in told.items() if value})
        self.name = f"{self._model.name}@{self._model.fingerprint()}"
        self.dimension = int(self.embed(["一"]).shape[1])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of passages: shape (len(texts), dimension), each row of unit length."""
        return self._embedded([self._passage + text for text in texts])

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions, with the prefix the model was trained with."""
        return self._embedded([self._query + text for text in texts])

    def _embedded(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        batches = [self._pooled(list(texts[start : start + _BATCH])) for start in range(0, len(texts), _BATCH)]
        found: Vectors = np.concatenate(batches).astype(np.float32)
        found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
        return found

    def _pooled(self, texts: list[str]) -> Vectors:
        tokens = self._model.tokens(texts)
        output, values = self._model.run(tokens, _SENTENCE)
        if output == _SENTENCE:
            return values
        mask = tokens[1]
        if self._pooling == "cls":
            return values[:, 0]
        if self._pooling == "lasttoken":
            last = mask.shape[1] - 1 - np.argmax(mask[:, ::-1], axis=1)
            return np.asarray(values[np.arange(len(values)), last], dtype=np.float32)
        weights = mask[:, :, None].astype(np.float32)
        mean: Vectors = (values * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-9)
        return mean


class OnnxReranker:
    """A cross-encoder with one output, exported to ONNX; gives what sentence-transformers gives for the same model."""

    def __init__(self, name: str) -> None:
        """Load a model; raises EncoderError."""
        self._model = _Model(name)
        self.name = f"{self._model.name}@{self._model.fingerprint()}"

    def scores(self, question: str, passages: Sequence[str]) -> Vectors:
        """Return one score a passage, of shape (len(passages),); higher is nearer."""
        found = [np.zeros(0, dtype=np.float32)]
        for start in range(0, len(passages), _BATCH):
            pairs = [(question, passage) for passage in passages[start : start + _BATCH]]
            _, logits = self._model.run(self._model.tokens(pairs), _LOGITS)
            found.append((1 / (1 + np.exp(-logits[:, 0]))).astype(np.float32))
        return np.concatenate(found)


class _Model:
    """A session with its tokenizer."""

    def __init__(self, name: str) -> None:
        try:
            import onnxruntime  # noqa: PLC0415  # imports do no work
        except ImportError as error:
            raise EncoderError(name, _INSTALL) from error
        from tokenizers import Tokenizer  # noqa: PLC0415

        self.folder = _folder(name)
        self.name = self.folder.name if Path(name).exists() else name
        found = next((self.folder / place for place in _PLACES if (self.folder / place).is_file()), None)
        if found is None:
            raise EncoderError(
                name, f"没有 {MODEL}。可用 python -m knowledge.training onnx {name} --out 文件夹 转换，或改用 torch"
            )
        self._file = found
        try:
            self._tokenizer = Tokenizer.from_file(str(self.folder / TOKENIZER))
            self._session = onnxruntime.InferenceSession(str(self._file), providers=["CPUExecutionProvider"])
        except Exception as error:  # both libraries raise their own kinds
            raise EncoderError(name, f"模型无法加载（{_first_line(error)}）") from error
        self._told = name
        self._inputs = [put.name for put in self._session.get_inputs()]
        self._outputs = [put.name for put in self._session.get_outputs()]
        settings = _settings(self.folder / "tokenizer_config.json")
        padding = settings.get("pad_token")
        padding = padding["content"] if isinstance(padding, dict) else padding or "[PAD]"
        self._tokenizer.enable_padding(pad_id=self._tokenizer.token_to_id(padding) or 0, pad_token=padding)
        self._tokenizer.enable_truncation(_longest(self.folder, settings))

    def tokens(self, texts: Sequence[str] | Sequence[tuple[str, str]]) -> Tokens:
        """Return numbers, mask and types of the tokens of texts or pairs, each of shape (texts, longest)."""
        found = self._tokenizer.encode_batch(list(texts))
        columns = ("ids", "attention_mask", "type_ids")
        ids, mask, types = (np.array([getattr(row, name) for row in found], dtype=np.int64) for name in columns)
        return ids, mask, types

    def run(self, tokens: Tokens, wanted: str) -> tuple[str, Vectors]:
        """Return the wanted output, or else the first one, with its name."""
        ids, mask, types = tokens
        given = {
            "input_ids": ids,
            "attention_mask": mask,
            "token_type_ids": types,
            "position_ids": np.broadcast_to(np.arange(ids.shape[1]), ids.shape),
        }
        output = wanted if wanted in self._outputs else self._outputs[0]
        try:
            [values] = self._session.run([output], {name: given[name] for name in self._inputs})
        except KeyError as error:
            raise EncoderError(self._told, f"模型要求没有的输入 {error.args[0]}，可能不是编码器") from error
        except Exception as error:  # onnxruntime raises its own kinds
            raise EncoderError(self._told, f"模型运行出错（{_first_line(error)}）") from error
        return output, np.asarray(values, dtype=np.float32)

    def fingerprint(self) -> str:
        """Hash the model's files: their sizes and a block of each stretch, as they may have gigabytes."""
        digest = hashlib.sha256(b"onnx")
        for file in [self.folder / TOKENIZER, *sorted(self._file.parent.glob("model.onnx*"))]:
            size = file.stat().st_size
            digest.update(f"{file.name} {size}".encode())
            with file.open("rb") as stream:
                for start in range(0, size, _STRIDE):
                    stream.seek(start)
                    digest.update(stream.read(_BLOCK))
        return digest.hexdigest()[:12]


def _folder(name: str) -> Path:
    """Return the folder of a model: a local one, or fetched once from the hub where the network allows."""
    if Path(name).exists():
        return Path(name)
    from huggingface_hub import snapshot_download  # noqa: PLC0415  # only for a name

    try:
        return Path(snapshot_download(name, allow_patterns=["*.json", "1_Pooling/*", *_PLACES, f"{MODEL}_data"]))
    except Exception as error:  # each of the libraries below raises its own kinds
        reason = _first_line(error)
        raise EncoderError(name, f"模型无法加载（{reason}）。应为模型名称或本地文件夹；离线时请先下载好模型") from error


def _pooling(folder: Path, name: str) -> str:
    """Return how tokens become a text, by the model's own files; the mean where they do not say."""
    told = _settings(folder / "1_Pooling" / "config.json")
    flags = {"cls": "pooling_mode_cls_token", "mean": "pooling_mode_mean_tokens", "lasttoken": "pooling_mode_lasttoken"}
    pooling = told.get("pooling_mode") or next((mode for mode, flag in flags.items() if told.get(flag)), "mean")
    if pooling not in _POOLINGS:
        raise EncoderError(name, f"不支持的汇总方式 {pooling}，可用的是 {'、'.join(_POOLINGS)}")
    return str(pooling)


def _longest(folder: Path, tokenizer: dict[str, Any]) -> int:
    """Return how many tokens of a text count."""
    told = (
        _settings(folder / "sentence_bert_config.json").get("max_seq_length"),
        tokenizer.get("model_max_length"),  # 1e30 where there is no limit
        _settings(folder / "config.json").get("max_position_embeddings"),
    )
    return int(min([limit for limit in told if isinstance(limit, (int, float)) and limit > 0] or [_LONGEST]))


def _settings(file: Path) -> dict[str, Any]:
    """Read a settings file of a model; nothing where there is none."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0][:200]

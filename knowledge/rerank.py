"""A second, slower look at the best passages, by a model that reads question and passage together.

Any cross-encoder puts the best passages in its order. One that also tells whether a passage states an answer, as the
second stage trained here does, is weighed against the first stage instead, and what it tells goes along with the hit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np

from knowledge import fuse, words
from knowledge.document import Hit, Passage
from knowledge.errors import EncoderError

RERANKED = 30  # passages that are read again
READ = 10  # passages that are read where the reader's judgement is weighed
BUNDLED = "policy-second-zh"
MODEL, TOKENIZER, SETTINGS = "model.onnx", "tokenizer.json", "second.json"
KIND = "second-stage"
_FARTHEST = 60.0  # logits beyond it are as good as certain


class Reranker(Protocol):
    """Scores passages for a question; only the order of its scores counts."""

    def scores(self, question: str, passages: Sequence[str]) -> fuse.Scores:
        """Return one score a passage, of shape (len(passages),); higher is nearer."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reader makes of some passages, both of shape (passages,).

    ``near``: logits that compare passages of one question; ``told``: how likely a passage states what is asked, in
    [0, 1], one half being where the reader parts those that do from those that do not.
    """

    near: fuse.Scores
    told: fuse.Scores


@runtime_checkable
class Reader(Protocol):
    """A reranker whose scores are weighed against the first stage's, and which may tell whether a passage answers.

    ``share`` of the weighed score is the reader's; ``tells``: whether its ``told`` is good enough to refuse by.
    """

    share: float
    tells: bool

    def judge(self, question: str, passages: Sequence[str]) -> Judgement:
        """Read each passage, a title and a text divided by a line feed, with the question."""


def reranked(reranker: Reranker, question: str, passages: Sequence[Passage], scores: fuse.Scores) -> fuse.Scores:
    """Put the best passages in the reranker's order; each place keeps its score, so that scores still fall."""
    rows = fuse.best(scores, RERANKED)
    read = reranker.scores(question, [_shown(passages[row]) for row in rows])
    found = scores.copy()
    found[rows[np.argsort(-read, kind="stable")]] = scores[rows]
    return found


def reread(reader: Reader, question: str, hits: Sequence[Hit]) -> list[Hit]:
    """Weigh the best of some hits anew and note what the reader says of their answering; the others stay behind them.

    As in ``reranked`` each place keeps its score: what follows the retriever compares it over questions.
    """
    best = list(hits[:READ])
    judged = reader.judge(question, [_shown(hit.passage) for hit in best])
    scores = np.array([hit.score for hit in best], dtype=np.float32)
    order = np.argsort(-weighed(scores, judged.near, reader.share), kind="stable")
    places = zip(order, best, strict=True)
    return [
        *(
            replace(best[row], score=place.score, answers=float(judged.told[row]) if reader.tells else None)
            for row, place in places
        ),
        *hits[READ:],
    ]


def weighed(first: fuse.Scores, near: fuse.Scores, share: float) -> fuse.Scores:
    """Return ``(1 - share) * first + share * near``, each moved and divided so that the best passages span 0 to 1."""
    found: fuse.Scores = np.float32(1 - share) * _spanned(first) + np.float32(share) * _spanned(near)
    return found


def _spanned(scores: fuse.Scores) -> fuse.Scores:
    if not len(scores):
        return scores
    low, high = float(scores.min()), float(scores.max())
    return (scores - np.float32(low)) / np.float32(max(high - low, 1e-6))


def _shown(passage: Passage) -> str:
    return f"{passage.title}\n{passage.text}"


class SecondStage:
    """A folder written by ``python -m knowledge.training second export``, run by onnxruntime; loaded at first use."""

    def __init__(self, folder: Path | None = None) -> None:
        """Look at a folder, the bundled one by default; raises EncoderError where it holds no second stage."""
        self._folder = folder or Path(str(files("knowledge").joinpath("models", BUNDLED)))
        try:
            told = json.loads((self._folder / SETTINGS).read_text(encoding="utf-8"))
            for name in (MODEL, TOKENIZER):  # they are read at the first question
                (self._folder / name).stat()
            self._length, self.share, least = int(told["length"]), float(told["share"]), float(told["least"])
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise EncoderError(str(self._folder), f"不是可用的第二级模型：{error}") from error
        self.tells = least > 0
        self._half = np.float32(np.log(least / (1 - least)) if self.tells else 0.0)

    @property
    def name(self) -> str:
        """The folder's name and a hash of the model."""
        digest = hashlib.sha256((self._folder / MODEL).read_bytes()).hexdigest()[:12]
        return f"{self._folder.name}@{digest}"

    def scores(self, question: str, passages: Sequence[str]) -> fuse.Scores:
        """Return one score a passage, of shape (len(passages),); higher is nearer."""
        return self.judge(question, passages).near

    def judge(self, question: str, passages: Sequence[str]) -> Judgement:
        """Read each passage, a title and a text divided by a line feed, with the question."""
        if not passages:
            return Judgement(np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.float32))
        session, tokenizer, pairing = self._loaded
        cut = [passage.partition("\n") for passage in passages]
        asked, *parts = (
            np.array(found.ids, dtype=np.int32)
            for found in tokenizer.encode_batch_fast(
                [_plain(question), *(_plain(part) for title, _, text in cut for part in (title, text))]
            )
        )
        rows, _ = pairing.rows([asked] * len(cut), parts[::2], parts[1::2])
        (judged,) = session.run(["judged"], {"ids": rows.ids, "parts": rows.parts})
        odds = np.exp(np.clip(judged[:, 1] - self._half, -_FARTHEST, _FARTHEST))
        return Judgement(judged[:, 0].astype(np.float32), (odds / (1 + odds)).astype(np.float32))

    @cached_property
    def _loaded(self) -> tuple[Any, Any, Any]:
        import onnxruntime  # noqa: PLC0415  # imports do no work
        from tokenizers import Tokenizer  # noqa: PLC0415

        from knowledge.pair import Pairing  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # answers that run side by side would hold each other up
        options.log_severity_level = 3  # errors
        try:
            tokenizer = Tokenizer.from_file(str(self._folder / TOKENIZER))
            session = onnxruntime.InferenceSession(
                str(self._folder / MODEL), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # both libraries raise Exception's own direct children
            reason = str(error).strip().split("\n", 1)[0][:200]
            raise EncoderError(str(self._folder), f"第二级模型无法加载：{reason}") from error
        return session, tokenizer, Pairing(tokenizer, self._length)


def is_second_stage(name: str) -> bool:
    """Tell whether a name is the bundled second stage's or that of a folder that holds one."""
    return name == BUNDLED or (Path(name) / SETTINGS).is_file()


def second_stage(name: str) -> SecondStage:
    """Return the second stage of a name for which ``is_second_stage`` holds; raises EncoderError."""
    return SecondStage(Path(name) if (Path(name) / SETTINGS).is_file() else None)


def _plain(text: str) -> str:
    """Make characters Simplified; a lone surrogate is no character."""
    return words.simplified(text.encode("utf-8", "replace").decode("utf-8"))


def cross_encoder(name: str, backend: str = "torch") -> Reranker:
    """Return the cross-encoder of a name or path, run by torch or, exported to ONNX, by onnxruntime.

    Raises EncoderError where it cannot be loaded.
    """
    if backend == "onnx":
        from knowledge.onnx_model import OnnxReranker  # noqa: PLC0415  # only where asked for

        return OnnxReranker(name)
    from knowledge.transformer import CrossEncoderReranker  # noqa: PLC0415  # torch: only where asked for

    return CrossEncoderReranker(name)

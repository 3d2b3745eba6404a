"""Public encoders and rerankers: tiny random models of the real architectures, saved to disk and loaded as theirs are."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from knowledge.build import build
from knowledge.document import Passage
from knowledge.embed import encoder
from knowledge.errors import EncoderError, IndexMismatchError
from knowledge.index import open_index
from knowledge.rerank import RERANKED, reranked
from knowledge.retrieve import Retriever
from knowledge.transformer import CrossEncoderReranker, TransformerEmbedder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

BGE_PREFIX = "为这个句子生成表示以用于检索相关文章："
QWEN_PROMPT = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"
TEXTS = ["农民工参加职业技能培训", "国务院印发意见", "补贴标准是多少"]

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")


@pytest.fixture(scope="module", params=["bge-small-zh-v1.5", "bge-m3", "Qwen3-Embedding-0.6B"])
def folder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Callable[..., Path]
) -> Path:
    path = tmp_path_factory.mktemp("models") / request.param
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        match request.param:
            case "bge-small-zh-v1.5":
                return tiny_encoder(path, "Bert", "cls")
            case "bge-m3":
                return tiny_encoder(path, "XLMRoberta", "cls")
        return tiny_encoder(path, "Qwen3", "lasttoken", {"query": QWEN_PROMPT, "document": ""})


def test_vectors_are_of_unit_length_and_what_sentence_transformers_gives(folder: Path) -> None:
    from sentence_transformers import SentenceTransformer

    embedder = encoder(str(folder))
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (3, embedder.dimension) == (3, 16)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert vectors == pytest.approx(SentenceTransformer(str(folder), device="cpu").encode(TEXTS), abs=1e-5)
    assert embedder.embed([]).shape == embedder.embed_queries([]).shape == (0, 16)


def test_a_question_gets_the_prefix_its_model_was_trained_with(folder: Path) -> None:
    embedder = encoder(str(folder))
    prefix = {"bge-small-zh-v1.5": BGE_PREFIX, "bge-m3": ""}.get(folder.name, QWEN_PROMPT)
    asked = embedder.embed_queries(TEXTS)
    assert asked == pytest.approx(embedder.embed([prefix + text for text in TEXTS]), abs=1e-5)
    assert (np.abs(asked - embedder.embed(TEXTS)).max() < 1e-5) == (prefix == "")


def test_an_index_is_built_and_asked_with_it_and_refused_to_another(folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "note.txt"
    source.write_text("补贴标准\n补贴标准是多少，由国务院印发意见。\n", encoding="utf-8")
    embedder = encoder(str(folder))
    build(tmp_path / "index", [str(source)], embedder)
    index = open_index(tmp_path / "index", embedder)
    assert "补贴标准" in Retriever(index).search("补贴标准是多少")[0].passage.text
    index.vectors.close()
    assert folder.name in embedder.name
    with pytest.raises(IndexMismatchError, match="encoder"):
        open_index(tmp_path / "index", encoder())


def test_the_name_changes_with_the_weights(tmp_path: Path, tiny_encoder: Callable[..., Path]) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    one = tiny_encoder(tmp_path / "one", "Bert", "cls")
    name = TransformerEmbedder(str(one)).name
    assert name == TransformerEmbedder(str(one)).name
    file = one / "model.safetensors"
    weights = {key: weight + torch.ones_like(weight) for key, weight in load_file(file).items()}
    save_file(weights, file, metadata={"format": "pt"})
    assert TransformerEmbedder(str(one)).name != name


def test_a_cross_encoder_puts_the_passages_in_its_order(tmp_path: Path, tiny_reranker: Callable[[Path], Path]) -> None:
    from sentence_transformers import CrossEncoder

    tiny_reranker(tmp_path / "bge-reranker-v2-m3")
    reranker = CrossEncoderReranker(str(tmp_path / "bge-reranker-v2-m3"))
    scores = reranker.scores("补贴", TEXTS)
    other = CrossEncoder(str(tmp_path / "bge-reranker-v2-m3"), device="cpu").predict([("补贴", text) for text in TEXTS])
    assert scores == pytest.approx(other, abs=1e-6)
    assert len(set(scores.tolist())) == 3
    assert reranker.scores("补贴", []).shape == (0,)
    passages = [Passage("d", "", (), 0, len(text), text) for text in TEXTS]
    found = reranked(reranker, "补贴", passages, np.array([0.9, 0.5, 0.1], dtype=np.float32))
    texts = [f"\n{text}" for text in TEXTS]  # title, text
    assert np.argsort(-found).tolist() == np.argsort(-reranker.scores("补贴", texts)).tolist()
    assert sorted(found.tolist()) == pytest.approx([0.1, 0.5, 0.9])


class Backwards:
    """A reranker that likes the last best."""

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray[Any, Any]:
        return np.arange(len(passages), dtype=np.float32)


def test_only_the_best_passages_are_read_again_and_stay_before_the_rest() -> None:
    passages = [Passage("d", "", (), 0, 1, "x")] * (RERANKED + 5)
    scores = np.linspace(1, 0, RERANKED + 5, dtype=np.float32)
    found = reranked(Backwards(), "x", passages, scores)
    assert np.argsort(-found, kind="stable").tolist() == [*reversed(range(RERANKED)), *range(RERANKED, RERANKED + 5)]


@pytest.mark.parametrize("kind", [TransformerEmbedder, CrossEncoderReranker])
def test_a_model_that_is_not_there_is_told_in_one_line(
    kind: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EncoderError, match="模型无法加载") as caught:
        kind(str(tmp_path / "none"))
    assert "\n" not in str(caught.value)

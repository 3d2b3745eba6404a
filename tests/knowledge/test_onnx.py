"""Public encoders and rerankers without torch: tiny random models of the real architectures, exported and run."""

from __future__ import annotations

import subprocess
import sys
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from knowledge.build import build
from knowledge.embed import encoder
from knowledge.errors import EncoderError
from knowledge.index import open_index
from knowledge.onnx_model import MODEL, OnnxEmbedder, OnnxReranker
from knowledge.rerank import cross_encoder
from knowledge.retrieve import Retriever
from knowledge.training.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXTS = ["农民工参加职业技能培训", "国务院印发意见", "补贴标准是多少", "补贴"]
BGE, QWEN = "bge-small-zh-v1.5", "Qwen3-Embedding-0.6B"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
pytest.importorskip("onnxscript", reason="pip install 'policy-assistant[onnx]'")


@pytest.fixture(scope="module")
def published(
    tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Callable[..., Path], tiny_reranker: Callable[[Path], Path]
) -> Path:
    """A folder of models as their publishers save them, and the same exported."""
    folder = tmp_path_factory.mktemp("published")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tiny_encoder(folder / BGE, "Bert", "cls")
        tiny_encoder(folder / QWEN, "Qwen3", "lasttoken", {"query": "Query:", "document": ""})
        tiny_reranker(folder / "bge-reranker-v2-m3")
        for name in (BGE, QWEN, "bge-reranker-v2-m3"):
            assert main(["onnx", str(folder / name), "--out", str(folder / "onnx" / name)]) == 0
    return folder


@pytest.mark.parametrize("name", [BGE, QWEN])
def test_vectors_are_those_of_torch(published: Path, name: str) -> None:
    torch, onnx = encoder(str(published / name)), encoder(str(published / "onnx" / name), "onnx")
    assert isinstance(onnx, OnnxEmbedder)
    assert onnx.dimension == torch.dimension == 16
    assert onnx.embed(TEXTS) == pytest.approx(torch.embed(TEXTS), abs=1e-5)  # texts of several lengths in one batch
    assert onnx.embed_queries(TEXTS) == pytest.approx(torch.embed_queries(TEXTS), abs=1e-5)
    assert onnx.embed(TEXTS).dtype == np.float32
    assert onnx.embed([]).shape == onnx.embed_queries([]).shape == (0, 16)
    assert np.abs(onnx.embed(TEXTS) - onnx.embed_queries(TEXTS)).max() > 1e-3  # the prefix counts


def test_the_mean_of_the_tokens_is_taken_where_a_model_says_so_in_the_older_form(
    published: Path, tmp_path: Path
) -> None:
    """As models of before sentence-transformers 6 tell it."""
    import shutil

    told = '{"word_embedding_dimension": 16, "pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true}'
    found = []
    for name, backend in ((BGE, "torch"), (f"onnx/{BGE}", "onnx")):
        one = shutil.copytree(published / name, tmp_path / backend / BGE)
        (one / "1_Pooling" / "config.json").write_text(told, encoding="utf-8")
        found.append(encoder(str(one), backend).embed(TEXTS))
    assert found[1] == pytest.approx(found[0], abs=1e-5)
    assert np.abs(found[1] - OnnxEmbedder(str(published / "onnx" / BGE)).embed(TEXTS)).max() > 1e-3
    (one / "1_Pooling" / "config.json").write_text('{"pooling_mode": "weightedmean"}', encoding="utf-8")
    with pytest.raises(EncoderError, match="weightedmean"):
        OnnxEmbedder(str(one))


def test_many_texts_give_what_each_gives_alone(published: Path) -> None:
    onnx = OnnxEmbedder(str(published / "onnx" / BGE))
    texts = [TEXTS[number % 4] * (1 + number % 5) for number in range(70)]
    assert onnx.embed(texts) == pytest.approx(np.concatenate([onnx.embed([text]) for text in texts]), abs=1e-5)


def test_a_reranker_scores_as_it_does_in_torch(published: Path) -> None:
    torch = cross_encoder(str(published / "bge-reranker-v2-m3"))
    onnx = cross_encoder(str(published / "onnx" / "bge-reranker-v2-m3"), "onnx")
    assert isinstance(onnx, OnnxReranker)
    assert onnx.scores("补贴", TEXTS) == pytest.approx(torch.scores("补贴", TEXTS), abs=1e-5)
    assert onnx.scores("补贴", []).shape == (0,)


def test_an_index_is_built_and_asked_with_it_without_torch(published: Path, tmp_path: Path) -> None:
    source = tmp_path / "note.txt"
    source.write_text("补贴标准\n补贴标准是多少，由国务院印发意见。\n", encoding="utf-8")
    program = (
        "import sys; from knowledge.__main__ import main; "
        "code = main(sys.argv[1:]); assert 'torch' not in sys.modules and 'transformers' not in sys.modules; sys.exit(code)"
    )
    options = ["--index", str(tmp_path / "index"), "--encoder", str(published / "onnx" / BGE), "--backend", "onnx"]
    for arguments in (["build", str(source)], ["search", "补贴标准"]):
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments, *options], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert "补贴标准是多少" in done.stdout


def test_the_name_tells_the_model_and_changes_with_its_file(published: Path, tmp_path: Path) -> None:
    import shutil

    one = shutil.copytree(published / "onnx" / BGE, tmp_path / BGE)
    name = OnnxEmbedder(str(one)).name
    assert name.startswith(f"{BGE}@")
    assert name == OnnxEmbedder(str(published / "onnx" / BGE)).name
    assert name != encoder(str(published / BGE)).name  # an index is for one backend
    shutil.rmtree(one / "onnx")
    shutil.copytree(published / "onnx" / QWEN / "onnx", one / "onnx")
    assert OnnxEmbedder(str(one)).name != name


def test_what_cannot_be_loaded_is_told_in_one_line(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EncoderError, match=r"没有 onnx/model\.onnx.*knowledge\.training onnx"):
        OnnxEmbedder(str(published / BGE))  # not exported
    (tmp_path / "broken" / "onnx").mkdir(parents=True)
    (tmp_path / "broken" / MODEL).write_bytes(b"no model")
    (tmp_path / "broken" / "tokenizer.json").write_bytes((published / BGE / "tokenizer.json").read_bytes())
    for name in (tmp_path / "broken", "nobody/no-such-model"):
        with pytest.raises(EncoderError, match="模型无法加载") as caught:
            OnnxReranker(str(name))
        assert "\n" not in str(caught.value)
    with pytest.raises(EncoderError, match="torch 或 onnx"):
        encoder(str(published / BGE), "tensorflow")
    assert main(["onnx", str(tmp_path / "none"), "--out", str(tmp_path / "out")]) == 2
    assert "模型无法加载" in capsys.readouterr().err


def test_a_model_that_wants_more_than_a_text_is_told(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    onnx = OnnxEmbedder(str(published / "onnx" / BGE))
    monkeypatch.setattr(onnx._model, "_inputs", ["input_ids", "past_key_values.0.key"])
    with pytest.raises(EncoderError, match=r"past_key_values\.0\.key"):
        onnx.embed(["补贴"])


def test_a_retriever_takes_both(published: Path, tmp_path: Path, corpus: Any) -> None:
    embedder = encoder(str(published / "onnx" / QWEN), "onnx")
    build(tmp_path / "index", [str(corpus.write(tmp_path / "c.jsonl", *map(corpus.row, range(5))))], embedder)
    index = open_index(tmp_path / "index", embedder)
    reranker = cross_encoder(str(published / "onnx" / "bge-reranker-v2-m3"), "onnx")
    hits = Retriever(index, reranker=reranker).search("补贴标准", 5)
    texts = [f"{hit.passage.title}\n{hit.passage.text}" for hit in hits]
    scores = reranker.scores("补贴标准", texts).tolist()
    assert scores == sorted(scores, reverse=True)
    index.vectors.close()

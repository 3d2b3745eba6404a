"""Settings -> Assistant: which index is opened, and when one is built."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from threadpoolctl import threadpool_info

from assistant.answer import Question, Status
from assistant.compose import build_assistant, embedder, index_path
from knowledge import seal
from knowledge.build import build
from knowledge.errors import EncoderError, IndexDamagedError, IndexMismatchError, IndexMissingError
from knowledge.generation import POINTER
from knowledge.rerank import BUNDLED


@pytest.fixture
def data_dir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A new data directory, configured."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POLICY_INDEX", raising=False)
    monkeypatch.setenv("POLICY_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def test_a_missing_default_index_is_built_from_the_bundled_article_once(data_dir: Path) -> None:
    assistant = build_assistant()
    assert assistant.ask(Question.of("2018年国务院印发了什么文件?")).status is Status.ANSWERED
    generation = (data_dir / "index" / POINTER).read_text(encoding="utf-8")
    build_assistant()
    assert (data_dir / "index" / POINTER).read_text(encoding="utf-8") == generation


def test_a_named_index_is_opened(data_dir: Path, article_index_path: Path) -> None:
    assert build_assistant(article_index_path).index.path == article_index_path
    assert not data_dir.exists()


@pytest.mark.parametrize("name", ["none", "file"])
def test_a_named_index_that_is_missing_is_not_built(data_dir: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("no index", encoding="utf-8")
    with pytest.raises(IndexMissingError, match="找不到索引") as caught:
        build_assistant(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)
    assert "python -m knowledge build" in str(caught.value)
    assert not data_dir.exists()
    assert not (tmp_path / "none").exists()


def test_an_empty_folder_is_no_index(data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(IndexMissingError):
        build_assistant(tmp_path / "empty")


def test_a_damaged_default_index_is_told_and_not_overwritten(data_dir: Path, article_index_path: Path) -> None:
    shutil.copytree(article_index_path, data_dir / "index")
    [documents] = (data_dir / "index").glob("segments/*/documents.jsonl")
    documents.write_text("{}\n", encoding="utf-8")
    with pytest.raises(IndexDamagedError, match="已损坏"):
        build_assistant()
    assert documents.read_text(encoding="utf-8") == "{}\n"


def built_otherwise(path: Path) -> None:
    """Let an index look as if another encoder had built it."""
    [file] = path.glob("g-*/manifest.json")
    told = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**told, "encoder": "another"}), encoding="utf-8")
    seal.seal(file.parent, [path / name for name in seal.hashes(file.parent)], path)


def test_the_bundled_article_is_indexed_anew_for_another_encoder(data_dir: Path, article_index_path: Path) -> None:
    built_otherwise(Path(shutil.copytree(article_index_path, data_dir / "index")))
    assert len(build_assistant().index.documents) == 1


def test_an_index_of_other_documents_is_left_for_its_owner_to_rebuild(data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("补贴通知\n\n补贴标准为每户120元。", encoding="utf-8")
    build(data_dir / "index", [str(tmp_path / "note.txt")], embedder())
    built_otherwise(data_dir / "index")
    with pytest.raises(IndexMismatchError, match="check --repair"):
        build_assistant()


def test_the_index_that_is_named_is_the_one_used(data_dir: Path, tmp_path: Path) -> None:
    assert index_path(tmp_path / "named") == tmp_path / "named"


def test_answers_multiply_in_one_thread_each(article_index_path: Path) -> None:
    """So that answers side by side do not hold each other up."""
    build_assistant(article_index_path)
    pools = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
    assert set(pools) <= {1}
    assert pools


def test_a_second_stage_that_is_not_there_is_named(
    data_dir: Path, article_index_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own name is not looked for on a model hub, and torch is not loaded for it."""
    monkeypatch.setenv("POLICY_RERANKER", BUNDLED)
    monkeypatch.setattr("knowledge.rerank.SETTINGS", "no-such-settings.json")
    with pytest.raises(EncoderError, match=BUNDLED):
        build_assistant(article_index_path)

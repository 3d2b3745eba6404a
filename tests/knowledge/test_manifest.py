"""An index that does not fit the program, or is not as it was built, is refused with what to do."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from knowledge import chunk, manifest, seal, words
from knowledge.check import repair
from knowledge.embed import Embedder, StaticEmbedder, encoder
from knowledge.errors import IndexDamagedError, IndexMismatchError, IndexMissingError
from knowledge.generation import POINTER, serving
from knowledge.index import open_index
from knowledge.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class OtherEmbedder(StaticEmbedder):
    def __init__(self, name: str = "other-encoder", dimension: int = 256) -> None:
        super().__init__()
        self.name, self.dimension = name, dimension


@pytest.fixture
def path(article_index_path: Path, tmp_path: Path) -> Path:
    """A copy of the article's index that a test may spoil."""
    return shutil.copytree(article_index_path, tmp_path / "index")


def edit(path: Path, **fields: Any) -> None:
    """Change fields of the manifest, and its seal with it."""
    folder = serving(path)
    file = folder / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | fields), encoding="utf-8")
    seal.seal(folder, [path / name for name in seal.hashes(folder)], path)


def refusal(path: Path, kind: type[Exception], embedder: Embedder | None = None) -> str:
    with pytest.raises(kind) as caught:
        open_index(path, embedder or encoder())
    told = str(caught.value)
    assert f"python -m knowledge build --index {path} " in told
    assert str(path) in told.partition("请")[0]
    assert "\n" not in told
    return told


def test_an_index_of_another_encoder_is_refused(path: Path) -> None:
    told = refusal(path, IndexMismatchError, OtherEmbedder())
    assert f"encoder：索引为 {encoder().name}，程序需要 other-encoder" in told


def test_an_index_of_another_dimension_is_refused(path: Path) -> None:
    assert "dimension：索引为 256，程序需要 128" in refusal(
        path, IndexMismatchError, OtherEmbedder(encoder().name, 128)
    )


def test_an_index_of_another_chunker_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = chunk.NAME
    monkeypatch.setattr(chunk, "NAME", "lines-2")
    assert f"chunker：索引为 {built}，程序需要 lines-2" in refusal(path, IndexMismatchError)


def test_an_index_of_another_dictionary_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "words_hash", lambda: "another")
    assert "words：" in refusal(path, IndexMismatchError)


def test_an_index_cut_by_another_segmenter_is_refused_and_can_be_made_anew(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where it comes from a machine that has the compiled one to a machine that has not."""
    built = words.segmenter()
    monkeypatch.setattr(words, "segmenter", lambda: "another")
    assert f"segmenter：索引为 {built}，程序需要 another" in refusal(path, IndexMismatchError)
    assert repair(path, encoder()).lost == ()
    assert open_index(path, encoder()).manifest.segmenter == "another"


def test_an_index_of_another_format_is_refused(path: Path) -> None:
    edit(path, format=manifest.FORMAT - 1)
    assert "format：" in refusal(path, IndexMismatchError)


PART_FILES = ["documents.jsonl", "passages.jsonl", "lexical.npz", "vocabulary.json", "vectors.npy"]


@pytest.mark.parametrize("name", PART_FILES)
def test_a_changed_file_is_found(path: Path, name: str) -> None:
    (file,) = path.glob(f"segments/*/{name}")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    assert f"{name} 与建立时不同" in refusal(path, IndexDamagedError)


@pytest.mark.parametrize("name", PART_FILES)
def test_a_missing_file_is_found(path: Path, name: str) -> None:
    (file,) = path.glob(f"segments/*/{name}")
    file.unlink()
    assert f"{name} 缺失" in refusal(path, IndexDamagedError)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "{}", '{"format": 4}', "[" * 100_000, "\ud83d"],
    ids=["empty", "cut", "list", "null", "no-fields", "few-fields", "deep", "no-utf-8"],
)
def test_a_manifest_that_is_none_is_found(path: Path, text: str) -> None:
    (serving(path) / "manifest.json").write_text(text, encoding="utf-8", errors="surrogatepass")
    assert "manifest.json" in refusal(path, IndexDamagedError)


def test_a_missing_manifest_is_found(path: Path) -> None:
    (serving(path) / "manifest.json").unlink()
    refusal(path, IndexDamagedError)


@pytest.mark.parametrize("fields", [{"files": ["documents.jsonl"]}, {"passages": 7}, {"documents": 2}])
def test_a_manifest_that_contradicts_the_index_is_found(path: Path, fields: dict[str, Any]) -> None:
    edit(path, **fields)
    refusal(path, IndexDamagedError)


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(b"\xff\xfe\x00"),
        lambda file: file.write_text(""),
        lambda file: file.write_text("g-000000000000\n"),
        lambda file: file.write_text("../elsewhere\n"),
        lambda file: file.write_text("..\n"),
        lambda file: file.write_text("/\n"),
        lambda file: file.write_text("x" * 1_000),
        lambda file: file.write_text("a\0b"),
    ],
    ids=["bytes", "empty", "gone", "outside", "parent", "root", "long", "nul"],
)
def test_a_damaged_pointer_is_found(path: Path, damage: Callable[[Path], object]) -> None:
    damage(path / POINTER)
    refusal(path, IndexDamagedError)


@pytest.mark.parametrize("name", ["nowhere", "index/current/below"])
def test_where_there_is_no_index_it_says_how_to_build_one(path: Path, name: str) -> None:
    refusal(path.parent / name, IndexMissingError)


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    written = Manifest(manifest.FORMAT, "encoder", 3, "chunker", "words", "jieba", 1, 4, "0" * 64)
    written.write(tmp_path)
    assert Manifest.read(tmp_path) == written

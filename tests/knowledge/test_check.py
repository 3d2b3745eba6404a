"""Damage to any file of an index is found, named, and repaired from what else is kept; the process lives."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from knowledge import generation, seal
from knowledge.build import add, build, remove
from knowledge.check import check, repair
from knowledge.embed import StaticEmbedder, encoder
from knowledge.errors import IndexDamagedError, IndexMissingError
from knowledge.index import open_index

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path, corpus: Any) -> Path:
    """An index of two segments, with a replaced and a removed version in its history."""
    index = tmp_path / "index"
    rows = [corpus.row(number) for number in range(6)]
    build(index, [str(corpus.write(tmp_path / "first.jsonl", *rows))], encoder())
    changed = corpus.row(1, text="第1号通知规定补贴标准为111元。")
    add(index, [str(corpus.write(tmp_path / "second.jsonl", changed, corpus.row(9)))], encoder())
    remove(index, ["d2"], encoder())
    return index


def findings(path: Path) -> tuple[str, ...]:
    return check(path, encoder()).findings


def held(path: Path) -> dict[str, str]:
    index = open_index(path, encoder())
    index.vectors.close()
    return {document.id: document.text for document in index.documents}


def manifest(path: Path) -> bytes:
    return (generation.serving(path) / "manifest.json").read_bytes()


def test_a_sound_index_is_told_as_sound_and_repair_leaves_it_alone(path: Path) -> None:
    before = generation.serving(path)
    assert findings(path) == ()
    assert repair(path, encoder()).findings == ()
    assert generation.serving(path) == before


# Every file of an index is damaged, one at a time, in a process of its own: some of it could kill it.
DAMAGES = """
import json, os, shutil, sys
from pathlib import Path

from knowledge.check import check, repair
from knowledge.embed import encoder
from knowledge.errors import IndexDamagedError, IndexMissingError
from knowledge.index import open_index

def truncate(file): os.truncate(file, file.stat().st_size // 2)
def garbage(file): file.write_bytes(os.urandom(max(file.stat().st_size, 16)))
def scratch(file):
    data = bytearray(file.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(byte ^ 0x5A for byte in data[middle : middle + 64])
    file.write_bytes(data)
def delete(file): file.unlink()

index, copy, embedder = Path(sys.argv[1]), Path(sys.argv[2]), encoder()
ways = (truncate, garbage, scratch, delete)
for number, name in enumerate(sorted(file.relative_to(index).as_posix() for file in index.rglob("*") if file.is_file())):
    for damage in ways if sys.argv[3] == "all" else (ways[number % 4],):
        if not (index / name).stat().st_size and damage is not garbage:
            continue
        shutil.copytree(index, copy)
        damage(copy / name)
        try:
            opened = open_index(copy, embedder)
            opened.vectors.close()
            start = "warned" if opened.warnings else "served"
        except (IndexDamagedError, IndexMissingError) as error:
            start = "refused"
        found = check(copy, embedder).findings
        repaired = repair(copy, embedder)
        after = check(copy, embedder).findings
        opened = open_index(copy, embedder)
        opened.vectors.close()
        texts = {document.id: document.text for document in opened.documents}
        print(json.dumps((name, damage.__name__, start, found, repaired.lost, after, texts)), flush=True)
        shutil.rmtree(copy)
"""


@pytest.mark.parametrize("ways", ["one", pytest.param("all", marks=pytest.mark.soak)])
def test_damage_to_any_file_is_found_and_repaired(path: Path, tmp_path: Path, ways: str) -> None:
    """Each file in one of the four ways in turn; in all four in the long form."""
    expected = held(path)
    done = subprocess.run(
        [sys.executable, "-c", DAMAGES, str(path), str(tmp_path / "copy"), ways],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {name.split("/")[0] for name, *_ in rows} >= {"current", "segments", "originals"}
    serving = generation.serving(path).name
    used = generation.files(path, serving)
    for name, damage, start, found, lost, after, texts in rows:
        what = f"{name} {damage}: {start} {found}"
        assert (lost, after) == ([], []), what
        assert texts == expected, what
        parts = Path(name).parts
        if name == "lock" or (parts[0].startswith("g-") and parts[0] != serving):
            assert start == "served", what  # nothing depends on it
        elif parts[0] == "originals":
            assert start == ("warned" if parts[1] in used else "served"), what
        elif "chroma" in parts and parts[-1] != "chroma.sqlite3":
            assert start == "served", what  # a store this small answers from its SQLite file alone
        elif parts[-1] == "chroma.sqlite3" and damage == "scratch":
            assert start == "refused" or texts == expected, what  # a scratch may hit an unused page
        else:
            assert start == "refused", what
            assert found, what


def test_the_vectors_of_a_large_store_are_rebuilt(written_out_index_path: Path, tmp_path: Path) -> None:
    for name in ("data_level0.bin", "index_metadata.pickle", "chroma.sqlite3"):
        copy = shutil.copytree(written_out_index_path, tmp_path / name)
        (file,) = copy.rglob(name)
        file.write_bytes(b"damaged")
        with pytest.raises(IndexDamagedError):
            open_index(copy, encoder())
        assert len(findings(copy)) == 1
        assert repair(copy, encoder()).lost == ()
        assert findings(copy) == ()
        assert manifest(copy) == manifest(written_out_index_path)


def test_all_damage_is_told_at_once(path: Path) -> None:
    first, second = sorted(path.glob("segments/*"))
    (first / "documents.jsonl").unlink()
    (second / "vectors.npy").write_bytes(b"")
    told = findings(path)
    assert len(told) == 2
    assert {first.name in line for line in told} == {True, False}


def test_with_both_copies_of_a_document_gone_the_rest_is_saved_and_the_loss_is_told(path: Path) -> None:
    for file in path.glob("originals/documents-g-000002*"):
        file.unlink()
    for folder in path.glob("segments/*"):
        if "第9号通知" in (folder / "documents.jsonl").read_text(encoding="utf-8"):
            shutil.rmtree(folder)
    report = repair(path, encoder())
    assert sorted(report.lost) == ["d1", "d9"]
    assert sorted(held(path)) == ["d0", "d3", "d4", "d5"]
    assert findings(path) == ()


def test_without_any_catalogue_the_originals_tell_which_documents_there_were(path: Path) -> None:
    for folder in path.glob("g-*"):
        shutil.rmtree(folder)
    for file in path.glob("originals/catalogue-*"):
        file.unlink()
    (path / "current").write_text("g-000003\n", encoding="utf-8")
    assert findings(path) == ("current 指向的内容不存在",)
    repair(path, encoder())
    texts = held(path)
    assert sorted(texts) == ["d0", "d1", "d2", "d3", "d4", "d5", "d9"]
    assert "111元" in texts["d1"]  # the latest version


class OtherEmbedder(StaticEmbedder):
    """The same vectors under another name."""

    def __init__(self) -> None:
        super().__init__()
        self.name = "other-encoder"


def test_an_index_of_another_encoder_is_rebuilt_from_the_originals(path: Path) -> None:
    other = OtherEmbedder()
    assert check(path, other).findings == (f"encoder：索引为 {encoder().name}，程序需要 other-encoder",)
    expected = held(path)
    assert repair(path, other).lost == ()
    index = open_index(path, other)
    assert {document.id: document.text for document in index.documents} == expected
    index.vectors.close()


def test_where_nothing_is_left_there_is_nothing_to_repair(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError):
        repair(tmp_path / "nothing", encoder())


def edit(file: Path, change: Any) -> None:
    """Change a JSON file of the serving generation, and its seal with it, as a fault of the program would."""
    file.write_text(json.dumps(change(json.loads(file.read_text(encoding="utf-8")))), encoding="utf-8")
    seal.seal(file.parent, [file.parents[1] / name for name in seal.hashes(file.parent)], file.parents[1])


def shifted(layout: dict[str, list[int]]) -> dict[str, list[int]]:
    return {name: [place - 1 for place in places] for name, places in layout.items()}


def test_a_layout_that_contradicts_the_catalogue_is_found_and_repaired(path: Path) -> None:
    expected = held(path)
    edit(generation.serving(path) / "layout.json", shifted)
    with pytest.raises(IndexDamagedError):
        open_index(path, encoder())
    assert findings(path)
    repair(path, encoder())
    assert (held(path), findings(path)) == (expected, ())

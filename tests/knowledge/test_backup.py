"""Documents outlive the index: one file out, one file in; and what is to be forgotten is gone from every file."""

from __future__ import annotations

import gzip
import json
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from knowledge import backup, originals
from knowledge.backup import attached, export, restore, take_out
from knowledge.build import add, build, remove
from knowledge.check import check
from knowledge.embed import encoder
from knowledge.errors import BackupError, IndexMissingError, SourceError
from knowledge.forget import forget
from knowledge.index import open_index

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def index(tmp_path: Path, corpus: Any) -> Path:
    """Three documents; d1 in two versions, d2 taken out."""
    path = tmp_path / "index"
    rows = [corpus.row(number) for number in range(4)]
    build(path, [str(corpus.write(tmp_path / "a.jsonl", *rows))], encoder())
    changed = corpus.row(1, text="第1号通知规定补贴标准为1111元。")
    add(path, [str(corpus.write(tmp_path / "b.jsonl", changed))], encoder())
    remove(path, ["d2"], encoder())
    return path


def told(path: Path) -> tuple[list[Any], list[Any], list[str]]:
    opened = open_index(path, encoder())
    try:
        versions = [
            [(e.id, e.version, e.hash) for e in part] for part in (opened.catalogue.current, opened.catalogue.history)
        ]
        return versions[0], sorted(versions[1]), [document.text for document in opened.documents]
    finally:
        opened.vectors.close()


def test_an_index_comes_back_with_all_versions(index: Path, tmp_path: Path) -> None:
    kept = export(index, tmp_path / "a.backup", encoder())
    assert (kept.documents, kept.versions, kept.lost) == (3, 5, ())
    assert [path.name for path in tmp_path.glob(".*")] == []
    summary = restore(tmp_path / "other", tmp_path / "a.backup", encoder())
    assert summary.documents == 3
    assert told(tmp_path / "other") == told(index)
    assert check(tmp_path / "other", encoder()).findings == ()
    again = add(tmp_path / "other", [str(tmp_path / "b.jsonl")], encoder())
    assert (again.added, again.replaced) == (0, 0)


def test_an_index_of_an_older_format_is_backed_up_and_built_anew(index: Path, tmp_path: Path) -> None:
    """Its manifest is of another format, its segments are of no use: the originals are what counts."""
    wanted = told(index)
    for manifest in index.glob("g-*/manifest.json"):
        manifest.write_text('{"format": 1}', encoding="utf-8")
    shutil.rmtree(index / "segments")
    export(index, tmp_path / "a.backup", encoder())
    restore(tmp_path / "other", tmp_path / "a.backup", encoder())
    assert told(tmp_path / "other") == wanted


def test_an_index_that_is_there_is_not_replaced_unless_told(index: Path, tmp_path: Path) -> None:
    export(index, tmp_path / "a.backup", encoder())
    remove(index, ["d0"], encoder())
    with pytest.raises(BackupError, match="--replace"):
        restore(index, tmp_path / "a.backup", encoder())
    restore(index, tmp_path / "a.backup", encoder(), replacing=True)
    assert [row[0] for row in told(index)[0]] == ["d0", "d1", "d3"]


def test_what_goes_with_it_comes_out_as_it_went_in(index: Path, tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(b"\0state" * 1000)
    export(index, tmp_path / "a.backup", encoder(), {"assistant.sqlite3": tmp_path / "state"})
    assert attached(tmp_path / "a.backup") == ("assistant.sqlite3",)
    take_out(tmp_path / "a.backup", "assistant.sqlite3", tmp_path / "out" / "state")
    assert (tmp_path / "out" / "state").read_bytes() == b"\0state" * 1000


def rewrite(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def head_with(**fields: Any) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members["backup.json"] = json.dumps(json.loads(members["backup.json"]) | fields).encode()

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (head_with(backup=3), "更新的程序做的备份（格式 3"),
        (head_with(backup="x"), "清单无法读取"),
        (head_with(versions=9), "文件数与清单不一致"),
        (
            lambda members: members.update({"documents.jsonl": members["documents.jsonl"].replace(b"1111", b"2222")}),
            "与备份时不同",
        ),
        (lambda members: members.update({"../evil": b"x"}), "不属于备份的内容：'../evil'"),
        (lambda members: members.update({"attachments/../../evil": b"x"}), "不属于备份的内容"),
        (lambda members: members.update({"attachments/extra": b"x"}), "内容与清单不一致"),
        (lambda members: members.pop("documents.jsonl"), "内容不全"),
        (lambda members: members.update({"documents.jsonl": b"0" * 300_000_000}), "大得不正常"),
    ],
)
def test_a_backup_that_is_not_as_it_was_written_changes_nothing(
    index: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], reason: str
) -> None:
    source = tmp_path / "a.backup"
    export(index, source, encoder())
    rewrite(source, change)
    before = told(index)
    with pytest.raises(BackupError, match=reason.replace("（", "[（]")) as raised:
        restore(index, source, encoder(), replacing=True)
    assert str(source) in str(raised.value)
    assert told(index) == before
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_backup_that_is_cut_off_is_refused_by_name(index: Path, tmp_path: Path, share: float) -> None:
    source = tmp_path / "a.backup"
    export(index, source, encoder())
    source.write_bytes(source.read_bytes()[: int(share * source.stat().st_size)])
    with pytest.raises(BackupError, match=r"a\.backup"):
        restore(tmp_path / "other", source, encoder())


def test_there_is_nothing_to_back_up_where_there_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError):
        export(tmp_path / "none", tmp_path / "a.backup", encoder())
    assert backup.FORMAT == 2


# ---- forgetting


def holds(folder: Path, words: str) -> list[str]:
    """Return the files of a folder that hold some words, packed or plain, as text or as JSON escapes them."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            data += gzip.decompress(data) if path.suffix == ".gz" else b""
            if words.encode() in data or json.dumps(words)[1:-1].encode() in data:
                found.append(path.relative_to(folder).as_posix())
    return found


@pytest.mark.parametrize(
    ("doc_id", "words"), [("d1", "1111元"), ("d1", "第1号通知"), ("d2", "第2号通知"), ("d3", "第3号通知")]
)
def test_what_is_forgotten_is_in_no_file_any_more(index: Path, doc_id: str, words: str) -> None:
    """A document with two versions, one that had been taken out, one that answers; the others stay as they were."""
    assert holds(index, words)
    kept = [row for row in told(index)[0] if row[0] != doc_id]
    forget(index, [doc_id], encoder())
    assert holds(index, words) == []
    assert told(index)[0] == kept
    assert check(index, encoder()).findings == ()
    assert originals.FOLDER in {path.name for path in index.iterdir()}


def test_an_id_that_never_was_is_told_and_the_last_document_stays(index: Path) -> None:
    with pytest.raises(SourceError, match="从来没有"):
        forget(index, ["d9"], encoder())
    with pytest.raises(SourceError):
        forget(index, ["d0", "d1", "d3"], encoder())
    assert len(told(index)[0]) == 3

"""Zip archives -> the documents in them; names, nesting and sizes cannot do harm."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from knowledge.sources import archive
from knowledge.sources.folder import read_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def zipped(path: Path, files: dict[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in files.items():
            opened.writestr(name, data)
    return path


def test_the_files_of_an_archive_are_read_and_named_by_their_place(tmp_path: Path) -> None:
    line = json.dumps({"id": "k", "title": "丙", "text": "丙。"})
    path = zipped(
        tmp_path / "a.zip",
        {
            "通知/乙.html": "<title>乙</title><p>请做好培训工作，按期完成。</p>",
            "甲.txt": "补\u200b贴标准。",
            "corpus.jsonl": f"{line}\n{{\n",
            "表.wps": b"?",
            "空.txt": "",
            ".hidden.txt": "藏",
            "__MACOSX/._甲.txt": "藏",
        },
    )
    reading = read_all([str(path)])
    assert [document.id for document in reading.documents] == ["k", "a.zip/甲.txt", "a.zip/通知/乙.html"]
    assert reading.documents[1].source == "甲.txt"
    assert reading.skipped == ["a.zip/表.wps（不认识的格式）"]
    assert reading.notes == [f"{path}/甲.txt：去掉了1 个不可见字符"]
    told = [str(failure) for failure in reading.failures]
    assert told[0].startswith(f"{path}/corpus.jsonl 第 2 行：不是有效的 JSON")
    assert told[1:] == [f"{path}/空.txt：文件是空的"]


def test_an_archive_in_a_folder_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    zipped(tmp_path / "b" / "a.zip", {"甲.txt": "补贴标准。"})
    assert [document.id for document in read_all([str(tmp_path)]).documents] == ["b/a.zip/甲.txt"]


def test_names_in_gbk_are_read_right(tmp_path: Path) -> None:
    """As Chinese Windows packs them: bytes of GBK without the flag of UTF-8."""
    name = "甲.txt".encode("gbk")
    path = zipped(tmp_path / "a.zip", {"x" * len(name): "补贴标准。"})
    path.write_bytes(path.read_bytes().replace(b"x" * len(name), name))
    assert [document.id for document in read_all([str(path)]).documents] == ["a.zip/甲.txt"]


def test_one_damaged_file_does_not_take_the_others(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as opened:
        opened.writestr("a.txt", "这里会坏。")
        opened.writestr("b.txt", "正文。")
    path = tmp_path / "a.zip"
    path.write_bytes(path.read_bytes().replace("这里会坏。".encode(), "这里坏了。".encode()))
    reading = read_all([str(path)])
    assert [document.id for document in reading.documents] == ["a.zip/b.txt"]
    assert [failure.source for failure in reading.failures] == [f"{path}/a.txt"]


@pytest.mark.parametrize("name", ["../../secret.txt", "/etc/secret.txt", "a/../../secret.txt", "..\\..\\secret.txt"])
def test_a_name_that_leads_out_is_refused_and_writes_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    path = zipped(tmp_path / "in" / "deep" / "a.zip", {name: "机密", "b.txt": "正文。"})
    before = sorted(tmp_path.rglob("*"))
    reading = read_all([str(path)])
    assert [document.id for document in reading.documents] == ["a.zip/b.txt"]
    assert [failure.reason for failure in reading.failures] == ["压缩包里的路径指向包外，没有读取"]
    assert sorted(tmp_path.rglob("*")) == before


def test_an_archive_in_an_archive_is_refused_by_name(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"a.txt": "正文。"}).read_bytes()
    reading = read_all([str(zipped(tmp_path / "a.zip", {"inner.zip": inner}))])
    assert "压缩包里的压缩包" in reading.failures[0].reason


def test_a_bomb_and_a_crowd_are_refused_without_unpacking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bounded: Callable[..., None]
) -> None:
    monkeypatch.setattr(archive, "LARGEST_UNPACKED", 1024 * 1024)
    monkeypatch.setattr(archive, "MOST_FILES", 10)
    bomb = zipped(tmp_path / "bomb.zip", {"a.txt": b"0" * 64 * 1024 * 1024})
    crowd = zipped(tmp_path / "crowd.zip", {f"{number}.txt": "x" for number in range(11)})
    bounded(5, read_all, [str(bomb), str(crowd)])
    reasons = [failure.reason for failure in read_all([str(bomb), str(crowd)]).failures]
    assert "展开后有 64 MB" in reasons[0]
    assert "11 个文件，超过 10 个" in reasons[1]


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04" + b"\0" * 100])
def test_a_damaged_archive_is_told_by_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    (failure,) = read_all([str(path)]).failures
    assert (failure.source, "压缩包已损坏" in failure.reason) == (str(path), True)

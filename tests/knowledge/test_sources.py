"""Files, folders and corpora -> documents; whatever cannot be read is told by name and the rest goes in."""

from __future__ import annotations

import codecs
import json
import lzma
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from knowledge.errors import SourceError
from knowledge.sources import jsonl, text
from knowledge.sources.folder import LARGEST_FILE, read_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXT = "关于推行终身职业技能培训制度的意见\n\n自2018年5月3日起施行，覆盖城乡全体劳动者。"
ROW = {"id": "a", "title": "通知", "text": "自公布之日起施行。"}


def line(**fields: Any) -> bytes:
    return json.dumps(ROW | fields, ensure_ascii=False).encode() + b"\n"


def corpus_file(folder: Path, *lines: bytes) -> Path:
    path = folder / "corpus.jsonl"
    path.write_bytes(b"".join(lines))
    return path


class TestEncodings:
    @pytest.mark.parametrize(
        "data",
        [
            TEXT.encode(),
            codecs.BOM_UTF8 + TEXT.encode(),
            TEXT.encode("gbk"),
            TEXT.encode("gb18030"),
            TEXT.encode("utf-16"),
            codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
            TEXT.encode("utf-32"),
            codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"),
            TEXT.encode("utf-16-le"),
            TEXT.encode("utf-16-be"),
        ],
        ids=[
            *("utf-8", "utf-8-bom", "gbk", "gb18030", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"),
            *("utf-16-le-without-mark", "utf-16-be-without-mark"),
        ],
    )
    def test_a_file_is_decoded_right(self, tmp_path: Path, data: bytes) -> None:
        path = tmp_path / "意见.txt"
        path.write_bytes(data)
        assert text.read(path, "a").text == TEXT

    def test_a_character_that_only_gb18030_has_is_decoded_right(self) -> None:
        assert text.decode("㐂𠀀".encode("gb18030"), "a.txt") == "㐂𠀀"

    @pytest.mark.parametrize(
        "data",
        [
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            TEXT.encode() + b"\xff\xff",
            TEXT.encode("gb18030")[:-1] + b"\x00",
            "déjà vu, ÿ".encode("latin-1"),
            codecs.BOM_UTF16_LE + b"\x00\xd8",  # half a surrogate pair
        ],
        ids=["binary", "utf-8-with-garbage", "gb18030-cut", "latin-1", "utf-16-cut"],
    )
    def test_what_cannot_be_decoded_is_rejected_by_name(self, data: bytes) -> None:
        with pytest.raises(SourceError, match=r"^政策\.txt："):
            text.decode(data, "政策.txt")

    def test_the_place_of_the_first_wrong_byte_is_told(self) -> None:
        with pytest.raises(SourceError, match="第 3 个字节起"):
            text.decode("政".encode("gbk") + b"\xff", "a.txt")

    @pytest.mark.parametrize("data", [b"", b" \n\t\n", codecs.BOM_UTF8, "\u200b\ufeff".encode()])
    def test_an_empty_file_is_told_by_name(self, tmp_path: Path, data: bytes) -> None:
        path = tmp_path / "空.txt"
        path.write_bytes(data)
        reading = read_all([str(path)])
        assert reading.documents == []
        assert [str(failure) for failure in reading.failures] == [f"{path}：文件是空的"]

    def test_zero_width_and_direction_marks_do_not_get_into_the_text(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text("补\u200b贴\u202e标准", encoding="utf-8")
        assert text.read(path, "a").text == "补贴标准"


class TestNotes:
    def test_what_was_taken_out_of_a_file_is_said(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text("补\u200b贴\u200b标\u202e准\x00和\x07范围\n自公布之日起施行。", encoding="utf-8")
        reading = read_all([str(path)])
        assert reading.documents[0].text == "补贴标准和范围\n自公布之日起施行。"
        assert reading.notes == [f"{path}：去掉了1 个空字符、1 个控制字符、2 个不可见字符、1 个文字方向符"]

    def test_characters_that_were_lost_before_are_said(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text("补贴\ufffd准。", encoding="utf-8")
        assert read_all([str(path)]).notes == [f"{path}：原文有 1 处已经丢失的字符（\ufffd）"]

    def test_of_a_clean_file_there_is_nothing_to_say(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("补贴标准。", encoding="utf-8-sig")
        (tmp_path / "b.md").write_text("# 补贴\n标准。", encoding="utf-8")
        (tmp_path / "c.html").write_text("<p>补贴标准，按规定执行，不得截留。</p>", encoding="utf-8")
        reading = read_all([str(tmp_path)])
        assert (len(reading.documents), reading.notes) == (3, [])


class TestLimits:
    def test_a_file_beyond_the_limit_is_refused_by_name_and_the_rest_goes_in(self, tmp_path: Path) -> None:
        with (tmp_path / "big.txt").open("wb") as stream:
            stream.truncate(LARGEST_FILE + 1)
        (tmp_path / "small.txt").write_text("正文。", encoding="utf-8")
        reading = read_all([str(tmp_path)])
        assert [document.id for document in reading.documents] == ["small.txt"]
        assert [str(failure) for failure in reading.failures] == [
            f"{tmp_path / 'big.txt'}：文件有 20 MB，超过 20 MB，没有读取"
        ]

    def test_a_named_file_beyond_the_limit_is_refused_too(self, tmp_path: Path) -> None:
        path = tmp_path / "big"
        with path.open("wb") as stream:
            stream.truncate(100 * 1024 * 1024)
        assert "文件有 100 MB" in read_all([str(path)]).failures[0].reason


class TestCorpusFiles:
    def test_what_a_line_does_not_tell_is_filled_from_its_text_and_what_it_tells_stays(self, tmp_path: Path) -> None:
        text = "关于培训的通知 青人社发〔2021〕1号 各区人社局： 请做好培训。 青川市人社局 2021年3月1日"
        path = corpus_file(tmp_path, line(title="关于培训的通知", text=text, issuer="市人社局"))
        (document,) = read_all([str(path)]).documents
        assert (document.issuer, document.number, document.written) == ("市人社局", "青人社发〔2021〕1号", "2021-03-01")
        assert document.text == text

    def test_text_is_kept_unchanged_and_all_fields_are_read(self, tmp_path: Path) -> None:
        fields = {
            "text": "　１．ＡＢＣ\u200b 臺灣\r\n\n\n\n尾  ",
            "source": "https://example.org/a",
            "published": "2021-12-15",
            "issuer": "人力资源社会保障部",
            "number": "人社部发〔2021〕1号",
        }
        (document,) = jsonl.read(corpus_file(tmp_path, line(**fields)))
        assert not isinstance(document, SourceError)
        assert {key: getattr(document, key) for key in fields} == fields

    @pytest.mark.parametrize(
        ("broken", "reason"),
        [
            (b'{"id": "b", "title": \n', "不是有效的 JSON"),
            (b'["id", "title", "text"]\n', "不是 JSON 对象"),
            (b"[" * 100_000 + b"\n", "不是有效的 JSON"),
            (line(id=7), "缺少字段 id"),
            (line(id=" "), "缺少字段 id"),
            (line(text=""), "缺少字段 text"),
            (json.dumps({"id": "b", "text": "二"}).encode() + b"\n", "缺少字段 title"),
            (line(issuer=["甲"]), "字段 issuer 不是文字"),
            (line(published="2021年"), "字段 published 不是 YYYY-MM-DD"),
            (line(published="20211215"), "字段 published 不是 YYYY-MM-DD"),
            (line(published="2021-W50-3"), "字段 published 不是 YYYY-MM-DD"),
            (line(published="2021-02-30"), "字段 published 不是 YYYY-MM-DD"),
            (b'{"id": "b", "title": "\\ud800", "text": "x"}\n', "字段 title 含有不成对的代理字符"),
            (b'{"id": "b", "title": "t", "text": "\\udfff"}\n', "字段 text 含有不成对的代理字符"),
            (b'{"id": "b", "title": "\xb2\xb9\xcc\xf9", "text": "x"}\n', "不是有效的 UTF-8"),
        ],
    )
    def test_a_broken_line_is_told_with_its_number_and_the_rest_goes_in(
        self, tmp_path: Path, broken: bytes, reason: str
    ) -> None:
        path = corpus_file(tmp_path, line(id="a"), b"\n", broken, line(id="c"))
        reading = read_all([str(path)])
        assert [document.id for document in reading.documents] == ["a", "c"]
        (failure,) = reading.failures
        assert str(failure).startswith(f"{path} 第 3 行：{reason}")
        assert "\n" not in str(failure)

    def test_a_broken_line_far_down_does_not_take_the_lines_before_it(self, tmp_path: Path) -> None:
        """Lines of one read-ahead of the file decode one by one."""
        path = corpus_file(tmp_path, *(line(id=str(number)) for number in range(50)), b"\xff\xfe\n", line(id="z"))
        reading = read_all([str(path)])
        assert len(reading.documents) == 51
        assert "第 51 行" in str(reading.failures[0])

    def test_a_repeated_id_is_told_and_the_first_one_stays(self, tmp_path: Path) -> None:
        path = corpus_file(tmp_path, line(title="先"), line(title="后"))
        reading = read_all([str(path)])
        assert [document.title for document in reading.documents] == ["先"]
        assert "文件编号重复：a" in str(reading.failures[0])

    def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(self, tmp_path: Path) -> None:
        path = corpus_file(tmp_path, codecs.BOM_UTF8, line().replace(b"\n", b"\r\n"), line(id="b"))
        assert [document.id for document in read_all([str(path)]).documents] == ["a", "b"]

    def test_a_compressed_corpus_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "corpus.jsonl.xz"
        path.write_bytes(lzma.compress(line() + line(id="b")))
        assert [document.id for document in read_all([str(path)]).documents] == ["a", "b"]

    def test_a_line_beyond_the_limit_is_told_and_the_rest_goes_in(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(jsonl, "LARGEST_LINE", 1024)
        long = line(id="b", text="长" * 3000)
        reading = read_all([str(corpus_file(tmp_path, line(), long, line(id="c")))])
        assert [document.id for document in reading.documents] == ["a", "c"]
        assert "第 2 行：一行超过" in str(reading.failures[0])

    def test_an_archive_that_unpacks_beyond_the_limit_is_left_there(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bounded: Callable[..., None]
    ) -> None:
        """64 MB of one character pack into 10 kB."""
        monkeypatch.setattr(jsonl, "LARGEST_LINE", 1024)
        monkeypatch.setattr(jsonl, "LARGEST_FILE", 1024 * 1024)
        path = tmp_path / "bomb.jsonl.xz"
        path.write_bytes(lzma.compress(line() + b" " * 64 * 1024 * 1024 + b"\n" + line(id="b")))
        bounded(5, read_all, [str(path)])
        reading = read_all([str(path)])
        assert [document.id for document in reading.documents] == ["a"]
        assert "之后的没有读取" in str(reading.failures[-1])

    def test_a_compressed_corpus_that_is_cut_off_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "corpus.jsonl.xz"
        path.write_bytes(lzma.compress(line() * 1000)[:-30])
        assert [failure.source for failure in read_all([str(path)]).failures][-1] == str(path)


class TestFolders:
    def test_files_are_read_in_sorted_order_and_named_by_their_path(self, tmp_path: Path) -> None:
        for name in ("乙.txt", "b/丁.md", "a.txt", "b/丙.txt"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(name, encoding="utf-8")
        reading = read_all([str(tmp_path)])
        assert [document.id for document in reading.documents] == ["a.txt", "b/丁.md", "b/丙.txt", "乙.txt"]
        assert (reading.failures, reading.skipped) == ([], [])

    def test_hidden_and_unknown_files_are_passed_over_and_named(self, tmp_path: Path) -> None:
        for name in (".hidden.txt", ".git/config.txt", "table.wps", "plain", "a.txt"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text("正文", encoding="utf-8")
        reading = read_all([str(tmp_path)])
        assert [document.id for document in reading.documents] == ["a.txt"]
        assert reading.skipped == [
            ".git/config.txt（隐藏文件）",
            ".hidden.txt（隐藏文件）",
            "plain（不认识的格式）",
            "table.wps（不认识的格式）",
        ]

    @pytest.mark.parametrize(
        "first", [b'{"id": "q1", "turns": ["?"]}\n', b"", b"\n" + b"{}", b"[" * 100_000, b"\xff\xfe"]
    )
    def test_a_jsonl_that_is_no_corpus_is_passed_over_and_named(self, tmp_path: Path, first: bytes) -> None:
        corpus_file(tmp_path, line())
        (tmp_path / "questions.jsonl").write_bytes(first)
        reading = read_all([str(tmp_path)])
        assert [document.id for document in reading.documents] == ["a"]
        assert [name.partition("（")[0] for name in reading.skipped] == ["questions.jsonl"]

    def test_a_link_out_of_the_folder_is_not_followed(self, tmp_path: Path) -> None:
        (tmp_path / "secret").mkdir()
        (tmp_path / "secret" / "key.txt").write_text("机密", encoding="utf-8")
        folder = tmp_path / "folder"
        folder.mkdir()
        (folder / "a.txt").write_text("正文", encoding="utf-8")
        (folder / "file.txt").symlink_to(tmp_path / "secret" / "key.txt")
        (folder / "relative.txt").symlink_to("../secret/key.txt")
        (folder / "tree").symlink_to(tmp_path / "secret")
        (folder / "inner.txt").symlink_to("a.txt")
        reading = read_all([str(folder)])
        assert [document.id for document in reading.documents] == ["a.txt", "inner.txt"]
        assert sorted(name.partition("（")[0] for name in reading.skipped) == ["file.txt", "relative.txt", "tree"]

    def test_a_pipe_in_the_folder_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.txt")
        assert read_all([str(tmp_path)]).skipped == ["pipe.txt（不是普通文件）"]

    def test_a_file_that_cannot_be_read_is_told_and_the_rest_goes_in(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("正文", encoding="utf-8")
        (tmp_path / "broken.txt").symlink_to("missing.txt")
        reading = read_all([str(tmp_path)])
        assert [document.id for document in reading.documents] == ["a.txt"]
        assert [failure.source for failure in reading.failures] == [str(tmp_path / "broken.txt")]

    @pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux only")
    def test_a_file_name_that_is_not_utf_8_is_told_and_the_rest_goes_in(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("正文", encoding="utf-8")
        with open(os.fsencode(tmp_path) + "/政策.txt".encode("gbk"), "w", encoding="utf-8") as stream:  # noqa: PTH123  # bytes
            stream.write("正文")
        reading = read_all([str(tmp_path)])
        assert [document.id for document in reading.documents] == ["a.txt"]
        assert "文件名不是 UTF-8" in str(reading.failures[0])

    def test_the_same_file_twice_is_one_document(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text("正文", encoding="utf-8")
        reading = read_all([str(path), str(path)])
        assert len(reading.documents) == len(reading.failures) == 1


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("missing.txt", "不存在"),
        ("x" * 300, "不存在"),
        ("a\0b", "不存在"),
        ("/dev/zero", "不是普通文件"),
        ("http://127.0.0.1/a.html", "指向内网或本机的地址"),
    ],
)
def test_a_source_that_is_not_there_is_told(source: str, reason: str) -> None:
    (failure,) = read_all([source]).failures
    assert failure.source == source
    assert reason in failure.reason

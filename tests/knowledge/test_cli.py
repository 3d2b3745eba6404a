"""``python -m knowledge`` as people start it: real processes, exit codes, one line for what is wrong."""

from __future__ import annotations

import json
import shutil
import stat
from typing import TYPE_CHECKING, Any

import pytest

from knowledge.__main__ import main
from knowledge.embed import HashedTermEmbedder
from knowledge.index import open_index

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess


def assert_refused(done: CompletedProcess[str], *said: str) -> None:
    """Exit 2, nothing on stdout, one line on stderr that says it."""
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("错误：")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    for words in said:
        assert words in done.stderr


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, article_index_path: Path) -> Path:
    """A copy that commands may write to."""
    return shutil.copytree(article_index_path, tmp_path_factory.mktemp("cli") / "index")


class TestProcesses:
    def test_a_life_of_an_index(
        self, tmp_path: Path, article_path: Path, corpus: Any, knowledge: Callable[..., CompletedProcess[str]]
    ) -> None:
        """build, add, list, search, remove; one process after the other."""
        index = tmp_path / "目录" / "index"
        done = knowledge("build", "--index", index, article_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == "索引里有 1 份文件、26 个段落（新增 1 份）。\n"

        more = corpus.write(tmp_path / "more.jsonl", corpus.row(7, published="2024-05-01", issuer="某局", number="1号"))
        done = knowledge("add", "--index", index, more)
        assert (done.returncode, done.stdout) == (0, "索引里有 2 份文件、27 个段落（新增 1 份）。\n")

        done = knowledge("list", "--index", index, "--json")
        assert (done.returncode, done.stderr) == (0, "")
        article, added = json.loads(done.stdout)["documents"]
        assert (article["id"], article["published"], article["passages"]) == (article_path.name, "2022-07-14", 26)
        assert added | {"hash": ""} == {
            "id": "d7",
            "title": "第7号通知",
            "issuer": "某局",
            "number": "1号",
            "published": "2024-05-01",
            "written": None,
            "effective": None,
            "expires": None,
            "addressee": None,
            "validity": None,
            "source": None,
            "passages": 1,
            "version": 1,
            "state": "current",
            "same_as": None,
            "hash": "",
        }

        done = knowledge("search", "--index", index, "以工代训多少人", "-k", "3", "--json")
        assert (done.returncode, done.stderr) == (0, "")
        hits = json.loads(done.stdout)["hits"]
        assert len(hits) == 3
        assert "以工代训3600多万人" in hits[0]["text"]
        assert hits[0]["headings"][-1] == "(三)职业技能培训工作格局不断强化"

        done = knowledge("remove", "--index", index, "d7")
        assert (done.returncode, done.stdout) == (0, "索引里有 1 份文件、26 个段落（移除 1 份）。\n")

    def test_a_broken_file_and_a_broken_line_are_told_and_the_rest_goes_in(
        self, tmp_path: Path, knowledge: Callable[..., CompletedProcess[str]]
    ) -> None:
        folder = tmp_path / "folder"
        folder.mkdir()
        (folder / "good.txt").write_text("关于补贴的通知\n按月发放。", encoding="utf-8")
        (folder / "empty.txt").write_text("", encoding="utf-8")
        (folder / "scan.ofd").write_bytes(b"%PDF")
        corpus = tmp_path / "corpus.jsonl"
        corpus.write_text('{"id": "a", "title": "甲", "text": "乙。"}\n{"id": "a"\n', encoding="utf-8")
        done = knowledge("build", "--index", tmp_path / "index", folder, corpus, "missing.txt")
        assert (done.returncode, done.stdout) == (1, "索引里有 2 份文件、2 个段落（新增 2 份）。\n")
        lines = done.stderr.splitlines()
        assert lines[0] == "跳过：scan.ofd（不认识的格式）"
        assert lines[1] == f"失败：{folder / 'empty.txt'}：文件是空的"
        assert lines[2].startswith(f"失败：{corpus} 第 2 行：不是有效的 JSON")
        assert lines[3:] == ["失败：missing.txt：文件或文件夹不存在", "有 3 处没有读成，其余已经收入。"]

    def test_a_damaged_index_is_told_by_a_real_process(
        self, tmp_path: Path, article_index_path: Path, knowledge: Callable[..., CompletedProcess[str]]
    ) -> None:
        copy = shutil.copytree(article_index_path, tmp_path / "index")
        (database,) = copy.glob("segments/*/chroma/chroma.sqlite3")
        database.write_bytes(database.read_bytes()[:5_000])
        done = knowledge("check", "--index", copy)
        assert (done.returncode, done.stderr) == (1, "")
        assert done.stdout.startswith("损坏：向量库无法读取")
        assert done.stdout.endswith(f"有 1 处损坏。修复：python -m knowledge check --repair --index {copy}\n")
        assert_refused(knowledge("search", "--index", copy, "补贴"), "索引已损坏", f"check --repair --index {copy}")
        done = knowledge("check", "--repair", "--index", copy)
        assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "已经修复：1 份文件、26 个段落。")
        assert knowledge("search", "--index", copy, "补贴").returncode == 0

    def test_a_query_of_any_bytes_is_searched(
        self, index: Path, knowledge: Callable[..., CompletedProcess[str]]
    ) -> None:
        done = knowledge("search", "--index", index, "补贴\udcff", "--json")
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["query"] == "补贴"

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            ((), "--help"),
            (("rebuild",), "rebuild"),
            (("list",), "--index"),
            (("build", "--index", "i"), "SOURCE"),
            (("search", "--index", "i", "补贴", "-k", "none"), "应为正整数"),
            (("search", "--index", "i", "补贴", "-k", "0"), "应为正整数"),
            (("search", "--index", "/nowhere/index", "补贴"), "找不到索引：/nowhere/index"),
            (("remove", "--index", "/proc/index", "a"), "/proc/index"),
        ],
    )
    def test_bad_use_and_bad_input_are_told_in_one_line(
        self, knowledge: Callable[..., CompletedProcess[str]], arguments: tuple[str, ...], said: str
    ) -> None:
        assert_refused(knowledge(*arguments), said)


class TestCommands:
    """What needs no process of its own."""

    def test_list_has_a_line_a_document(self, index: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["list", "--index", str(index)]) == 0
        (line,) = capsys.readouterr().out.splitlines()
        assert line.split("\t")[1:3] == ["2022-07-14", "26 段"]

    def test_search_shows_score_headings_and_matches(self, index: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["search", "--index", str(index), "马兰花", "-k", "1"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].startswith("1. 1.000（词 1.00，向量 ")
        assert lines[0].endswith("(一)职业技能培训政策体系不断健全")
        assert lines[2].startswith("   匹配：马兰花")

    def test_check_prints_one_object(self, index: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "--index", str(index), "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told == {"documents": 1, "passages": 26, "findings": [], "lost": [], "repaired": False}

    def test_check_says_that_all_is_well(self, index: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "--index", str(index)]) == 0
        assert capsys.readouterr().out == "索引完好：1 份文件、26 个段落。\n"

    def test_nothing_readable_is_an_error_that_says_why(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "empty.txt").write_text("", encoding="utf-8")
        assert main(["build", "--index", str(tmp_path / "i"), str(tmp_path / "empty.txt")]) == 2
        told = capsys.readouterr()
        assert (told.out, told.err) == ("", f"错误：没有可以建立索引的文件：{tmp_path / 'empty.txt'}：文件是空的\n")

    def test_an_unknown_document_is_told_with_how_to_see_the_known_ones(
        self, index: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["remove", "--index", str(index), "nobody"]) == 2
        assert "nobody：索引中没有这个文件编号，可用 python -m knowledge list" in capsys.readouterr().err

    def test_help_lists_the_commands(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as ended:
            main(["--help"])
        assert ended.value.code == 0
        told = capsys.readouterr().out
        assert all(name in told for name in ("build", "add", "remove", "list", "search", "check"))


def test_the_bundled_corpus_is_indexed_without_a_fault(
    tmp_path: Path, article_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", "--index", str(tmp_path / "index"), str(article_path.parent)]) == 0
    index = open_index(tmp_path / "index", HashedTermEmbedder())
    assert [document.id for document in index.documents] == [article_path.name]
    index.vectors.close()
    assert not stat.S_IMODE((tmp_path / "index").stat().st_mode) & stat.S_IWOTH

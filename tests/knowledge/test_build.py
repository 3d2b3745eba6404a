"""Building, adding, removing: the index is the old one or the new one, whatever happens in between."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from knowledge import generation, originals, prepare
from knowledge.build import add, build, remove
from knowledge.embed import StaticEmbedder, Vectors, encoder
from knowledge.errors import IndexDamagedError, IndexLockedError, IndexMissingError, IndexWriteError, SourceError
from knowledge.generation import POINTER
from knowledge.index import Index, open_index
from knowledge.manifest import Manifest
from knowledge.part import Part
from knowledge.retrieve import Retriever
from knowledge.store import VectorWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def source(tmp_path: Path, corpus: Any) -> Path:
    """A corpus of three documents."""
    return corpus.write(tmp_path / "old.jsonl", *map(corpus.row, range(3)))


@pytest.fixture
def other(tmp_path: Path, corpus: Any) -> Path:
    """Another corpus; large enough for a build of it to take a while."""
    return corpus.write(tmp_path / "new.jsonl", *(corpus.row(number) for number in range(100, 500)))


@pytest.fixture
def served(path: Path, source: Path) -> Path:
    """An index of the three documents."""
    build(path, [str(source)], encoder())
    return path


class Opened:
    """Opens indexes and closes them after the test."""

    def __init__(self) -> None:
        self._indexes: list[Index] = []

    def __call__(self, path: Path) -> Index:
        self._indexes.append(open_index(path, encoder()))
        return self._indexes[-1]

    def close(self) -> None:
        for index in self._indexes:
            index.vectors.close()


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Open an index for reading."""
    opened = Opened()
    yield opened
    opened.close()


def ids(index: Index) -> list[str]:
    return [document.id for document in index.documents]


def first(index: Index, question: str) -> str:
    return Retriever(index).search(question)[0].passage.doc_id


def remains(path: Path) -> list[str]:
    """What lies in the folder of an index besides its generations."""
    return sorted(file.name for file in path.iterdir() if not file.name.startswith("g-"))


def contents(index: Index) -> tuple[Any, ...]:
    """All that an answer can depend on."""
    hits = [
        (hit.passage.id, round(hit.score, 5), round(hit.dense, 5))
        for question in ("第101号通知", "补贴标准", "第499号通知的补贴标准是多少元")
        for hit in Retriever(index).search(question, 10)
    ]
    lexical = index.lexical
    table = (lexical.offsets.tolist(), lexical.rows.tolist(), lexical.impacts.tolist())
    return index.documents, index.passages, dict(lexical.vocabulary), table, hits


class TestDocuments:
    def test_a_build_holds_exactly_its_sources(self, path: Path, source: Path, other: Path, opened: Opened) -> None:
        build(path, [str(other)], encoder())
        summary = build(path, [str(source)], encoder())
        assert (summary.documents, summary.passages) == (3, 3)
        assert ids(opened(path)) == ["d0", "d1", "d2"]

    def test_every_passage_is_its_stretch_of_its_document(self, article_index: Index) -> None:
        for passage in article_index.passages:
            text = article_index.document(passage.doc_id).text
            assert text[passage.start : passage.end] == passage.text

    def test_a_document_and_its_metadata_come_back_as_they_were_read(self, article_index: Index, article: Any) -> None:
        assert article_index.documents == (article,)

    def test_a_passage_is_embedded_under_its_title_and_headings(self, article_index: Index) -> None:
        passage = article_index.passages[2]
        assert prepare.searchable(passage, "") == "\n".join((passage.title, *passage.headings, passage.text))

    def test_add_keeps_what_is_there(self, served: Path, tmp_path: Path, corpus: Any, opened: Opened) -> None:
        more = corpus.write(tmp_path / "more.jsonl", corpus.row(7))
        add(served, [str(more)], encoder())
        index = opened(served)
        assert ids(index) == ["d0", "d1", "d2", "d7"]
        assert [first(index, f"第{number}号通知") for number in (0, 7)] == ["d0", "d7"]

    def test_the_same_document_again_is_no_duplicate(self, served: Path, source: Path, opened: Opened) -> None:
        before = contents(opened(served))
        add(served, [str(source)], encoder())
        assert contents(opened(served)) == before

    def test_a_changed_document_is_replaced_and_its_old_passages_are_gone(
        self, served: Path, tmp_path: Path, corpus: Any, opened: Opened
    ) -> None:
        changed = corpus.write(tmp_path / "changed.jsonl", corpus.row(1, text="残疾人培训免费。"))
        add(served, [str(changed)], encoder())
        index = opened(served)
        assert sorted(ids(index)) == ["d0", "d1", "d2"]
        assert [passage.text for passage in index.passages if passage.doc_id == "d1"] == ["残疾人培训免费。"]
        assert first(index, "残疾人培训免费吗") == "d1"

    def test_remove_takes_a_document_out_with_its_passages(self, served: Path, opened: Opened) -> None:
        remove(served, ["d1", "d1"], encoder())
        index = opened(served)
        assert ids(index) == ["d0", "d2"]
        assert {hit.passage.doc_id for hit in Retriever(index).search("第1号通知")} == {"d0", "d2"}

    def test_adding_and_removing_gives_the_index_of_a_clean_build(
        self, served: Path, tmp_path: Path, corpus: Any, opened: Opened
    ) -> None:
        clean = contents(opened(served))
        add(served, [str(corpus.write(tmp_path / "more.jsonl", corpus.row(7)))], encoder())
        remove(served, ["d7"], encoder())
        assert contents(opened(served)) == clean


class TestRefusals:
    def test_an_unknown_id_removes_nothing(self, served: Path, opened: Opened) -> None:
        with pytest.raises(SourceError, match="nobody：索引中没有这个文件编号"):
            remove(served, ["d1", "nobody"], encoder())
        assert ids(opened(served)) == ["d0", "d1", "d2"]

    def test_the_last_document_is_not_removed(self, served: Path, opened: Opened) -> None:
        with pytest.raises(SourceError):
            remove(served, ["d0", "d1", "d2"], encoder())
        assert len(ids(opened(served))) == 3

    def test_sources_without_a_readable_document_leave_the_old_index(
        self, served: Path, tmp_path: Path, opened: Opened
    ) -> None:
        (tmp_path / "empty.txt").write_text("", encoding="utf-8")
        with pytest.raises(SourceError, match=r"empty\.txt：文件是空的"):
            build(served, [str(tmp_path / "empty.txt")], encoder())
        assert len(ids(opened(served))) == 3

    @pytest.mark.parametrize("change", [lambda path: add(path, ["x"], encoder()), lambda path: remove(path, ["x"], encoder())])  # fmt: skip
    def test_there_is_nothing_to_change_where_there_is_no_index(
        self, path: Path, change: Callable[[Path], Any]
    ) -> None:
        with pytest.raises(IndexMissingError):
            change(path)

    def test_a_file_where_the_index_should_be_is_left_alone(self, path: Path, source: Path) -> None:
        path.write_text("not an index", encoding="utf-8")
        with pytest.raises(SourceError, match="无法在这里建立索引"):
            build(path, [str(source)], encoder())
        assert path.read_text(encoding="utf-8") == "not an index"


class FailingEmbedder(StaticEmbedder):
    """Fails as a program does that runs out of memory."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        raise MemoryError


def no_space(*_: object) -> None:
    raise OSError(28, "No space left on device")


class TestFailures:
    def test_an_encoder_that_fails_leaves_the_old_index_serving(
        self, served: Path, other: Path, opened: Opened
    ) -> None:
        before = contents(opened(served))
        with pytest.raises(MemoryError):
            build(served, [str(other)], FailingEmbedder())
        assert contents(opened(served)) == before
        assert len(list(served.glob("g-*"))) == 1

    @pytest.mark.parametrize(
        "step",
        [
            (Part, "write"),
            (VectorWriter, "add"),
            (originals, "write_documents"),
            (Manifest, "write"),
            (generation, "sync"),
        ],
        ids=["documents", "vectors", "originals", "manifest", "disk"],
    )
    def test_a_full_disk_at_any_step_is_told_and_the_old_index_serves(
        self, served: Path, other: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch, step: tuple[Any, str]
    ) -> None:
        before = contents(opened(served))
        monkeypatch.setattr(*step, no_space)
        with pytest.raises(IndexWriteError, match="No space left on device"):
            build(served, [str(other)], encoder())
        assert contents(opened(served)) == before
        assert len(list(served.glob("g-*"))) == 1
        assert remains(served) == [POINTER, "lock", "originals", "segments"]

    def test_a_failure_right_after_the_switch_does_not_take_the_new_index_away(
        self, served: Path, other: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sync = generation.sync

        def failing(files: Any) -> None:
            files = list(files)
            sync(files)
            if files == [served]:
                no_space()

        monkeypatch.setattr(generation, "sync", failing)
        with pytest.raises(IndexWriteError):
            build(served, [str(other)], encoder())
        assert len(ids(opened(served))) == 400

    @pytest.mark.filterwarnings("ignore::DeprecationWarning")  # a process with threads is forked
    def test_a_real_limit_on_file_size_is_told_in_one_line_and_the_old_index_serves(
        self, served: Path, other: Path, opened: Opened, knowledge: Callable[..., Any]
    ) -> None:
        """Chroma meets the limit in its compiled part."""
        limit = 150_000
        done = knowledge(
            "build",
            "--index",
            served,
            other,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        )
        assert done.returncode == 2
        assert done.stderr.startswith(f"错误：索引写入失败：{served}")
        assert done.stderr.count("\n") == 1
        assert ids(opened(served)) == ["d0", "d1", "d2"]


class TestReaders:
    def test_a_reader_stays_on_the_old_index_while_a_new_one_is_built(
        self, served: Path, other: Path, opened: Opened
    ) -> None:
        reader = opened(served)
        before = contents(reader)
        build(served, [str(other)], encoder())
        assert contents(reader) == before
        assert first(opened(served), "第101号通知") == "d101"

    def test_readers_during_rebuilds_see_the_old_index_or_the_new_one(
        self, served: Path, source: Path, tmp_path: Path, corpus: Any
    ) -> None:
        more = corpus.write(tmp_path / "more.jsonl", *map(corpus.row, range(3, 40)))
        seen: set[int] = set()
        faults: list[Exception] = []
        done = threading.Event()

        def read() -> None:
            while not done.is_set():
                try:
                    index = open_index(served, encoder())
                    seen.add(len(index.documents))
                    assert first(index, "第1号通知") == "d1"
                    index.vectors.close()
                except Exception as fault:  # noqa: BLE001  # whatever a reader meets is a failure of this test
                    faults.append(fault)

        reader = threading.Thread(target=read)
        reader.start()
        try:
            for _ in range(3):
                build(served, [str(source), str(more)], encoder())
                time.sleep(0.05)
                build(served, [str(source)], encoder())
                time.sleep(0.05)
        finally:
            done.set()
            reader.join(30)
        assert faults == []
        assert seen <= {3, 40}
        assert seen

    def test_the_generation_that_served_before_is_kept_for_its_readers_even_beside_wreckage(
        self, served: Path, other: Path
    ) -> None:
        before = (served / POINTER).read_text(encoding="utf-8").strip()
        (served / "g-999999").mkdir()  # what a killed build leaves, younger than what serves
        build(served, [str(other)], encoder())
        now = (served / POINTER).read_text(encoding="utf-8").strip()
        assert {folder.name for folder in served.glob("g-*")} == {before, now}

    def test_a_damaged_pointer_is_refused_for_reading_and_mended_by_a_build(
        self, served: Path, source: Path, opened: Opened
    ) -> None:
        (served / POINTER).write_bytes(b"\xff\x00")
        with pytest.raises(IndexDamagedError):
            opened(served)
        build(served, [str(source)], encoder())
        assert len(ids(opened(served))) == 3


class WaitingEmbedder(StaticEmbedder):
    """Begins, and waits until it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.may_go_on = threading.Event(), threading.Event()

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.begun.set()
        self.may_go_on.wait(60)
        return super().embed(texts)


class TestWriters:
    def test_a_second_writer_is_refused_at_once_and_told_who_writes(
        self, served: Path, source: Path, other: Path, opened: Opened, knowledge: Callable[..., Any]
    ) -> None:
        embedder = WaitingEmbedder()
        writer = threading.Thread(target=build, args=(served, [str(other)], embedder))
        writer.start()
        try:
            assert embedder.begun.wait(30)
            begin = time.perf_counter()
            with pytest.raises(IndexLockedError, match=f"进程 {os.getpid()}"):
                add(served, [str(source)], encoder())
            assert time.perf_counter() - begin < 2
            done = knowledge("remove", "--index", served, "d0")
            assert len(ids(opened(served))) == 3  # readers are not kept waiting
        finally:
            embedder.may_go_on.set()
            writer.join(60)
        assert done.returncode == 2
        assert done.stderr.startswith(f"错误：索引正在被另一个进程写入：{served}（进程 {os.getpid()}，")
        assert done.stderr.count("\n") == 1
        assert len(ids(opened(served))) == 400

    def test_a_lock_file_left_by_a_killed_writer_holds_nobody_up(
        self, path: Path, source: Path, opened: Opened
    ) -> None:
        path.mkdir()
        (path / "lock").write_text("999999", encoding="utf-8")
        build(path, [str(source)], encoder())
        assert len(ids(opened(path))) == 3


def killed_build(path: Path, source: Path, wait: Callable[[subprocess.Popen[bytes]], None]) -> bool:
    """Build in a process of its own and kill it when ``wait`` returns; tell whether it was still at work."""
    command = [sys.executable, "-m", "knowledge", "build", "--index", str(path), str(source)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait(process)
        process.send_signal(signal.SIGKILL)
        return process.wait() == -signal.SIGKILL


def reached(path: Path, name: str) -> Callable[[subprocess.Popen[bytes]], None]:
    """Wait until a build has got to a file of its new generation, or to the lock."""

    def folders() -> set[Path]:
        return {*path.glob("g-*"), *path.glob("segments/s-*")}

    known = folders()

    def wait(process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if name == "lock":
                if (path / "lock").read_text(encoding="utf-8").startswith(f"进程 {process.pid}，"):
                    return
            elif any((folder / name).exists() for folder in folders() - known):
                return
            time.sleep(0.0005)

    return wait


class TestKills:
    def test_a_build_killed_at_any_stage_leaves_a_whole_index_and_can_be_run_again(
        self, served: Path, other: Path, tmp_path: Path, opened: Opened
    ) -> None:
        build(tmp_path / "clean", [str(other)], encoder())
        for stage in ("lock", "chroma/chroma.sqlite3", "documents.jsonl", "manifest.json"):
            was_at_work = killed_build(served, other, reached(served, stage))
            index = opened(served)
            if stage != "manifest.json":  # from there to the switch is too short to be sure of
                assert was_at_work, stage
                assert ids(index) == ["d0", "d1", "d2"], stage
            assert first(index, "第1号通知" if len(ids(index)) == 3 else "第101号通知") in {"d1", "d101"}
        build(served, [str(other)], encoder())
        assert contents(opened(served)) == contents(opened(tmp_path / "clean"))
        assert len(list(served.glob("g-*"))) <= 2
        assert remains(served) == [POINTER, "lock", "originals", "segments"]

    def test_an_add_killed_in_the_middle_leaves_a_whole_index(self, served: Path, other: Path, opened: Opened) -> None:
        shutil.copytree(served, served.with_name("copy"))
        command = [sys.executable, "-m", "knowledge", "add", "--index", str(served), str(other)]
        wait = reached(served, "documents.jsonl")
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            wait(process)
            process.send_signal(signal.SIGKILL)
        assert contents(opened(served)) == contents(opened(served.with_name("copy")))
        add(served, [str(other)], encoder())
        assert len(ids(opened(served))) == 403

"""What is unchanged costs nothing, what is interrupted goes on, and the way to an index does not show in it."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from knowledge import generation, prepare
from knowledge.build import add, build, remove
from knowledge.check import check
from knowledge.embed import HashedTermEmbedder, Vectors
from knowledge.index import Index, open_index
from knowledge.retrieve import Retriever

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).parents[2]
KILLS, SOAK_KILLS = 12, 200
QUESTIONS = ("第3号通知", "补贴标准", "第120号通知的补贴标准是多少元")


class CountingEmbedder(HashedTermEmbedder):
    """Counts the passages it embeds, and can stop after some calls as a process does that is killed."""

    def __init__(self, calls: int | None = None) -> None:
        super().__init__()
        self.texts, self._calls = 0, calls

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self._calls is not None:
            if self._calls == 0:
                raise KeyboardInterrupt
            self._calls -= 1
        self.texts += len(texts)
        return super().embed(texts)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def write(tmp_path: Path, corpus: Any) -> Callable[..., str]:
    """Write a corpus of rows, named by number or given whole, and return its path."""

    def to(*rows: int | dict[str, Any]) -> str:
        made = [corpus.row(row) if isinstance(row, int) else row for row in rows]
        return str(corpus.write(tmp_path / f"{random.random()}.jsonl", *made))

    return to


@pytest.fixture
def opened() -> Iterator[Callable[[Path], Index]]:
    found: list[Index] = []

    def at(path: Path) -> Index:
        found.append(open_index(path, HashedTermEmbedder()))
        return found[-1]

    yield at
    for index in found:
        index.vectors.close()


def contents(index: Index) -> tuple[Any, ...]:
    """All that an answer can depend on."""
    hits = [
        (hit.passage, round(hit.score, 5), round(hit.dense, 5))
        for question in QUESTIONS
        for hit in Retriever(index).search(question, 10)
    ]
    lexical = index.lexical
    table = (lexical.offsets.tolist(), lexical.rows.tolist(), lexical.impacts.tolist())
    return index.manifest, index.documents, index.passages, dict(lexical.vocabulary), table, hits


class TestUnchanged:
    def test_a_build_of_the_same_sources_embeds_and_writes_nothing(self, path: Path, write: Callable[..., str]) -> None:
        source = write(*range(5))
        build(path, [source], HashedTermEmbedder())
        before = generation.serving(path)
        embedder = CountingEmbedder()
        for change in (build, add):
            summary = change(path, [source], embedder)
            assert (summary.added, summary.replaced, summary.removed, summary.embedded) == (0, 0, 0, 0)
        assert embedder.texts == 0
        assert generation.serving(path) == before

    def test_only_what_is_new_or_changed_is_embedded(
        self, path: Path, write: Callable[..., str], corpus: Any, opened: Any
    ) -> None:
        build(path, [write(*range(5))], HashedTermEmbedder())
        embedder = CountingEmbedder()
        summary = build(path, [write(0, 1, corpus.row(2, text="改为每人补贴9元。"), 4, 7)], embedder)
        assert (summary.added, summary.replaced, summary.removed, summary.embedded) == (1, 1, 1, 2)
        assert embedder.texts == 2
        assert [document.id for document in opened(path).documents] == ["d0", "d1", "d2", "d4", "d7"]

    def test_adding_many_times_keeps_few_segments_and_embeds_each_passage_once(
        self, path: Path, write: Callable[..., str], opened: Any, tmp_path: Path
    ) -> None:
        build(path, [write(*range(5))], HashedTermEmbedder())
        embedder = CountingEmbedder()
        for number in range(5, 17):
            add(path, [write(number)], embedder)
        assert embedder.texts == 12
        assert len(list(path.glob("segments/*"))) <= 10  # of the generation that serves and the one before
        build(tmp_path / "clean", [write(*range(17))], HashedTermEmbedder())
        assert contents(opened(path)) == contents(opened(tmp_path / "clean"))

    def test_whatever_the_way_the_same_documents_make_the_same_index(
        self, path: Path, write: Callable[..., str], corpus: Any, opened: Any, tmp_path: Path
    ) -> None:
        ways = random.Random(7)
        build(path, [write(*range(150))], HashedTermEmbedder())
        for _ in range(6):
            gone = ways.sample(range(1, 150), 40)
            remove(path, [f"d{number}" for number in gone], HashedTermEmbedder())
            add(path, [write(*(corpus.row(number, text="旧的。") for number in gone[:9]))], HashedTermEmbedder())
            add(path, [write(*gone)], HashedTermEmbedder())
        build(path, [write(*range(150))], HashedTermEmbedder())
        build(tmp_path / "clean", [write(*range(150))], HashedTermEmbedder())
        assert contents(opened(path)) == contents(opened(tmp_path / "clean"))
        assert check(path, HashedTermEmbedder()).findings == ()


class TestTwins:
    def test_the_same_content_under_two_ids_is_searched_once_and_found_under_both(
        self, path: Path, write: Callable[..., str], corpus: Any, opened: Any
    ) -> None:
        summary = build(
            path, [write(1, corpus.row(1, id="copy", source="www.example.gov.cn"), 2)], HashedTermEmbedder()
        )
        assert summary.twins == {"d1": ("copy",)}
        index = opened(path)
        assert [document.id for document in index.documents] == ["d1", "copy", "d2"]
        assert [passage.doc_id for passage in index.passages] == ["d1", "d2"]
        assert index.twins("d1") == ("copy",)
        assert index.document("copy").source == "www.example.gov.cn"

    def test_the_copy_stands_for_itself_when_the_first_is_removed(
        self, path: Path, write: Callable[..., str], corpus: Any, opened: Any
    ) -> None:
        build(path, [write(1, corpus.row(1, id="copy"))], HashedTermEmbedder())
        remove(path, ["d1"], HashedTermEmbedder())
        index = opened(path)
        assert [passage.doc_id for passage in index.passages] == ["copy"]
        assert Retriever(index).search("第1号通知")[0].passage.doc_id == "copy"


class TestSlices:
    """A build of several slices, cut over processes and resumed."""

    def sliced(self, monkeypatch: pytest.MonkeyPatch, characters: int) -> None:
        whole = prepare.prepared
        monkeypatch.setattr("knowledge.merge.prepared", lambda *arguments: whole(*arguments, characters=characters))

    def test_slices_over_processes_make_the_index_of_one(
        self, path: Path, write: Callable[..., str], opened: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source = write(*range(150))
        build(tmp_path / "clean", [source], HashedTermEmbedder())
        self.sliced(monkeypatch, 500)
        build(path, [source], HashedTermEmbedder())
        assert contents(opened(path)) == contents(opened(tmp_path / "clean"))

    def test_an_interrupted_build_goes_on_where_it_was(
        self, path: Path, write: Callable[..., str], opened: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source = write(*range(150))
        build(tmp_path / "clean", [source], HashedTermEmbedder())
        self.sliced(monkeypatch, 1_000)  # about 45 documents a slice
        with pytest.raises(KeyboardInterrupt):
            build(path, [source], CountingEmbedder(calls=2))
        assert len(list(path.glob("work/*/seal.json"))) == 2
        embedder = CountingEmbedder()
        build(path, [source], embedder)
        assert 0 < embedder.texts < 100
        assert contents(opened(path)) == contents(opened(tmp_path / "clean"))
        assert not (path / "work").exists()

    @pytest.mark.parametrize("damage", [b"", b"garbage"])
    def test_a_damaged_slice_is_prepared_anew(
        self, path: Path, write: Callable[..., str], monkeypatch: pytest.MonkeyPatch, damage: bytes
    ) -> None:
        source = write(*range(150))
        self.sliced(monkeypatch, 1_000)
        with pytest.raises(KeyboardInterrupt):
            build(path, [source], CountingEmbedder(calls=2))
        for file in path.glob("work/*/vectors.npy"):
            file.write_bytes(damage)
        embedder = CountingEmbedder()
        build(path, [source], embedder)
        assert embedder.texts == 150


def killed(arguments: list[str], delay: float) -> bool:
    """Run ``python -m knowledge`` and kill it after a while; tell whether it was still at work."""
    command = [sys.executable, "-m", "knowledge", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        return process.wait() == -signal.SIGKILL


class TestKills:
    def kill(self, kills: int, path: Path, write: Callable[..., str], tmp_path: Path, corpus: Any) -> None:
        """Kill builds and additions at random moments; after each the index is whole, and a rerun equals a clean build."""
        old, new = write(*range(30)), write(*range(10, 400))
        more = write(
            *(corpus.row(number, text=f"第{number}号改为{number + 1}元。") for number in range(5)), *range(30, 200)
        )
        build(path, [old], HashedTermEmbedder())
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-m", "knowledge", "build", "--index", tmp_path / "timed", new], cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        whole = time.perf_counter() - begin
        moments = random.Random(20220714)
        at_work = 0
        for number in range(kills):
            command = [["build", "--index", str(path), new], ["add", "--index", str(path), more]][number % 2]
            before = generation.read(path, generation.serving(path)).manifest
            at_work += killed(command, moments.uniform(0.3, 1.0) * whole)
            index = open_index(path, HashedTermEmbedder())
            finished = index.manifest != before
            texts = {document.id: document.text for document in index.documents}
            assert Retriever(index).search("第20号通知")[0].passage.doc_id == "d20"
            index.vectors.close()
            if not finished:
                assert index.manifest == before
            elif command[0] == "build":
                assert len(texts) == 390
            else:
                assert "改为" in texts["d0"]
            if finished:  # back to the beginning
                build(path, [old], HashedTermEmbedder())
        assert at_work > kills / 3
        clean = tmp_path / "clean"
        for index_path in (path, clean):
            build(index_path, [old], HashedTermEmbedder())
            add(index_path, [more], HashedTermEmbedder())
            build(index_path, [new], HashedTermEmbedder())
        one, two = (open_index(index_path, HashedTermEmbedder()) for index_path in (path, clean))
        assert contents(one) == contents(two)
        assert check(path, HashedTermEmbedder()).findings == ()
        one.vectors.close()
        two.vectors.close()

    def test_builds_and_additions_killed_at_random_moments(
        self, path: Path, write: Callable[..., str], tmp_path: Path, corpus: Any
    ) -> None:
        self.kill(KILLS, path, write, tmp_path, corpus)

    @pytest.mark.soak
    @pytest.mark.timeout(3_600)
    def test_builds_and_additions_killed_many_times(
        self, path: Path, write: Callable[..., str], tmp_path: Path, corpus: Any
    ) -> None:
        self.kill(SOAK_KILLS, path, write, tmp_path, corpus)

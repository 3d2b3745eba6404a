"""A real Chroma: right order, many rows, damage found before it can do harm, nothing fetched."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from knowledge.errors import IndexDamagedError
from knowledge.part import VECTORS
from knowledge.segment import CHROMA
from knowledge.store import EXACT_ROWS, WHOLE_ROWS, VectorStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MORE_THAN_ONE_BATCH = 5_600  # Chroma takes 5,461 rows at once
CAP_DAC_OVERRIDE, PR_CAPBSET_DROP = 1, 24


@pytest.fixture(params=[(WHOLE_ROWS, EXACT_ROWS), (0, EXACT_ROWS), (0, 0)], ids=["multiplied", "pruned", "graph"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Search the ways that small, large and very large stores are searched."""
    monkeypatch.setattr("knowledge.store.WHOLE_ROWS", request.param[0])
    monkeypatch.setattr("knowledge.store.EXACT_ROWS", request.param[1])


def directions(rows: int, dimension: int = 8) -> np.ndarray[Any, np.dtype[np.float32]]:
    vectors = np.random.default_rng(7).standard_normal((rows, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def a_store(folder: Path, vectors: np.ndarray[Any, np.dtype[np.float32]]) -> Path:
    path = folder / "s-1" / CHROMA
    path.mkdir(parents=True)
    with VectorStore.writing(path, folder) as writer:
        writer.add(vectors)
    return path


@pytest.mark.usefixtures("way")
def test_rows_come_in_the_order_of_their_cosine(tmp_path: Path) -> None:
    vectors = directions(200)
    store = VectorStore.open(a_store(tmp_path, vectors), vectors, tmp_path)
    query = directions(3)[2] * 5  # the length of a query does not matter
    rows, found = store.search(query, 10)
    similarities = vectors @ query / 5
    best = np.argsort(-similarities)[:10]
    assert rows.tolist() == best.tolist()
    assert found == pytest.approx(similarities[best], abs=1e-5)
    store.close()


@pytest.mark.usefixtures("way")
def test_more_rows_than_one_batch_of_chroma_are_all_found(tmp_path: Path) -> None:
    vectors = directions(MORE_THAN_ONE_BATCH)
    store = VectorStore.open(a_store(tmp_path, vectors), vectors, tmp_path)
    for row in (0, 4_999, 5_000, 5_461, MORE_THAN_ONE_BATCH - 1):
        (found,), (similarity,) = store.search(vectors[row], 1)
        assert (found, similarity) == (row, pytest.approx(1.0, abs=1e-5))
    store.close()


def test_of_equal_rows_the_first_come_first_however_many_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.store.WHOLE_ROWS", 0)
    vectors = np.repeat(directions(40, 256), 9, axis=0)[np.random.default_rng(3).permutation(360)]
    store = VectorStore.open(a_store(tmp_path, vectors), vectors, tmp_path)
    for row in (0, 7, 200):
        equal = np.flatnonzero((vectors == vectors[row]).all(axis=1))
        assert store.search(vectors[row], 9)[0].tolist() == equal.tolist()
        assert store.search(vectors[row], 4)[0].tolist() == equal[:4].tolist()
        half = np.arange(0, 360, 2)
        assert store.scan(half, vectors[row], 3)[0].tolist() == equal[equal % 2 == 0][:3].tolist()
    store.close()


@pytest.mark.usefixtures("way")
def test_a_vector_of_zeros_disturbs_no_other(tmp_path: Path) -> None:
    vectors = directions(20)
    vectors[10] = 0  # the row the canary takes, too
    store = VectorStore.open(a_store(tmp_path, vectors), vectors, tmp_path)
    assert store.search(vectors[3], 1)[0].tolist() == [3]
    store.close()


def test_a_store_that_is_not_large_answers_the_same_whenever_it_is_opened(tmp_path: Path) -> None:
    """Rows that Chroma has not written out are put into its graph anew, at random, by every process that opens it."""
    vectors = directions(1_700, 64)
    path = a_store(tmp_path, vectors)
    told = []
    for _ in range(3):
        store = VectorStore.open(path, vectors, tmp_path)
        found = [store.search(query, 200) for query in directions(20, 64)]
        told.append([(rows.tolist(), similarities.tolist()) for rows, similarities in found])
        store.close()
    assert told[0] == told[1] == told[2]
    assert told[0][5][0] == np.argsort(-(vectors @ directions(20, 64)[5]))[:200].tolist()


def test_a_store_of_another_size_is_refused(tmp_path: Path) -> None:
    path = a_store(tmp_path, directions(20))
    with pytest.raises(IndexDamagedError, match="向量库有 20 行，应有 21 行"):
        VectorStore.open(path, directions(21), tmp_path)


def test_a_missing_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexDamagedError, match="缺少向量库"):
        VectorStore.open(tmp_path / "s-1" / CHROMA, directions(3), tmp_path)


def test_the_canary_finds_that_the_vector_files_are_gone(tmp_path: Path) -> None:
    """Chroma itself then opens, and answers a query without an error or with a wrong row."""
    path = a_store(tmp_path, directions(1_100))
    (segment,) = (folder for folder in path.iterdir() if folder.is_dir())
    shutil.rmtree(segment)
    with pytest.raises(IndexDamagedError, match="或重新建立：python -m knowledge build --index"):
        VectorStore.open(path, directions(1_100), tmp_path)


def test_the_files_of_a_store_that_is_only_read_do_not_change(tmp_path: Path) -> None:
    """Their hashes are in the manifest, so reading must leave them as they are."""
    path = a_store(tmp_path, directions(1_100))
    files = VectorStore.settled(path)
    assert {"data_level0.bin", "link_lists.bin"} <= {file.name for file in files}
    before = [file.read_bytes() for file in files]
    for _ in range(2):
        store = VectorStore.open(path, directions(1_100), tmp_path)
        store.search(directions(1)[0], 10)
        store.close()
    assert [file.read_bytes() for file in files] == before


DAMAGES = """
import json, os, shutil, sys
from pathlib import Path

from knowledge.embed import encoder
from knowledge.errors import IndexDamagedError
from knowledge.index import open_index

def truncate(file): os.truncate(file, file.stat().st_size // 2)
def empty(file): os.truncate(file, 0)
def garbage(file): file.write_bytes(os.urandom(file.stat().st_size))
def scratch(file):
    data = bytearray(file.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(byte ^ 0x5A for byte in data[middle : middle + 64])
    file.write_bytes(data)
def delete(file): file.unlink()

for number, (index, name, damage) in enumerate(json.loads(sys.argv[1])):
    copy = Path(sys.argv[2]) / str(number)
    shutil.copytree(index, copy)
    (chroma,) = copy.glob("segments/*/chroma")
    if name:
        for file in chroma.rglob(name):
            globals()[damage](file)
    else:
        for folder in [folder for folder in chroma.iterdir() if folder.is_dir()]:
            shutil.rmtree(folder)
    try:
        open_index(copy, encoder()).vectors.close()
        print("opened", flush=True)
    except IndexDamagedError as error:
        print(error, flush=True)
"""


def test_a_damaged_store_is_told_with_what_to_do_and_the_process_lives(
    article_index_path: Path, written_out_index_path: Path, tmp_path: Path
) -> None:
    """Some of these kill a process that lets Chroma read them, so they are tried in a process of their own."""
    large, small = str(written_out_index_path), str(article_index_path)
    tried = [
        (large, "", "delete"),
        *((large, "data_level0.bin", damage) for damage in ("delete", "empty", "truncate", "garbage", "scratch")),
        *((large, "link_lists.bin", damage) for damage in ("empty", "garbage")),
        *((large, "index_metadata.pickle", damage) for damage in ("delete", "garbage")),
        *((large, "chroma.sqlite3", damage) for damage in ("delete", "empty", "truncate", "garbage")),
        *((small, "chroma.sqlite3", damage) for damage in ("delete", "empty", "truncate", "garbage")),
    ]
    done = subprocess.run(
        [sys.executable, "-c", DAMAGES, json.dumps(tried), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = dict(zip(tried, done.stdout.splitlines(), strict=True))
    assert [what for what, line in told.items() if not line.startswith("索引已损坏")] == []
    for number, line in enumerate(told.values()):
        assert f"python -m knowledge build --index {tmp_path / str(number)}" in line


def test_a_small_store_answers_right_or_not_at_all_without_its_vector_files(
    article_index_path: Path, tmp_path: Path
) -> None:
    """Below 1,000 rows Chroma answers from its SQLite file alone."""
    copy = tmp_path / "index"
    shutil.copytree(article_index_path, copy)
    (path,) = copy.glob("segments/*/chroma")
    vectors = np.load(path.parent / VECTORS)
    sound = VectorStore.open(path, vectors, copy)
    query = directions(1, 256)[0]
    rows, similarities = sound.search(query, 5)
    sound.close()
    for folder in [folder for folder in path.iterdir() if folder.is_dir()]:
        shutil.rmtree(folder)
    store = VectorStore.open(path, vectors, copy)
    found = store.search(query, 5)
    assert (found[0].tolist(), found[1].tolist()) == (rows.tolist(), similarities.tolist())
    store.close()


def test_nothing_is_fetched_and_no_embedding_function_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from chromadb.utils.embedding_functions import ONNXMiniLM_L6_V2

    def fetch(*_: object, **__: object) -> None:
        pytest.fail("something is fetched")

    monkeypatch.setattr(ONNXMiniLM_L6_V2, "_download_model_if_not_exists", fetch)
    monkeypatch.setattr(ONNXMiniLM_L6_V2, "__call__", fetch)
    monkeypatch.setattr(socket.socket, "connect", fetch)
    path = a_store(tmp_path, directions(20))
    store = VectorStore.open(path, directions(20), tmp_path)
    assert len(store.search(directions(1)[0], 1)[0]) == 1
    store.close()
    with contextlib.closing(sqlite3.connect(path / "chroma.sqlite3")) as database:
        ((configuration,),) = database.execute("SELECT schema_str FROM collections")
        assert database.execute("SELECT count(*) FROM embedding_metadata").fetchone() == (0,)  # no text to embed
    vectors = json.loads(configuration)["keys"]["#embedding"]["float_list"]["vector_index"]["config"]
    assert vectors["space"] == "cosine"
    assert vectors["embedding_function"] == {"type": "legacy"}  # none that Chroma could call by name


def _obey_permissions() -> None:
    """Root may write what is read-only; without this capability it may not."""
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="capabilities are Linux's")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # a process with threads is forked
def test_a_read_only_index_serves_and_is_left_as_it_is(
    written_out_index_path: Path, tmp_path: Path, knowledge: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    copy = tmp_path / "index"
    shutil.copytree(written_out_index_path, copy)
    paths = [copy, *copy.rglob("*")]
    before = {path: path.read_bytes() for path in paths if path.is_file()}
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    for path in paths:
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        if os.access(copy, os.W_OK) and os.geteuid() != 0:
            pytest.skip("this file system knows no permissions")
        done = knowledge(
            "search", "--index", copy, "第7号通知", "--json", preexec_fn=_obey_permissions,
            env={**os.environ, "TMPDIR": str(temporary)},
        )  # fmt: skip
    finally:
        for path in paths:
            path.chmod(path.stat().st_mode | 0o200)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["hits"][0]["doc_id"] == "d7"
    assert {path: path.read_bytes() for path in before} == before
    assert list(temporary.glob("policy-index-*")) == []

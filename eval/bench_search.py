"""Search over a large corpus, ours and txtai's hybrid with the same encoder, question by question in one run.

txtai (https://github.com/neuml/txtai) is set up as its documentation sets up hybrid search: ``hybrid=True``, a dense index
and BM25. It cuts text at spaces, so it is given the terms that we search by, with spaces between them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import TypeVar

import numpy as np

from assistant.compose import one_thread_a_product
from eval.bench_corpus import Corpus, corpus
from knowledge import chunk, fuse, lexical, words
from knowledge.align import Aligner
from knowledge.embed import Embedder, StaticEmbedder, encoder
from knowledge.index import Index, open_index
from knowledge.prepare import searchable
from knowledge.query import query_terms
from knowledge.retrieve import Retriever
from knowledge.sources.folder import read_all
from knowledge.store import VectorStore

K = 10
_SAMPLE = 3_000  # documents that the steps of a build are timed on
Search = Callable[[str], object]
Asked = TypeVar("Asked")


def bench_search() -> Iterator[str]:
    """Yield the lines of the report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large = corpus(folder)
        if large.warning:
            yield large.warning
        yield f"检索 {len(large.texts)} 份文件（{large.name}），{len(large.questions)} 个问题，负载 {os.getloadavg()[0]:.1f}"
        yield _built(large, folder / "index")
        yield _build_steps(large, folder)
        one_thread_a_product()
        index = open_index(folder / "index", encoder())
        ours = Retriever(index)
        others, theirs = _txtai(large)
        yield others
        yield from _compared(large.questions, lambda text: ours.search(text, K), theirs)
        yield _restricted(index, ours, large.questions)
        yield _search_steps(index, large.questions)
        index.vectors.close()


def _built(large: Corpus, index: Path) -> str:
    """Build in a process of its own, to know its memory."""
    command = [sys.executable, "-m", "knowledge", "build", "--index", str(index), str(large.file)]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603  # our own
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if process.returncode:
        raise RuntimeError(f"build ended with {process.returncode}")
    memory = used.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    return f"建立索引：{seconds:.1f} 秒，每秒 {len(large.texts) / seconds:.0f} 份，内存最高 {memory:.0f} MB"


def _build_steps(large: Corpus, folder: Path) -> str:
    """Time the steps of a build on a part of the corpus, in processor seconds of one core."""
    embedder = encoder()
    words.terms("补贴")  # load what is loaded once
    clock = _Clock()
    documents = read_all([str(large.file)]).documents
    clock.lap("读取", len(documents))
    documents = documents[:_SAMPLE]
    passages = [passage for document in documents for passage in chunk.passages(document)]
    clock.lap("切分", _SAMPLE)
    lexical.count(passages, documents)
    clock.lap("分词计数", _SAMPLE)
    texts = {document.id: document.text for document in documents}
    vectors = embedder.embed([searchable(passage, texts[passage.doc_id]) for passage in passages])
    clock.lap("编码", _SAMPLE)
    with VectorStore.writing(folder / "store", folder) as writer:
        writer.add(vectors)
    clock.lap("写入 Chroma", _SAMPLE)
    return f"其中每千份（处理器秒，分词用 {words.segmenter()}）：{clock}"


class _Clock:
    """Processor milliseconds a document, step by step."""

    def __init__(self) -> None:
        self._last = time.process_time()
        self._laps: list[str] = []

    def lap(self, name: str, count: int) -> None:
        now = time.process_time()
        self._laps.append(f"{name} {1000 * (now - self._last) / max(count, 1):.2f}")
        self._last = time.process_time()

    def __str__(self) -> str:
        return "，".join(self._laps)


def _txtai(large: Corpus) -> tuple[str, Search | None]:
    try:
        from txtai.embeddings import Embeddings  # noqa: PLC0415  # only to be compared with
    except ImportError:
        return "txtai 没有安装，不作比较：pip install 'policy-assistant[bench]'", None
    embedder = encoder()
    started = time.perf_counter()
    embeddings = Embeddings(
        method="external", transform=lambda texts: _vectors(embedder, texts), hybrid=True, content=False
    )
    embeddings.index((number, _spaced(text)) for number, text in enumerate(large.texts))
    seconds = time.perf_counter() - started
    told = f"txtai 建立索引：{seconds:.1f} 秒，每秒 {len(large.texts) / seconds:.0f} 份"
    return told, lambda text: embeddings.search(_spaced(text), K)


def _spaced(text: str) -> str:
    return " ".join(words.terms(text))


def _vectors(embedder: Embedder, texts: str | list[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return embedder.embed([texts] if isinstance(texts, str) else texts)


def _compared(questions: tuple[str, ...], ours: Search, theirs: Search | None) -> Iterator[str]:
    """Ask each question of both, one after the other, so that other work on the machine meets both."""
    mine, other = [], []
    for number, text in enumerate(questions):
        words.tokens.cache_clear()
        if number == 0:  # what is made at the first question
            ours(text)
            if theirs:
                theirs(text)
        mine.append(_milliseconds(ours, text))
        words.tokens.cache_clear()
        if theirs:
            other.append(_milliseconds(theirs, text))
    yield f"检索一题 p50：{median(mine):.1f} 毫秒，p95：{_quantile(mine):.1f} 毫秒"
    if other:
        ratio = median(mine) / median(other)
        yield f"txtai p50：{median(other):.1f} 毫秒，p95：{_quantile(other):.1f} 毫秒；p50 的比值 {ratio:.2f}（应不高于 0.50）"


def _restricted(index: Index, ours: Retriever, questions: tuple[str, ...]) -> str:
    """Time searches of the half of the documents with an even place."""
    half = {document.id for document in index.documents[::2]}
    within = index.rows_of(lambda document: document.id in half)
    times = [_milliseconds(lambda text: ours.search(text, K, within), text) for text in questions]
    return f"只在一半文件中检索 p50：{median(times):.1f} 毫秒"


def _search_steps(index: Index, questions: tuple[str, ...]) -> str:
    """Time the steps of a search, each on its own, as medians."""
    embedder = index.embedder
    asked = [(text, query_terms(text), embedder.embed_queries([text])[0]) for text in questions]
    rows = np.arange(min(100, len(index.passages)))
    steps: dict[str, list[float]] = {}
    aligner = Aligner(index.lexical, embedder) if isinstance(embedder, StaticEmbedder) else None
    for text, terms, vector in asked:
        words.tokens.cache_clear()
        steps.setdefault("分词和同义词", []).append(_milliseconds(query_terms, text))
        steps.setdefault("编码", []).append(_milliseconds(embedder.embed_queries, [text]))
        steps.setdefault("BM25", []).append(_milliseconds(index.lexical.score, terms))
        steps.setdefault("向量", []).append(_milliseconds(lambda vector: index.vectors.search(vector, 200), vector))
        if aligner:
            rows = fuse.best(index.lexical.score(terms), 100)
            aligner.score(terms, rows[:1])
            steps.setdefault("逐词对齐", []).append(
                _milliseconds(lambda terms: aligner.score(terms, rows), terms)  # noqa: B023  # called at once
            )
    return "其中（毫秒）：" + "，".join(f"{name} {median(times):.2f}" for name, times in steps.items())


def _milliseconds(work: Callable[[Asked], object], asked: Asked) -> float:
    started = time.perf_counter()
    work(asked)
    return 1000 * (time.perf_counter() - started)


def _quantile(values: list[float], share: float = 0.95) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]

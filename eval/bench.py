"""Speed against references that use bare libraries, in one run: ``python -m eval.bench`` (``make bench``).

Absolute times vary with the machine; the ratios are what to compare.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.answer import Question
from assistant.compose import build_assistant, embedder
from eval.bench_search import bench_search
from eval.dataset import read
from knowledge.build import build
from knowledge.index import Index
from knowledge.prepare import searchable
from knowledge.store import Vectors

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "knowledge" / "corpus"
QUESTIONS = ROOT / "eval" / "data" / "policy_article.jsonl"
SAMPLE = "2018年国务院印发了什么文件？"
IMPORTS = "import chromadb, jieba; jieba.initialize()"
PAIRS = 5


def main() -> int:
    """Print a table of measured times and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        seconds = _timed(lambda: build(index, [str(CORPUS)], embedder()))
        print(f"建立随附文章的索引：{seconds:.2f} 秒")
        _whole_process(index)
        _answering(index)
    for line in bench_search():
        print(line, flush=True)
    return 0


def _whole_process(index: Path) -> None:
    """Time asking as a whole process against only importing what it cannot do without."""
    ask = [sys.executable, "-m", "assistant", "ask", SAMPLE, "--index", str(index)]
    bare = [sys.executable, "-c", IMPORTS]
    pairs = [(_process(ask), _process(bare)) for _ in range(PAIRS + 1)][1:]  # the first pair fills the caches
    ratio = statistics.median(first / second for first, second in pairs)
    asked, imported = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(
        f"命令行提问（整个进程）：{asked:.2f} 秒；只导入 chromadb 和 jieba：{imported:.2f} 秒；比值中位数 {ratio:.2f}（{PAIRS} 对）"
    )


def _answering(index: Path) -> None:
    """Time ``Assistant.ask`` against a bare Chroma query over the same vectors, question by question."""
    assistant = build_assistant(index)
    encode, bare_query = assistant.index.embedder.embed, _chroma(assistant.index)
    texts = [case.turns[-1] for case in read(QUESTIONS).cases if case.category not in {"small_talk", "manipulation"}]
    assistant.ask(Question.of(SAMPLE))
    asked, queried = [], []
    for text in texts:
        vector = encode([text])[0]
        asked.append(1000 * _timed(lambda text=text: assistant.ask(Question.of(text))))  # type: ignore[misc]
        queried.append(1000 * _timed(lambda vector=vector: bare_query(vector)))  # type: ignore[misc]
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        whole, bare = _quantile(asked, share), _quantile(queried, share)
        print(
            f"回答一题 {name}：{whole:.1f} 毫秒；只查一次 Chroma：{bare:.1f} 毫秒；比值 {whole / bare:.1f}（{len(texts)} 题）"
        )


def _chroma(index: Index) -> Callable[[Vectors], object]:
    """Return a query of ten neighbours in a collection of Chroma's own with the vectors of an index.

    The index itself multiplies so few vectors, which is quicker.
    """
    import chromadb  # noqa: PLC0415  # the reference

    texts = [searchable(passage, index.document(passage.doc_id).text) for passage in index.passages]
    collection: Any = chromadb.EphemeralClient().create_collection(
        "reference", configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
    )
    collection.add(ids=[str(row) for row in range(len(texts))], embeddings=index.embedder.embed(texts))
    return lambda vector: collection.query(query_embeddings=[vector], n_results=10)  # its union is narrow


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _process(command: list[str]) -> float:
    return _timed(lambda: subprocess.run(command, check=True, capture_output=True))  # noqa: S603  # our own command


if __name__ == "__main__":
    sys.exit(main())

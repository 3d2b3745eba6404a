"""The second stage measured on questions with known documents: without it, alone, and weighed against the first.

The share of the second stage is chosen by five-fold cross-validation over questions; differences are paired. Intervals
are 95 % by bootstrap over questions.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge.build import build
from knowledge.document import Hit
from knowledge.embed import Embedder
from knowledge.index import open_index
from knowledge.rerank import Reader, weighed
from knowledge.retrieve import Retriever
from knowledge.training.measure import DEPTH, MEASURES, Figures, Wanted, cell, figures, wanted

SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
DEPTHS = (10, 20)
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Read:
    """A question, what the first stage found for it, and what the second makes of the best of that."""

    wanted: Wanted
    hits: Sequence[Hit]
    near: Figures
    told: Figures


def measure(
    documents: str, questions: Path, embedder: Embedder, reader: Reader, index: Path | None = None
) -> Iterator[str]:
    """Ask all questions of an index of the documents, kept in ``index`` where named, and yield the lines of a table."""
    with tempfile.TemporaryDirectory() as folder:
        path = index or Path(folder) / "index"
        summary = build(path, [documents], embedder)
        opened = open_index(path, embedder)
        rows = wanted(questions)
        yield f"{summary.documents} 份文件，{summary.passages} 个段落，{len(rows)} 个问题"
        retriever, started = Retriever(opened), time.perf_counter()
        found = [retriever.search(row.text, DEPTH) for row in rows]
        first = time.perf_counter() - started
        started = time.perf_counter()
        read = [_read(row, hits, reader) for row, hits in zip(rows, found, strict=True)]
        second = time.perf_counter() - started
        opened.vectors.close()
    yield f"每题：第一级 {1000 * first / len(rows):.0f} 毫秒，第二级读 {max(DEPTHS)} 段 {1000 * second / len(rows):.0f} 毫秒"
    yield from table(read)


def _read(row: Wanted, hits: Sequence[Hit], reader: Reader) -> Read:
    judged = reader.judge(row.text, [f"{hit.passage.title}\n{hit.passage.text}" for hit in hits[: max(DEPTHS)]])
    return Read(row, hits, judged.near.astype(np.float64), judged.told.astype(np.float64))


def table(read: Sequence[Read]) -> Iterator[str]:
    """Yield the lines of a table over what was read."""
    yield "| | " + " | ".join(MEASURES) + " |"
    yield "| --- |" + " --- |" * len(MEASURES)
    without = _scored(read, DEPTHS[0], 0.0)
    yield _line("first stage alone", without)
    for depth in DEPTHS:
        by_share = {share: _scored(read, depth, share) for share in SHARES}
        yield _line(f"second stage alone over the first {depth}", by_share[1.0])
        for share in SHARES[1:-1]:
            yield _line(f"{share} of the second over the first {depth}", by_share[share])
        chosen = _cross_validated(by_share)
        yield _line(f"share by cross-validation, first {depth}", chosen)
        yield _line(f"difference of that from the first stage alone, first {depth}", chosen - without)


def _scored(read: Sequence[Read], depth: int, share: float) -> Figures:
    return np.array([figures(ordered(row, depth, share), row.wanted) for row in read])


def ordered(row: Read, depth: int, share: float) -> list[Hit]:
    """Return the hits with the best ``depth`` of them weighed anew."""
    best, near = row.hits[:depth], row.near[:depth].astype(np.float32)
    first = np.array([hit.score for hit in best], dtype=np.float32)
    order = np.argsort(-weighed(first, near, share), kind="stable")
    return [best[place] for place in order] + list(row.hits[depth:])


def _cross_validated(by_share: dict[float, Figures]) -> Figures:
    """Return each question's figures at the share that is best, in nDCG and first passage, on the other folds."""
    first = next(iter(by_share.values()))
    found = first.copy()
    fold = np.random.default_rng(0).permutation(len(first)) % _FOLDS
    for number in range(_FOLDS):
        others, own = fold != number, fold == number
        best = max(by_share, key=lambda share: _aim(by_share[share][others]))
        found[own] = by_share[best][own]
    return found


def _aim(rows: Figures) -> float:
    known = rows[:, 2][~np.isnan(rows[:, 2])]
    return float(rows[:, 0].mean() + (known.mean() if len(known) else 0.0))


def _line(name: str, rows: Figures) -> str:
    return f"| {name} | " + " | ".join(cell(column) for column in rows.T) + " |"

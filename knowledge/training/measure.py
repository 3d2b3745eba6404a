"""Retrieval measured on a set of questions with known documents: the whole of it and its parts, each on and off.

nDCG@10 and recall@100 over documents (a document stands where its first passage stands), and the share of questions
whose evidence stands in the first passage, and in the first five. Intervals are 95 % by bootstrap over questions.
"""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.build import build
from knowledge.document import Hit
from knowledge.embed import Embedder
from knowledge.index import open_index
from knowledge.retrieve import SHARES, Retriever, Shares
from knowledge.training.errors import TrainingDataError

Figures = NDArray[np.float64]

MEASURES = ("nDCG@10", "recall@100", "evidence@1", "evidence@5")
DEPTH = 400  # passages looked at for a hundred documents
_DRAWS = 2_000
_PREFIX = 30  # characters of a long evidence that count

VARIANTS = (
    ("words, vectors, alignment, title (as shipped)", SHARES),
    ("without title", replace(SHARES, title=0.0)),
    ("without alignment", replace(SHARES, alignment=0.0)),
    ("without vectors", replace(SHARES, lexical=1.0)),
    ("without words", replace(SHARES, lexical=0.0)),
    ("words alone (BM25, synonyms)", Shares(lexical=1.0, alignment=0.0, title=0.0)),
    ("vectors alone", Shares(lexical=0.0, alignment=0.0, title=0.0)),
    ("words and vectors", Shares(lexical=SHARES.lexical, alignment=0.0, title=0.0)),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question, the documents that answer it, and the words of them that do."""

    text: str
    documents: frozenset[str]
    evidence: tuple[str, ...]


def measure(documents: str, questions: Path, embedder: Embedder) -> Iterator[str]:
    """Build an index of the documents, ask all questions of it, and yield the lines of a table."""
    asked = wanted(questions)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        summary = build(path, [documents], embedder)
        index = open_index(path, embedder)
        yield f"{summary.documents} 份文件，{summary.passages} 个段落，{len(asked)} 个问题；{embedder.name}"
        yield "| | " + " | ".join(MEASURES) + " |"
        yield "| --- |" + " --- |" * len(MEASURES)
        for name, shares in VARIANTS:
            retriever = Retriever(index, shares)
            rows = np.array([figures(retriever.search(row.text, DEPTH), row) for row in asked])
            yield f"| {name} | " + " | ".join(cell(column) for column in rows.T) + " |"
        index.vectors.close()


def figures(hits: Sequence[Hit], wanted: Wanted) -> tuple[float, ...]:
    """Return the measures of one question; those of evidence are not numbers where none is known."""
    ranked = list(dict.fromkeys(hit.passage.doc_id for hit in hits))
    gains = sum(1 / np.log2(rank + 2) for rank, doc_id in enumerate(ranked[:10]) if doc_id in wanted.documents)
    best = sum(1 / np.log2(rank + 2) for rank in range(min(10, len(wanted.documents))))
    recall = len(wanted.documents.intersection(ranked[:100])) / len(wanted.documents)
    return gains / best, recall, _evidence(hits[:1], wanted), _evidence(hits[:5], wanted)


def _evidence(hits: Sequence[Hit], wanted: Wanted) -> float:
    if not wanted.evidence:
        return float("nan")
    texts = [_comparable(hit.passage.text) for hit in hits if hit.passage.doc_id in wanted.documents]
    return float(np.mean([any(part in text for text in texts) for part in wanted.evidence]))


def wanted(path: Path) -> list[Wanted]:
    """Read the questions of a set whose documents are known; raises TrainingDataError."""
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        found = [
            Wanted(
                row["turns"][-1],
                frozenset(row["doc_ids"]),
                tuple(_comparable(part)[:_PREFIX] for part in row.get("evidence", ())),
            )
            for row in rows
            if row.get("doc_ids")
        ]
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise TrainingDataError(f"{path}：不是可用的问题集（{error}）") from error
    if not found:
        raise TrainingDataError(f"{path}：没有列出标准文件（doc_ids）的问题")
    return found


def _comparable(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def cell(values: Figures) -> str:
    """Return a mean with its interval, as a cell of a table; a dash where nothing is known."""
    known = values[~np.isnan(values)]
    if not len(known):
        return "–"
    random = np.random.default_rng(0)
    means = known[random.integers(0, len(known), (_DRAWS, len(known)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{known.mean():.3f} [{low:.3f}, {high:.3f}]"

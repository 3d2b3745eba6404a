"""Whether a question is turned down where its document is taken away, and only then.

``python -m eval.removed QUESTIONS --index DIR``: every question is asked twice, of what retrieval finds and of that
without the question's own documents. With ``POLICY_RERANKER`` set to a second stage, also over thresholds of what it
says of a passage's answering. Intervals are 95 % by bootstrap over questions.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.answer import Question, Status
from assistant.compose import build_assistant
from assistant.service import Assistant
from assistant.settings import load_settings
from eval.case import Case
from eval.dataset import read
from knowledge.document import Hit
from knowledge.query import QueryTerm
from knowledge.rerank import Reader, is_second_stage, reread, second_stage
from knowledge.retrieve import Retriever, Within

Figures = NDArray[np.float64]

REFUSALS = frozenset({Status.NOT_FOUND, Status.OUT_OF_SCOPE})
THRESHOLDS = (0.0, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25)
_MORE = 40  # passages searched beyond those wanted, to stand in for the removed
_DRAWS = 2_000
_FOLDS = 5


@dataclass
class Withholding:
    """A retriever that does not find some documents.

    ``least``: passages that a second stage gives less than this chance of answering are shown as not answering.
    """

    inner: Retriever
    reader: Reader | None
    withheld: frozenset[str] = frozenset()
    least: float = 0.0
    read: dict[tuple[str, frozenset[str]], list[Hit]] = field(default_factory=dict)

    def search_terms(self, text: str, query: Sequence[QueryTerm], k: int, within: Within | None = None) -> list[Hit]:
        """Return up to ``k`` passages of the other documents, best first."""
        key = text, self.withheld
        if key not in self.read:
            found = self.inner.search_terms(text, query, k + _MORE, within)
            kept = [hit for hit in found if hit.passage.doc_id not in self.withheld][:k]
            self.read[key] = kept if self.reader is None else reread(self.reader, text, kept)
        return [
            hit if hit.answers is None else replace(hit, answers=float(hit.answers >= self.least))
            for hit in self.read[key]
        ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print refusals with the own documents removed and false refusals, with intervals."""
    parser = argparse.ArgumentParser(prog="python -m eval.removed")
    parser.add_argument("questions", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    options = parser.parse_args(arguments)
    reranker = load_settings().reranker
    reader = second_stage(reranker) if reranker and is_second_stage(reranker) else None
    if reader is not None:
        reader.tells = True  # thresholds are tried here
    assistant = build_assistant(options.index)
    cases = [case for case in read(options.questions).cases if case.doc_ids and case.answerable]
    retriever = Withholding(Retriever(assistant.index), reader)
    probed = Assistant(assistant.index, retriever)  # what ships, but for what it finds
    _print_table(probed, retriever, cases)
    return 0


def _print_table(probed: Assistant, retriever: Withholding, cases: Sequence[Case]) -> None:
    print("| 阈值 | 抽走文件后拒答 | 误拒 |\n| --- | --- | --- |")
    tried: list[tuple[Figures, Figures]] = []
    for least in THRESHOLDS if retriever.reader else THRESHOLDS[:1]:
        retriever.least = least
        removed, false = (
            np.array([_refused(probed, retriever, case, is_removed=is_removed) for case in cases], dtype=np.float64)
            for is_removed in (True, False)
        )
        print(f"| {least} | {_cell(removed)} | {_cell(false)} |", flush=True)
        tried.append((removed, false))
    if retriever.reader and len(cases) >= _FOLDS:
        removed, false = _cross_validated(tried)
        print(f"| 交叉验证选阈值，与不用之差 | {_cell(removed - tried[0][0])} | {_cell(false - tried[0][1])} |")


def _cross_validated(tried: Sequence[tuple[Figures, Figures]]) -> tuple[Figures, Figures]:
    """Return refusals at the threshold that, on the other folds, refuses most without more false refusals than none."""
    found = tried[0][0].copy(), tried[0][1].copy()
    fold = np.random.default_rng(0).permutation(len(found[0])) % _FOLDS
    for number in range(_FOLDS):
        others, own = fold != number, fold == number
        allowed = [pair for pair in tried if pair[1][others].mean() <= tried[0][1][others].mean()]
        best = max(allowed, key=lambda pair: float(pair[0][others].mean()))
        found[0][own], found[1][own] = best[0][own], best[1][own]
    return found


def _refused(assistant: Assistant, retriever: Withholding, case: Case, *, is_removed: bool) -> bool:
    retriever.withheld = frozenset(case.doc_ids if is_removed else ())
    return assistant.ask(Question.of(case.turns[-1])).status in REFUSALS


def _cell(values: Figures) -> str:
    random = np.random.default_rng(0)
    means = values[random.integers(0, len(values), (_DRAWS, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{values.mean():.3f} [{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    sys.exit(main())

"""Measures of retrieval: is the evidence among the first k passages, and how high.

A passage is relevant to an evidence string when it contains it. As several passages may contain the same words, only
the first of them gains by it (Clarke et al., SIGIR 2008, with alpha = 1): the gain of a passage is the number of
evidence strings that no passage above it holds. The best possible order puts the gains of all retrieved passages in
descending order, with a passage of gain 1 for each string that was not retrieved at all.
"""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING, NamedTuple

from eval.bilingual import Both
from eval.comparable import holds
from eval.measure import Amount, Measure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eval.outcome import Outcome

CUTOFFS = (1, 3, 5, 10)
CUTOFF = 10

_RECALL_SOURCE = "Manning, Raghavan and Schütze, Introduction to Information Retrieval, 2008, section 8.4"
_MRR_SOURCE = "Voorhees, The TREC-8 question answering track report, 1999"
_NDCG_SOURCE = "Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques, ACM TOIS 20(4), 2002"


def evidence_ranks(outcome: Outcome) -> list[int | None]:
    """Return, for each evidence string, the rank (from 1) of the first retrieved passage that contains it."""
    passages = outcome.answer.retrieved
    return [
        next((rank for rank, passage in enumerate(passages, start=1) if holds(passage.text, evidence)), None)
        for evidence in outcome.case.evidence
    ]


def document_ranks(outcome: Outcome) -> list[int | None]:
    """Return, for each gold document, its rank (from 1) among the distinct documents of the retrieved passages."""
    ranked = list(dict.fromkeys(passage.doc_id for passage in outcome.answer.retrieved))
    return [ranked.index(doc_id) + 1 if doc_id in ranked else None for doc_id in dict.fromkeys(outcome.case.doc_ids)]


def recall(ranks: Sequence[int | None], k: int) -> float:
    """Return the share of the wanted things that are found at rank k or above."""
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks)


def ndcg(ranks: Sequence[int | None], k: int) -> float:
    """Return the discounted cumulated gain of the first k ranks by that of the best possible order.

    The gain of a rank is the number of wanted things first found there; a rank is discounted by log2(rank + 1).
    """
    gains: dict[int, int] = {}
    for rank in ranks:
        if rank is not None:
            gains[rank] = gains.get(rank, 0) + 1
    best = sorted([*gains.values(), *(1 for rank in ranks if rank is None)], reverse=True)[:k]
    gained = sum(gain / log2(rank + 1) for rank, gain in sorted(gains.items()) if rank <= k)
    return gained / sum(gain / log2(rank + 1) for rank, gain in enumerate(best, start=1))


def reciprocal_rank(ranks: Sequence[int | None], k: int) -> float:
    """Return one by the rank of the first wanted thing, 0 where none is at rank k or above."""
    return max((1 / rank for rank in ranks if rank is not None and rank <= k), default=0.0)


class _Level(NamedTuple):
    """What is ranked: passages by the evidence in them, or documents."""

    prefix: str
    label: Both
    cases: Both
    found: Both
    ranks: Callable[[Outcome], list[int | None]]


_PASSAGE = _Level(
    "",
    Both("", ""),
    Both("可回答且列有依据的用例：", "Answerable cases with evidence: "),
    Both("依据在段落中", "evidence among the passages"),
    evidence_ranks,
)
_DOCUMENT = _Level(
    "document_",
    Both("文件", "Document "),
    Both("列有 doc_ids 的可回答用例：", "Answerable cases with doc_ids: "),
    Both("应找到的文件在不同文件中", "the gold documents among the distinct documents"),
    document_ranks,
)


class _Figure(NamedTuple):
    """What is computed from the ranks up to k."""

    name: str
    label: Both
    what: Both
    source: str
    of: Callable[[Sequence[int | None], int], float]


_RECALL = _Figure("recall", Both("召回", "Recall"), Both("召回率", "recall"), _RECALL_SOURCE, recall)
_MRR = _Figure(
    "MRR",
    Both("MRR", "MRR"),
    Both("首个命中的排名倒数", "reciprocal rank of the first hit"),
    _MRR_SOURCE,
    reciprocal_rank,
)
_NDCG = _Figure(
    "nDCG",
    Both("nDCG", "nDCG"),
    Both(
        "折损累计增益与理想排序之比，每条依据只由第一个包含它的段落得分",
        "discounted cumulated gain by the best possible, each string gained once,",
    ),
    _NDCG_SOURCE,
    ndcg,
)


def _measure(level: _Level, figure: _Figure, k: int) -> Measure:
    def of(outcome: Outcome) -> Amount | None:
        ranks = level.ranks(outcome) if outcome.case.answerable else []
        return Amount(figure.of(ranks, k)) if ranks else None

    gap = " " if level.label.zh and figure.label.zh.isascii() else ""
    label = Both(f"{level.label.zh}{gap}{figure.label.zh}@{k}", f"{level.label.en}{figure.label.en}@{k}")
    definition = Both(
        f"{level.cases.zh}{level.found.zh}的{figure.what.zh}，看前 {k} 位（按用例平均）。",
        f"{level.cases.en}{figure.what.en} of {level.found.en}, in the first {k} ranks (mean over cases).",
    )
    return Measure(f"{level.prefix}{figure.name}@{k}", label, definition, figure.source, of)


RECALL = tuple(_measure(_PASSAGE, _RECALL, k) for k in CUTOFFS)
MRR = _measure(_PASSAGE, _MRR, CUTOFF)
NDCG = _measure(_PASSAGE, _NDCG, CUTOFF)
DOCUMENT_RECALL = tuple(_measure(_DOCUMENT, _RECALL, k) for k in CUTOFFS)
DOCUMENT_MRR = _measure(_DOCUMENT, _MRR, CUTOFF)
DOCUMENT_NDCG = _measure(_DOCUMENT, _NDCG, CUTOFF)
MEASURES = (*RECALL, MRR, NDCG, *DOCUMENT_RECALL, DOCUMENT_MRR, DOCUMENT_NDCG)

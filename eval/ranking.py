"""Measures of retrieval: is the evidence among the first k passages, and how high.

A passage is relevant to an evidence string when it contains it. As several passages may contain the same words, only
the first of them gains by it (Clarke et al., SIGIR 2008, with alpha = 1): the gain of a passage is the number of
evidence strings that no passage above it holds. The best possible order puts the gains of all retrieved passages in
descending order, with a passage of gain 1 for each string that was not retrieved at all.
"""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING

from eval.comparable import holds
from eval.measure import Amount, Measure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eval.outcome import Outcome

CUTOFFS = (1, 3, 5, 10)
NDCG_CUTOFF = 10

_RECALL_SOURCE = "Manning, Raghavan and Schütze, Introduction to Information Retrieval, 2008, section 8.4"
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


def _by_ranks(
    ranks_of: Callable[[Outcome], list[int | None]], figure: Callable[[Sequence[int | None], int], float], k: int
) -> Callable[[Outcome], Amount | None]:
    def of(outcome: Outcome) -> Amount | None:
        ranks = ranks_of(outcome) if outcome.case.answerable else []
        return Amount(figure(ranks, k)) if ranks else None

    return of


def _recall_at(k: int) -> Measure:
    definition = f"可回答且列有依据的用例：依据出现在前 {k} 个段落中的比例（按用例平均）。"
    return Measure(f"recall@{k}", f"召回@{k}", definition, _RECALL_SOURCE, _by_ranks(evidence_ranks, recall, k))


def _document_recall_at(k: int) -> Measure:
    definition = f"列有 doc_ids 的可回答用例：应找到的文件在前 {k} 个不同文件中的比例（按用例平均）。"
    of = _by_ranks(document_ranks, recall, k)
    return Measure(f"document_recall@{k}", f"文件召回@{k}", definition, _RECALL_SOURCE, of)


RECALL = tuple(_recall_at(k) for k in CUTOFFS)
NDCG = Measure(
    f"ndcg@{NDCG_CUTOFF}",
    f"nDCG@{NDCG_CUTOFF}",
    "可回答且列有依据的用例：折损累计增益与理想排序之比；每条依据只由第一个包含它的段落得分。",
    _NDCG_SOURCE,
    _by_ranks(evidence_ranks, ndcg, NDCG_CUTOFF),
)
DOCUMENT_RECALL = tuple(_document_recall_at(k) for k in CUTOFFS)
DOCUMENT_NDCG = Measure(
    f"document_ndcg@{NDCG_CUTOFF}",
    f"文件 nDCG@{NDCG_CUTOFF}",
    "列有 doc_ids 的可回答用例：不同文件按首次出现排序后的折损累计增益与理想排序之比。",
    _NDCG_SOURCE,
    _by_ranks(document_ranks, ndcg, NDCG_CUTOFF),
)
MEASURES = (*RECALL, NDCG, *DOCUMENT_RECALL, DOCUMENT_NDCG)

"""Recall, reciprocal rank and nDCG: on values worked out by hand, and against trec_eval."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answer import Answer, Retrieved, Status
from eval.case import Case
from eval.outcome import Outcome
from eval.ranking import (
    DOCUMENT_MRR,
    DOCUMENT_NDCG,
    DOCUMENT_RECALL,
    MRR,
    NDCG,
    RECALL,
    document_ranks,
    evidence_ranks,
    ndcg,
    recall,
    reciprocal_rank,
)


def test_recall_is_the_share_found_by_rank_k() -> None:
    ranks = [1, 3, None, 10]
    assert [recall(ranks, k) for k in (1, 3, 5, 10)] == [0.25, 0.5, 0.5, 0.75]


@pytest.mark.parametrize(
    ("ranks", "k", "expected"),
    [
        ([1], 10, 1.0),
        # 1/log2(3): one thing, found second
        ([2], 10, 0.6309297535714575),
        # gained 1/log2(2) + 1/log2(4) = 1.5; best 1/log2(2) + 1/log2(3) = 1.6309298
        ([1, 3], 10, 1.5 / 1.6309297535714575),
        # one found second, the other not at all: 0.6309298 / 1.6309298
        ([2, None], 10, 0.6309297535714575 / 1.6309297535714575),
        # both in the passage at rank 2: gained 2/log2(3), best is that passage first: 2/log2(2)
        ([2, 2], 10, 0.6309297535714575),
        # two in one passage and one in another, in the best order
        ([1, 1, 2], 10, 1.0),
        # the poorer passage first: gained 1 + 2/log2(3) = 2.2618595, best 2 + 1/log2(3) = 2.6309298
        ([1, 2, 2], 10, 2.261859507142915 / 2.6309297535714573),
        # beyond the cutoff nothing is gained, but the best order still has it
        ([11], 10, 0.0),
        ([None], 10, 0.0),
        # of two things only one fits in the first rank
        ([1, 2], 1, 1.0),
    ],
)
def test_ndcg(ranks: list[int | None], k: int, expected: float) -> None:
    assert ndcg(ranks, k) == pytest.approx(expected)


def test_evidence_is_found_in_the_first_passage_that_contains_it(build: Any) -> None:
    passages = tuple(build.passage(text) for text in ("甲", "国务院 印发《意见》", "国务院印发《意见》，教育部"))
    case = build.case(evidence=("国务院印发", "教育部", "财政部"))
    outcome = build.outcome(case, build.answer(retrieved=passages))
    assert evidence_ranks(outcome) == [2, 3, None]
    assert [measure.of(outcome).value for measure in RECALL] == pytest.approx([0, 2 / 3, 2 / 3, 2 / 3])
    # gained 1/log2(3) + 1/log2(4) = 1.1309298; best 1 + 1/log2(3) + 1/log2(4) = 2.1309298
    assert NDCG.of(outcome).value == pytest.approx(1.1309297535714575 / 2.1309297535714578)


def test_documents_are_ranked_by_their_first_passage(build: Any) -> None:
    passages = tuple(build.passage("…", doc_id) for doc_id in ("a", "a", "b", "a", "c"))
    outcome = build.outcome(build.case(doc_ids=("c", "a", "x")), build.answer(retrieved=passages))
    assert document_ranks(outcome) == [3, 1, None]
    assert [measure.of(outcome).value for measure in DOCUMENT_RECALL] == pytest.approx([1 / 3, 2 / 3, 2 / 3, 2 / 3])
    # gained 1 + 1/log2(4) = 1.5; best 2.1309298
    assert DOCUMENT_NDCG.of(outcome).value == pytest.approx(1.5 / 2.1309297535714578)


def test_a_case_that_retrieved_nothing_counts_as_nothing_found(build: Any) -> None:
    outcome = build.outcome(build.case(evidence=("国务院",)), build.answer("failed", error="boom"))
    assert (RECALL[-1].of(outcome), NDCG.of(outcome)) == ((0, 1), (0, 1))


def test_ranking_says_nothing_of_unanswerable_cases_or_without_gold(build: Any) -> None:
    answer = build.answer(retrieved=(build.passage("国务院"),))
    assert RECALL[0].of(build.outcome(build.case(), answer)) is None
    assert DOCUMENT_NDCG.of(build.outcome(build.case(), answer)) is None
    assert RECALL[0].of(build.outcome(build.case(answerable=False, evidence=("国务院",)), answer)) is None


def test_the_reciprocal_rank_is_that_of_the_first_hit(build: Any) -> None:
    assert [reciprocal_rank(ranks, 10) for ranks in ([3, 2, None], [1], [None], [11], [10])] == [0.5, 1, 0, 0, 0.1]
    passages = tuple(build.passage(text, doc_id) for text, doc_id in (("甲", "a"), ("甲", "a"), ("国务院", "b")))
    case = build.case(evidence=("国务院", "没有的"), doc_ids=("b",))
    outcome = build.outcome(case, build.answer(retrieved=passages))
    assert MRR.of(outcome) == (pytest.approx(1 / 3), 1)
    assert DOCUMENT_MRR.of(outcome) == (pytest.approx(1 / 2), 1)


@settings(deadline=None)  # the reference takes its time to load
@given(
    st.lists(st.sampled_from("abcdefghijkl"), unique=True, min_size=1),
    st.sets(st.sampled_from("abcdefghxyz"), min_size=1),
)
def test_figures_on_documents_agree_with_trec_eval(ranked: list[str], wanted: set[str]) -> None:
    """Every figure against ir_measures, which calls trec_eval."""
    import ir_measures
    from ir_measures import RR, R, nDCG

    qrels = [ir_measures.Qrel("q", doc_id, 1) for doc_id in wanted]
    run = [ir_measures.ScoredDoc("q", doc_id, float(-at)) for at, doc_id in enumerate(ranked)]
    reference = {
        str(name): value
        for name, value in ir_measures.calc_aggregate(
            [nDCG @ 10, RR @ 10, R @ 1, R @ 3, R @ 5, R @ 10], qrels, run
        ).items()
    }
    answer = Answer("a", Status.ANSWERED, "", retrieved=tuple(Retrieved(doc_id, 0, 1, "…", 1.0) for doc_id in ranked))
    outcome = Outcome(Case("c", "history", ("?",), answerable=True, doc_ids=tuple(wanted)), answer, {})
    for measure in (DOCUMENT_NDCG, DOCUMENT_MRR, *DOCUMENT_RECALL):
        name = str(measure).removeprefix("document_").replace("recall", "R").replace("MRR", "RR")
        assert measure.of(outcome) == (pytest.approx(reference[name]), 1), name

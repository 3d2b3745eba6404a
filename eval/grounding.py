"""Measures of citations: does the evidence stand in them, and does each bear out what it is cited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.bilingual import Both
from eval.comparable import holds
from eval.measure import Amount, Measure
from eval.support import statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.answer import Citation
    from eval.outcome import Outcome

_SOURCE = "Gao et al., Enabling large language models to generate text with citations, EMNLP 2023 (ALCE)"


def cited_evidence(outcome: Outcome) -> list[bool]:
    """Tell, for each evidence string, whether it stands in the quote of one citation."""
    quotes = [citation.quote for citation in outcome.answer.citations]
    return [any(holds(quote, evidence) for quote in quotes) for evidence in outcome.case.evidence]


def verbatim(citation: Citation, documents: Mapping[str, str]) -> bool:
    """Tell whether the quote is what stands at its offsets (in characters) in its document."""
    text = documents.get(citation.doc_id)
    if text is None or not 0 <= citation.start < citation.end:
        return False
    return text[citation.start : citation.end] == citation.quote


def supporting(outcome: Outcome) -> list[bool]:
    """Tell, for each citation, whether it bears out every statement of the answer that carries its mark.

    A statement is borne out by the quotes of all its marks together; one that names a citation which does not exist
    is not. A citation whose mark the answer does not carry supports nothing.
    """
    citations = outcome.answer.citations
    verdicts: dict[int, bool] = {}
    for statement in statements(outcome.answer.answer):
        known = all(1 <= mark <= len(citations) for mark in statement.marks)
        held = known and statement.supported_by(
            [citations[mark - 1].quote for mark in statement.marks], outcome.case.turns[-1]
        )
        for mark in statement.marks:
            verdicts[mark] = verdicts.get(mark, True) and held
    return [verdicts.get(mark, False) for mark in range(1, len(citations) + 1)]


def _evidence_in_citations(outcome: Outcome) -> Amount | None:
    found = cited_evidence(outcome) if outcome.case.answerable and outcome.answered else []
    return Amount(sum(found), len(found)) if found else None


def _evidence_complete(outcome: Outcome) -> Amount | None:
    found = cited_evidence(outcome) if outcome.case.answerable and outcome.answered else []
    return Amount.yes_no(right=all(found)) if found else None


def _citation_precision(outcome: Outcome) -> Amount | None:
    citations = outcome.answer.citations
    if not outcome.answered or not citations:
        return None
    quoted = (verbatim(citation, outcome.documents) for citation in citations)
    good = [exact and supports for exact, supports in zip(quoted, supporting(outcome), strict=True)]
    return Amount(sum(good), len(good))


def _citation_verbatim(outcome: Outcome) -> Amount | None:
    citations = outcome.answer.citations
    if not outcome.answered or not citations:
        return None
    return Amount(sum(verbatim(citation, outcome.documents) for citation in citations), len(citations))


def _answers_cited(outcome: Outcome) -> Amount | None:
    return Amount.yes_no(right=bool(outcome.answer.citations)) if outcome.answered else None


EVIDENCE_IN_CITATIONS = Measure(
    "evidence_in_citations",
    Both("依据被引率", "Evidence cited"),
    Both(
        "已作答的可回答用例：全部依据中，出现在某一条引用原文里的比例（按依据计；长依据看前 30 个字符）。",
        "Answered answerable cases: the share of all evidence strings that stand in the quote of one citation "
        "(of a long one the first 30 characters count).",
    ),
    f"citation recall, {_SOURCE}, against gold evidence",
    _evidence_in_citations,
)
EVIDENCE_COMPLETE = Measure(
    "evidence_in_citations_all",
    Both("依据全被引", "All evidence cited"),
    Both(
        "已作答的可回答用例：每一条依据都出现在引用原文里的用例的比例。",
        "Answered answerable cases: the share with every evidence string in a quote.",
    ),
    f"citation recall, {_SOURCE}, by case",
    _evidence_complete,
)
CITATION_PRECISION = Measure(
    "citation_precision",
    Both("引用准确率", "Citation precision"),
    Both(
        "全部引用中，原文与文件在该位置逐字相同、且支持带其标记的每一句的比例："
        "句中的数字、《标题》和列表项都出现在该句所引的原文里。回答里没有标记的引用算错。",
        "Of all citations: the share that is verbatim at its place in the document and bears out every sentence with "
        "its mark (numbers, titles and list items occur in what is cited). A citation without a mark is wrong.",
    ),
    f"citation precision, {_SOURCE}, with verbatim support instead of entailment",
    _citation_precision,
)
CITATION_VERBATIM = Measure(
    "citation_verbatim",
    Both("引用逐字率", "Verbatim citations"),
    Both(
        "全部引用中，原文与文件在该位置逐字相同的比例。",
        "Of all citations: the share that is verbatim at its place in the document.",
    ),
    f"the verbatim half of citation precision, {_SOURCE}",
    _citation_verbatim,
)
ANSWERS_CITED = Measure(
    "answers_cited",
    Both("有引用率", "Answers with citations"),
    Both("已作答的用例中，至少带一条引用的比例。", "Of the answered cases: the share with a citation."),
    "a count",
    _answers_cited,
)
MEASURES = (EVIDENCE_IN_CITATIONS, EVIDENCE_COMPLETE, CITATION_PRECISION, CITATION_VERBATIM, ANSWERS_CITED)

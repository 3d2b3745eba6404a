"""Why a case went wrong: which step of the way from question to cited answer lost it.

After the split of Ru et al., RAGChecker: a fine-grained framework for diagnosing retrieval-augmented generation,
NeurIPS 2024, into faults of the retriever and of the generator, for a pipeline without a language model.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from assistant.answer import Status
from eval.bilingual import Both
from eval.grounding import cited_evidence, supporting, verbatim
from eval.ranking import document_ranks, evidence_ranks

if TYPE_CHECKING:
    from eval.outcome import Outcome

_TURNED_AWAY = frozenset((Status.OUT_OF_SCOPE, Status.SMALL_TALK, Status.REFUSED, Status.CLARIFY))


class Fault(enum.StrEnum):
    """The step at fault."""

    ERROR = "error"
    UNDERSTANDING = "understanding"
    CONVERSATION = "conversation"
    RETRIEVAL = "retrieval"
    WRONG_REFUSAL = "wrong_refusal"
    WRONG_ANSWER = "wrong_answer"
    EXTRACTION = "extraction"
    CITATION = "citation"


LABELS = {
    Fault.ERROR: Both("程序出错", "Error"),
    Fault.UNDERSTANDING: Both("理解问题", "Understanding"),
    Fault.CONVERSATION: Both("多轮对话", "Conversation"),
    Fault.RETRIEVAL: Both("检索未命中", "Retrieval miss"),
    Fault.WRONG_REFUSAL: Both("误拒答", "Wrong refusal"),
    Fault.WRONG_ANSWER: Both("误作答", "Wrong answer"),
    Fault.EXTRACTION: Both("答案提取", "Extraction"),
    Fault.CITATION: Both("引用", "Citation"),
}
MEANINGS = {
    Fault.ERROR: Both("用例抛出异常，或回答带有错误", "The case raised, or its answer carries an error"),
    Fault.UNDERSTANDING: Both(
        "问题被当成了别的：寒暄、范围外、操纵，或反问的时机不对",
        "Taken for something else: small talk, out of scope, manipulation; or asked back at the wrong time",
    ),
    Fault.CONVERSATION: Both(
        "多轮用例，检索结果里没有依据：追问没有接上前文",
        "A follow-up whose evidence was not retrieved: it was not joined to what went before",
    ),
    Fault.RETRIEVAL: Both("检索到的段落里没有（全部）依据", "The evidence is not (all) among the retrieved passages"),
    Fault.WRONG_REFUSAL: Both(
        "依据已检索到，却说文件没有说明", "The evidence was retrieved, yet the answer says not told"
    ),
    Fault.WRONG_ANSWER: Both("文件没有说明，却给出了回答", "The documents do not tell, yet there is an answer"),
    Fault.EXTRACTION: Both(
        "依据已检索到，取出的答案不对或不全", "Evidence retrieved, but the answer is wrong or not whole"
    ),
    Fault.CITATION: Both(
        "回答的要点都对（或无从判断），引用却缺依据、不逐字或撑不起句子",
        "The facts are right, but a citation lacks the evidence, is not verbatim or does not bear its sentence out",
    ),
}


def fault_of(outcome: Outcome, *, right: bool | None) -> Fault | None:
    """Return the first step at fault of a case with the verdict ``right``, None where nothing is wrong.

    A case that cannot be judged by facts (None) is at fault where it is answerable and was refused, or where its
    evidence is not cited. One judged right can still be at fault by its citations.
    """
    if outcome.failed:
        return Fault.ERROR
    if not outcome.case.answerable:
        return None if right else _of_unanswerable(outcome)
    if right:
        return _of_citations(outcome)
    if outcome.answered and right is None:
        return _of_unjudged(outcome)
    if outcome.answered or outcome.answer.status is Status.NOT_FOUND:
        return _missed(outcome) or (Fault.EXTRACTION if outcome.answered else Fault.WRONG_REFUSAL)
    return Fault.UNDERSTANDING if outcome.answer.status in _TURNED_AWAY else None


def _of_unanswerable(outcome: Outcome) -> Fault:
    if outcome.answered and outcome.case.expected_status is not Status.CLARIFY:
        return Fault.WRONG_ANSWER
    return Fault.UNDERSTANDING


def _of_unjudged(outcome: Outcome) -> Fault | None:
    if all(cited_evidence(outcome)):
        return _of_citations(outcome)
    return _missed(outcome) or Fault.EXTRACTION


def _missed(outcome: Outcome) -> Fault | None:
    """Tell whether what was wanted was not retrieved: by the evidence, or by the documents where there is none."""
    ranks = evidence_ranks(outcome) or document_ranks(outcome)
    if None not in ranks:
        return None
    return Fault.CONVERSATION if len(outcome.case.turns) > 1 else Fault.RETRIEVAL


def _of_citations(outcome: Outcome) -> Fault | None:
    if not outcome.answered:
        return None
    exact = all(verbatim(citation, outcome.documents) for citation in outcome.answer.citations)
    whole = all(cited_evidence(outcome)) and all(supporting(outcome)) and bool(outcome.answer.citations)
    return None if exact and whole else Fault.CITATION

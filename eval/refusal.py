"""Measures of turning questions down and of asking back: rightly, wrongly, and in the right way.

A refusal is any of not_found, out_of_scope, small_talk and refused; asking back is clarify. An error is neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.answer import Status
from eval.bilingual import Both
from eval.measure import Amount, Direction, Measure

if TYPE_CHECKING:
    from collections.abc import Callable

    from eval.outcome import Outcome

    Test = Callable[[Outcome], bool]

_SOURCE = "van Rijsbergen, Information Retrieval, 2nd edition, 1979, chapter 7; {} is the positive class"


def _did_refuse(outcome: Outcome) -> bool:
    return outcome.refused


def _should_refuse(outcome: Outcome) -> bool:
    return not outcome.case.answerable


def _did_clarify(outcome: Outcome) -> bool:
    return outcome.answer.status is Status.CLARIFY and not outcome.failed


def _should_clarify(outcome: Outcome) -> bool:
    return outcome.case.expected_status is Status.CLARIFY


def _precision(did: Test, should: Test) -> Callable[[Outcome], Amount | None]:
    return lambda outcome: Amount.yes_no(right=should(outcome)) if did(outcome) else None


def _recall(did: Test, should: Test) -> Callable[[Outcome], Amount | None]:
    return lambda outcome: Amount.yes_no(right=did(outcome)) if should(outcome) else None


def _f1(did: Test, should: Test) -> Callable[[Outcome], Amount | None]:
    """2 TP / (2 TP + FP + FN): TP adds 2 to both sums; FP and FN add 1 to the lower one."""

    def of(outcome: Outcome) -> Amount | None:
        if did(outcome) and should(outcome):
            return Amount(2.0, 2.0)
        return Amount(0.0, 1.0) if did(outcome) or should(outcome) else None

    return of


def _false_refusal(outcome: Outcome) -> Amount | None:
    return Amount.yes_no(right=outcome.refused) if outcome.case.answerable else None


def _status_accuracy(outcome: Outcome) -> Amount | None:
    expected = outcome.case.expected_status
    if expected is None:
        return None
    return Amount.yes_no(right=outcome.answer.status is expected and not outcome.failed)


REFUSAL_PRECISION = Measure(
    "refusal_precision",
    Both("拒答精确率", "Refusal precision"),
    Both("拒答的用例中，确实不可回答的比例。", "Of the refused cases: the share that cannot be answered."),
    _SOURCE.format("a refusal"),
    _precision(_did_refuse, _should_refuse),
)
REFUSAL_RECALL = Measure(
    "refusal_recall",
    Both("拒答召回率", "Refusal recall"),
    Both("不可回答的用例中，拒答的比例。", "Of the cases that cannot be answered: the share that was refused."),
    _SOURCE.format("a refusal"),
    _recall(_did_refuse, _should_refuse),
)
REFUSAL_F1 = Measure(
    "refusal_f1",
    Both("拒答 F1", "Refusal F1"),
    Both("拒答精确率与召回率的调和平均。", "Harmonic mean of refusal precision and recall."),
    _SOURCE.format("a refusal"),
    _f1(_did_refuse, _should_refuse),
)
FALSE_REFUSAL_RATE = Measure(
    "false_refusal_rate",
    Both("误拒率", "False refusals"),
    Both("可回答的用例中，被拒答的比例。", "Of the answerable cases: the share that was refused."),
    "the false positive rate; Fawcett, An introduction to ROC analysis, 2006",
    _false_refusal,
    direction=Direction.LOWER,
)
CLARIFICATION_PRECISION = Measure(
    "clarification_precision",
    Both("追问精确率", "Clarification precision"),
    Both("反问用户的用例中，确实应当反问的比例。", "Of the cases that were asked back: the share that should be."),
    _SOURCE.format("asking back"),
    _precision(_did_clarify, _should_clarify),
)
CLARIFICATION_RECALL = Measure(
    "clarification_recall",
    Both("追问召回率", "Clarification recall"),
    Both(
        "应当反问（expected_status 为 clarify）的用例中，反问了的比例。",
        "Of the cases to ask back (expected_status clarify): the share that was.",
    ),
    _SOURCE.format("asking back"),
    _recall(_did_clarify, _should_clarify),
)
CLARIFICATION_F1 = Measure(
    "clarification_f1",
    Both("追问 F1", "Clarification F1"),
    Both("追问精确率与召回率的调和平均。", "Harmonic mean of clarification precision and recall."),
    _SOURCE.format("asking back"),
    _f1(_did_clarify, _should_clarify),
)
STATUS_ACCURACY = Measure(
    "status_accuracy",
    Both("状态准确率", "Status accuracy"),
    Both(
        "写明 expected_status 的用例中，状态与之相同的比例。",
        "Of the cases with an expected_status: the share that ended in it.",
    ),
    "accuracy",
    _status_accuracy,
)
MEASURES = (
    REFUSAL_PRECISION,
    REFUSAL_RECALL,
    REFUSAL_F1,
    FALSE_REFUSAL_RATE,
    CLARIFICATION_PRECISION,
    CLARIFICATION_RECALL,
    CLARIFICATION_F1,
    STATUS_ACCURACY,
)

"""Measures of turning questions down: rightly, wrongly, and in the right way.

A refusal is any of not_found, out_of_scope, small_talk and refused. An error is no refusal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.measure import Amount, Direction, Measure

if TYPE_CHECKING:
    from eval.outcome import Outcome

_SOURCE = "van Rijsbergen, Information Retrieval, 2nd edition, 1979, chapter 7; a refusal is the positive class"


def _precision(outcome: Outcome) -> Amount | None:
    return Amount.yes_no(right=not outcome.case.answerable) if outcome.refused else None


def _recall(outcome: Outcome) -> Amount | None:
    return None if outcome.case.answerable else Amount.yes_no(right=outcome.refused)


def _f1(outcome: Outcome) -> Amount | None:
    """2 TP / (2 TP + FP + FN): TP adds 2 to both sums; FP and FN add 1 to the lower one."""
    unanswerable = not outcome.case.answerable
    if outcome.refused and unanswerable:
        return Amount(2.0, 2.0)
    return Amount(0.0, 1.0) if outcome.refused or unanswerable else None


def _false_refusal(outcome: Outcome) -> Amount | None:
    return Amount.yes_no(right=outcome.refused) if outcome.case.answerable else None


def _status_accuracy(outcome: Outcome) -> Amount | None:
    expected = outcome.case.expected_status
    if expected is None:
        return None
    return Amount.yes_no(right=outcome.answer.status is expected and not outcome.failed)


REFUSAL_PRECISION = Measure(
    "refusal_precision", "拒答精确率", "拒答的用例中，确实不可回答的比例。", _SOURCE, _precision
)
REFUSAL_RECALL = Measure("refusal_recall", "拒答召回率", "不可回答的用例中，拒答的比例。", _SOURCE, _recall)
REFUSAL_F1 = Measure("refusal_f1", "拒答 F1", "拒答精确率与召回率的调和平均。", _SOURCE, _f1)
FALSE_REFUSAL_RATE = Measure(
    "false_refusal_rate",
    "误拒率",
    "可回答的用例中，被拒答的比例。",
    "the false positive rate; Fawcett, An introduction to ROC analysis, 2006",
    _false_refusal,
    direction=Direction.LOWER,
)
STATUS_ACCURACY = Measure(
    "status_accuracy", "状态准确率", "写明 expected_status 的用例中，状态与之相同的比例。", "accuracy", _status_accuracy
)
MEASURES = (REFUSAL_PRECISION, REFUSAL_RECALL, REFUSAL_F1, FALSE_REFUSAL_RATE, STATUS_ACCURACY)

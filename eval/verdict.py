"""Whether a case was handled rightly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval import text
from eval.bilingual import Both
from eval.measure import Amount, Measure
from eval.outcome import ANSWERS

if TYPE_CHECKING:
    from eval.outcome import Outcome


def judged_correct(outcome: Outcome) -> bool | None:
    """Tell whether the case was handled rightly, or None where the case does not say what is right.

    An error is wrong. An expected status must be met, and nothing ``absent`` may be said. Then an answerable case is
    right by its facts, one that is not by being refused.
    """
    case = outcome.case
    expected = case.expected_status
    if outcome.failed or text.says_absent(outcome) or expected not in {None, outcome.answer.status}:
        return False
    if not case.answerable:
        return outcome.refused or expected is not None
    if case.facts and (expected is None or expected in ANSWERS):
        return text.says_facts(outcome)
    return None if expected is None else True


def _correct(outcome: Outcome) -> Amount | None:
    right = judged_correct(outcome)
    return None if right is None else Amount.yes_no(right=right)


CORRECT = Measure(
    "correct",
    Both("正确率", "Correct"),
    Both(
        "全部可判的用例中处理正确的比例：可回答的按要点判，不可回答的须拒答；写明 expected_status 的还须状态相同；"
        "出错的算错。",
        "Of all cases that can be judged: the share handled rightly. Answerable ones by their facts, others by being "
        "refused; an expected_status must be met; an error is wrong.",
    ),
    "accuracy",
    _correct,
)

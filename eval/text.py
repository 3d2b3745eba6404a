"""Measures of the words of an answer: does it say what a right answer says, and in how many characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.bilingual import Both
from eval.comparable import comparable, without_marks
from eval.measure import Amount, Direction, Measure, Unit

if TYPE_CHECKING:
    from eval.outcome import Outcome


def says_facts(outcome: Outcome) -> bool:
    """Tell whether the case was answered with every fact and nothing that a right answer does not contain."""
    if not outcome.answered or says_absent(outcome):
        return False
    answer = comparable(outcome.answer.answer)
    return all(any(comparable(spelling) in answer for spelling in fact) for fact in outcome.case.facts)


def says_absent(outcome: Outcome) -> bool:
    """Tell whether the answer contains a string that a right one does not."""
    answer = comparable(outcome.answer.answer)
    return any(comparable(string) in answer for string in outcome.case.absent)


def _answer_accuracy(outcome: Outcome) -> Amount | None:
    if not outcome.case.answerable or not outcome.case.facts:
        return None
    return Amount.yes_no(right=says_facts(outcome))


def _answer_length(outcome: Outcome) -> Amount | None:
    if not outcome.answered:
        return None
    return Amount(float(len("".join(without_marks(outcome.answer.answer).split()))))


ANSWER_ACCURACY = Measure(
    "answer_accuracy",
    Both("回答准确率", "Answer accuracy"),
    Both(
        "可回答且列有要点的用例中，回答包含全部要点（任一可接受写法）且不含 absent 字符串的比例；"
        "只有 answered 和 partial 可能算对。比较前去掉引用标记和空白，做 NFKC 与大小写折叠。",
        "Of the answerable cases with facts: the share whose answer holds every fact in an accepted spelling and none "
        "of the absent strings. Only answered and partial can be right. Compared without marks and white space, NFKC, "
        "case folded.",
    ),
    "exact-inclusion accuracy, as in Kandpal et al., ICML 2023, over lists of accepted spellings",
    _answer_accuracy,
)
ANSWER_LENGTH = Measure(
    "answer_length",
    Both("回答字数", "Answer length"),
    Both(
        "作答用例的回答的平均字符数，不计引用标记和空白。",
        "Mean number of characters of the answers, marks and white space aside.",
    ),
    "a count",
    _answer_length,
    direction=Direction.NEITHER,
    unit=Unit.CHARACTERS,
)
MEASURES = (ANSWER_ACCURACY, ANSWER_LENGTH)

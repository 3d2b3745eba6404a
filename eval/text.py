"""Measures of the words of an answer: does it say what a right answer says, and in how many characters."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from eval.comparable import comparable, letters, without_marks
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


def _character_f1(outcome: Outcome) -> Amount | None:
    if not outcome.case.answerable or not outcome.case.reference:
        return None
    if not outcome.answered:
        return Amount(0.0)
    said, wanted = Counter(letters(outcome.answer.answer)), Counter(letters(outcome.case.reference))
    shared = (said & wanted).total()
    return Amount(2 * shared / (said.total() + wanted.total()) if shared else 0.0)


def _answer_length(outcome: Outcome) -> Amount | None:
    if not outcome.answered:
        return None
    return Amount(float(len("".join(without_marks(outcome.answer.answer).split()))))


ANSWER_ACCURACY = Measure(
    "answer_accuracy",
    "回答准确率",
    "可回答且列有要点的用例中，回答包含全部要点（任一可接受写法）且不含 absent 字符串的比例；"
    "只有 answered 和 partial 可能算对。比较前去掉引用标记和空白，做 NFKC 与大小写折叠。",
    "exact-inclusion accuracy, as in Kandpal et al., ICML 2023, over lists of accepted spellings",
    _answer_accuracy,
)
CHARACTER_F1 = Measure(
    "character_f1",
    "字符 F1",
    "回答与参考答案的字符多重集合的 F1（不计标点和空白）；没有作答记 0。",
    "Rajpurkar et al., EMNLP 2016 (SQuAD F1), over characters instead of words",
    _character_f1,
)
ANSWER_LENGTH = Measure(
    "answer_length",
    "回答字数",
    "作答用例的回答的平均字符数，不计引用标记和空白。",
    "a count",
    _answer_length,
    direction=Direction.NEITHER,
    unit=Unit.CHARACTERS,
)
MEASURES = (ANSWER_ACCURACY, CHARACTER_F1, ANSWER_LENGTH)

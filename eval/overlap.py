"""Measures of overlap with a reference answer, over characters: Chinese has no spaces to split words at.

All compare the letters, ideographs and digits of both texts (marks, punctuation and white space aside, NFKC, case
folded). A case that was not answered scores 0; one without a reference is not counted.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from eval.bilingual import Both
from eval.comparable import letters
from eval.measure import Amount, Measure

if TYPE_CHECKING:
    from collections.abc import Callable

    from eval.outcome import Outcome


def character_f1(said: str, wanted: str) -> float:
    """Return the F1 of two texts as multisets of characters: twice the shared ones by all of them."""
    shared = (Counter(said) & Counter(wanted)).total()
    return 2 * shared / (len(said) + len(wanted)) if shared else 0.0


def longest_common_subsequence(first: str, second: str) -> int:
    """Return the length of the longest common subsequence, in characters.

    Bit-parallel (Hyyrö, Bit-parallel LCS-length computation revisited, AWOCA 2004): a row of the usual table is one
    integer, so that two answers of 2,000 characters take milliseconds.
    """
    places: dict[str, int] = {}
    for position, character in enumerate(first):
        places[character] = places.get(character, 0) | 1 << position
    everywhere = (1 << len(first)) - 1
    row = everywhere
    for character in second:
        matched = row & places.get(character, 0)
        row = ((row + matched) | (row - matched)) & everywhere
    return len(first) - row.bit_count()


def rouge_l(said: str, wanted: str) -> float:
    """Return ROUGE-L, the F1 of the longest common subsequence: twice its length by both lengths."""
    length = longest_common_subsequence(said, wanted)
    return 2 * length / (len(said) + len(wanted)) if length else 0.0


def exact_match(said: str, wanted: str) -> float:
    """Return 1 for equal texts, else 0."""
    return float(said == wanted)


def _of(figure: Callable[[str, str], float]) -> Callable[[Outcome], Amount | None]:
    def of(outcome: Outcome) -> Amount | None:
        wanted = letters(outcome.case.reference or "")
        if not outcome.case.answerable or not wanted:
            return None
        return Amount(figure(letters(outcome.answer.answer), wanted) if outcome.answered else 0.0)

    return of


_WHERE = Both("可回答且有参考答案的用例：", "Answerable cases with a reference answer: ")
_REST = Both("（不计标点和空白）；没有作答记 0。", " (punctuation and white space aside); 0 where not answered.")


def _measure(name: str, label: Both, what: Both, source: str, figure: Callable[[str, str], float]) -> Measure:
    definition = Both(_WHERE.zh + what.zh + _REST.zh, _WHERE.en + what.en + _REST.en)
    return Measure(name, label, definition, source, _of(figure))


CHARACTER_F1 = _measure(
    "character_f1",
    Both("字符 F1", "Character F1"),
    Both("回答与参考答案的字符多重集合的 F1", "F1 of the multisets of characters"),
    "Rajpurkar et al., EMNLP 2016 (SQuAD F1), over characters instead of words",
    character_f1,
)
EXACT_MATCH = _measure(
    "exact_match",
    Both("完全匹配", "Exact match"),
    Both("回答与参考答案逐字相同的比例", "share of answers equal to the reference"),
    "Rajpurkar et al., EMNLP 2016 (SQuAD exact match)",
    exact_match,
)
ROUGE_L = _measure(
    "rouge_l",
    Both("ROUGE-L", "ROUGE-L"),
    Both("最长公共子序列的 F1，按字符计", "F1 of the longest common subsequence of characters"),
    "Lin, ROUGE: a package for automatic evaluation of summaries, ACL 2004 workshop, with beta = 1",
    rouge_l,
)
MEASURES = (CHARACTER_F1, EXACT_MATCH, ROUGE_L)

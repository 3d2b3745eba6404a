"""Measures of support: whether the numbers, dates and 《titles》 of an answer stand in what it cites for them.

A value rests on the citations whose marks its sentence carries; without a mark it rests on nothing. Values that the
question itself names, and a correction denies, need no support.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, TypeVar

from eval.bilingual import Both
from eval.comparable import comparable
from eval.measure import Amount, Measure
from eval.support import TITLE, all_statements, denied, numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eval.outcome import Outcome

    Date = tuple[int, ...]

Value = TypeVar("Value")

_SOURCE = "Nan et al., Entity-level factual consistency of abstractive text summarization, EACL 2021 (precision-source)"
_DATE = re.compile(r"(\d{4})\s*[年./-]\s*(?:(\d{1,2})\s*(?:月|[./-](?=\d))\s*(?:(\d{1,2})(?!\d)\s*日?)?)?")
_IDEOGRAPHS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_WRITTEN_YEAR = re.compile(r"[〇零○一二三四五六七八九]{4}(?=年)")


def dates(text: str) -> set[Date]:
    """Return the dates as (year,), (year, month) or (year, month, day); 二〇一八年 is 2018年."""
    text = _WRITTEN_YEAR.sub(lambda year: year[0].translate(_IDEOGRAPHS), unicodedata.normalize("NFKC", text))
    return {tuple(int(part) for part in match.groups() if part) for match in _DATE.finditer(text)}


def titles(text: str) -> set[str]:
    """Return the titles in 《》, in the comparable form."""
    return {comparable(title) for title in TITLE.findall(text)}


def plain_numbers(text: str) -> set[str]:
    """Return the numbers that are no part of a date."""
    return numbers(_DATE.sub(" ", unicodedata.normalize("NFKC", text)))


def _number_held(number: str, quotes: Sequence[str]) -> bool:
    return any(number in numbers(quote) for quote in quotes)


def _date_held(date: Date, quotes: Sequence[str]) -> bool:
    return any(told[: len(date)] == date for quote in quotes for told in dates(quote))


def _title_held(title: str, quotes: Sequence[str]) -> bool:
    return any(title in comparable(quote) for quote in quotes)


def supported(
    outcome: Outcome, find: Callable[[str], set[Value]], held: Callable[[Value, Sequence[str]], bool]
) -> dict[Value, bool]:
    """Tell of each value that an answer states whether what it cites for it has the value."""
    quotes = [citation.quote for citation in outcome.answer.citations]
    asked = outcome.case.turns[-1]
    verdicts: dict[Value, bool] = {}
    for statement in all_statements(outcome.answer.answer):
        own = [quotes[mark - 1] for mark in statement.marks if 1 <= mark <= len(quotes)]
        taken_over = find(asked) if denied(statement.text, asked) else set()
        for value in find(statement.text) - taken_over:
            verdicts[value] = verdicts.get(value, True) and held(value, own)
    return verdicts


def _measure(
    name: str, label: Both, what: Both, find: Callable[[str], set[Value]], held: Callable[[Value, Sequence[str]], bool]
) -> Measure:
    def of(outcome: Outcome) -> Amount | None:
        verdicts = list(supported(outcome, find, held).values()) if outcome.answered else []
        return Amount(sum(verdicts), len(verdicts)) if verdicts else None

    definition = Both(
        f"已作答的用例：回答里的{what.zh}，出现在该句所引原文里的比例（按个数计；没有引用标记的算错）。",
        f"Answered cases: the share of the {what.en} of the answers that stand in what their sentence cites "
        "(counted one by one; wrong without a mark).",
    )
    return Measure(name, label, definition, _SOURCE, of)


NUMBER_SUPPORT = _measure(
    "number_support",
    Both("数字有据率", "Supported numbers"),
    Both("数字（日期除外）", "numbers (dates aside)"),
    plain_numbers,
    _number_held,
)
DATE_SUPPORT = _measure("date_support", Both("日期有据率", "Supported dates"), Both("日期", "dates"), dates, _date_held)
TITLE_SUPPORT = _measure(
    "title_support", Both("标题有据率", "Supported titles"), Both("《标题》", "titles in 《》"), titles, _title_held
)
MEASURES = (NUMBER_SUPPORT, DATE_SUPPORT, TITLE_SUPPORT)

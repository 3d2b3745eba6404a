"""A figure asked for year by year -> one line a year, in order, each cited: 「2020年至2024年每年各培训多少人」.

News and reports tell such figures in a paragraph a year (「2021年，项目增加到7个，全年培训586人」); a sentence without a year goes on about
the year of the one before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.draft import Draft, Statement
from assistant.evidence import Sentence, own_match
from assistant.meant import piece_around
from assistant.understand import Query
from knowledge import words
from knowledge.values import Value, ValueType, values

_ASKS = re.compile(
    r"(?:历年|逐年|各年|每一?年|分年度?|各年度|这几年|几年来|按年份?)[^。?？]{0,16}?(?:各|分别|都|是|有|变化|情况|多少|几)"
    r"|(?:多少|几)[^。?？]{0,12}(?:按年份?|逐年|历年)"
)
_ASKED_NUMBER = re.compile(
    r"(?:各|分别|都|共|一共)*([\u4e00-\u9fff]{0,6}?)(?:多少|几)\s*(?:[万千百亿])?([\u4e00-\u9fff]{1,3})?"
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})年(?!以来|至|到|—|-|–|起)")
_WHOLE = re.compile(r"累计|总计|合计|一共|[两三四五六七八九十\d]年(?:来|间|里)|以来")
_NUMBERS = {ValueType.COUNT, ValueType.MONEY, ValueType.SHARE}
_LEAST_YEARS = 2


def answer(query: Query, sentences: Sequence[Sentence]) -> Draft | None:
    """Return a line a year where a figure is asked for by years and one document tells it for two years or more."""
    asked = _ASKED_NUMBER.search(query.text)
    if asked is None or not _ASKS.search(query.text):
        return None
    best: list[tuple[int, Statement]] = []
    for doc_id in dict.fromkeys(sentence.doc_id for sentence in sentences):
        told = _by_year(query, asked[2] or "", [sentence for sentence in sentences if sentence.doc_id == doc_id])
        found = sorted(
            ((year, statement) for year, statement in told.items() if query.fits(year)), key=lambda row: row[0]
        )
        best = max(best, found, key=len)
    return Draft(tuple(statement for _, statement in best)) if len(best) >= _LEAST_YEARS else None


def _by_year(query: Query, unit: str, sentences: Iterable[Sentence]) -> dict[int, Statement]:
    """Return the figure of each year: the first that is of the unit and stands with the words of the question."""
    found: dict[int, Statement] = {}
    year: int | None = None
    dated: Sentence | None = None  # which names the year
    for sentence in sorted(sentences, key=lambda sentence: sentence.start):
        named = [int(match[1]) for match in _YEAR.finditer(words.normal(sentence.text))]
        if len(set(named)) == 1:
            year, dated = named[0], sentence
        if year is None or len(set(named)) > 1 or _WHOLE.search(sentence.text):
            year = None if _WHOLE.search(sentence.text) else year
            continue
        for value in values(sentence.text):
            start, end = piece_around(sentence.text, value)
            piece = sentence.text[start:end].strip(" ，,。；;")
            if year not in found and _is_asked(query, unit, value, piece):
                shown = piece if str(year) in piece else f"{year}年：{piece}"
                rests_on = (sentence,) if dated is None or dated is sentence else (dated, sentence)
                found[year] = Statement(shown, rests_on, is_item=True)
    return found


def _is_asked(query: Query, unit: str, value: Value, piece: str) -> bool:
    if value.type not in _NUMBERS or piece.startswith("其中"):
        return False
    is_unit = value.unit.startswith(unit[:1]) if unit else value.type is ValueType.SHARE
    return is_unit and own_match(query.terms, piece.replace(value.text, "")) > 0

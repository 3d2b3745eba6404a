"""A sentence that tells nothing by itself -> with what it goes on from, or what goes on from it.

「三是规范委托贷款的资金用途。」 only says the question again: what is asked for stands in the sentences after it. 「要用好这些培训平台」
speaks of what the sentence before it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.answer import Status
from assistant.draft import Draft, Statement, as_shown
from assistant.evidence import Sentence
from assistant.kinds import Kind
from assistant.understand import Query
from knowledge import words

_LONGEST = 150  # characters of what goes on
_LONGEST_BEFORE = 200  # of the sentence that is referred to
_APART = 2  # characters between a sentence and the next
_ECHO = 4  # pairs of characters that the question does not have
_ANNOUNCES = re.compile(
    r"(?:多项|一系列|系列|以下|如下|若干|有关|相关|更优惠的?|明确|规范|细化|提出|出台|把握|领会|贯彻|落实)[\u4e00-\u9fff“”、]{0,14}"
    r"(?:举措|措施|政策|规定|办法|要求|事项|部署|用途|条件|内容|建议|意见|服务)[^，,。；;]{0,6}[。：:]?$"
)
_REFERS_BACK = re.compile(r"^[^。]{0,40}(?:这些|上述|该类|此类|前述|这一)")
_CLOSES = re.compile(r"特此|自(?:发布|印发|公布)之日|扫一扫|记者|责任编辑")
_NEXT_ITEM = re.compile(
    r"\s*(?:[二三四五六七八九十]是|第[二三四五六七八九十]|[其再]次|[（(]?[二三四五六七八九十2-9][)）、.．])"
)


def continued(query: Query, draft: Draft, sentences: Sequence[Sentence]) -> Draft:
    """Return a draft of one sentence with the sentences it needs beside it; ``sentences`` are those that were retrieved."""
    if draft.status is not Status.ANSWERED or len(draft.statements) != 1:
        return draft
    [told] = draft.statements
    if query.kind is Kind.YES_NO or query.wanted is not None or told.is_item or len(told.evidence) != 1:
        return draft
    [own] = told.evidence
    ordered = sorted({one.start: one for one in sentences if one.doc_id == own.doc_id}.values(), key=_start)
    place = next((at for at, one in enumerate(ordered) if one.start == own.start), None)
    if place is None:
        return draft
    is_whole = told.text.endswith(as_shown(own.text)[-_ECHO:])
    after = list(_going_on(ordered[place:])) if is_whole and tells_nothing(query, own.text) else []
    before = _referred_to(ordered[: place + 1])
    statements = (*map(_stated, before), told, *map(_stated, after))
    return replace(draft, statements=statements)


def _start(sentence: Sentence) -> int:
    return sentence.start


def _stated(sentence: Sentence) -> Statement:
    return Statement(as_shown(sentence.text), (sentence,))


def tells_nothing(query: Query, text: str) -> bool:
    """Tell whether a sentence says hardly more than the question, or only that there are measures, rules, conditions."""
    if _ANNOUNCES.search(text):
        return True
    asked, told = words.normal(query.text), words.normal(text)
    pairs = {asked[place : place + 2] for place in range(len(asked) - 1)}
    return sum(told[place : place + 2] not in pairs for place in range(len(told) - 1)) <= _ECHO


def _going_on(ordered: Sequence[Sentence]) -> Iterator[Sentence]:
    """Yield the sentence that follows the first, and the rest of its paragraph up to the limit."""
    length = 0
    for one, following in pairwise(ordered):
        is_far = one is not ordered[0] and following.start > one.end
        length += len(following.text)
        if is_far or not _is_next(one, following) or length > _LONGEST:
            return
        if _CLOSES.search(following.text) or _NEXT_ITEM.match(following.text):
            return
        yield following


def _referred_to(ordered: Sequence[Sentence]) -> Sequence[Sentence]:
    """Return the sentence before the last, where that one speaks of it."""
    if len(ordered) < 2 or not _REFERS_BACK.match(ordered[-1].text):  # noqa: PLR2004
        return ()
    before = ordered[-2]
    return (before,) if _is_next(before, ordered[-1]) and len(before.text) <= _LONGEST_BEFORE else ()


def _is_next(one: Sentence, following: Sentence) -> bool:
    is_near = 0 <= following.start - one.end <= _APART
    return is_near and following.headings == one.headings and not (one.is_heading or following.is_heading)

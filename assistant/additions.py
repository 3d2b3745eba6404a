"""Sentences that only add to the one before: 「持证残疾人还应当提交残疾人证」 is no whole answer, nor is what it adds to without it.

Whoever asks for the papers of a group wants those of everybody and those of the group.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.draft import Statement, as_shown
from assistant.evidence import Sentence, Unit, own_match
from assistant.understand import Query

_ADDS = re.compile(
    r"还(?:应当?|须|需要?|要|得|可以?另)|另(?:附|需|须|行|外提)|同时(?:应当|须|需|还)|除[^，,。]{2,20}外[，,]还"
)
_ASKS = re.compile(r"材料|证件|资料|手续|条件|带|交|提交|准备|满足|符合|要求")
_LEAST = 0.3  # of the question, in what is added for whom it names
_NEAR = 4  # characters between a sentence and the next
_LONGEST = 100  # characters of a sentence that is added


def with_additions(query: Query, told: Sequence[Statement], units: Sequence[Unit]) -> tuple[Statement, ...]:
    """Return statements of one sentence with the one it adds to, or with what is added to it for whom the question names."""
    found = list(told)
    cited = {sentence for statement in told for sentence in statement.evidence}
    if not _ASKS.search(query.text) or len(cited) != 1:
        return tuple(told)
    [own] = cited
    sentences = {one.sentence.start: one.sentence for one in units if one.sentence.doc_id == own.doc_id}
    ordered = [sentences[start] for start in sorted(sentences)]
    place = next((at for at, one in enumerate(ordered) if one.start == own.start), -1)
    if place < 0:
        return tuple(told)
    if _ADDS.search(own.text):
        before = ordered[place - 1] if place else None
        is_added = before is not None and _follows(before, own)
        return (_stated(before, told[0]), *told) if before is not None and is_added else tuple(told)
    for one, following in zip(ordered[place:], ordered[place + 1 :], strict=False):
        if not _follows(one, following) or not _ADDS.search(following.text):
            break
        if own_match(query.terms, _for_whom(following.text)) > 0 and own_match(query.terms, following.text) >= _LEAST:
            found.append(_stated(following, told[0]))
    return tuple(found)


def with_what_it_adds_to(unit: Unit) -> Unit:
    """Return a part of a sentence that only adds to the part before it (「；外来人员另附劳动合同」) as the whole sentence."""
    sentence = unit.sentence
    is_part = unit.text != sentence.text and unit.start > sentence.start
    if not is_part or not _ADDS.search(unit.text) or len(sentence.text) > _LONGEST:
        return unit
    return replace(unit, text=sentence.text, start=sentence.start, end=sentence.end)


def _follows(before: Sentence, after: Sentence) -> bool:
    is_short = len(before.text) <= _LONGEST and len(after.text) <= _LONGEST
    return is_short and 0 <= after.start - before.end <= _NEAR and not before.is_heading


def _for_whom(text: str) -> str:
    """Return whom an addition is for: the words before 还应当."""
    match = _ADDS.search(text)
    return text[: match.start()] if match else ""


def _stated(sentence: Sentence, like: Statement) -> Statement:
    return Statement(as_shown(sentence.text), (sentence,), is_item=like.is_item)

"""A statement -> what of it the question has not said already.

「对受疫情影响较大的企业，给予贴息」 answers 「对受疫情影响较大的企业有什么支持」 with 「给予贴息」. Clauses at the beginning that the question has go, and
of the next whom or what it is done to, up to what is done. The citation keeps the sentence.
"""

from __future__ import annotations

import re

from assistant.kinds import Kind
from assistant.understand import Query
from knowledge import words
from knowledge.sentences import bracketed, clauses

_KINDS = {Kind.HOW, Kind.LIST, Kind.WHAT, Kind.STATEMENT, Kind.WHO}
_RUN = 3  # characters on end that the question has too
_SAID = 0.8  # of the characters of what is cut off
_LEAST = 4  # characters that must be left, and that are worth cutting off
_NO_END = ("的", "、", "和", "与", "及", "或", "等", "以及", "所", "者", "之", "时", "后", "前", "中", "内")
_DOES = ("v", "p", "d")
_FILLERS = frozenset("目前 已 一系列 近期 近日 当前 多地 各地 同时 此外 我市 我省 全市 全省 我国 全国".split())
_CASE = re.compile(r"对|为(?!了)|针对|在|如|凡|.{2,40}(?:的|时|期间|方面)[，,]$")


def unsaid(query: Query, text: str) -> str:
    """Return a statement without the words at its beginning that only say the question again."""
    if query.asks_yes_no or query.kind not in _KINDS or query.wanted is not None:
        return text
    spans = clauses(text)
    first = 0
    for number, (start, end) in enumerate(spans[:-1]):
        clause = text[start:end]
        if clause.endswith(("，", ",")) and is_said(query, clause) and (first == number or _CASE.match(clause)):
            first = number + 1
    rest = text[spans[first][0] :] if spans else text
    told = rest[_object(query, rest) :]
    return told if len(told) >= _LEAST else text


def is_said(query: Query, clause: str) -> bool:
    """Tell whether a question says nearly all that a clause does."""
    told, content = _told(query, clause)
    return content > 0 and sum(told) >= _SAID * content


def _told(query: Query, text: str) -> tuple[list[int], int]:
    """Return for each token its characters if the question has it, and how many characters of content there are."""
    asked = words.normal(query.text)
    form = words.normal(text)
    variants = {word for term in query.terms for word, _ in term.variants if len(word) >= _RUN}
    covered = [False] * len(form)
    for place in range(len(form) - _RUN + 1):
        if form[place : place + _RUN] in asked:
            covered[place : place + _RUN] = [True] * _RUN
    told, content, position = [], 0, 0
    for token in words.tokens(form):
        end = position + len(token)
        is_plain = token in asked and (token in words.generic_words() or token == query.cue)
        counts = words.is_word(token) and token not in words.stop_words() and token not in _FILLERS and not is_plain
        content += len(token) * counts
        has = counts and (all(covered[position:end]) or token in variants)
        told.append(len(token) if has else 0)
        position = end
    return told, content


def _object(query: Query, text: str) -> int:
    """Return where what is done begins, behind what it is done to."""
    edge = clauses(text)[0][1] if text else 0
    clause = text[:edge]
    tokens = words.tokens(clause)
    told, _ = _told(query, clause)
    if len(tokens) != len(told) or sum(map(len, tokens)) != len(clause):
        return 0
    inside = bracketed(clause)
    best = position = said = content = 0
    for number, token in enumerate(tokens):
        position += len(token)
        content += len(token) * (words.is_word(token) and token not in words.stop_words() and token not in _FILLERS)
        said += told[number]
        following = tokens[number + 1] if number + 1 < len(tokens) else ""
        begins = (
            following
            and following not in _NO_END
            and not told[number + 1]
            and words.part_of_speech(following).startswith(_DOES)
        )
        is_open = any(start < position < end for start, end in inside)
        if told[number] and begins and not is_open and said >= _SAID * content and position >= _LEAST:
            best = position
    return best

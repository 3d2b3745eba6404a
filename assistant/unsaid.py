"""A statement -> what of it the question has not said already.

「对受疫情影响较大的企业，给予贴息」 answers 「对受疫情影响较大的企业有什么支持」 with 「给予贴息」. Clauses at the beginning that the question has go, and
of the next whom or what it is done to, up to what is done. The citation keeps the sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from assistant.kinds import Kind
from assistant.understand import Query
from knowledge import words
from knowledge.sentences import bracketed, clauses

_KINDS = {Kind.HOW, Kind.LIST, Kind.WHAT, Kind.STATEMENT, Kind.WHO}
_RUN = 3  # characters on end that the question has too
_SAID = 0.8  # of the characters of a clause that goes
_SAID_OF_OBJECT = 0.6  # of what goes before what is done
_LEAST = 4  # characters that must be left, and that are worth cutting off
_NEAR = 6  # characters of the question that a clause has which is the one that answers
_NO_END = frozenset("的 、 和 与 及 或 等 以及 所 者 之 时 后 前 中 内".split())
_DOES = ("v", "p", "d")
_FILLERS = frozenset("目前 已 一系列 近期 近日 当前 多地 各地 同时 此外 我市 我省 全市 全省 我国 全国".split())
_CASE = re.compile(r"对|为(?!了)|针对|在|如|凡|.{2,40}(?:的|时|期间|方面)[，,]$")
_DENIES = re.compile(r"不|未|没|无|非|禁")  # never cut off what they deny
_CONDITION = re.compile(r"(?:的|时|后|起|(?<!目)前|如|若)[，,]$|^(?:如|若|凡|除|对|在)")
_ONE_THING = re.compile(r"什么(?!措施|举措|政策|内容|规定|要求|办法)|何种|怎么规定")


@dataclass(frozen=True, slots=True)
class _Token:
    """A word of a text: whether the question has it, and its characters if it tells something."""

    text: str
    is_said: bool
    weight: int


def unsaid(query: Query, text: str) -> str:
    """Return a statement without the words at its beginning that only say the question again."""
    if query.asks_yes_no or query.kind not in _KINDS or query.wanted is not None:
        return text
    spans = clauses(text)
    first = _first(query, [text[start:end] for start, end in spans])
    rest = text[spans[first][0] :] if spans else text
    told = rest[_object(query, rest) :]
    return told if len(told) >= _LEAST else text


def _first(query: Query, parts: list[str]) -> int:
    """Return the number of the first clause that tells something new."""
    first = 0
    for number, clause in enumerate(parts[:-1]):
        if (
            clause.endswith(("，", ","))
            and _is_said(query, clause)
            and not _denies(query, clause)
            and (first == number or _CASE.match(clause))
        ):
            first = number + 1
    if query.asks_several or not _ONE_THING.search(query.text):
        return first
    said = [sum(token.weight for token in _tokens(query, clause) if token.is_said) for clause in parts]
    best = max(range(first, len(parts)), key=said.__getitem__, default=first)
    is_one = said[best] >= _NEAR and all(
        3 * told <= 2 * said[best] and clause.endswith(("，", ",")) and not _CONDITION.search(clause)
        for told, clause in list(zip(said, parts, strict=True))[first:best]
    )
    return best if is_one else first


def _denies(query: Query, clause: str) -> bool:
    """Tell whether a clause denies what the question does not: 对不符合条件的, for 「对符合条件的怎么办」."""
    return any(clause[found.start() : found.end() + 1] not in query.text for found in _DENIES.finditer(clause))


def _is_said(query: Query, clause: str) -> bool:
    """Tell whether a question says nearly all that a clause does."""
    tokens = _tokens(query, clause)
    told = sum(token.weight for token in tokens if token.is_said)
    return told >= _SAID * sum(token.weight for token in tokens)


def _tokens(query: Query, text: str) -> list[_Token]:
    asked, form = words.normal(query.text), words.normal(text)
    variants = {word for term in query.terms for word, _ in term.variants if len(word) >= _RUN}
    covered = {
        place + step
        for place in range(len(form) - _RUN + 1)
        if form[place : place + _RUN] in asked
        for step in range(_RUN)
    }
    asking = {query.cue, *query.focus[:1]}
    found, position = [], 0
    for token in words.tokens(form):
        own = range(position, position + len(token))
        position += len(token)
        is_plain = token in asked and (token in words.generic_words() or token in asking)
        tells = words.is_word(token) and token not in words.stop_words() and token not in _FILLERS and not is_plain
        is_said = is_plain or (tells and (covered.issuperset(own) or token in variants))
        found.append(_Token(token, is_said, len(token) if tells else 0))
    return found


def _object(query: Query, text: str) -> int:
    """Return where what is done begins, behind what it is done to."""
    clause = text[: clauses(text)[0][1]] if text else ""
    tokens = _tokens(query, clause)
    if sum(len(token.text) for token in tokens) != len(clause):
        return 0
    inside = bracketed(clause)
    best = position = said = content = 0
    for token, following in pairwise(tokens):
        position += len(token.text)
        content += token.weight
        said += token.weight * token.is_said
        is_open = any(start < position < end for start, end in inside)
        is_edge = token.is_said and not is_open and _begins(following)
        if is_edge and position >= _LEAST and 0 < said >= _SAID_OF_OBJECT * content:
            best = position
    return 0 if _DENIES.search(text[:best]) else best


def _begins(token: _Token) -> bool:
    """Tell whether a word that the question does not have begins what is done."""
    is_new = not token.is_said and token.text not in _NO_END and token.text not in words.generic_words()
    return is_new and words.part_of_speech(token.text).startswith(_DOES)

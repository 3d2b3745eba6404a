"""A question's words with what else they may be called in a document.

``dictionary/synonyms.txt`` has a group a line: the official term, a colon, then what people say instead. A phrase of a
group found in the question stands for the whole group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from knowledge import words

OFFICIAL_WEIGHT = 0.8
SIBLING_WEIGHT = 0.6


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A word of a question, how much it tells (nats), and its variants with their weights, itself first."""

    word: str
    weight: float
    variants: tuple[tuple[str, float], ...]


@cache
def _groups() -> dict[str, tuple[tuple[str, float], ...]]:
    """Return phrase -> the other phrases of its groups, the official term first."""
    table: dict[str, dict[str, float]] = {}
    for line in words.dictionary_lines("synonyms.txt"):
        head, _, rest = line.partition(":")
        officials = [words.normal(word) for word in head.split()]
        everyday = [words.normal(word) for word in rest.split()]
        for phrase in officials + everyday:
            others = table.setdefault(phrase, {})
            for official in officials:
                others[official] = max(others.get(official, 0.0), OFFICIAL_WEIGHT)
            for sibling in everyday:
                others[sibling] = max(others.get(sibling, 0.0), SIBLING_WEIGHT)
    return {
        phrase: tuple((word, weight) for word, weight in others.items() if word != phrase)
        for phrase, others in table.items()
    }


def phrases() -> tuple[str, ...]:
    """Return all phrases of ``dictionary/synonyms.txt``, official and everyday."""
    return tuple(_groups())


def official_terms() -> dict[str, tuple[str, ...]]:
    """Return the official terms of ``dictionary/synonyms.txt``, each with what people say instead."""
    table: dict[str, dict[str, None]] = {}
    for line in words.dictionary_lines("synonyms.txt"):
        head, _, rest = line.partition(":")
        for official in head.split():
            table.setdefault(words.normal(official), {}).update(dict.fromkeys(map(words.normal, rest.split())))
    return {official: tuple(said) for official, said in table.items()}


@cache
def _longest_phrase() -> int:
    return max(map(len, _groups()), default=0)


def query_terms(text: str, *, parts: bool = True) -> tuple[QueryTerm, ...]:
    """Return the terms of a question: its words and the phrases that have synonyms, each once.

    With ``parts`` the shorter words inside long ones come too, as an index holds them; without, each stretch of the
    question counts once, as coverage needs it.
    """
    tokens = words.tokens(text)
    found: dict[str, QueryTerm] = {}
    position = 0
    while position < len(tokens):
        count = _phrase_length(tokens, position)
        phrase = "".join(tokens[position : position + max(count, 1)])
        if phrase not in words.stop_words() and words.is_word(phrase):
            found.setdefault(phrase, _term(phrase))
            for part in words.parts(phrase) if parts else ():
                found.setdefault(part, _term(part))
        position += max(count, 1)
    return tuple(found.values())


def held(query: Sequence[QueryTerm], text: str) -> tuple[str, ...]:
    """Return the words of a question that a text holds, ``said→held`` for a synonym; of a word and its synonyms one."""
    form = words.normal(text) if query else ""
    return tuple(
        word if word == term.word else f"{term.word}→{word}"
        for term in query
        for word in [next((word for word, _ in term.variants if word in form), None)]
        if word is not None
    )


def _phrase_length(tokens: tuple[str, ...], position: int) -> int:
    """Return how many tokens the longest phrase with synonyms takes up that begins at a position; 0 for none."""
    phrase, longest = "", 0
    for count, token in enumerate(tokens[position:], start=1):
        phrase += token
        if len(phrase) > _longest_phrase():
            break
        if phrase in _groups():
            longest = count
    return longest


def _term(word: str) -> QueryTerm:
    others = _groups().get(word, ())
    officials = [words.rarity(other) for other, weight in others if weight == OFFICIAL_WEIGHT]
    return QueryTerm(word, min([words.rarity(word), *officials[:1]]), ((word, 1.0), *others))

"""One sentence that tells all of what is asked of several: 「城市和农村各多少」, 「其中城市196个、农村116个」.

Taken apart, each part would be asked of all documents, and might be told from a sentence about something else.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.draft import Draft, Statement
from assistant.evidence import Unit
from assistant.parts import Part
from assistant.understand import Query
from knowledge import words
from knowledge.sentences import clauses
from knowledge.values import ValueType, values

_NUMBERS = {ValueType.COUNT, ValueType.MONEY, ValueType.SHARE, ValueType.DURATION, ValueType.AGE}
_SENTENCES = 5  # of the best
_NEAR_BEST = 0.6
_SHORTEST_NAME = 2  # characters


def joint(query: Query, asked: Sequence[Part], units: Sequence[Unit]) -> Draft | None:
    """Answer all parts from one sentence that has a value of one type beside the name of each; None where none has.

    ``units`` are the answerable ones for the question as a whole, best first.
    """
    names = [_name(part.label) for part in asked]
    if len(names) < 2 or not all(names) or len(set(names)) < len(names) or query.wanted is ValueType.DATE:  # noqa: PLR2004
        return None
    sentences = dict.fromkeys(unit.sentence for unit in units if unit.score >= _NEAR_BEST * units[0].score)
    for sentence in list(sentences)[:_SENTENCES]:
        pieces = _pieces(sentence.text, names, query.wanted)
        if pieces:
            return Draft((Statement("，".join(pieces), (sentence,)),))
    return None


def _name(label: str) -> str:
    """Return the last word of what a part is about, by which a sentence tells it from the others."""
    *_, last = words.words(label) or ("",)
    return last if len(last) >= _SHORTEST_NAME else ""


def _pieces(text: str, names: Sequence[str], wanted: ValueType | None) -> list[str]:
    """Return the one piece of a sentence for each name, with one value of the same type; none where one is missing."""
    allowed = _NUMBERS if wanted in {None, ValueType.COUNT} else {wanted}
    spans = clauses(text, "，,；;、：:。")
    found: list[str] = []
    types: list[set[ValueType]] = []
    for name in names:
        told = [text[start:end].strip(" 　，,；;、：:。") for start, end in spans if name in text[start:end]]
        told = [piece for piece in told if any(value.type in allowed for value in values(piece))]
        if len(told) != 1 or any(other in told[0] for other in names if other != name and other not in name):
            return []
        found += told
        types.append({value.type for value in values(told[0])} & allowed)
    shared = set.intersection(*types)
    return found if shared and len(set(found)) == len(found) else []

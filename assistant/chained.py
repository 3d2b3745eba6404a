"""A part of a sentence between semicolons -> with the parts that belong to it.

「做到三必问：问清户籍；问清行程；问清症状」 counts three off behind one colon, and 「尚不够刑事处罚的，给予治安处罚；构成犯罪的，追究刑事责任」 tells two
cases of what the question asks of neither.
"""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.evidence import Unit
from assistant.kinds import Kind
from assistant.understand import Query
from knowledge import words
from knowledge.sentences import clauses

_KINDS = {Kind.HOW, Kind.LIST, Kind.WHAT, Kind.STATEMENT}
_LONGEST = 300  # characters of a sentence that is told whole
_COLON = re.compile(r"[：:](?=[^；;]{4,}[；;]?$)")
_CASE = re.compile(r"(?:^|[，,])([^，,；;。]{2,20}的)[，,]")
_NEXT_CASE = re.compile(r"\s*[^，,；;。]{2,20}的[，,]")


def with_its_parts(query: Query, unit: Unit) -> Unit:
    """Return evidence with the parts that follow it in its sentence, where they are of one list or of other cases."""
    sentence = unit.sentence
    if query.kind not in _KINDS or query.wanted is not None or query.asks_yes_no or len(sentence.text) > _LONGEST:
        return unit
    parts = [(start, end) for start, end in clauses(sentence.text, "；;")]
    own = unit.start - sentence.start
    number = next((at for at, (start, _) in enumerate(parts) if start == own), len(parts))
    if unit.text == sentence.text or number >= len(parts) - 1:
        return unit
    last = len(parts) - 1 if number == 0 and _COLON.search(unit.text) else _last_case(query, sentence.text, parts, number)
    end = parts[last][1]
    return replace(unit, text=sentence.text[own:end], end=sentence.start + end)


def _last_case(query: Query, text: str, parts: list[tuple[int, int]], number: int) -> int:
    """Return the last of the parts that tell other cases, where the question asks of none."""
    told = _CASE.search(text[slice(*parts[number])])
    if told is None or any(word in words.normal(query.text) for word in _content(told[1])):
        return number
    while number + 1 < len(parts) and _NEXT_CASE.match(text[slice(*parts[number + 1])]):
        number += 1
    return number


def _content(text: str) -> list[str]:
    return [word for word in words.words(text) if word not in words.stop_words() | words.generic_words()]

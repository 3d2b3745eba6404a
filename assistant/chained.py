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
_NEXT_CASE = re.compile(r"\s*[^，,；;。]{2,20}的[，,][^；;。]*[；;。]?")


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
    if number == 0 and _COLON.search(unit.text):
        end = len(sentence.text)
    else:
        end = _last_case(query, unit.text, sentence.text, parts[number][1])
    return replace(unit, text=sentence.text[own:end], end=sentence.start + end)


def with_cases(query: Query, text: str, told: str) -> str:
    """Return what is told in a text with the parts behind it that tell other cases."""
    start = text.find(told)
    end = start + len(told)
    if start < 0 or text[end : end + 1] not in {"；", ";"}:
        return told
    return text[start : _last_case(query, told, text, end + 1)]


def _last_case(query: Query, told: str, text: str, end: int) -> int:
    """Return where the last of the parts behind a place ends that tell other cases, where the question asks of none."""
    case = _CASE.search(told)
    if case is None or _is_asked(query, case[1]):
        return end
    while (following := _NEXT_CASE.match(text, end)) is not None:
        end = following.end()
    return end


def _is_asked(query: Query, case: str) -> bool:
    """Tell whether a question has half of what a case says: 「本人去办」 asks of 「本人办理的」 alone."""
    said = [word for word in words.words(case) if word not in words.stop_words() | words.generic_words()]
    asked = words.normal(query.text)
    return 2 * sum(len(word) for word in said if word in asked) >= sum(map(len, said))

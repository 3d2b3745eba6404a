"""Draft -> what may be said: every number, date and 《title》 of a statement must stand in its cited words.

A statement whose evidence lacks one of them is dropped. Values that a correction repeats from the question are
exempt, and only those.
"""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.answer import Status
from assistant.draft import Draft, Statement
from knowledge import words

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_TITLE = re.compile(r"《[^》]*》")


def verify(draft: Draft) -> Draft:
    """Return the draft without the statements that their evidence does not bear out."""
    kept = tuple(statement for statement in draft.statements if supported(statement))
    if draft.statements and not kept:
        return Draft(status=Status.NOT_FOUND)
    return replace(draft, statements=kept)


def supported(statement: Statement) -> bool:
    """Tell whether all numbers, dates and titles of a statement stand in its evidence."""
    told = _form(" ".join(sentence.text for sentence in statement.evidence))
    text = statement.text
    for repeat in statement.repeats:
        text = text.replace(repeat, "")
    for quoted in _TITLE.findall(text):
        inner = _form(quoted[1:-1])
        if inner not in told:
            return False
        text = text.replace(quoted, "")
    numbers = {_bare(number) for number in _NUMBER.findall(told)}
    return all(_bare(number) in numbers for number in _NUMBER.findall(_form(text)))


def _bare(number: str) -> str:
    """Return a number without leading zeros, so that 2023-03-01 may stand for 2023年3月1日."""
    return number.lstrip("0") or "0"


def _form(text: str) -> str:
    return re.sub(r"\s", "", words.normal(text))

"""The reading of a follow-up that the documents bear out: the first that they answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from assistant.draft import Draft
from assistant.followup import Reading
from assistant.gate import COVERAGE
from assistant.reading import Read, Reader, Reads, Within
from assistant.telling import Teller

_AS_WELL = 0.1  # of coverage: the documents talked about tell of a question as well as any


@dataclass(frozen=True, slots=True)
class Choice:
    """A reading, what was read of it, how more is read, and the draft that answers it where one was tried."""

    reading: Reading
    found: Read
    read: Reads
    draft: Draft | None = None


def choose(readings: Sequence[Reading], reader: Reader, teller: Teller, alone: Within) -> Choice:
    """Return the first reading that is answered; where none is, the first that is no guess or that holds.

    ``alone`` restricts all of them, where a question is about one document alone.
    """
    if len(readings) == 1:
        return _tried(readings[0], reader, alone)
    first: Choice | None = None
    for reading in readings:
        choice = _tried(reading, reader, alone)
        if reading.is_guess and not _goes_on(reading, reader, alone):
            continue
        draft = teller.draft(reading.text, choice.found, choice.read)
        choice = Choice(reading, choice.found, choice.read, draft)
        if draft.statements:
            return choice
        first = first or choice
    return first or _tried(readings[-1], reader, alone)


def _tried(reading: Reading, reader: Reader, alone: Within) -> Choice:
    read = partial(reader.read, within=alone, about=reading.about, doc_ids=reading.doc_ids)
    return Choice(reading, read(reading.text), read)


def _goes_on(reading: Reading, reader: Reader, alone: Within) -> bool:
    """Tell whether the documents talked about tell of a question as well as any others do."""
    here = _covered(reader.read(reading.text, alone, doc_ids=reading.doc_ids))
    return here >= COVERAGE and here >= _covered(reader.read(reading.text, alone)) - _AS_WELL


def _covered(found: Read) -> float:
    return max((unit.coverage for unit in found.units if not unit.sentence.is_heading), default=0.0)

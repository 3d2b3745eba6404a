"""The one way in which answers, facts, evidence and quotes are compared."""

from __future__ import annotations

import re
import unicodedata

EVIDENCE_CHARACTERS = 30

_MARK = re.compile(r"\[\d{1,3}\]")
_SPACE = re.compile(r"\s+")


def without_marks(text: str) -> str:
    """Return the text without its citation marks.

    A mark has at most three digits, so that the year of a document number, 国发[2018]11号, stays.
    """
    return _MARK.sub("", text)


def mark_spans(text: str) -> list[tuple[int, int]]:
    """Return from where to where each citation mark stands."""
    return [match.span() for match in _MARK.finditer(text)]


def comparable(text: str) -> str:
    """Return the form in which two texts are compared: marks removed, NFKC, white space removed, case folded."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", without_marks(text))).casefold()


def letters(text: str) -> str:
    """Return the comparable form without punctuation: letters, ideographs and digits only."""
    return "".join(character for character in comparable(text) if character.isalnum())


def holds(text: str, evidence: str) -> bool:
    """Tell whether the text contains the evidence; of a long one its first 30 comparable characters count."""
    return comparable(evidence)[:EVIDENCE_CHARACTERS] in comparable(text)

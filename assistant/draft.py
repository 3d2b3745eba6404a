"""A drafted answer: statements, each with the sentences it rests on, before verification and numbering."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.answer import Status
from assistant.evidence import Sentence


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence or list item of an answer and its evidence.

    ``repeats`` are values taken over from the question in a correction; they need no evidence. ``is_free``: it is in
    words of its own, which must be borne out as well; ``asked`` is the question then. ``stop`` ends it as a sentence.
    """

    text: str
    evidence: tuple[Sentence, ...]
    is_item: bool = False
    repeats: tuple[str, ...] = ()
    is_free: bool = False
    asked: str = ""
    stop: str = "。"


@dataclass(frozen=True, slots=True)
class Draft:
    """Statements in the order they are shown; ``lead`` stands before a list, ``note`` below everything.

    ``options`` are the questions that may be meant, where it is asked back. ``is_passing``: made while something was out
    of order; asked again, the answer may be another.
    """

    statements: tuple[Statement, ...] = ()
    status: Status = Status.ANSWERED
    lead: str = ""
    options: tuple[str, ...] = ()
    note: str = ""
    is_passing: bool = False


NOT_TOLD = Draft(status=Status.NOT_FOUND)


def as_shown(text: str) -> str:
    """Return evidence as it is shown: without the punctuation it ends in and the number it begins with."""
    text = re.sub(r"^\s*(?:[问答][:：]|第[一二三四五六七八九十百零\d]+条\s)\s*", "", text)
    text = re.sub(r"^\s*[●■◆•▪◇□○★▲▶►➢◎※✓√☎]\s*", "", text)
    text = re.sub(r"^\s*(?:[（(][一二三四五六七八九十\d]+[)）]|[一二三四五六七八九十\d]+[、.．])\s*", "", text.strip())
    text = text.strip(" 　，,；;。：:、\n")
    is_cut = text.endswith(("）", ")")) and text.count("（") + text.count("(") < text.count("）") + text.count(")")
    return text[:-1] if is_cut else text

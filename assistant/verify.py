"""Draft -> what may be said: what a statement says must stand in its cited words, however the draft was made.

Numbers with their units, dates, titles, document numbers, bodies and quoted names (``claims``) must stand there, and
belong together there as they do in the statement (``binding``). A statement in words of its own must also be borne out
word for word as far as its content goes (``wording``); one in another language is known by its claims alone. Values
that a correction repeats from the question are exempt, and only those.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assistant import binding, explain, wording
from assistant.answer import Status
from assistant.claims import ClaimType, bare, claims, held
from assistant.draft import Draft, Statement

_UNTOLD = "没有说明："  # what a refusal says of a part of the question; without evidence nothing else may be repeated
_DENIED = re.compile(r"(?:不是|并非|而非)([^，,。；;]{1,60})")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the evidence of a statement lacks: the claims as they are written, or the words; empty where it bears it out."""

    lacking: tuple[str, ...] = ()

    @property
    def is_supported(self) -> bool:
        """Whether the statement may be said."""
        return not self.lacking


def verify(draft: Draft) -> Draft:
    """Return the draft without the statements that their evidence does not bear out."""
    kept = tuple(statement for statement in draft.statements if _passes(statement))
    if draft.statements and not kept:
        return replace(draft, statements=(), status=Status.NOT_FOUND, lead="")
    return replace(draft, statements=kept)


def _passes(statement: Statement) -> bool:
    verdict = judged(statement)
    explain.checked(statement, verdict.lacking)
    return verdict.is_supported


def supported(statement: Statement) -> bool:
    """Tell whether a statement may be said."""
    return judged(statement).is_supported


def judged(statement: Statement) -> Verdict:
    """Return what the evidence of a statement lacks of it."""
    text = _without_repeats(statement)
    if not statement.evidence and (statement.is_free or claims(text)):
        return Verdict((statement.text,))
    told = "\n".join(sentence.text for sentence in statement.evidence)
    stated = claims(text)
    if not statement.is_free and bare(text) in bare(told):
        # The document's own words, as they stand there; a number may still be cut off its unit.
        stated = [claim for claim in stated if claim.type in {ClaimType.NUMBER, ClaimType.DATE}]
        return Verdict(tuple(claim.text for claim in stated if not held(claim, told)))
    lacking = [claim.text for claim in stated if not held(claim, told)]
    lacking += binding.parted(text, stated, statement.evidence)
    if statement.is_free and not lacking:
        lacking += wording.lacking(text, statement)
    return Verdict(tuple(dict.fromkeys(lacking)))


def _without_repeats(statement: Statement) -> str:
    """Return what a statement says itself, without what it takes over from the question to deny it."""
    text = statement.text
    for repeat in statement.repeats:
        # Where it is denied, and only there: 国务院 is repeated, 国务院办公厅 is not.
        denied = f"不是{repeat}"
        if denied in text:
            text = text.replace(denied, "")
        elif statement.evidence or text.endswith(f"{_UNTOLD}{repeat}"):
            text = text.replace(repeat, "")
    if statement.asked:
        asked = {(claim.type, claim.key) for claim in claims(statement.asked)}
        for match in _DENIED.finditer(text):
            if {(claim.type, claim.key) for claim in claims(match.group(1))} <= asked:
                text = text.replace(match.group(), "")
    return text

"""Whether what a statement puts together stands together in its evidence: who issued what when, how many of what.

A changed number need not be a new one: it may be another number of the same sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.claims import Claim, ClaimType, claims, is_body, is_number
from assistant.evidence import Sentence
from knowledge import words
from knowledge.history import events, title_key
from knowledge.sentences import clauses
from knowledge.values import years as years_of

_FINE = "，,、；;。：:"


def parted(text: str, stated: Sequence[Claim], evidence: Sequence[Sentence]) -> list[str]:
    """Return the claims of a statement that belong to something else in the evidence."""
    if not stated:
        return []
    return [*_of_titles(text, stated, evidence), *_of_numbers(text, evidence)]


def _of_titles(text: str, stated: Sequence[Claim], evidence: Sequence[Sentence]) -> Iterator[str]:
    """Yield the years and bodies that a statement gives a document and that the evidence gives another one."""
    told = [event for sentence in evidence for event in events(sentence.text) if event.is_issued]
    parts = [part for part in re.split(r"[；;。]", text) if "《" in part]
    for part in parts:
        own = claims(part) if len(parts) > 1 else stated
        titles = [claim for claim in own if claim.type is ClaimType.TITLE]
        if len(titles) != 1:
            continue
        same = [event for event in told if words.normal(title_key(event.title)) == _key(titles[0])]
        years = {event.year for event in same if event.year}
        if years and not _issues(part):  # the years it is for may be meant
            years |= {year for event in same for year in years_of(event.title)}
        issuers = [claim for event in same for claim in claims(event.issuer) if claim.type is ClaimType.BODY]
        for claim in own:
            if claim.type is ClaimType.DATE and years and claim.key[0] not in {-1.0, *years}:
                yield claim.text
            if (
                claim.type is ClaimType.BODY
                and issuers
                and _issues(part)
                and not any(is_body(claim, other) for other in [*issuers, *_approving(evidence)])
            ):
                yield claim.text


def _key(claim: Claim) -> str:
    return words.normal(title_key(claim.text))


def _issues(part: str) -> bool:
    return re.search(r"印发|发布|出台|颁布|制定|下发|公布|发文", part) is not None


def _approving(evidence: Sequence[Sentence]) -> Iterator[Claim]:
    """Yield the bodies that consented (经国务院同意): they did not issue, and may be named."""
    for sentence in evidence:
        for match in re.finditer(r"经([^，,。；;]{2,30}?)(?:同意|批准|审议)", sentence.text):
            yield from (claim for claim in claims(match.group(1)) if claim.type is ClaimType.BODY)


def _of_numbers(text: str, evidence: Sequence[Sentence]) -> Iterator[str]:
    """Yield the numbers whose words stand, in the evidence, with another number."""
    rivals = [
        (numbers, _words(part)) for sentence in evidence for part in _fine(sentence.text) if (numbers := _numbers(part))
    ]
    if len(rivals) < 2:  # noqa: PLR2004
        return
    for part in _fine(text):
        said, about = _numbers(part), _words(part)
        if len(said) != 1 or not about:
            continue
        best = max(len(about & there) for _, there in rivals)
        near = [numbers for numbers, there in rivals if len(about & there) == best]
        if best and not any(is_number(said[0], number) for numbers in near for number in numbers):
            yield said[0].text


def _fine(text: str) -> list[str]:
    return [text[start:end] for start, end in clauses(text, _FINE)]


def _numbers(text: str) -> list[Claim]:
    return [claim for claim in claims(text) if claim.type is ClaimType.NUMBER]


def _words(text: str) -> set[str]:
    """Return what a clause is about: its words without its numbers, its dates as one word each."""
    stated = claims(text)
    for claim in stated:
        text = words.normal(text).replace(claim.text, " ")
    own = {word for word in words.terms(text) if word not in words.generic_words()}
    return own | {str(claim.key) for claim in stated if claim.type is ClaimType.DATE}

"""A sentence of a language model and the passages it cites -> a statement with the sentences it rests on.

The sentences of the cited passages are looked through for the one that bears out each part of it: first those that
state all that the part states, then those with most of its words. A part is a clause with content of its own; a date
or an opening belongs to the clause that follows, so that a year cannot be borne out by one sentence and what happened
in it by another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant import wording
from assistant.claims import ClaimType, claims, held
from assistant.draft import Statement
from assistant.evidence import Sentence
from knowledge.sentences import clauses

_OWN_WORDS = 2
_MOST_SENTENCES = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage as the model was shown it: its number and its sentences."""

    number: int
    text: str
    title: str
    sentences: tuple[Sentence, ...]


def align(text: str, cited: Sequence[Shown], asked: str, *, is_item: bool = False, stop: str = "。") -> Statement:
    """Return the statement that a sentence amounts to; without evidence where no passage is cited."""
    candidates = [sentence for passage in cited for sentence in passage.sentences if not sentence.is_heading]
    candidates = candidates or [sentence for passage in cited for sentence in passage.sentences]
    found: dict[tuple[str, int], Sentence] = {}
    for part in parts(text) if candidates else ():
        if len(found) < _MOST_SENTENCES:
            best = _best(part, candidates)
            found.setdefault((best.doc_id, best.start), best)
    evidence = tuple(sorted(found.values(), key=lambda sentence: (sentence.doc_id, sentence.start)))
    return Statement(text, evidence, is_item=is_item, is_free=True, asked=asked, stop=stop)


def parts(text: str) -> list[str]:
    """Cut a sentence into clauses with content of their own, in order; joined they are the sentence."""
    if wording.is_foreign(text):
        return [text]
    found: list[str] = []
    waiting = ""
    for start, end in clauses(text, "，,；;：:"):
        waiting += text[start:end]
        if has_content(waiting):
            found.append(waiting)
            waiting = ""
    if waiting and found:
        found[-1] += waiting
    elif waiting:
        found.append(waiting)
    return _with_titles(found)


def has_content(text: str) -> bool:
    """Tell whether a stretch says something: two words of content, or one with a title, a number or a name."""
    own = len(wording.content_words(text))
    stated = any(claim.type is not ClaimType.DATE for claim in claims(text))
    return own >= _OWN_WORDS or (own > 0 and stated)


def _with_titles(found: list[str]) -> list[str]:
    """Keep a document and the one date that is told of it in one part."""
    titled = [part for part in found if "《" in part]
    dated = [part for part in found if any(claim.type is ClaimType.DATE for claim in claims(part))]
    if len(titled) == len(dated) == 1 and titled != dated:
        return ["".join(found)]
    return found


def _best(part: str, candidates: Sequence[Sentence]) -> Sentence:
    stated = claims(part)

    def fit(sentence: Sentence) -> tuple[int, float, float]:
        told = sum(held(claim, sentence.text) for claim in stated)
        return told, wording.coverage(part, sentence.text), -len(sentence.text)

    return max(candidates, key=fit)

"""What an answer is written from: the question, the passages that were found, and the text as it grows."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from assistant.align import Shown
from assistant.evidence import Sentence
from assistant.present import Told
from assistant.understand import Query
from knowledge.document import Hit


@dataclass(frozen=True, slots=True)
class Material:
    """``asked`` is the question as it was asked, ``query`` as it was understood; ``told`` numbers the citations.

    ``turn`` is held while something is worked out rather than waited for: few do so at once, or all would be slow.
    """

    asked: str
    query: Query
    passages: tuple[Shown, ...]
    told: Told
    turn: AbstractContextManager[object] = field(default_factory=nullcontext)


def shown(hits: Sequence[Hit], sentences: Sequence[Sentence]) -> tuple[Shown, ...]:
    """Return the passages of some hits, numbered from 1, each with its sentences."""
    found = []
    for number, hit in enumerate(hits, start=1):
        passage = hit.passage
        own = tuple(
            sentence
            for sentence in sentences
            if sentence.doc_id == passage.doc_id and passage.start <= sentence.start < passage.end
        )
        found.append(Shown(number, passage.text, " > ".join((passage.title, *passage.headings)), own))
    return tuple(found)

"""Questions that name a document by its number (文号): the document meant, and the rest of the question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from assistant.understand import Query
from knowledge import words
from knowledge.document import Document, Hit

Numbers = Mapping[str, tuple[str, ...]]
"""Document number, as it is compared -> the ids of the documents that bear it."""


def by_number(documents: Iterable[Document]) -> Numbers:
    """Return the documents by their numbers."""
    found: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for document in documents:
        if document.number:
            found[_compared(document.number)] += (document.id,)
    return dict(found)


def meant(query: Query, numbers: Numbers) -> frozenset[str]:
    """Return the ids of the documents whose number a question names; none where it names none that is known."""
    return frozenset(doc_id for number in query.numbers for doc_id in numbers.get(_compared(number), ()))


def without_number(query: Query) -> Query:
    """Return a question without the words of the numbers it names: they tell which document, not what of it."""
    named = "".join(map(words.normal, query.numbers))
    return replace(query, terms=tuple(term for term in query.terms if term.word not in named))


def first(hits: Sequence[Hit], ids: frozenset[str]) -> list[Hit]:
    """Put the hits in some documents before the others, each part in its order."""
    return sorted(hits, key=lambda hit: hit.passage.doc_id not in ids)


def _compared(number: str) -> str:
    return "".join(character for character in words.normal(number) if character.isalnum())

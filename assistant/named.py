"""Questions that name a document by its number (文号) or its 《title》: the document meant, and the rest of the question."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.understand import Query
from knowledge import words
from knowledge.document import Document, Hit

Names = Mapping[str, tuple[str, ...]]
"""Document number or title, as it is compared -> the ids of the documents that bear it."""

_ISSUED = re.compile(r"(?:印发|发布|公布|转发|下发)[^《》]{0,20}《([^》]{4,60})》")
_ABOUT = re.compile(r"^.{2,60}?(?=关于)")
_TITLE = re.compile(r"《[^》]*》")


def by_name(documents: Iterable[Document]) -> Names:
    """Return the documents by their numbers and titles."""
    found: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for document in documents:
        for name in dict.fromkeys(map(_compared, _names(document))):
            found[name] += (document.id,)
    return dict(found)


def short_title(title: str) -> str:
    """Return what a document is called: of a notice that issues 《甲》 甲, of another its title without who issues it."""
    issued = _ISSUED.search(title)
    return issued.group(1) if issued else _ABOUT.sub("", title)


def _names(document: Document) -> Iterator[str]:
    if document.number:
        yield document.number
    if document.title:
        yield document.title
        yield short_title(document.title)


def meant(query: Query, names: Names) -> frozenset[str]:
    """Return the ids of the documents whose number or title a question names; none where it names none that is known."""
    titles = (title.strip("《》") for title in query.titles)
    return frozenset(doc_id for name in (*query.numbers, *titles) for doc_id in names.get(_compared(name), ()))


def without_name(query: Query) -> Query:
    """Return a question without the words of the names in it: they tell which document, not what of it."""
    named = "".join(map(words.normal, (*query.numbers, *query.titles)))
    rest = words.normal(_TITLE.sub(" ", query.text))
    kept = tuple(term for term in query.terms if term.word not in named or (query.titles and term.word in rest))
    return replace(query, terms=kept, names=())


def first(hits: Sequence[Hit], ids: frozenset[str]) -> list[Hit]:
    """Put the hits in some documents before the others, each part in its order."""
    return sorted(hits, key=lambda hit: hit.passage.doc_id not in ids)


def _compared(number: str) -> str:
    return "".join(character for character in words.normal(number) if character.isalnum())

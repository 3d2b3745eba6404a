"""Questions answered by a labelled field of a guide: 「要带什么」 by what stands under 「申请材料：」.

Asked for in everyday words or by its label; the guide must be one for what the question is about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from assistant import gate
from assistant.draft import Draft, Statement, as_shown
from assistant.evidence import Sentence, match
from assistant.kinds import Kind
from assistant.understand import Query
from knowledge import words
from knowledge.document import Document
from knowledge.fields import Field, FieldKind, fields, kinds
from knowledge.query import QueryTerm
from knowledge.values import ValueType, values

_LEAST = 0.75  # of the weight of what the question is about
_LONGEST = 150  # characters of a field that is shown as it stands
_NO_FIELD = {Kind.CHRONOLOGY, Kind.ORDER, Kind.WHY}
_BESIDES = re.compile(r"除了|除外|额外|另外|还要|还得|还需")
_TYPED = {ValueType.PHONE, ValueType.MONEY, ValueType.DATE, ValueType.DURATION, ValueType.SHARE, ValueType.TIME}
_ITEM = re.compile(r"^\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]|[①-⑳●■◆•▪□★▲·\-])\s*")

_INLINE = re.compile(r"(?<=[；;。])\s*(?=(?:\d{1,2}[.．、]|[（(][一二三四五六七八九十\d]{1,2}[)）]|[①-⑳]))")


class Library(gate.Library, Protocol):
    """What is looked up here: headings by place, besides."""

    def headings_at(self, doc_id: str, offset: int) -> tuple[str, ...]:
        """Return the headings a place of a document stands under, outermost first."""


_ASKS_CONTACT = re.compile(r"地址|联系|咨询|电话|热线|邮箱|办公|位置|网站|哪儿?问")


def field(query: Query, documents: Sequence[Document], library: Library) -> Draft | None:
    """Answer with the field that a question asks for; None where no guide on its subject has it.

    ``documents`` are those of the retrieved passages, best first.
    """
    is_narrower = query.asks_others or query.years or _BESIDES.search(query.text)
    if query.kind in _NO_FIELD or is_narrower or (query.kind is Kind.YES_NO and query.premises):
        return None
    asked = asked_for(query.text)
    found = [_best(query, kind, documents, library) for kind in (asked if query.asks_several else asked[:1])]
    told = [one for one in found if one is not None]
    if not told or len(told) < len(found) or len({document.id for document, _ in told}) > 1:
        return None
    if len(told) == 1:
        return _draft(*told[0], library)
    drafts = [(_draft(document, one, library), one.label) for document, one in told]
    if any(draft is None for draft, _ in drafts):
        return None
    return Draft(tuple(_labelled(draft.statements, label) for draft, label in drafts if draft is not None))


def _labelled(statements: Sequence[Statement], label: str) -> Statement:
    """Return one of several fields as one statement, behind its label."""
    return replace(statements[0], text=f"{label}：{'、'.join(one.text for one in statements)}", is_item=False)


def _best(
    query: Query, kind: FieldKind, documents: Sequence[Document], library: Library
) -> tuple[Document, Field] | None:
    """Return the field of a kind in the guide that is most about what is asked; None where none is enough."""
    best: tuple[float, Document, Field] | None = None
    for document in documents:
        for found in fields(document.text):
            is_asked = found.kind is kind and not _is_publishers(query, document, found)
            score = _about(query, document, found, library) if is_asked else 0.0
            if score >= _LEAST and _has_type(query, document, found) and (best is None or score > best[0]):
                best = score, document, found
    return best[1:] if best is not None else None


def _is_publishers(query: Query, document: Document, found: Field) -> bool:
    """Tell whether a field is how to reach the publisher of a page, where something else is asked for (去哪里培训)."""
    told = document.text[found.start : found.end]
    return any(told in line for line in document.contact) and _ASKS_CONTACT.search(query.text) is None


def asked_for(text: str) -> list[FieldKind]:
    """Return the kinds of fields that a question asks for, by their labels or in everyday words, the narrower first."""
    named = [kind for kind in kinds() if any(label in text for label in kind.labels if len(label) > 2)]  # noqa: PLR2004
    return named or [kind for kind in kinds() if kind.asked.search(text)]


def _about(query: Query, document: Document, found: Field, library: Library) -> float:
    """Return the share of what a question is about that the document and the headings of a field name."""
    if not gate.in_section(query, library, document.id, found.start, document.text[found.start : found.end]):
        return 0.0
    if not all(place in document.title + document.text for place in (*query.places, *query.unknown_places)):
        return 0.0
    headings = library.headings_at(document.id, found.start)
    told = "\n".join((document.title, *headings))
    content = document.text[found.start : found.end]
    total = met = 0.0
    for term in query.terms:
        if _tells(query, found, term):
            total += term.weight
            met += term.weight * max(match(term, told), 0.8 * match(term, content))
    return met / total if total else 0.0


def _tells(query: Query, found: Field, term: QueryTerm) -> bool:
    """Tell whether a word of a question says what it is about, rather than which field is asked for."""
    asked = found.kind.asked.search(query.text)
    is_of_field = any(term.word in label for label in found.kind.labels) or (
        asked is not None and term.word in asked.group()
    )
    is_noun = words.part_of_speech(term.word)[:1] in {"", "n", "j", "b", "s", "v"} or term.word in words.policy_terms()
    return len(term.word) > 1 and is_noun and not is_of_field and term.word not in words.generic_words()


def _has_type(query: Query, document: Document, found: Field) -> bool:
    """Tell whether a field has a value of the wanted type; of several items the one that is meant has to be chosen elsewhere."""
    if query.wanted not in _TYPED or query.asks_several:
        return True
    if len(found.lines) > 1:
        return False
    told = document.text[found.start : found.end]
    stated = [value for value in values(told) if value.type is query.wanted]
    return len(stated) == 1 if query.wanted is ValueType.MONEY else bool(stated)


def _draft(document: Document, found: Field, library: Library) -> Draft | None:
    """Say a field: item by item, or as it stands where it is short; None for a long one, of which only a part is meant."""
    text = document.text
    headings = library.headings_at(document.id, found.start)
    told = text[found.start : found.end]
    cited = Sentence(document.id, document.title, headings, found.start, found.end, told, "", 1.0)
    lines = [part for span in found.lines for part in _INLINE.split(text[slice(*span)])]
    items = [line for line in lines if _ITEM.match(line)] if len(lines) > 1 else []
    if len(items) > 1:
        return Draft(
            tuple(Statement(as_shown(_ITEM.sub("", item)), (cited,), is_item=True) for item in items), lead="包括"
        )
    shown = as_shown("".join(lines))
    if len(shown) > _LONGEST:
        return None
    return Draft((Statement(shown, (cited,)),))

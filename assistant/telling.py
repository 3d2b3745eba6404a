"""What was read -> a draft in the documents' own words: the ways of answering, the most exact first."""

from __future__ import annotations

from collections.abc import Sequence

from assistant import (
    extract,
    extract_cell,
    extract_field,
    extract_responsible,
    extract_section,
    extract_titled,
    gate,
    issued,
    membership,
    overview,
    page,
    parts,
    series,
)
from assistant.clarify import clarify
from assistant.continued import continued
from assistant.draft import Draft
from assistant.extract_block import completed, laid_out
from assistant.joint import joint
from assistant.prefer import prefer
from assistant.reading import Read, Reader, Reads
from knowledge.document import Document, Hit
from knowledge.index import Index

_DOCUMENTS = 5


class Teller:
    """Answers from one index what a reader has read."""

    def __init__(self, index: Index, reader: Reader) -> None:
        self._index = index
        self._reader = reader

    def draft(self, text: str, first: Read, read: Reads) -> Draft:
        """Answer a stand-alone question of which ``first`` was read; ``read`` reads what else has to be."""

        def answer(part: str, about: str, doc_ids: frozenset[str]) -> Draft:
            if doc_ids:
                found = read(part, about=about, doc_ids=doc_ids) if about else read(part, doc_ids=doc_ids)
            else:
                found = read(part, about=about) if about else read(part)
            return self._one(found, read)

        asked = parts.parts(text, self._reader.places)
        told = prefer(first.query, gate.answerable(first.query, first.units, self._index)) if len(asked) > 1 else []
        together = joint(first.query, asked, told) if told else None
        whole = together or parts.answered(text, answer, self._reader.places)
        return whole or self._one(first, read)

    def _one(self, found: Read, read: Reads) -> Draft:
        """Answer; of what may belong to a list, say whether it does where no sentence decides it."""
        draft = self._told(found)
        whether = membership.asked(found.query)
        if whether is None or any(statement.text.startswith(("是", "不是")) for statement in draft.statements):
            return draft
        return membership.decided(whether, self._reader.called, lambda text: self._told(read(text))) or draft

    def _told(self, read: Read) -> Draft:
        query, hits, units = read.query, read.hits, read.units
        documents = self._documents(hits) or list(self._index.documents[:_DOCUMENTS])
        is_only = len(self._index.documents) == 1
        whole = overview.overview(query, documents, self._index, is_only=is_only)
        draft = (
            whole
            or page.answer(query, documents, is_only=is_only)
            or series.answer(query, read.sentences)
            or issued.answer(query, documents)
        )
        if draft is not None:
            return draft
        told = prefer(query, gate.answerable(query, units, self._index))
        cell = extract_cell.cell(query, documents)
        if cell is not None:
            return cell
        told = extract_cell.fitting(query, told, documents)
        field = extract_field.field(query, documents, self._index)
        if field is not None:
            return field
        responsible = extract_responsible.responsible(query, told, self._index)
        if responsible is not None:
            return responsible
        section = extract_section.section(query, documents, told, self._index)
        if section is not None:
            return section
        headed = overview.under_heading(query, documents, self._index)
        if headed is not None:
            return headed
        titled = extract_titled.titled(query, documents, self._index)
        if titled is not None:
            return titled
        asked_back = clarify(query, told, lambda doc_id: self._index.document(doc_id).title)
        if asked_back is not None:
            return asked_back
        listed = laid_out(query, documents, hits, told, self._reader.weigh, self._index)
        if listed is not None:
            return listed
        plain = continued(query, extract.extract(query, told, units), read.sentences)
        return completed(query, overview.below(query, plain, self._index), self._index)

    def _documents(self, hits: Sequence[Hit]) -> list[Document]:
        ids = list(dict.fromkeys(hit.passage.doc_id for hit in hits))
        return [self._index.document(doc_id) for doc_id in ids[:_DOCUMENTS]]

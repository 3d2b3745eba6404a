"""Pages of the web read anew from the bytes that were received, by the readers this program has now; no site is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from knowledge.catalogue import Entry, digest
from knowledge.document import Document
from knowledge.errors import KnowledgeError
from knowledge.received import Received, Spool
from knowledge.sources.folder import Reading, read_page
from knowledge.sources.ocr import check as check_recognition
from knowledge.visits import Visits


@dataclass(frozen=True, slots=True)
class Anew:
    """The documents that were read anew, by id, and notes on those that could not be."""

    documents: dict[str, Document] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_anew(pages: Iterable[Received], current: Sequence[Entry], spool: Spool, visits: Visits) -> Anew:
    """Read the pages that current documents were made of; every page goes into the spool, with the digests it has now.

    A page that can no longer be read leaves its documents as they were read before, and is told in the notes.
    """
    found, wanted = Anew(), {entry.digest: entry.id for entry in current}
    for page in pages:
        ids = {wanted[told] for told in page.digests if told in wanted}
        documents = [document for document in _documents(page) if document.id in ids] if ids else []
        found.documents.update((document.id, document) for document in documents)
        for document in documents:
            if document.id == page.url:
                visits.note(page.url, page.headers, document)
        found.notes.extend(
            f"{doc_id}：保存的网页无法重新读取，沿用以前读出的文字"
            for doc_id in sorted(ids - {document.id for document in documents})
        )
        spool.keep(replace(page, digests=tuple(dict.fromkeys((*page.digests, *map(digest, documents))))))
    return found


def _documents(page: Received) -> list[Document]:
    try:
        if page.recognizing:
            check_recognition()
        found = read_page(page.url, page.headers, page.body, Reading(recognizing=page.recognizing))
    except KnowledgeError:
        return []
    return [item for item in found if isinstance(item, Document)]

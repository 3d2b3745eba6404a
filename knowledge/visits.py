"""What an index remembers of the pages it fetched, so that a page that has not changed is not sent again.

Kept beside the generations as ``visits.json``; where it is lost, pages are fetched whole once more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from knowledge import originals
from knowledge.catalogue import Catalogue, digest
from knowledge.document import Document
from knowledge.received import Received, Spool

NAME = "visits.json"
READER = 2  # of how pages are read and kept: raised where the same bytes would give another text, or less was kept
_FAULTS = (OSError, ValueError, TypeError, KeyError, AttributeError)


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page said of its version, and the digest of the document that was made of it."""

    etag: str
    modified: str
    digest: str
    reader: int = READER


class Response(Protocol):
    """What came from a site."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, their names in lower case."""

    @property
    def body(self) -> bytes:
        """The bytes of the page."""


class Visits:
    """The pages an index knows, with their documents; told anew by ``keep`` and ``note``, written by ``save``.

    The bytes of pages go into the spool, where there is one.
    """

    def __init__(self, index: Path, catalogue: Catalogue, spool: Spool | None = None) -> None:
        self._path, self._index, self._spool = index / NAME, index, spool
        self._visits = _read(self._path)
        self._wanted = {
            entry.id: entry.digest
            for entry in catalogue.current
            if entry.id in self._visits and self._visits[entry.id].digest == entry.digest
        }
        self._kept: dict[str, Document] | None = None

    def document(self, url: str) -> Document | None:
        """Return the document of a page as it was last read; None where it is not known."""
        if url not in self._wanted:
            return None
        if self._kept is None:
            self._kept = originals.by_digest(self._index, set(self._wanted.values()))
        return self._kept.get(self._wanted[url])

    def headers(self, url: str) -> dict[str, str]:
        """Return what asks a server for a page only if it has changed; nothing where it was read in another way."""
        visit = self._visits.get(url)
        is_known = visit is not None and visit.reader == READER
        told = {"If-None-Match": visit.etag, "If-Modified-Since": visit.modified} if visit and is_known else {}
        return {name: value for name, value in told.items() if value}

    def keep(self, url: str, response: Response, documents: Sequence[Document], *, recognizing: bool) -> None:
        """Remember a page that came, with the documents that were made of it."""
        if self._spool is not None and documents:
            digests = map(digest, documents)
            self._spool.keep(Received.of(url, response.headers, response.body, digests, recognizing))
        for document in documents:
            if document.id == url:
                self.note(url, response.headers, document)

    def note(self, url: str, headers: Mapping[str, str], document: Document) -> None:
        """Remember what a page said of its version."""
        self._visits[url] = Visit(headers.get("etag", ""), headers.get("last-modified", ""), digest(document))

    def save(self, catalogue_ids: set[str]) -> None:
        """Write what is known of the documents of these ids, in one step."""
        kept = {url: asdict(visit) for url, visit in sorted(self._visits.items()) if url in catalogue_ids}
        if not kept and not self._path.exists():
            return
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        draft.replace(self._path)


def _read(path: Path) -> dict[str, Visit]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {url: Visit(**row) for url, row in rows.items()}
    except _FAULTS:
        return {}

"""What an index remembers of the pages it fetched, so that a page that has not changed is not sent again.

Kept beside the generations as ``visits.json``; where it is lost, pages are fetched whole once more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from knowledge import originals
from knowledge.catalogue import Catalogue, digest
from knowledge.document import Document

NAME = "visits.json"
READER = 1  # of how pages are read: raised where the same bytes would give another text
_FAULTS = (OSError, ValueError, TypeError, KeyError, AttributeError)


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page said of its version, and the digest of the document that was made of it."""

    etag: str
    modified: str
    digest: str
    reader: int = READER


class Visits:
    """The pages an index knows, with their documents; told anew by ``note``, written by ``save``."""

    def __init__(self, index: Path, catalogue: Catalogue) -> None:
        self._path, self._index = index / NAME, index
        self._visits = _read(self._path)
        self._wanted = {
            entry.id: entry.digest
            for entry in catalogue.current
            if entry.id in self._visits and self._visits[entry.id].digest == entry.digest
        }
        self._kept: dict[str, Document] | None = None

    def document(self, url: str) -> Document | None:
        """Return the document of a page as it was last read; None where it is not known or was read in another way."""
        visit = self._visits.get(url)
        if visit is None or visit.reader != READER or url not in self._wanted:
            return None
        if self._kept is None:
            self._kept = originals.by_digest(self._index, set(self._wanted.values()))
        return self._kept.get(self._wanted[url])

    def headers(self, url: str) -> dict[str, str]:
        """Return what asks a server for a page only if it has changed."""
        visit = self._visits.get(url)
        told = {"If-None-Match": visit.etag, "If-Modified-Since": visit.modified} if visit else {}
        return {name: value for name, value in told.items() if value}

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

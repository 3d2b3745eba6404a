"""Which documents an index has taken in: the current ones in their order, then what they replaced.

A document is known by its id. The same id with other content is a new version; the old one stays in the catalogue, and
its text in the originals, but out of the answers. Different ids are never merged: of two with the same title and text
the later one is marked ``same_as`` the earlier, whose passages stand for both.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from operator import attrgetter
from typing import Any

from knowledge.document import Document

NAME = "catalogue.json"
_DESCRIBED = "id title issuer number published written effective expires addressee validity source".split()


class State(enum.StrEnum):
    """Where a version of a document stands: in the answers, replaced by a later version, or taken out."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of one document.

    ``hash`` is of title and text, ``digest`` of everything that is stored of it; both are SHA-256 in hexadecimal.
    ``passages`` is how many it has in the index, 0 for one that is the same as another; ``original`` names the file
    of originals that holds it.
    """

    id: str
    title: str
    issuer: str | None
    number: str | None
    published: str | None
    written: str | None
    effective: str | None
    expires: str | None
    addressee: str | None
    validity: str | None
    source: str | None
    hash: str
    digest: str
    passages: int = 0
    version: int = 1
    state: State = State.CURRENT
    same_as: str | None = None
    original: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return what a person may want to know of it."""
        return {name: getattr(self, name) for name in _FIELDS if name not in {"digest", "original"}}


_FIELDS = tuple(field.name for field in fields(Entry))


def content_hash(document: Document) -> str:
    """Return what tells whether two documents say the same: the hash of title and text."""
    return _sha256([document.title, document.text])


def digest(document: Document) -> str:
    """Return what tells whether a stored document is still the same in every field.

    Pages count where there are any, so that what was stored before there were is still known by its digest.
    """
    told = [getattr(document, field.name) for field in fields(Document) if field.name != "pages"]
    return _sha256([*told, document.pages] if document.pages else told)


def _sha256(parts: list[Any]) -> str:
    text = json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()


def describe(document: Document) -> Entry:
    """Return the entry of a document that has just been read."""
    told = {name: getattr(document, name) for name in _DESCRIBED}
    return Entry(**told, hash=content_hash(document), digest=digest(document))


@dataclass(frozen=True)
class Catalogue:
    """The current documents in the order they answer in, and the versions before them, oldest first."""

    current: tuple[Entry, ...] = ()
    history: tuple[Entry, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Entry]:
        """The current entries by document id."""
        return {entry.id: entry for entry in self.current}

    @cached_property
    def twins(self) -> dict[str, tuple[str, ...]]:
        """The ids of the documents that are the same as another, by the id of that other one."""
        found: dict[str, tuple[str, ...]] = {}
        for entry in self.current:
            if entry.same_as is not None:
                found[entry.same_as] = (*found.get(entry.same_as, ()), entry.id)
        return found

    @property
    def content(self) -> str:
        """Return one hash of what the current documents are and in which order."""
        return _sha256([[entry.id, entry.digest] for entry in self.current])

    def following(self, wanted: Iterable[Entry]) -> Catalogue:
        """Return the catalogue after this one in which exactly the wanted documents are current, in that order."""
        latest = _latest([*self.history, *self.current])
        current = _with_twins([_versioned(entry, latest.get(entry.id)) for entry in wanted])
        now = {(entry.id, entry.digest) for entry in current}
        kept_ids = {entry.id for entry in current}
        gone = [
            replace(entry, state=State.SUPERSEDED if entry.id in kept_ids else State.REMOVED, same_as=None)
            for entry in self.current
            if (entry.id, entry.digest) not in now
        ]
        return Catalogue(tuple(current), (*self.history, *gone))

    def stored(self, passages: Mapping[str, int], original: str) -> Catalogue:
        """Return the catalogue with the numbers of passages of documents just prepared and where new ones are kept."""
        current = (
            entry
            if entry.original and entry.id not in passages  # the usual case, among many thousands
            else replace(entry, passages=passages.get(entry.id, entry.passages), original=entry.original or original)
            for entry in self.current
        )
        return Catalogue(tuple(current), self.history)

    def to_text(self) -> str:
        """Return it as JSON: the names of the fields, and a row an entry (quick to read for many thousands)."""
        rows = [_row(entry) for entry in (*self.current, *self.history)]
        return json.dumps({"fields": _FIELDS, "entries": rows}, ensure_ascii=False)

    @classmethod
    def of(cls, text: str) -> Catalogue:
        """Read what ``to_text`` wrote; raises ValueError, TypeError or KeyError where it is damaged."""
        told = json.loads(text)
        if told["fields"] != list(_FIELDS):
            raise ValueError("目录的字段与程序不一致")
        entries = [_entry(row) for row in told["entries"]]
        current = [entry for entry in entries if entry.state is State.CURRENT]
        return cls(tuple(current), tuple(entry for entry in entries if entry.state is not State.CURRENT))


_row = attrgetter(*_FIELDS)
_STATE = _FIELDS.index("state")


def _entry(row: list[Any]) -> Entry:
    row[_STATE] = State(row[_STATE])
    return Entry(*row)


def _latest(entries: Iterable[Entry]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry.id not in found or entry.version >= found[entry.id].version:
            found[entry.id] = entry
    return found


def _versioned(entry: Entry, before: Entry | None) -> Entry:
    """Give a version its number: one more than the last where title or text changed, or where it had been taken out."""
    if before is None:
        return replace(entry, version=1, state=State.CURRENT)
    same = before.hash == entry.hash and before.state is State.CURRENT
    if same and before.digest == entry.digest:
        return before
    return replace(entry, version=before.version + (not same), state=State.CURRENT)


def _with_twins(entries: Sequence[Entry]) -> list[Entry]:
    first: dict[str, str] = {}
    found = []
    for entry in entries:
        other = first.setdefault(entry.hash, entry.id)
        same_as = None if other == entry.id else other
        found.append(entry if entry.same_as == same_as else replace(entry, same_as=same_as))
    return found

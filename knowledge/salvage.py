"""What a writer can go on from, however damaged an index is: its catalogue, and those of its segments that are sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from knowledge import catalogue, generation, originals, segment
from knowledge.catalogue import Catalogue, describe, digest
from knowledge.document import Document
from knowledge.embed import Embedder
from knowledge.errors import IndexDamagedError, IndexMismatchError, IndexMissingError
from knowledge.generation import Generation, Layout
from knowledge.manifest import Manifest
from knowledge.part import read_documents

_FAULTS = (OSError, ValueError, TypeError, KeyError, IndexError, RecursionError)


def salvaged(path: Path, embedder: Embedder) -> Generation:
    """Return the generation to go on from, without its damaged segments; an empty one where there is none.

    Its name is empty where it is not the one that serves, or is not whole. The layout is empty too where the index was
    built with other parts than the program has.
    """
    expected = Manifest.expected(embedder)
    base = next(_candidates(path), None) or Generation("", expected, Catalogue(), {})
    if not base.manifest.fits(expected):
        return replace(base, layout={})
    sound = {name: places for name, places in base.layout.items() if _is_sound(path, name, places, base.catalogue)}
    return replace(base, layout=sound)


def _candidates(path: Path) -> Iterator[Generation]:
    """Yield generations, the most trustworthy first: as sealed, then by the second copy of the catalogue, then as it lies."""
    folders = sorted(path.glob("g-*"), key=lambda folder: generation.number(folder.name), reverse=True)
    try:
        folders.insert(0, generation.serving(path))
        yield generation.read(path, folders[0])
    except (IndexMissingError, IndexDamagedError, IndexMismatchError):
        pass
    for folder in folders:
        try:
            yield replace(generation.read(path, folder), name="")
        except (IndexDamagedError, IndexMismatchError):
            entries = originals.read_catalogue(path, folder.name) or _as_it_lies(folder)
            if entries is not None:
                yield Generation("", _manifest(folder), entries, _layout(folder))
    for copy in sorted((path / originals.FOLDER).glob("catalogue-*"), reverse=True):
        entries = originals.read_catalogue(path, copy.name.removeprefix("catalogue-").split(".")[0])
        if entries is not None:
            yield Generation("", _NO_MANIFEST, entries, {})


_NO_MANIFEST = Manifest(0, "", 0, "", "", "")


def _as_it_lies(folder: Path) -> Catalogue | None:
    try:
        return Catalogue.of((folder / catalogue.NAME).read_text(encoding="utf-8"))
    except _FAULTS:
        return None


def _manifest(folder: Path) -> Manifest:
    try:
        return Manifest.read(folder)
    except (IndexDamagedError, IndexMismatchError):
        return _NO_MANIFEST


def _layout(folder: Path) -> Layout:
    try:
        return generation.read_layout(folder)
    except _FAULTS:
        return {}


def _is_sound(path: Path, name: str, places: list[int], entries: Catalogue) -> bool:
    """Tell whether a segment is as it was written and holds the documents that the catalogue says."""
    try:
        piece = segment.open_segment(path / segment.FOLDER / name, path)
        piece.store.close()
        return len(places) == len(piece.part.documents) and all(
            entries.current[place].digest == digest(document)
            for place, document in zip(places, piece.part.documents, strict=True)
            if place >= 0
        )
    except (IndexDamagedError, *_FAULTS):
        return False


def documents_in_segments(path: Path) -> dict[str, Document]:
    """Return the documents of all segments that can be read, by digest."""
    found: dict[str, Document] = {}
    for folder in sorted((path / segment.FOLDER).glob("*")):
        try:
            found.update((digest(document), document) for document in read_documents(folder))
        except _FAULTS:
            continue
    return found


def catalogue_of_originals(path: Path) -> Catalogue:
    """Return a catalogue of the latest version of every document that was ever taken in, where no catalogue is left.

    What had been taken out is in it again: that was told by the catalogue alone.
    """
    latest: dict[str, Document] = {}
    for file in sorted((path / originals.FOLDER).glob("documents-*")):
        latest.update((document.id, document) for document in originals.read_documents(file))
    return Catalogue().following(map(describe, latest.values()))

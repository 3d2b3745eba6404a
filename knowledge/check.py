"""Is an index as it was built? Every part is looked at, so that all damage is told at once; and repaired on request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from knowledge import generation, originals, received, segment
from knowledge.build import Wanted, commit
from knowledge.catalogue import Catalogue, Entry, describe, digest
from knowledge.document import Document, Passage
from knowledge.embed import Embedder
from knowledge.errors import IndexDamagedError, IndexMismatchError, IndexMissingError
from knowledge.generation import Generation
from knowledge.lock import writing
from knowledge.manifest import Manifest
from knowledge.part import VECTORS, Part
from knowledge.received import Spool
from knowledge.reread import read_anew
from knowledge.salvage import catalogue_of_originals, documents_in_segments, salvaged
from knowledge.sources.folder import Reading
from knowledge.visits import Visits


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and what is wrong, a line each; ``lost`` are ids of documents that cannot be repaired."""

    documents: int
    passages: int
    findings: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def check(path: Path, embedder: Embedder) -> Report:
    """Look at every part of an index; raises IndexMissingError where there is none at all."""
    try:
        told = generation.read(path, generation.serving(path))
        told.manifest.check(path, Manifest.expected(embedder))
    except IndexMissingError:
        if not any(path.glob("g-*")):
            raise
        return Report(0, 0, (f"缺少 {generation.POINTER}",))
    except IndexMismatchError as error:
        return Report(0, 0, (error.reason,))
    except IndexDamagedError as error:
        return Report(0, 0, (error.reason, *_damaged_segments(path)))
    return Report(told.manifest.documents, told.manifest.passages, tuple(_findings(path, told)))


def _damaged_segments(path: Path) -> Iterator[str]:
    for folder in sorted((path / segment.FOLDER).glob("*")):
        yield from _flaws(path, folder)


def _findings(path: Path, told: Generation) -> Iterator[str]:
    yield from told.warnings
    parts = {name: path / segment.FOLDER / name for name in told.layout}
    flaws = [flaw for folder in parts.values() for flaw in _flaws(path, folder)]
    yield from flaws
    if not flaws:
        yield from _contradictions({name: Part.read(folder) for name, folder in parts.items()}, told)
    yield from _missing_originals(path, told.catalogue)


def _contradictions(parts: Mapping[str, Part], told: Generation) -> Iterator[str]:
    """Tell where whole files contradict each other."""
    ids: dict[int, str] = {}
    passages = 0
    for name, part in parts.items():
        places = told.layout[name]
        yield from _wrong_documents(part, places, told.catalogue.current)
        yield from (f"{name}：段落 {passage.id} 的位置不对" for passage in _misplaced(part))
        held = {document.id: place for place, document in zip(places, part.documents, strict=False) if place >= 0}
        passages += sum(passage.doc_id in held for passage in part.passages)
        ids.update({place: doc_id for doc_id, place in held.items()})
    if [ids.get(place) for place in range(len(told.catalogue.current))] != [e.id for e in told.catalogue.current]:
        yield "目录里的文件与各段数据不一致"
    elif passages != told.manifest.passages or told.catalogue.content != told.manifest.content:
        yield "清单与目录不一致"


def _flaws(path: Path, folder: Path) -> Iterator[str]:
    """Tell what is wrong with a segment: its files, then its vectors one by one."""
    try:
        piece = segment.open_segment(folder, path)
    except IndexDamagedError as error:
        yield error.reason
        return
    try:
        wrong = piece.store.differing(np.load(folder / VECTORS))
        if wrong:
            yield f"{folder.name}：向量库有 {len(wrong)} 行与数据不符"
    finally:
        piece.store.close()


def _wrong_documents(part: Part, places: Sequence[int], entries: Sequence[Entry]) -> Iterator[str]:
    if len(places) != len(part.documents):
        yield "布局与文件数不一致"
        return
    for place, document in zip(places, part.documents, strict=True):
        if place >= 0 and entries[place].digest != digest(document):
            yield f"文件 {entries[place].id} 的内容与目录不一致"


def _misplaced(part: Part) -> Iterator[Passage]:
    """Yield the passages that reach out of their document, overlap the one before, or whose sentences do not lie in them."""
    texts = {document.id: document.text for document in part.documents}
    for passage in part.passages:
        inside = all(passage.start <= start < end <= passage.end for start, end in passage.sentences)
        if not 0 <= passage.start < passage.end <= len(texts[passage.doc_id]) or not inside:
            yield passage
    for before, after in pairwise(part.passages):
        if before.doc_id == after.doc_id and before.end > after.start:
            yield after


def _missing_originals(path: Path, told: Catalogue) -> Iterator[str]:
    entries = [*told.current, *(entry for entry in told.history if entry.original)]
    kept = originals.by_digest(path, {entry.digest for entry in entries})
    lost = [f"{entry.id}（第 {entry.version} 版）" for entry in entries if entry.digest not in kept]
    if lost:
        yield f"{len(lost)} 份原件缺失：{'、'.join(lost[:5])}"


def repair(path: Path, embedder: Embedder) -> Report:
    """Rebuild what is damaged from the kept originals; what is sound stays. Returns what was found and what is lost.

    Pages of the web are read anew from the bytes that were received, also where what was read of them is lost.
    Raises IndexDamagedError where nothing is left to repair from, IndexLockedError when another process is writing.
    """
    with writing(path), Spool() as spool:
        report = check(path, embedder)
        if not report.findings:
            return report
        base = salvaged(path, embedder)
        if not base.catalogue.current:
            base = replace(base, catalogue=catalogue_of_originals(path), layout={})
        versions = (*base.catalogue.current, *base.catalogue.history)
        kept = originals.by_digest(path, {entry.digest for entry in versions})
        entries, history = (
            tuple(entry if entry.digest in kept else replace(entry, original="") for entry in part)
            for part in (base.catalogue.current, base.catalogue.history)
        )
        there: dict[str, Document] = {**documents_in_segments(path), **kept}
        visits = Visits(path, base.catalogue)
        anew = read_anew(received.kept(path, {entry.digest for entry in entries}), entries, spool, visits).documents
        told = [(entry, anew.get(entry.id) or there.get(entry.digest)) for entry in entries]
        wanted = [Wanted(_described(entry, document), document) for entry, document in told if document is not None]
        lost = tuple(entry.id for entry, document in told if document is None)
        if not wanted:
            raise IndexDamagedError(str(path), "没有可供修复的原件")
        base = replace(base, catalogue=Catalogue(entries, history))
        done = commit(path, base, wanted, embedder, Reading(), pages=spool, always=True)
        visits.save({wish.entry.id for wish in wanted})
        return Report(done.documents, done.passages, report.findings, lost)


def _described(entry: Entry, document: Document) -> Entry:
    """Return the entry of a document, as it is where the document has not become another by being read anew."""
    return entry if digest(document) == entry.digest else describe(document)

"""Sources -> index: read, compare with what is there, prepare what is new, write, switch. The order is visible in ``commit``."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from knowledge import generation, originals, received, segment
from knowledge.catalogue import Catalogue, Entry, describe, digest
from knowledge.document import Document
from knowledge.embed import Embedder
from knowledge.errors import IndexDamagedError, IndexMissingError, IndexWriteError, SourceError
from knowledge.generation import Generation
from knowledge.lock import writing
from knowledge.manifest import Manifest
from knowledge.merge import write_segment
from knowledge.plan import plan
from knowledge.prepare import FOLDER as WORK
from knowledge.received import Spool
from knowledge.reread import read_anew
from knowledge.salvage import salvaged
from knowledge.sources.fetch import Web
from knowledge.sources.folder import Reading, read_all
from knowledge.visits import Visits


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build or a change did; ``embedded`` is the number of passages that had to be embedded.

    ``twins`` holds the ids of documents that are the same as another, by the id of that other one.
    """

    documents: int
    passages: int
    reading: Reading = field(default_factory=Reading)
    added: int = 0
    replaced: int = 0
    removed: int = 0
    embedded: int = 0
    twins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def changes(self) -> int:
        """How many documents are other than before."""
        return self.added + self.replaced + self.removed


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document that is to be in the index; ``document`` is None for one that is in the originals already."""

    entry: Entry
    document: Document | None = None


def build(
    path: Path, sources: Iterable[str], embedder: Embedder, how: Web | None = None, *, recognizing: bool = False
) -> Summary:
    """Make the index hold exactly the documents of the sources; those that have not changed cost nothing.

    ``how`` tells how pages of the web are fetched; with ``recognizing`` the text of pages of images is recognized (OCR).
    Raises SourceError when there is no readable document at all, IndexLockedError when another process is writing.
    """
    with writing(path), Spool() as spool:
        base = salvaged(path, embedder)
        visits = Visits(path, base.catalogue, spool)
        reading = read_all(sources, how, visits, recognizing=recognizing)
        wanted = [Wanted(describe(document), document) for document in reading.documents]
        summary = commit(path, base, wanted, embedder, reading, pages=spool)
        visits.save({told.entry.id for told in wanted})
        return summary


def add(
    path: Path, sources: Iterable[str], embedder: Embedder, how: Web | None = None, *, recognizing: bool = False
) -> Summary:
    """Add documents; one whose id is already there is replaced, one that is the same costs nothing."""
    with writing(path), Spool() as spool:
        base = fitting(path, embedder)
        visits = Visits(path, base.catalogue, spool)
        reading = read_all(sources, how, visits, recognizing=recognizing)
        new = {document.id: Wanted(describe(document), document) for document in reading.documents}
        kept = [new.pop(entry.id, Wanted(entry)) for entry in base.catalogue.current]
        wanted = [*kept, *new.values()]
        summary = commit(path, base, wanted, embedder, reading, pages=spool)
        visits.save({told.entry.id for told in wanted})
        return summary


def remove(path: Path, doc_ids: Sequence[str], embedder: Embedder) -> Summary:
    """Take documents out; raises SourceError for an id that is not there, or when none would be left."""
    with writing(path):
        base = fitting(path, embedder)
        for doc_id in doc_ids:
            if doc_id not in base.catalogue.by_id:
                raise SourceError(doc_id, "索引中没有这个文件编号，可用 python -m knowledge list 查看")
        kept = [Wanted(entry) for entry in base.catalogue.current if entry.id not in set(doc_ids)]
        return commit(path, base, kept, embedder, Reading())


def rebuild(path: Path, embedder: Embedder, sources: Iterable[str] = ()) -> Summary:
    """Cut and embed every document anew, from the originals and from sources that are read again.

    Pages of the web are read anew from the bytes that were received. A document of the sources that was taken out of the
    index stays out. It mends a damaged index, and one of another encoder; raises IndexDamagedError where an original is
    lost.
    """
    with writing(path), Spool() as spool:
        base = salvaged(path, embedder)
        visits = Visits(path, base.catalogue)
        reading = read_all(sources)
        gone = {entry.id for entry in base.catalogue.history} - base.catalogue.by_id.keys()
        pages = received.kept(path, {entry.digest for entry in base.catalogue.current})
        anew = read_anew(pages, base.catalogue.current, spool, visits)
        reading.notes.extend(anew.notes)
        new = anew.documents | {document.id: document for document in reading.documents if document.id not in gone}
        told = {doc_id: Wanted(describe(document), document) for doc_id, document in new.items()}
        kept = [told.pop(entry.id, Wanted(entry)) for entry in base.catalogue.current]
        wanted = [*kept, *told.values()]
        summary = commit(path, replace(base, layout={}), wanted, embedder, reading, pages=spool, always=True)
        visits.save({wish.entry.id for wish in wanted})
        return summary


def commit(
    path: Path,
    base: Generation,
    wanted: Sequence[Wanted],
    embedder: Embedder,
    reading: Reading,
    *,
    pages: Spool | None = None,
    always: bool = False,
) -> Summary:
    """Write and switch to a generation that holds what is wanted; not if ``base`` holds it already, but for ``always``.

    ``pages`` are those that documents were read of; they are kept with them. The writer's lock must be held. Raises
    IndexWriteError, after which the index is as it was.
    """
    if not wanted:
        reasons = "；".join(str(failure) for failure in reading.failures[:3])
        raise SourceError("没有可以建立索引的文件", reasons or "来源里没有可读的文件")
    before = base if pages is None else _without_pages(path, base, pages)
    work = plan(before, (told.entry for told in wanted))
    if base.name and before is base and not work.changes(base) and not always:
        return _summary(base.catalogue, base.catalogue, reading, 0)
    name = generation.next_name(path)
    try:
        fresh = _documents(path, [work.catalogue.current[place] for place in work.missing], wanted)
        new = write_segment(path, work, fresh, embedder)
        kept = _kept(path, name, work.catalogue, wanted, pages)
        catalogue = work.catalogue.stored(new.passages, kept)
        generation.write(path, Generation(name, _manifest(catalogue, embedder), catalogue, {**work.kept, **new.layout}))
    except BaseException as error:
        drop_unused(path)
        if isinstance(error, OSError):
            raise IndexWriteError(str(path), error.strerror or type(error).__name__) from error
        raise
    drop_unused(path, base.name)
    shutil.rmtree(path / WORK, ignore_errors=True)
    return _summary(base.catalogue, catalogue, reading, new.embedded)


def _without_pages(path: Path, base: Generation, pages: Spool) -> Generation:
    """Return a generation whose documents are to be kept anew where their page has come and is not kept yet."""
    lacking = pages.digests & {entry.digest for entry in base.catalogue.current}
    lacking -= {told for page in received.kept(path, set(lacking)) for told in page.digests}
    if not lacking:
        return base
    current = (replace(entry, original="") if entry.digest in lacking else entry for entry in base.catalogue.current)
    return replace(base, catalogue=replace(base.catalogue, current=tuple(current)))


def _kept(path: Path, name: str, told: Catalogue, wanted: Sequence[Wanted], pages: Spool | None) -> str:
    """Keep the documents that no file of originals holds, and the pages they were read of; return the file's name."""
    unkept = [wish.document for wish in wanted if wish.document and not told.by_id[wish.entry.id].original]
    if not unkept:
        return ""
    file = originals.write_documents(path, name, unkept)
    if pages is not None:
        pages.write(path, file, set(map(digest, unkept)))
    return file


def _manifest(catalogue: Catalogue, embedder: Embedder) -> Manifest:
    return replace(
        Manifest.expected(embedder),
        documents=len(catalogue.current),
        passages=sum(entry.passages for entry in catalogue.current),
        content=catalogue.content,
    )


def fitting(path: Path, embedder: Embedder) -> Generation:
    """Return what serves; raises KnowledgeError where this program could not have built it."""
    base = generation.read(path, generation.serving(path))
    base.manifest.check(path, Manifest.expected(embedder))
    return base


def _documents(path: Path, entries: Sequence[Entry], wanted: Sequence[Wanted]) -> list[Document]:
    """Return the documents of some entries: as they were just read, else from the originals."""
    read = {told.entry.id: told.document for told in wanted if told.document is not None}
    absent = {entry.digest for entry in entries if entry.id not in read}
    kept = originals.by_digest(path, absent) if absent else {}
    lost = [entry.id for entry in entries if entry.id not in read and entry.digest not in kept]
    if lost:
        raise IndexDamagedError(str(path), f"原件缺失：{'、'.join(lost[:5])}")
    return [read.get(entry.id) or kept[entry.digest] for entry in entries]


def _summary(before: Catalogue, after: Catalogue, reading: Reading, embedded: int) -> Summary:
    old, new = before.by_id, after.by_id
    return Summary(
        documents=len(new),
        passages=sum(entry.passages for entry in after.current),
        reading=reading,
        added=len(new.keys() - old.keys()),
        replaced=sum(old[doc_id].digest != entry.digest for doc_id, entry in new.items() if doc_id in old),
        removed=len(old.keys() - new.keys()),
        embedded=embedded,
        twins=after.twins,
    )


def drop_unused(path: Path, before: str = "") -> None:
    """Drop what no reader is on: kept are the generation that serves and the one that served ``before``."""
    try:
        kept = {generation.serving(path).name, before}
        used = {
            file
            for name in kept
            if (path / name / generation.LAYOUT).is_file()
            for file in generation.files(path, name)
        }
    except (IndexMissingError, IndexDamagedError, OSError, ValueError, TypeError):
        return  # what serves cannot be read: nothing is thrown away
    for folder in [*path.glob("g-*"), *(path / segment.FOLDER).glob("*")]:
        if folder.name not in kept | used:
            shutil.rmtree(folder, ignore_errors=True)
    for file in [*path.glob(f"{generation.POINTER}.*"), *(path / originals.FOLDER).glob("*")]:
        if file.name not in used:
            file.unlink(missing_ok=True)

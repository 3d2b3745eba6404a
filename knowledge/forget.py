"""Really delete documents: every version of them, in the originals and in every file of the index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from knowledge import generation, originals, received, segment
from knowledge.build import Summary, Wanted, commit, drop_unused, fitting
from knowledge.catalogue import Catalogue, Entry
from knowledge.embed import Embedder
from knowledge.errors import IndexDamagedError, SourceError
from knowledge.generation import Generation, Layout
from knowledge.lock import writing
from knowledge.part import read_documents
from knowledge.received import Spool
from knowledge.sources.folder import Reading
from knowledge.visits import Visits


def forget(path: Path, doc_ids: Sequence[str], embedder: Embedder) -> Summary:
    """Delete all that an index keeps of documents, current ones and ones taken out before; nothing can bring them back.

    What else is in a file with them is written anew first, then the index switches, then the old files go, those of the
    generation before as well. Raises SourceError for an id that no version ever had, or when no document would be left.
    """
    gone = frozenset(doc_ids)
    with writing(path):
        base = fitting(path, embedder)
        known = {entry.id for entry in (*base.catalogue.current, *base.catalogue.history)}
        for doc_id in doc_ids:
            if doc_id not in known:
                raise SourceError(doc_id, "索引里从来没有这个文件编号，可用 python -m knowledge list --all 查看")
        clean = _rewritten(path, base, gone)
        wanted = [Wanted(entry) for entry in clean.catalogue.current]
        summary = commit(path, clean, wanted, embedder, Reading(), always=True)
        Visits(path, clean.catalogue).save({entry.id for entry in clean.catalogue.current})
        drop_unused(path)
    return replace(summary, removed=len({entry.id for entry in base.catalogue.current} & gone))


def _rewritten(path: Path, base: Generation, gone: frozenset[str]) -> Generation:
    """Return a generation to go on from that knows nothing of some documents, its originals in a file of their own."""
    current, history = (
        tuple(entry for entry in part if entry.id not in gone)
        for part in (base.catalogue.current, base.catalogue.history)
    )
    kept = originals.by_digest(path, {entry.digest for entry in (*current, *history)})
    lost = [entry.id for entry in current if entry.digest not in kept]
    if lost:
        raise IndexDamagedError(str(path), f"原件缺失：{'、'.join(lost[:5])}")
    name = f"{generation.next_name(path)}-kept"
    place = originals.write_documents(path, name, kept.values()) if kept else ""
    with Spool() as spool:
        for page in received.kept(path, set(kept)):
            if kept.keys() >= set(page.digests):  # an archive may hold what is forgotten beside what is not
                spool.keep(page)
        spool.write(path, place, set(kept))
    told = [tuple(replace(e, original=place if e.digest in kept else "") for e in part) for part in (current, history)]
    return replace(base, name="", catalogue=Catalogue(*told), layout=_layout(path, base, current, gone))


def _layout(path: Path, base: Generation, current: Iterable[Entry], gone: frozenset[str]) -> Layout:
    """Return the segments that hold nothing of some documents, by the places of what is left."""
    places = {entry.id: number for number, entry in enumerate(current)}
    entries = base.catalogue.current
    return {
        name: [places.get(entries[number].id, -1) if number >= 0 else -1 for number in numbers]
        for name, numbers in base.layout.items()
        if not any(document.id in gone for document in read_documents(path / segment.FOLDER / name))
    }

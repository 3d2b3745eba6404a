"""Write a segment: what is left of the segments that are merged into it, then the documents that are new."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from knowledge import generation, segment
from knowledge.document import Document
from knowledge.embed import Embedder
from knowledge.generation import Layout
from knowledge.part import Part, joined, spans
from knowledge.plan import Plan
from knowledge.prepare import FOLDER as WORK
from knowledge.prepare import prepared
from knowledge.progress import shown


@dataclass(frozen=True, slots=True)
class Merged:
    """The segment written, none where nothing had to be; ``passages`` are the numbers of the new documents' by id."""

    layout: Layout = field(default_factory=dict)
    passages: Mapping[str, int] = field(default_factory=dict)
    embedded: int = 0


def write_segment(path: Path, work: Plan, fresh: Sequence[Document], embedder: Embedder) -> Merged:
    """Write what a plan asks for; ``fresh`` are its missing documents, in order."""
    if not work.merged and not fresh:
        return Merged()
    folder = path / segment.FOLDER / f"s-{secrets.token_hex(6)}"
    twins = frozenset(entry.id for entry in work.catalogue.current if entry.same_as is not None)
    parts: list[Part] = []
    passages: dict[str, int] = {}
    with segment.writing(folder, path) as writer:
        for part in _old(path, work.merged):
            writer.vectors.add(part.vectors)
            parts.append(part)
        for part in prepared(fresh, twins, embedder, path / WORK):
            writer.vectors.add(part.vectors)
            parts.append(part)
            passages.update(zip((document.id for document in part.documents), map(len, spans(part)), strict=True))
        writer.finish(joined([(part, range(len(part.documents))) for part in parts]))
    generation.sync(file for file in (folder.parent, folder, *folder.rglob("*")))
    moved = [number for places in work.merged.values() for number in places if number >= 0]
    return Merged({folder.name: [*moved, *work.missing]}, passages, sum(passages.values()))


def _old(path: Path, merged: Layout) -> Iterator[Part]:
    with shown("合并", "份文件", sum(map(len, merged.values())), quiet=2.0) as advance:
        for name, places in merged.items():
            part = segment.read_part(path / segment.FOLDER / name, path)
            yield joined([(part, [number for number, place in enumerate(places) if place >= 0])])
            advance(len(places))

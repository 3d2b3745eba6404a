"""What an index consists of at one time, and the pointer that names the generation that serves.

::

    INDEX/current                 the name of the generation that serves
    INDEX/g-000012/               manifest, catalogue, layout (which documents of which segment count), seal
    INDEX/segments/s-…/           documents, passages, term counts, vectors, Chroma; shared by generations
    INDEX/originals/              every document as it was read, pages of the web as they came, a second copy of the catalogue
    INDEX/work/                   slices that an interrupted build had prepared
    INDEX/lock                    who writes

A writer adds files beside those that serve and then replaces ``current`` in one step, so that a reader sees the old
index or the new one, never half of either.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from knowledge import catalogue, manifest, originals, received, seal, segment
from knowledge.catalogue import Catalogue
from knowledge.errors import IndexDamagedError, IndexMissingError
from knowledge.manifest import Manifest

POINTER = "current"
LAYOUT = "layout.json"
_NAME = re.compile(r"g-(\d{6,})")

Layout = dict[str, list[int]]
"""For each segment, the place in the catalogue of each of its documents; -1 for one that no longer counts."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation as it lies on disk; ``warnings`` tell of damage that does not keep it from serving."""

    name: str
    manifest: Manifest
    catalogue: Catalogue
    layout: Layout
    warnings: tuple[str, ...] = ()


def serving(path: Path) -> Path:
    """Return the folder of the generation that serves; raises IndexMissingError or IndexDamagedError."""
    pointer = path / POINTER
    if not pointer.is_file():
        raise IndexMissingError(str(path))
    try:
        folder = path / pointer.read_text(encoding="utf-8").strip()
        is_there = folder.parent == path and folder.is_dir()
    except (OSError, ValueError) as error:
        raise IndexDamagedError(str(path), f"{POINTER} 无法读取") from error
    if not is_there:
        raise IndexDamagedError(str(path), f"{POINTER} 指向的内容不存在")
    return folder


def read(path: Path, folder: Path) -> Generation:
    """Read a generation; raises IndexDamagedError or IndexMismatchError (another format)."""
    told = Manifest.read(folder)
    warnings = []
    for file, what in seal.flaws(folder, path):
        flaw = f"{file.relative_to(path).as_posix()} {what}"
        if file.parent.name != originals.FOLDER:
            raise IndexDamagedError(str(path), flaw)
        warnings.append(flaw)
    try:
        entries = Catalogue.of((folder / catalogue.NAME).read_text(encoding="utf-8"))
        layout = read_layout(folder)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexDamagedError(str(path), f"{folder.name} 的内容无法读取：{error}") from error
    return Generation(folder.name, told, entries, layout, tuple(warnings))


def read_layout(folder: Path) -> Layout:
    """Read a layout; raises OSError, ValueError or TypeError where it is damaged."""
    found = json.loads((folder / LAYOUT).read_text(encoding="utf-8"))
    if not isinstance(found, dict) or not all(isinstance(places, list) for places in found.values()):
        raise ValueError(f"{LAYOUT} 的内容不对")
    return found


def files(path: Path, name: str) -> set[str]:
    """Return the names of the segments and originals that a generation uses; raises OSError, ValueError, TypeError."""
    sealed = map(Path, seal.hashes(path / name))
    return {*read_layout(path / name), *(file.name for file in sealed if file.parent.name == originals.FOLDER)}


def number(name: str) -> int:
    """Return the number of a generation, 0 for what is none."""
    match = _NAME.fullmatch(name)
    return int(match[1]) if match else 0


def next_name(path: Path) -> str:
    """Return the name of the generation after all that lie there."""
    return f"g-{max((number(folder.name) for folder in path.glob('g-*')), default=0) + 1:06}"


def write(path: Path, generation: Generation) -> None:
    """Write a generation whose segments and originals are there, and let it serve, in one step that survives a power cut.

    Raises OSError, after which the old one serves, unless the switch itself was the last thing that worked.
    """
    folder = path / generation.name
    folder.mkdir()
    text = generation.catalogue.to_text()
    generation.manifest.write(folder)
    (folder / catalogue.NAME).write_text(text, encoding="utf-8")
    (folder / LAYOUT).write_text(json.dumps(generation.layout) + "\n", encoding="utf-8")
    originals.write_catalogue(path, generation.name, text)
    seal.seal(folder, _sealed(path, generation), path)
    sync(folder.iterdir())
    sync((path / originals.FOLDER).glob(f"*{generation.name}*"))
    sync([folder, path / originals.FOLDER])
    draft = path / f"{POINTER}.{generation.name}"
    draft.write_text(generation.name + "\n", encoding="utf-8")
    sync([draft])
    draft.replace(path / POINTER)
    sync([path])


def _sealed(path: Path, generation: Generation) -> list[Path]:
    entries = (*generation.catalogue.current, *generation.catalogue.history)
    kept = sorted({entry.original for entry in entries if entry.original})
    return [
        *(path / generation.name / name for name in (manifest.NAME, catalogue.NAME, LAYOUT)),
        *(path / segment.FOLDER / name / seal.NAME for name in generation.layout),
        *(file for name in kept for file in _originals(path / originals.FOLDER, name) if file.is_file()),
        originals.catalogue_path(path, generation.name),
    ]


def _originals(folder: Path, name: str) -> tuple[Path, Path]:
    """Return where documents lie, and the pages of the web that they were read of."""
    return folder / name, folder / received.beside(name)


def sync(paths: Iterable[Path]) -> None:
    """Wait until files or folders are on the disk."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

"""An index as one file that outlives the index format: every version of every document, and what was given to go with it.

A zip archive of ``backup.json`` (format, counts, and size and SHA-256 of each other member), ``documents.jsonl`` (a version
a line, the current ones first, in their order), ``attachments/`` and, where documents were read of pages of the web,
``pages``: those as they were received. Passages and vectors are not in it: an import makes them anew, whatever the program
that reads it needs. A file that is not exactly so is refused before anything is changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import IO, Any

from knowledge import generation, originals, received
from knowledge.build import Summary, Wanted, commit
from knowledge.catalogue import Catalogue, Entry, State, describe, digest
from knowledge.document import Document
from knowledge.embed import Embedder
from knowledge.errors import BackupError, IndexDamagedError, IndexMissingError
from knowledge.generation import Generation
from knowledge.lock import writing
from knowledge.manifest import Manifest
from knowledge.part import from_row, to_row
from knowledge.received import Received, Spool, packed, unpacked
from knowledge.reread import read_anew
from knowledge.salvage import catalogue_of_originals, documents_in_segments, salvaged
from knowledge.sources.folder import Reading
from knowledge.visits import Visits

FORMAT = 2  # 1: without pages; what has none is still written so, for programs of before
LARGEST = 8 * 1024**3  # bytes of all members together
_LARGEST_HEAD = 1024 * 1024
_MOST_PACKED = 200  # times: text packs to a tenth, a bomb to a thousandth
_HEAD, _DOCUMENTS, _PAGES, _ATTACHMENTS = "backup.json", "documents.jsonl", "pages", "attachments/"
_ATTACHMENT = re.compile(r"attachments/[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")
_PIECE = 1024 * 1024
_FAULTS = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, OSError)


@dataclass(frozen=True, slots=True)
class Kept:
    """What an export wrote; ``lost`` are versions whose text the index itself has no more."""

    documents: int
    versions: int
    size: int
    lost: tuple[str, ...] = ()


def export(index: Path, target: Path, embedder: Embedder, attachments: Mapping[str, Path] | None = None) -> Kept:
    """Write an index, of this format or an older one, and files to go with it by name, to one file, in one step.

    Raises IndexMissingError, IndexDamagedError where a document that answers has no text any more, BackupError.
    """
    if not index.is_dir():
        raise IndexMissingError(str(index))
    with writing(index):
        versions, lost = _versions(index, embedder)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with draft.open("xb") as stream:
            pages = received.kept(index, {entry.digest for entry, _ in versions})
            _write(stream, versions, pages, attachments or {})
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(target)
    except OSError as error:
        raise BackupError(str(target), f"无法写入（{error.strerror}）") from error
    finally:
        draft.unlink(missing_ok=True)
    current = sum(entry.state is State.CURRENT for entry, _ in versions)
    return Kept(current, len(versions), target.stat().st_size, lost)


def _versions(index: Path, embedder: Embedder) -> tuple[list[tuple[Entry, Document]], tuple[str, ...]]:
    told = salvaged(index, embedder).catalogue
    if not told.current:
        told = catalogue_of_originals(index)
    if not told.current:
        raise IndexMissingError(str(index))
    entries = (*told.current, *told.history)
    kept = {**documents_in_segments(index), **originals.by_digest(index, {entry.digest for entry in entries})}
    missing = [entry for entry in entries if entry.digest not in kept]
    current = [entry.id for entry in missing if entry.state is State.CURRENT]
    if current:
        raise IndexDamagedError(str(index), f"原件缺失：{'、'.join(current[:5])}")
    found = [(entry, kept[entry.digest]) for entry in entries if entry.digest in kept]
    return found, tuple(f"{entry.id}（第 {entry.version} 版）" for entry in missing)


def _write(
    stream: IO[bytes],
    versions: Sequence[tuple[Entry, Document]],
    pages: Iterator[Received],
    attachments: Mapping[str, Path],
) -> None:
    rows = (
        {"version": entry.version, "state": entry.state.value, "document": to_row(document)}
        for entry, document in versions
    )
    files: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        lines = (f"{json.dumps(row, ensure_ascii=False)}\n".encode() for row in rows)
        files[_DOCUMENTS] = _put(archive, _DOCUMENTS, lines)
        if (first := next(pages, None)) is not None:
            files[_PAGES] = _put(archive, _PAGES, (piece for page in chain([first], pages) for piece in packed(page)))
        for name, path in sorted(attachments.items()):
            with path.open("rb") as source:
                files[_ATTACHMENTS + name] = _put(archive, _ATTACHMENTS + name, iter(lambda: source.read(_PIECE), b""))
        number = FORMAT if _PAGES in files else 1
        head = {"backup": number, "made": time.strftime("%Y-%m-%d %H:%M:%S"), "versions": len(versions), "files": files}
        archive.writestr(_HEAD, json.dumps(head, ensure_ascii=False, indent=1))


def _put(archive: zipfile.ZipFile, name: str, pieces: Iterator[bytes]) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with archive.open(zipfile.ZipInfo(name, time.localtime()[:6]), "w", force_zip64=True) as member:
        for piece in pieces:
            member.write(piece)
            digest.update(piece)
            size += len(piece)
    return {"sha256": digest.hexdigest(), "size": size}


# ---- reading


def restore(index: Path, source: Path, embedder: Embedder, *, replacing: bool = False) -> Summary:
    """Make an index of a backup: its documents with all their versions, and nothing else; in one step.

    Pages of the web are read anew from the bytes that were received. Raises BackupError, after which nothing has changed;
    also where there is an index already that is not to be replaced.
    """
    with _opened(source) as archive, writing(index), Spool() as spool:
        if any(index.glob("g-*")) and not replacing:
            raise BackupError(str(index), "这里已经有索引；确定要换成备份里的内容，请加 --replace")
        head = _checked(archive, source)
        versions = list(_read(archive, source))
        if len(versions) != head.get("versions"):
            raise BackupError(str(source), "文件数与清单不一致，备份已损坏")
        current = [(entry, document) for entry, document in versions if entry.state is State.CURRENT]
        visits = Visits(index, Catalogue())
        anew = read_anew(_pages(archive, source), [entry for entry, _ in current], spool, visits)
        told = [anew.documents.get(entry.id, document) for entry, document in current]
        wanted = [
            Wanted(entry if digest(document) == entry.digest else describe(document), document)
            for (entry, _), document in zip(current, told, strict=True)
        ]
        base = Generation("", Manifest.expected(embedder), _before(index, versions, wanted, spool), {})
        summary = commit(index, base, wanted, embedder, Reading(notes=anew.notes), pages=spool, always=True)
        visits.save({wish.entry.id for wish in wanted})
    return replace(summary, added=summary.documents)


def _before(
    index: Path, versions: Sequence[tuple[Entry, Document]], wanted: Sequence[Wanted], pages: Spool
) -> Catalogue:
    """Keep the versions that will not be current, with their pages; return the catalogue as it was backed up."""
    kept = {wish.entry.digest for wish in wanted}
    old = [(entry, document) for entry, document in versions if entry.digest not in kept]
    place = ""
    if old:
        name = f"{generation.next_name(index)}-history"
        place = originals.write_documents(index, name, [document for _, document in old])
        pages.write(index, place, {entry.digest for entry, _ in old})
    told = [entry if entry.digest in kept else replace(entry, original=place) for entry, _ in versions]
    return Catalogue(
        tuple(entry for entry in told if entry.state is State.CURRENT),
        tuple(entry for entry in told if entry.state is not State.CURRENT),
    )


def attached(source: Path) -> tuple[str, ...]:
    """Return the names of what goes with a backup; raises BackupError."""
    with _opened(source) as archive:
        return tuple(
            name.removeprefix(_ATTACHMENTS)
            for name in _checked(archive, source)["files"]
            if name.startswith(_ATTACHMENTS)
        )


def take_out(source: Path, name: str, target: Path) -> None:
    """Write one file that goes with a backup, in one step; raises BackupError where it is not there or damaged."""
    with _opened(source) as archive:
        files = _checked(archive, source)["files"]
        if _ATTACHMENTS + name not in files:
            raise BackupError(str(source), f"备份里没有 {name}")
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with archive.open(_ATTACHMENTS + name) as member, os.fdopen(descriptor, "wb") as stream:
                while piece := member.read(_PIECE):
                    stream.write(piece)
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(target)
        except _FAULTS as error:
            raise BackupError(str(target), f"无法写入（{error}）") from error
        finally:
            draft.unlink(missing_ok=True)


def _opened(source: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise BackupError(str(source), "不是备份文件，或者已损坏") from error


def _checked(archive: zipfile.ZipFile, source: Path) -> dict[str, Any]:
    """Look at every member before one is used: names, sizes, hashes; raises BackupError."""
    members = archive.infolist()
    names = [member.filename for member in members]
    strange = [name for name in names if name not in {_HEAD, _DOCUMENTS, _PAGES} and not _ATTACHMENT.fullmatch(name)]
    if strange or len(set(names)) < len(names) or not {_HEAD, _DOCUMENTS} <= set(names):
        told = f"含有不属于备份的内容：{strange[0][:80]!r}" if strange else "内容不全或重复"
        raise BackupError(str(source), told)
    size = sum(member.file_size for member in members)
    if size > LARGEST or any(member.file_size > _MOST_PACKED * member.compress_size + _PIECE for member in members):
        raise BackupError(str(source), f"展开后有 {size // 1024**2} MB，大得不正常，没有读取")
    head = _head(archive, source)
    if set(head["files"]) != set(names) - {_HEAD}:
        raise BackupError(str(source), "内容与清单不一致")
    for name, told in head["files"].items():
        if not isinstance(told, dict) or _told(archive, name) != (told.get("sha256"), told.get("size")):
            raise BackupError(str(source), f"{name} 与备份时不同，备份已损坏")
    return head


def _head(archive: zipfile.ZipFile, source: Path) -> dict[str, Any]:
    try:
        with archive.open(_HEAD) as member:
            head: dict[str, Any] = json.loads(member.read(_LARGEST_HEAD))
    except (*_FAULTS, ValueError, RecursionError) as error:
        raise BackupError(str(source), "清单无法读取，备份已损坏") from error
    number = head.get("backup") if isinstance(head, dict) else None
    if not isinstance(number, int) or not isinstance(head.get("files"), dict):
        raise BackupError(str(source), "清单无法读取，备份已损坏")
    if number > FORMAT:
        raise BackupError(
            str(source), f"是更新的程序做的备份（格式 {number}，这个程序读到格式 {FORMAT}），请先升级程序"
        )
    return head


def _told(archive: zipfile.ZipFile, name: str) -> tuple[str, int] | None:
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open(name) as member:
            while piece := member.read(_PIECE):
                digest.update(piece)
                size += len(piece)
    except _FAULTS:
        return None
    return digest.hexdigest(), size


def _read(archive: zipfile.ZipFile, source: Path) -> Iterator[tuple[Entry, Document]]:
    """Yield the versions, described anew: what a program tells of a document may have changed since."""
    with archive.open(_DOCUMENTS) as member:
        for number, line in enumerate(member, start=1):
            try:
                row = json.loads(line)
                document = from_row(row["document"])
                version = int(row["version"])
                yield replace(describe(document), version=version, state=State(row["state"])), document
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise BackupError(str(source), f"第 {number} 份文件无法读取") from error


def _pages(archive: zipfile.ZipFile, source: Path) -> Iterator[Received]:
    """Yield the pages of the web as they were received; raises BackupError."""
    if _PAGES not in archive.namelist():
        return
    try:
        with archive.open(_PAGES) as member:
            yield from unpacked(member)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BackupError(str(source), "网页的原始内容无法读取") from error

"""Sources as they are named on the command line -> documents, with what could not be read and what was skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.document import Document
from knowledge.errors import SourceError
from knowledge.sources import archive, docx, html, jsonl, markdown, pdf, table, text

Reader = Callable[[Path, str, list[str]], Document]
_READERS: dict[str, Reader] = {
    ".txt": text.read,
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".html": html.read,
    ".htm": html.read,
    ".shtml": html.read,
    ".xhtml": html.read,
    ".pdf": pdf.read,
    ".docx": docx.read,
    ".csv": table.read_csv,
    ".xlsx": table.read_xlsx,
}
SUFFIXES = tuple(_READERS)
"""What the names of files end in that are one document each."""
# Bytes of a file that is one document; a corpus is read line by line and has limits of its own.
LARGEST_FILE = 20 * 1024 * 1024


@dataclass
class Reading:
    """What came of reading: the documents in order, the failures, the files passed over, and notes on the rest."""

    documents: list[Document] = field(default_factory=list)
    failures: list[SourceError] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_all(sources: Iterable[str]) -> Reading:
    """Read every source; a broken file, line or a repeated id is noted and the rest goes in."""
    reading = Reading()
    seen: set[str] = set()
    for source in sources:
        for item in _read(source, reading):
            if isinstance(item, SourceError):
                reading.failures.append(item)
            elif item.id in seen:
                reading.failures.append(SourceError(source, f"文件编号重复：{item.id}，只保留先出现的一份"))
            else:
                seen.add(item.id)
                reading.documents.append(item)
    return reading


def _read(source: str, reading: Reading) -> Iterator[Document | SourceError]:
    path = Path(source)
    if source.startswith(("http://", "https://")):
        yield SourceError(source, "尚不支持网址，请先把网页保存为文本文件")
    elif not _exists(path):
        yield SourceError(source, "文件或文件夹不存在")
    elif path.is_dir():
        yield from _folder(path, reading)
    elif not path.is_file():
        yield SourceError(source, "不是普通文件")  # a device or a pipe may never end
    elif _is_jsonl(path):
        yield from jsonl.read(path)
    elif path.suffix.lower() == ".zip":
        yield from _archive(path, path.name, reading)
    else:
        yield _file(path, path.name, reading)


def _folder(folder: Path, reading: Reading) -> Iterator[Document | SourceError]:
    root = folder.resolve()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() and not path.is_symlink():
            continue
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            reading.skipped.append(f"{name}（隐藏文件）")
        elif not path.resolve().is_relative_to(root):
            reading.skipped.append(f"{name}（指向文件夹之外的链接）")
        elif not path.is_file() and path.exists():
            reading.skipped.append(f"{name}（不是普通文件）")
        elif _is_jsonl(path):
            if jsonl.is_corpus(path):
                yield from jsonl.read(path)
            else:
                reading.skipped.append(f"{name}（不是文件集：第一行没有 id、title、text）")
        elif path.suffix.lower() == ".zip":
            yield from _archive(path, name, reading)
        elif path.suffix.lower() in _READERS:
            yield _file(path, name, reading)
        else:
            reading.skipped.append(f"{name}（不认识的格式）")


def _archive(path: Path, doc_id: str, reading: Reading) -> Iterator[Document | SourceError]:
    """Read the files of an archive; their ids and what is said of them name the archive and their place in it."""
    for member in archive.members(path):
        if isinstance(member, SourceError):
            yield member
            continue
        where, inner = f"{path}/{member.name}", Reading()
        if _is_jsonl(member.path) and jsonl.is_corpus(member.path):
            found = list(jsonl.read(member.path))
        elif member.path.suffix.lower() in _READERS:
            found = [_file(member.path, f"{doc_id}/{member.name}", inner)]
        else:
            reading.skipped.append(f"{doc_id}/{member.name}（不认识的格式）")
            continue
        reading.notes.extend(note.replace(str(member.path), where) for note in inner.notes)
        for item in found:
            if isinstance(item, SourceError):
                yield SourceError(item.source.replace(str(member.path), where), item.reason)
            else:
                yield item


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name longer than the file system allows, or a folder that may not be looked into
        return False


def _is_jsonl(path: Path) -> bool:
    return path.name.endswith((".jsonl", ".jsonl.xz"))


def _file(path: Path, doc_id: str, reading: Reading) -> Document | SourceError:
    """Read one file by its suffix; one without a known suffix was named by a person and is read as text."""
    read = _READERS.get(path.suffix.lower(), text.read)
    try:
        doc_id.encode("utf-8")
        size = path.stat().st_size
        if size > LARGEST_FILE:
            return SourceError(
                str(path), f"文件有 {size // 1024 // 1024} MB，超过 {LARGEST_FILE // 1024 // 1024} MB，没有读取"
            )
        return read(path, doc_id, reading.notes)
    except UnicodeEncodeError:
        return SourceError(str(path), "文件名不是 UTF-8，无法作为文件编号，请改名")
    except SourceError as error:
        return error
    except OSError as error:
        return SourceError(str(path), f"无法读取（{error.strerror}）")

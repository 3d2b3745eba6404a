"""Sources as they are named on the command line -> documents, with what could not be read and what was skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from knowledge.document import Document
from knowledge.errors import SourceError
from knowledge.sources import archive, docx, html, jsonl, markdown, ocr, pdf, table, text, web
from knowledge.sources.fetch import Fetcher, Response, Web
from knowledge.visits import Visits

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
    """What came of reading: the documents in order, the failures, the files passed over, and notes on the rest.

    ``recognizing`` is how it was asked for: with the text of pages of images recognized (OCR).
    """

    documents: list[Document] = field(default_factory=list)
    failures: list[SourceError] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    recognizing: bool = False


def read_all(
    sources: Iterable[str], how: Web | None = None, visits: Visits | None = None, *, recognizing: bool = False
) -> Reading:
    """Read every source; a broken file, line or a repeated id is noted and the rest goes in.

    ``how`` tells how pages of the web are fetched, ``visits`` what is known of them; with ``recognizing`` the text of
    pages of images is recognized. Raises KnowledgeError where that is not installed.
    """
    reading = Reading(recognizing=recognizing)
    how = how or Web()
    if recognizing:
        ocr.check()
    seen: set[str] = set()
    for source in sources:
        for item in _read(source, reading, how, visits):
            if isinstance(item, SourceError):
                reading.failures.append(item)
            elif item.id in seen:
                reading.failures.append(SourceError(source, f"文件编号重复：{item.id}，只保留先出现的一份"))
            else:
                seen.add(item.id)
                reading.documents.append(item)
    return reading


def _read(source: str, reading: Reading, how: Web, visits: Visits | None) -> Iterator[Document | SourceError]:
    path = Path(source)
    if web.is_address(source):
        yield from _web([source], reading, how, visits)
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
    elif listed := web.addresses(path):
        yield from _web(listed, reading, how, visits)
    else:
        yield _file(path, path.name, reading)


def _web(urls: Sequence[str], reading: Reading, how: Web, visits: Visits | None) -> Iterator[Document | SourceError]:
    """Read pages of the web; what is said of them names their addresses."""
    with Fetcher(how) as fetcher:
        for page in web.pages(urls, fetcher, visits):
            if not isinstance(page, web.Page):
                yield page
                continue
            found = _page(page, reading)
            if visits is not None:
                documents = [item for item in found if isinstance(item, Document)]
                visits.keep(page.url, page.response, documents, recognizing=reading.recognizing)
            yield from found


def _page(page: web.Page, reading: Reading) -> list[Document | SourceError]:
    """Read the documents of one page; what is said of them names its address."""
    inner = Reading(recognizing=reading.recognizing)
    if page.path.suffix == ".zip":
        found = list(_archive(page.path, page.url, inner))
    else:
        found = [_file(page.path, page.url, inner)]
    reading.notes.extend(note.replace(str(page.path), page.url) for note in inner.notes)
    reading.skipped.extend(inner.skipped)
    return [
        SourceError(item.source.replace(str(page.path), page.url), item.reason)
        if isinstance(item, SourceError)
        else replace(item, source=page.url)
        for item in found
    ]


def read_page(url: str, headers: Mapping[str, str], body: bytes, reading: Reading) -> list[Document | SourceError]:
    """Read a page as it was received, without asking its site; raises SourceError for a type that cannot be read."""
    return [item for page in web.as_file(url, Response(url, headers, body)) for item in _page(page, reading)]


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
        where, inner = f"{path}/{member.name}", Reading(recognizing=reading.recognizing)
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
            reason = f"文件有 {size // 1024 // 1024} MB，超过 {LARGEST_FILE // 1024 // 1024} MB，没有读取"
            return SourceError(str(path), reason)
        if read is pdf.read:
            return pdf.read(path, doc_id, reading.notes, recognizing=reading.recognizing)
        return read(path, doc_id, reading.notes)
    except UnicodeEncodeError:
        return SourceError(str(path), "文件名不是 UTF-8，无法作为文件编号，请改名")
    except SourceError as error:
        return error
    except OSError as error:
        return SourceError(str(path), f"无法读取（{error.strerror}）")

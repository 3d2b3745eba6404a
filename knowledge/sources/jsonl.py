"""A corpus file: one JSON object a line, ``.jsonl`` or ``.jsonl.xz``. Its ``text`` is kept unchanged.

What a line tells of its document holds; what it does not is filled from the text.
"""

from __future__ import annotations

import codecs
import json
import lzma
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO, Any

from knowledge import metadata
from knowledge.document import Document
from knowledge.errors import SourceError

_REQUIRED = ("id", "title", "text")
_OPTIONAL = ("source", "published", "issuer", "number")
LARGEST_LINE = 20 * 1024 * 1024  # bytes
LARGEST_FILE = 2 * 1024**3  # bytes, unpacked
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


def is_corpus(path: Path) -> bool:
    """Tell whether the first line has ``id``, ``title`` and ``text``; a question set beside a corpus does not."""
    try:
        with _open(path) as stream:
            first = json.loads(stream.readline(LARGEST_LINE).removeprefix(codecs.BOM_UTF8))
    except (OSError, ValueError, lzma.LZMAError, EOFError, RecursionError):
        return False
    return isinstance(first, dict) and all(key in first for key in _REQUIRED)


def read(path: Path) -> Iterator[Document | SourceError]:
    """Yield a document a line, or what is wrong with the line; blank lines are passed over."""
    number = 0
    try:
        with _open(path) as stream:
            for number, line in enumerate(_lines(stream), start=1):
                where = f"{path} 第 {number} 行"
                row = line.removeprefix(codecs.BOM_UTF8) if line and number == 1 else line
                if row is None:
                    yield SourceError(where, f"一行超过 {LARGEST_LINE // 1024 // 1024} MB，没有读取")
                elif row.strip():
                    yield _document(row, where)
                if stream.tell() > LARGEST_FILE:
                    yield SourceError(where, f"文件集超过 {LARGEST_FILE // 1024**3} GB，之后的没有读取")
                    return
    except (OSError, lzma.LZMAError, EOFError) as error:
        yield SourceError(str(path), f"第 {number + 1} 行起无法读取（{error}）")


def _lines(stream: IO[bytes]) -> Iterator[bytes | None]:
    """Yield the lines of a file, None for one beyond the limit; no more than a line is held at once."""
    while line := stream.readline(LARGEST_LINE + 1):
        if len(line) <= LARGEST_LINE:
            yield line
            continue
        while line and not line.endswith(b"\n") and stream.tell() <= LARGEST_FILE:
            line = stream.readline(LARGEST_LINE)
        yield None


def _open(path: Path) -> IO[bytes]:
    return lzma.open(path) if path.suffix == ".xz" else path.open("rb")


def _document(line: bytes, where: str) -> Document | SourceError:
    try:
        row: Any = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return SourceError(where, f"不是有效的 UTF-8（第 {error.start + 1} 个字节）")
    except (ValueError, RecursionError) as error:
        return SourceError(where, f"不是有效的 JSON（{error}）")
    flaw = _flaw(row)
    if flaw is not None:
        return SourceError(where, flaw)
    document = Document(
        id=row["id"],
        title=row["title"],
        text=row["text"],
        source=row.get("source") or None,
        published=row.get("published") or None,
        issuer=row.get("issuer") or None,
        number=row.get("number") or None,
    )
    return metadata.completed(document)


def _flaw(row: Any) -> str | None:
    if not isinstance(row, dict):
        return "不是 JSON 对象"
    for key in _REQUIRED:
        if not isinstance(row.get(key), str) or not row[key].strip():
            return f"缺少字段 {key}，或不是非空的文字"
    for key in _OPTIONAL:
        if row.get(key) is not None and not isinstance(row[key], str):
            return f"字段 {key} 不是文字"
    for key in (*_REQUIRED, *_OPTIONAL):
        if _LONE_SURROGATE.search(row.get(key) or ""):
            return f"字段 {key} 含有不成对的代理字符"
    if row.get("published") and not _is_date(row["published"]):
        return "字段 published 不是 YYYY-MM-DD 形式的日期"
    return None


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False

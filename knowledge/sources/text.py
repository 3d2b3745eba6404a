"""Plain text in any of the encodings Chinese text is saved in."""

from __future__ import annotations

import codecs
from pathlib import Path

from knowledge import clean, metadata
from knowledge.document import Document
from knowledge.errors import SourceError

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes, name: str) -> str:
    """Decode UTF-8, UTF-16, UTF-32 (with a byte order mark) or GB18030; raises SourceError rather than guess."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _strict(data, encoding, name)
    if b"\0" in data:
        raise SourceError(name, "不是文本文件（含有空字节）")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _strict(data, "gb18030", name)


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError(name, f"无法识别文字编码（第 {error.start + 1} 个字节起），请另存为 UTF-8") from error


def read(path: Path, doc_id: str) -> Document:
    """Read one text file as a document; its title is the page's title, else the file's name."""
    page = clean.page(decode(path.read_bytes(), str(path)), path.stem)
    if not page.text:
        raise SourceError(str(path), "文件是空的")
    title = metadata.stated_title(page.text) or page.title
    return metadata.completed(Document(doc_id, title, page.text, path.name, page.published, contact=page.contact))

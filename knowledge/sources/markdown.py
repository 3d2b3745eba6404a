"""Markdown -> text without its marks: headings, list items and rows of tables as lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from knowledge import clean
from knowledge.document import Document
from knowledge.errors import SourceError
from knowledge.sources import grid, markup, text
from knowledge.sources.encoding import decode

LARGEST = 2 * 1024 * 1024  # bytes: the parser's time grows with the square of a run of brackets
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?:[^\n]{0,500}\n){0,60}?---[ \t]*\n")


def read(path: Path, doc_id: str, notes: list[str] | None = None) -> Document:
    """Read one Markdown file as a document; raises SourceError for an empty one or one beyond ``LARGEST``."""
    data = path.read_bytes()
    if len(data) > LARGEST:
        raise SourceError(str(path), f"Markdown 文件超过 {LARGEST // 1024 // 1024} MB，没有读取，请另存为 .txt")
    saved = decode(data, str(path))
    if notes is not None:
        notes.extend(clean.remarks(saved, str(path)))
    return text.document(plain(saved), path, doc_id)


def plain(saved: str) -> str:
    """Return the text of a Markdown source as a reader sees it, a block a line and a blank line between blocks."""
    from markdown_it import MarkdownIt  # noqa: PLC0415  # only where Markdown is read

    # An indented paragraph is usual in Chinese text and is no code.
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).disable("code")
    source = _FRONT_MATTER.sub("", clean.characters(saved))
    return "\n".join(_lines(parser.parse(source)))


def _lines(tokens: Sequence[Any]) -> Iterator[str]:
    number, table = "", list[list[str]]()
    for token in tokens:
        if token.type == "list_item_open":
            number = f"{token.info}{token.markup} " if token.info else ""
        elif token.type == "tr_open":
            table.append([])
        elif token.type == "table_close":
            yield from grid.lines(table, least=1)
            yield ""
            table = []
        elif token.type == "inline" and table:
            table[-1].append(" ".join(_inline(token).split()))
        elif token.type == "inline":
            yield number + _inline(token)
            number = ""
        elif token.type in {"fence", "code_block"}:
            yield token.content.rstrip("\n")
        elif token.type == "html_block":
            yield from _html(token.content)
        elif token.level == 0 and token.type.endswith("_close"):
            yield ""


def _inline(token: Any) -> str:
    parts: list[str] = []
    for child in token.children or ():
        if child.type in {"softbreak", "hardbreak"} or re.match(r"<br\b", child.content):
            parts.append("\n")
        elif child.type == "image" or child.type in {"text", "code_inline", "text_special"}:
            parts.append(child.content)
    return "".join(parts)


def _html(source: str) -> list[str]:
    if not re.sub(r"<!--.*?(?:-->|\Z)", "", source, flags=re.DOTALL).strip():
        return []
    return markup.lines(markup.parse(source, "HTML"))

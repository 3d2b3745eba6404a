"""Plain text in any of the encodings Chinese text is saved in."""

from __future__ import annotations

from pathlib import Path

from knowledge import clean, metadata
from knowledge.document import Document
from knowledge.errors import SourceError
from knowledge.sources.encoding import decode

__all__ = ["decode", "document", "read"]


def read(path: Path, doc_id: str, notes: list[str] | None = None) -> Document:
    """Read one text file as a document; its title is the page's title, else the file's name.

    What was taken out of it (characters no reader sees) is added to ``notes``.
    """
    saved = decode(path.read_bytes(), str(path))
    shown = clean.characters(saved)
    if notes is not None and (shown is not saved or "\ufffd" in saved):  # else there is nothing to remark
        notes.extend(clean.remarks(saved, str(path)))
    return _document(clean.article(shown, path.stem), path, doc_id)


def document(saved: str, path: Path, doc_id: str) -> Document:
    """Make a document of a text; raises SourceError where nothing is left of it."""
    return _document(clean.page(saved, path.stem), path, doc_id)


def _document(page: clean.Page, path: Path, doc_id: str) -> Document:
    if not page.text:
        raise SourceError(str(path), "文件是空的")
    title = metadata.stated_title(page.text) or metadata.title_under_letterhead(page.text) or page.title
    return metadata.completed(Document(doc_id, title, page.text, path.name, page.published, contact=page.contact))

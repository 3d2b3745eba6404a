"""The documents as pages: ``/documents`` lists them, ``/documents/{id}`` is one to be read, searched and asked about.

With ``?view=panel`` the same document comes without a page around it, for the panel beside an answer. Plain HTML, readable
without a script; everything that came from a person or a document is escaped.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from assistant.channels import markup, reading
from assistant.channels.home import Shelf, entry
from assistant.channels.messages import Messages
from assistant.channels.plain_page import Sheet, told
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.channels.desk import Assistant
    from assistant.channels.home import Home
    from knowledge.document import Document, Section

PAGE_SIZE = 50
"""Documents on a page of the list."""
MAX_FIND, MAX_MARKS = 100, 100
_MARK = re.compile(r"([0-9]{1,3}):([0-9]{1,9})-([0-9]{1,9})")
_Find = Annotated[str, Query(max_length=MAX_FIND, description="words to look for")]


def routes(assistant: Assistant, home: Home, ancestors: str = "'none'") -> APIRouter:
    """Return the routes; ``ancestors`` are the sources that may show the pages in a frame."""
    router = APIRouter(include_in_schema=False)

    def sheet(title: str, root: str, here: str) -> Sheet:
        return Sheet(title, root, "documents", here, "reader.js", said=(), ancestors=ancestors)

    @router.get("/documents")
    def listed(
        request: Request, find: _Find = "", number: Annotated[int, Query(ge=1, le=100_000, alias="page")] = 1
    ) -> HTMLResponse:
        words = told(request.scope)
        body = _list(home.shelf(), find, number, words)
        here = f"documents?page={number}&find={quote(find)}" if find or number > 1 else "documents"
        return sheet(words("documents.title"), "", here).page(request.scope, f"<main>{body}</main>")

    @router.get("/documents/{doc_id:path}")
    def read(
        request: Request,
        doc_id: str,
        find: _Find = "",
        mark: Annotated[list[str] | None, Query(max_length=MAX_MARKS)] = None,
        view: str = "page",
    ) -> HTMLResponse:
        words, root = told(request.scope), _root(request.scope)
        index = assistant.index
        found: tuple[Document, Sequence[Section]] | None = None
        with contextlib.suppress(KeyError, KnowledgeError):
            found = index.document(doc_id), index.outline(doc_id)
        here = _same(doc_id, mark or [], find, root)
        if found is None:
            title, body = words("title"), f'<p class="gone">{escape(words("reader.gone"))}</p>'
        else:
            place = _Place(words, home.shelf(), root, view == "panel")
            title, body = found[0].title, _reading(*found, mark or [], find, place)
        status = 404 if found is None else 200
        if view == "panel":
            return HTMLResponse(body, status, {"Content-Security-Policy": _PANEL, "Cache-Control": "no-cache"})
        return sheet(title, root, here).page(request.scope, f"<main>{body}</main>", status)

    return router


_PANEL = "default-src 'none'; frame-ancestors 'none'"


def _same(doc_id: str, marks: Sequence[str], sought: str, root: str) -> str:
    """Return the address of a page that is read, with what is marked in it."""
    query = [f"mark={mark}" for mark in marks if _MARK.fullmatch(mark)]
    query += [f"find={quote(sought)}"] if sought else []
    address = markup.document_address(doc_id, root=root)
    return f"{address}?{'&'.join(query)}" if query else address


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a document is read: in which language, beside which others, how far from the first page, in the panel or not."""

    told: Messages
    shelf: Shelf
    root: str
    is_panel: bool


def _reading(document: Document, sections: Sequence[Section], marks: Sequence[str], sought: str, place: _Place) -> str:
    """Return a document to be read: whence it comes, the ways to search and ask in it, its outline and its text."""
    told = place.told
    found = reading.find(document.text, sought)
    stretches = [reading.Marked("found", n, *span) for n, span in enumerate(found[: reading.MAX_FOUND], 1)]
    stretches += _cited(marks, len(document.text))
    lines = reading.text(document, sections, stretches)
    level = "h2" if place.is_panel else "h1"
    return (
        f'<article class="reading" data-document="{escape(document.id)}" data-title="{escape(document.title)}">'
        f'<div class="heading"><{level}{told.foreign}>{escape(document.title)}</{level}>{_facts(document, place)}</div>'
        f"{_forms(document, marks, sought, place)}{_finds(found, sought, told)}"
        f'<nav aria-label="{escape(told("reader.outline"))}"{told.foreign}>{reading.outline(sections, told, is_open=not place.is_panel)}</nav>'
        f'<div class="text"{told.foreign}>{lines}</div></article>'
    )


def _cited(marks: Sequence[str], length: int) -> list[reading.Marked]:
    """Read ``number:start-end``; what is no stretch of the text is left out."""
    found = []
    for match in filter(None, map(_MARK.fullmatch, marks)):
        number, start, end = map(int, match.groups())
        if start < end <= length:
            found.append(reading.Marked("cited", number, start, end))
    return found


def _facts(document: Document, place: _Place) -> str:
    told = place.told
    known = [escape(fact) for fact in markup.facts(document, told)]
    known += [
        escape(told(f"facts.{name}", **{key: value}))
        for name, key, value in (
            ("effective", "date", document.effective),
            ("expires", "date", document.expires),
            ("addressee", "names", document.addressee),
        )
        if value
    ]
    known += [escape(document.validity)] if document.validity else []
    count = place.shelf.passages[document.id]
    known += [escape(told("facts.passages", count=count))] if count else []
    known.append(markup.original(document, told))
    return f'<p class="facts">{"".join(f"<span>{fact}</span>" for fact in known if fact)}</p>'


def _forms(document: Document, marks: Sequence[str], sought: str, place: _Place) -> str:
    """Return the ways to search in a document and, on a page of its own, to ask about it alone."""
    told = place.told
    kept = "".join(
        f'<input type="hidden" name="mark" value="{escape(mark)}">' for mark in marks if _MARK.fullmatch(mark)
    )
    label, button = escape(told("reader.find")), escape(told("reader.find.button"))
    form = (
        f'<form class="find" role="search" method="get" action="{escape(markup.document_address(document.id, root=place.root))}">{kept}'
        f'<input type="search" name="find" value="{escape(sought)}" maxlength="{MAX_FIND}" placeholder="{label}"'
        f' aria-label="{label}"><button type="submit">{button}</button></form>'
    )
    if place.is_panel:
        return form
    label, button = escape(told("reader.alone.label")), escape(told("ask.button"))
    return (
        f'<div class="ways">{form}<form class="ask" method="get" action="{place.root or "./"}">'
        f'<input type="hidden" name="doc" value="{escape(document.id)}"><input type="text" name="q" maxlength="2000"'
        f' placeholder="{label}" aria-label="{label}"><button type="submit" class="primary">{button}</button></form></div>'
    )


def _finds(found: Sequence[Any], sought: str, told: Messages) -> str:
    if not sought.strip():
        return ""
    if not found:
        return f'<p class="finds" role="status">{escape(told("reader.found.none", words=sought.strip()))}</p>'
    many = told("reader.found.many", count=reading.MAX_FOUND) if len(found) > reading.MAX_FOUND else ""
    steps = "".join(
        f'<button type="button" data-step="{by}">{escape(told(f"reader.{name}"))}</button>'
        for name, by in (("previous", -1), ("next", 1))
    )
    return (
        f'<div class="finds"><span class="count" role="status">{escape(told("reader.found", count=len(found)))}</span>'
        f"{f'<span>{escape(many)}</span>' if many else ''}{steps}</div>"
    )


def _list(shelf: Shelf, sought: str, page: int, told: Messages) -> str:
    """Return one page of the documents, the newest first; with words to look for, those that have them in the head."""
    documents = [document for document in shelf.documents if _matches(document, sought)]
    pages = max(1, -(-len(documents) // PAGE_SIZE))
    page = min(page, pages)
    rows = "".join(
        f"<li>{entry(document, shelf, told)}</li>" for document in documents[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    )
    label = escape(told("documents.find"))
    form = (
        f'<form class="find" role="search" method="get" action="documents"><input type="search" name="find"'
        f' value="{escape(sought)}" maxlength="{MAX_FIND}" placeholder="{label}" aria-label="{label}">'
        f'<button type="submit">{escape(told("reader.find.button"))}</button></form>'
    )
    count = escape(told("documents.count", count=len(documents)) if documents else told("documents.none"))
    return (
        f'<section class="documents"><h1>{escape(told("documents.title"))}</h1><p class="quiet" role="status">{count}</p>'
        f'<div class="reading">{form}<ol>{rows}</ol>{_turning(page, pages, sought, told)}</div></section>'
    )


def _turning(page: int, pages: int, sought: str, told: Messages) -> str:
    if pages == 1:
        return ""
    links = [
        f'<a href="documents?page={number}&amp;find={quote(sought)}">{escape(told(f"documents.{name}"))}</a>'
        for name, number in (("previous", page - 1), ("next", page + 1))
        if 1 <= number <= pages
    ]
    now = escape(told("documents.page", page=page, pages=pages))
    return f'<nav aria-label="{escape(told("documents.title"))}"><span>{now}</span>{"".join(links)}</nav>'


def _matches(document: Document, sought: str) -> bool:
    head = "\n".join(filter(None, (document.title, document.issuer, document.number)))
    return all(reading.find(head, word) for word in sought.split())


def _root(scope: Any) -> str:
    """Return the way from a document's page to the first page: an id may have slashes in it."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return "../" * (path.split(b"?")[0].count(b"/") - 1)

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

from assistant.channels import header, markup, reading
from assistant.channels.home import Shelf, entry
from assistant.channels.messages import Language, Messages, messages, remembering, wanted
from assistant.channels.shell import SHARED, version
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
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
        f"form-action 'self'; frame-ancestors {ancestors}"
    )

    def answered(request: Request, body: str, status: int = 200) -> HTMLResponse:
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-cache", **remembering(request.scope)}
        return HTMLResponse(body, status, headers)

    @router.get("/documents")
    def listed(request: Request, find: _Find = "", page: Annotated[int, Query(ge=1, le=100_000)] = 1) -> HTMLResponse:
        told = messages(wanted(request.scope))
        body = _list(home.shelf(), find, page, told)
        return answered(request, _page(told, told("documents.title"), body, ""))

    @router.get("/documents/{doc_id:path}")
    def read(
        request: Request,
        doc_id: str,
        find: _Find = "",
        mark: Annotated[list[str] | None, Query(max_length=MAX_MARKS)] = None,
        view: str = "page",
    ) -> HTMLResponse:
        told, root = messages(wanted(request.scope)), _root(request.scope)
        index = assistant.index
        found: tuple[Document, Sequence[Section]] | None = None
        with contextlib.suppress(KeyError, KnowledgeError):
            found = index.document(doc_id), index.outline(doc_id)
        if found is None:
            gone = f'<p class="gone">{escape(told("reader.gone"))}</p>'
            return answered(request, gone if view == "panel" else _page(told, told("title"), gone, root), 404)
        body = _reading(*found, mark or [], find, _Place(told, home.shelf(), root, view == "panel"))
        return answered(request, body if view == "panel" else _page(told, found[0].title, body, root))

    return router


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
    language = ' lang="zh-CN"' if told.language is Language.ENGLISH else ""
    return (
        f'<article class="reading" data-document="{escape(document.id)}" data-title="{escape(document.title)}">'
        f'<div class="heading"><{level}{language}>{escape(document.title)}</{level}>{_facts(document, place)}</div>'
        f"{_forms(document, marks, sought, place)}{_finds(found, sought, told)}"
        f'<nav aria-label="{escape(told("reader.outline"))}"{language}>{reading.outline(sections, told, is_open=not place.is_panel)}</nav>'
        f'<div class="text"{language}>{lines}</div></article>'
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


def _page(told: Messages, title: str, body: str, root: str) -> str:
    """Return a whole page around a body that is HTML already."""
    style, script = SHARED
    return (
        f'<!DOCTYPE html><html lang="{told.language.tag}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · {escape(told('title'))}</title>{header.data(told)}"
        f'<link rel="icon" href="{root}page/icon.svg" type="image/svg+xml">'
        f'<script src="{root}page/{script}?{version()}"></script>'
        f'<link rel="stylesheet" href="{root}page/{style}?{version()}">'
        f'<link rel="stylesheet" href="{root}page/reader.css?{version()}">'
        f'<script src="{root}page/reader.js?{version()}" defer></script></head>'
        f'<body class="alone">{header.bar(told, root)}<main>{body}</main></body></html>'
    )

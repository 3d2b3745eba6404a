"""``/timeline``: what was issued when, as a picture over the years and as a table; each event opens its passage.

Server-rendered: it can be read, filtered and linked to without a script. Everything from a document is escaped.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request

from assistant.channels.cards import Source
from assistant.channels.plain_page import UNKEPT, Sheet, told
from assistant.channels.timeline_entries import Entries, Row
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette.responses import HTMLResponse

    from assistant.channels.desk import Assistant
    from assistant.channels.messages import Messages
    from assistant.channels.timeline import Timelines

PAGE_EVENTS = 100
"""Events on one page."""
MOST_DOTS = 8
"""Events of a year that the overview shows one by one; more are one bar that leads to the year."""
_GAP_YEARS = 3


@dataclass(frozen=True, slots=True)
class View:
    """What of the timeline is shown: of a year, of an issuing body, as a table, which page (the first is 1)."""

    year: str = ""
    issuer: str = ""
    table: bool = False
    page: int = 1

    def chosen(self, rows: Iterable[Row]) -> list[Row]:
        """Return the events that are asked for."""
        return [
            row
            for row in rows
            if self.year in {"", row["date"][:4]} and (not self.issuer or self.issuer in row["issuers"])
        ]

    def address(self, **changed: Any) -> str:
        """Return the address of this view with something changed; another view begins at its first page."""
        other = replace(self, **{"page": 1, **changed})
        asked = {
            "year": other.year,
            "issuer": other.issuer,
            "view": "table" if other.table else "",
            "page": str(other.page) if other.page > 1 else "",
        }
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"timeline?{query}" if query else "timeline"

    def event(self, number: int) -> str:
        """Return the address of the n-th event of the view, counted from 0."""
        page = number // PAGE_EVENTS + 1
        return f"#e{number + 1}" if page == self.page else f"{self.address(page=page)}#e{number + 1}"


def routes(timelines: Timelines, assistant: Assistant) -> APIRouter:
    """Return the route of the page."""
    router = APIRouter(include_in_schema=False)

    def source(doc_id: str) -> Source | None:
        index = assistant.index  # another one may serve by the time a page is opened
        with contextlib.suppress(KeyError, KnowledgeError):
            return Source(index.document(doc_id), index.outline(doc_id))
        return None

    @router.get("/timeline")
    def page(
        request: Request,
        year: str = "",
        issuer: str = "",
        view: str = "",
        page: Annotated[int, Query(ge=1, le=10**6)] = 1,
    ) -> HTMLResponse:
        rows, words = timelines.rows(), told(request.scope)
        shown = View(year[:20], issuer[:200], view == "table")
        pages = max(1, -(-len(shown.chosen(rows)) // PAGE_EVENTS))
        shown = replace(shown, page=min(page, pages))
        sheet = Sheet(
            words("nav.timeline"),
            at="timeline",
            here=shown.address(page=shown.page),
            script="timeline.js",
            headers=UNKEPT,
        )
        return sheet.page(request.scope, _Drawing(words, shown, Entries(words, source)).body(rows))

    return router


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Draws a view of the timeline in one language."""

    told: Messages
    view: View
    entries: Entries

    def say(self, key: str, **values: object) -> str:
        """Return a message, escaped."""
        return escape(self.told(key, **values))

    def body(self, rows: Sequence[Row]) -> str:
        """Return the page's own part."""
        view = self.view
        chosen = view.chosen(rows)
        first = (view.page - 1) * PAGE_EVENTS
        shown = list(enumerate(chosen))[first : first + PAGE_EVENTS]
        if not chosen:
            events = f'<p class="gone">{self.say("timeline.none" if rows else "timeline.empty")}</p>'
        else:
            events = self.entries.table(shown) if view.table else self.entries.years(shown)
        strip = "" if view.table or not chosen else self.strip(chosen)
        return (
            f'<main><h1 class="title-of-page">{self.say("nav.timeline")}</h1>'
            f'<p class="lead">{self.say("timeline.lead")}</p>{self.form(rows)}{self.found(chosen, rows)}{strip}{events}'
            f'{self.turning(len(chosen))}</main><footer class="about">{self.say("timeline.footer")}</footer>'
        )

    def form(self, rows: Sequence[Row]) -> str:
        """Return the ways to narrow the view."""
        view, say = self.view, self.say
        years = Counter(row["date"][:4] for row in rows)
        bodies = Counter(name for row in rows for name in row["issuers"])
        by_year = [
            (year, self.told("timeline.option", name=self.told("date.year", year=year), count=count))
            for year, count in sorted(years.items())
        ]
        by_body = [(name, self.told("timeline.option", name=name, count=count)) for name, count in bodies.most_common()]
        table = '<input type="hidden" name="view" value="table">' if view.table else ""
        clear = ""
        if view.year or view.issuer:
            clear = f'<a class="clear" href="{escape(view.address(year="", issuer=""))}">{say("timeline.clear")}</a>'
        return (
            f'<form class="filter" method="get" action="timeline" aria-label="{say("timeline.filter")}">{table}'
            f"{self.select('year', by_year, view.year)}{self.select('issuer', by_body, view.issuer)}"
            f'<button type="submit">{say("timeline.filter.button")}</button>{clear}</form>'
        )

    def select(self, name: str, options: Sequence[tuple[str, str]], chosen: str) -> str:
        """Return a choice of one among some, or of all."""
        foreign = self.told.foreign if name == "issuer" else ""
        choices = "".join(
            f'<option value="{escape(value)}"{" selected" if value == chosen else ""}{foreign}>{escape(text)}</option>'
            for value, text in options
        )
        every = self.say(f"timeline.{name}.all")
        return (
            f'<label>{self.say(f"timeline.{name}")}<select name="{name}"><option value="">{every}</option>'
            f"{choices}</select></label>"
        )

    def found(self, chosen: Sequence[Row], rows: Sequence[Row]) -> str:
        """Return how many there are, and the ways to show them."""
        count = self.say("timeline.count", count=len(rows))
        if len(chosen) != len(rows):
            count = self.say("timeline.count.some", count=len(chosen), all=len(rows))
        tabs = "".join(
            f'<a href="{escape(self.view.address(table=table))}"{current}>{self.say(f"timeline.view.{name}")}</a>'
            for table, name in ((False, "line"), (True, "table"))
            for current in (' aria-current="true"' if table == self.view.table else "",)
        )
        label = self.say("timeline.views")
        return f'<div class="counted"><p role="status">{count}</p><nav class="tabs" aria-label="{label}">{tabs}</nav></div>'

    def strip(self, chosen: Sequence[Row]) -> str:
        """Return the overview: a column a year with a dot an event, gaps told; one year alone gives none."""
        numbered = [(row["date"][:4], number, row) for number, row in enumerate(chosen)]
        years = [(year, list(group)) for year, group in groupby(numbered, key=lambda item: item[0])]
        if len(years) < 2:  # noqa: PLR2004 - one column is no picture
            return ""
        columns: list[str] = []
        before = int(years[0][0])
        for year, group in years:
            gap = int(year) - before - 1
            if gap > _GAP_YEARS:
                columns.append(f'<li class="gap"><span>{self.say("timeline.gap", count=gap)}</span></li>')
            else:
                columns.extend('<li class="none"></li>' for _ in range(gap))
            columns.append(f'<li><span class="year">{year}</span>{self.dots(year, group)}</li>')
            before = int(year)
        label = self.say("timeline.overview")
        return f'<nav class="strip" aria-label="{label}" tabindex="0"><ol>{"".join(columns)}</ol></nav>'

    def dots(self, year: str, group: Sequence[tuple[str, int, Row]]) -> str:
        """Return the events of a year in the overview."""
        if len(group) > MOST_DOTS:
            where, name = escape(self.view.address(year=year)), self.say("timeline.many", year=year, count=len(group))
            return f'<a class="many" href="{where}" aria-label="{name}">{len(group)}</a>'
        dots = "".join(
            f'<a class="dot" href="{escape(self.view.event(number))}" title="{name}" aria-label="{name}"></a>'
            for _, number, row in group
            for name in (escape(self.entries.name(row)),)
        )
        return f'<span class="dots">{dots}</span>'

    def turning(self, count: int) -> str:
        """Return the ways to the pages before and after."""
        pages, page = -(-count // PAGE_EVENTS), self.view.page
        if pages <= 1:
            return ""

        def link(to: int, name: str) -> str:
            return f'<a href="{escape(self.view.address(page=to))}">{self.say(f"documents.{name}")}</a>'

        before = link(page - 1, "previous") if page > 1 else ""
        after = link(page + 1, "next") if page < pages else ""
        now = self.say("documents.page", page=page, pages=pages)
        return f'<nav class="turning" aria-label="{self.say("turning.label")}">{before}<span>{now}</span>{after}</nav>'

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

from fastapi import APIRouter, Query

from assistant.answer import Citation
from assistant.channels.cards import Source, gather
from assistant.channels.plain_page import Look
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from starlette.responses import HTMLResponse

    from assistant.channels.cards import Card, FindSource, Piece
    from assistant.channels.desk import Assistant
    from assistant.channels.timeline import Timelines

PAGE_EVENTS = 100
"""Events on one page."""
MOST_DOTS = 8
"""Events of a year that the overview shows one by one; more are one bar that leads to the year."""
_GAP_YEARS = 3
_TITLE = "政策沿革"
Row = dict[str, Any]


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
        told = {
            "year": other.year,
            "issuer": other.issuer,
            "view": "table" if other.table else "",
            "page": str(other.page) if other.page > 1 else "",
        }
        query = urlencode({name: value for name, value in told.items() if value})
        return f"timeline?{query}" if query else "timeline"

    def event(self, number: int) -> str:
        """Return the address of the n-th event of the view, counted from 0."""
        page = number // PAGE_EVENTS + 1
        return f"#e{number + 1}" if page == self.page else f"{self.address(page=page)}#e{number + 1}"


def routes(timelines: Timelines, assistant: Assistant) -> APIRouter:
    """Return the route of the page."""
    router = APIRouter(include_in_schema=False)
    look = Look.of("timeline.css", script="timeline.js")

    def source(doc_id: str) -> Source | None:
        index = assistant.index  # another one may serve by the time a page is opened
        with contextlib.suppress(KeyError, KnowledgeError):
            return Source(index.document(doc_id), index.outline(doc_id))
        return None

    @router.get("/timeline")
    def page(
        year: str = "", issuer: str = "", view: str = "", page: Annotated[int, Query(ge=1, le=10**6)] = 1
    ) -> HTMLResponse:
        rows = timelines.rows()
        shown = View(year[:20], issuer[:200], view == "table")
        pages = max(1, -(-len(shown.chosen(rows)) // PAGE_EVENTS))
        return look.page(f"{_TITLE} · 政策问答", _body(rows, replace(shown, page=min(page, pages)), source))

    return router


def _body(rows: Sequence[Row], view: View, find: FindSource) -> str:
    chosen = view.chosen(rows)
    first = (view.page - 1) * PAGE_EVENTS
    shown = list(enumerate(chosen))[first : first + PAGE_EVENTS]
    if not chosen:
        told = "收录的文件里没有这样的日期。" if rows else "收录的文件里还没有可以排列的日期。"
        events = f'<p class="empty">{told}</p>'
    else:
        events = _table(shown, find) if view.table else _years(shown, find)
    strip = "" if view.table or not chosen else _strip(chosen, view)
    return (
        '<header class="bar"><a class="brand" href="./">政策问答</a><nav aria-label="页面"><a href="./">提问</a>'
        f'<a href="timeline" aria-current="page">{_TITLE}</a></nav></header><main>'
        f'<h1>{_TITLE}</h1><p class="lead">收录的文件写到了哪些发文、各在什么时候。每一条都能展开原文核对。</p>'
        f"{_form(rows, view)}{_found(chosen, rows, view)}{strip}{events}{_turning(len(chosen), view)}</main>"
        "<footer>日期和发文机关都取自文件原文；文件没有写到的不在这里。</footer>"
    )


def _form(rows: Sequence[Row], view: View) -> str:
    years = Counter(row["date"][:4] for row in rows)
    bodies = Counter(name for row in rows for name in row["issuers"])
    by_year = [(year, f"{year} 年（{count}）") for year, count in sorted(years.items())]
    by_body = [(name, f"{name}（{count}）") for name, count in bodies.most_common()]
    table = '<input type="hidden" name="view" value="table">' if view.table else ""
    clear = (
        f'<a class="clear" href="{view.address(year="", issuer="")}">显示全部</a>' if view.year or view.issuer else ""
    )
    return (
        f'<form class="filter" method="get" action="timeline" aria-label="筛选">{table}'
        f"{_select('year', '年份', '全部年份', by_year, view.year)}"
        f"{_select('issuer', '发文机关', '全部机关', by_body, view.issuer)}"
        f'<button type="submit">筛选</button>{clear}</form>'
    )


def _select(name: str, label: str, every: str, options: Sequence[tuple[str, str]], chosen: str) -> str:
    choices = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(text)}</option>'
        for value, text in options
    )
    return f'<label>{label}<select name="{name}"><option value="">{every}</option>{choices}</select></label>'


def _found(chosen: Sequence[Row], rows: Sequence[Row], view: View) -> str:
    count = f"共 {len(rows)} 条" if len(chosen) == len(rows) else f"{len(chosen)} 条（全部 {len(rows)} 条）"
    ways = ((False, "时间线"), (True, "表格"))
    tabs = "".join(
        f'<a href="{escape(view.address(table=table))}"{current}>{label}</a>'
        for table, label in ways
        for current in (' aria-current="true"' if table == view.table else "",)
    )
    return f'<div class="found"><p role="status">{count}</p><nav class="ways" aria-label="显示方式">{tabs}</nav></div>'


def _strip(chosen: Sequence[Row], view: View) -> str:
    """Return the overview: a column a year with a dot an event, gaps told; of one year there is nothing to overlook."""
    numbered = [(row["date"][:4], number, row) for number, row in enumerate(chosen)]
    years = [(year, list(group)) for year, group in groupby(numbered, key=lambda item: item[0])]
    if len(years) < 2:  # noqa: PLR2004 - one column is no picture
        return ""
    columns: list[str] = []
    before = int(years[0][0])
    for year, group in years:
        gap = int(year) - before - 1
        if gap > _GAP_YEARS:
            columns.append(f'<li class="gap"><span>{gap} 年间没有</span></li>')
        else:
            columns.extend('<li class="none"></li>' for _ in range(gap))
        columns.append(f'<li><span class="year">{year}</span>{_dots(year, group, view)}</li>')
        before = int(year)
    return f'<nav class="strip" aria-label="按年概览" tabindex="0"><ol>{"".join(columns)}</ol></nav>'


def _dots(year: str, group: Sequence[tuple[str, int, Row]], view: View) -> str:
    if len(group) > MOST_DOTS:
        where = escape(view.address(year=year))
        return f'<a class="many" href="{where}" aria-label="{year} 年，{len(group)} 条">{len(group)}</a>'
    dots = "".join(
        f'<a class="dot" href="{escape(view.event(number))}" title="{escape(_name(row))}"'
        f' aria-label="{escape(_name(row))}"></a>'
        for _, number, row in group
    )
    return f'<span class="dots">{dots}</span>'


def _years(shown: Iterable[tuple[int, Row]], find: FindSource) -> str:
    parts = []
    for year, group in groupby(shown, key=lambda item: item[1]["date"][:4]):
        items = "".join(_event(number, row, find) for number, row in group)
        parts.append(f'<section class="year-of"><h2>{year} 年</h2><ol class="events">{items}</ol></section>')
    return f'<div class="timeline">{"".join(parts)}</div>'


def _event(number: int, row: Row, find: FindSource) -> str:
    return (
        f'<li class="event {row["precision"]}"><details id="e{number + 1}"><summary>'
        f'<time datetime="{row["date"]}">{_date(row)}</time>'
        f'<span class="what">{escape(row["title"])}</span>{_issuers(row)}</summary>'
        f"{_passage(row, find)}</details></li>"
    )


def _table(shown: Iterable[tuple[int, Row]], find: FindSource) -> str:
    lines = "".join(
        f'<tr role="row" id="e{number + 1}"><td role="cell"><time datetime="{row["date"]}">{_date(row)}</time></td>'
        f'<th scope="row" role="rowheader">{escape(row["title"])}</th><td role="cell">{escape("、".join(row["issuers"])) or "—"}</td>'
        f'<td role="cell"><details><summary>看原文<span class="hidden">：{escape(row["title"])}</span></summary>'
        f"{_passage(row, find)}</details></td></tr>"
        for number, row in shown
    )
    names = ("日期", "文件或事项", "发文机关", "依据")
    heads = "".join(f'<th scope="col" role="columnheader">{name}</th>' for name in names)
    # The roles say again what a table is: on a phone its rows are laid out as blocks.
    return (
        '<div class="scroll" role="region" aria-label="政策沿革表格" tabindex="0"><table class="stacked" role="table">'
        '<caption class="hidden">政策沿革，按时间先后</caption><thead role="rowgroup"><tr role="row">'
        f"{heads}</tr></thead>"
        f'<tbody role="rowgroup">{lines}</tbody></table></div>'
    )


def _passage(row: Row, find: FindSource) -> str:
    (card,) = gather([Citation(**row["citation"])], find)
    path = " › ".join(heading for heading in card.headings if heading.strip())
    where = f'<p class="path">{escape(path)}</p>' if path else ""
    before, after = "……" if card.cut_before else "", "……" if card.cut_after else ""
    words = "".join(map(_piece, card.pieces))
    return (
        f'<div class="passage"><p class="from">{escape(card.title)}</p>{_origin(card)}{where}'
        f"<blockquote>{before}{words}{after}</blockquote></div>"
    )


def _piece(piece: Piece) -> str:
    return f"<mark>{escape(piece.text)}</mark>" if piece.numbers else escape(piece.text)


def _origin(card: Card) -> str:
    document = card.document
    if document is None:
        return ""
    facts = (document.issuer, document.number, document.published and f"{document.published} 发布")
    told = " · ".join(fact for fact in facts if fact)
    return f'<p class="origin">{escape(told)}</p>' if told else ""


def _date(row: Row) -> str:
    year, *rest = row["date"].split("-")
    return f"{year} 年" + "".join(f" {int(part)} {unit}" for part, unit in zip(rest, "月日", strict=False))


def _issuers(row: Row) -> str:
    names = escape("、".join(row["issuers"]))
    return f'<span class="who">{names}</span>' if names else ""


def _name(row: Row) -> str:
    return " ".join(filter(None, (_date(row), "、".join(row["issuers"]), row["title"])))


def _turning(count: int, view: View) -> str:
    pages = -(-count // PAGE_EVENTS)
    if pages <= 1:
        return ""
    link: Callable[[int, str], str] = lambda page, text: f'<a href="{escape(view.address(page=page))}">{text}</a>'  # noqa: E731
    before = link(view.page - 1, "上一页") if view.page > 1 else ""
    after = link(view.page + 1, "下一页") if view.page < pages else ""
    return f'<nav class="turning" aria-label="翻页">{before}<span>第 {view.page} / {pages} 页</span>{after}</nav>'

"""The events of the timeline -> HTML: year by year, and as a table; each with the passage that tells it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

from assistant.answer import Citation
from assistant.channels import markup
from assistant.channels.cards import gather

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assistant.channels.cards import Card, FindSource, Piece
    from assistant.channels.messages import Messages

Row = dict[str, Any]
"""An event as ``GET /api/timeline`` has it."""


@dataclass(frozen=True, slots=True)
class Entries:
    """Shows events in one language; an event comes with its number in the view, counted from 0."""

    told: Messages
    find: FindSource

    def say(self, key: str, **values: object) -> str:
        """Return a message, escaped."""
        return escape(self.told(key, **values))

    def years(self, shown: Iterable[tuple[int, Row]]) -> str:
        """Return the events year by year."""
        parts = []
        for year, group in groupby(shown, key=lambda item: item[1]["date"][:4]):
            items = "".join(self.event(number, row) for number, row in group)
            parts.append(
                f'<section class="year-of"><h2>{self.say("date.year", year=year)}</h2>'
                f'<ol class="events">{items}</ol></section>'
            )
        return f'<div class="timeline">{"".join(parts)}</div>'

    def event(self, number: int, row: Row) -> str:
        """Return an event, with its passage to be unfolded."""
        names = escape("、".join(row["issuers"]))
        who = f'<span class="who"{self.told.foreign}>{names}</span>' if names else ""
        return (
            f'<li class="event {row["precision"]}"><details id="e{number + 1}"><summary>'
            f'<time datetime="{row["date"]}">{escape(self.date(row))}</time>'
            f'<span class="what"{self.told.foreign}>{escape(row["title"])}</span>{who}</summary>'
            f"{self.passage(row)}</details></li>"
        )

    def table(self, shown: Iterable[tuple[int, Row]]) -> str:
        """Return the same as a table."""
        foreign, opened = self.told.foreign, self.say("timeline.open")
        lines = "".join(
            f'<tr role="row" id="e{number + 1}"><td role="cell"><time datetime="{row["date"]}">{escape(self.date(row))}</time></td>'
            f'<th scope="row" role="rowheader"{foreign}>{escape(row["title"])}</th>'
            f'<td role="cell"{foreign}>{escape("、".join(row["issuers"])) or "—"}</td><td role="cell"><details>'
            f'<summary>{opened}<span class="unseen"{foreign}>{escape(row["title"])}</span></summary>'
            f"{self.passage(row)}</details></td></tr>"
            for number, row in shown
        )
        heads = "".join(
            f'<th scope="col" role="columnheader">{self.say(f"timeline.{name}")}</th>'
            for name in ("date", "what", "issuer", "evidence")
        )
        # The roles say again what a table is: on a phone its rows are laid out as blocks.
        return (
            f'<div class="scroll" role="region" aria-label="{self.say("timeline.table")}" tabindex="0">'
            f'<table class="stacked" role="table"><caption class="unseen">{self.say("timeline.caption")}</caption>'
            f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
            f'<tbody role="rowgroup">{lines}</tbody></table></div>'
        )

    def passage(self, row: Row) -> str:
        """Return the words that tell an event, in their paragraph, and the way to them in the whole document."""
        citation = Citation(**row["citation"])
        (card,) = gather([citation], self.find)
        path = " › ".join(heading for heading in card.headings if heading.strip())
        where = f'<p class="path">{escape(path)}</p>' if path else ""
        before, after = "……" if card.cut_before else "", "……" if card.cut_after else ""
        words = "".join(map(_piece, card.pieces))
        whole = ""
        if card.document is not None:
            address = f"{markup.document_address(citation.doc_id, [(1, citation)])}#cited-1"
            whole = f'<a class="whole" href="{escape(address)}">{self.say("timeline.whole")}</a>'
        return (
            f'<div class="passage"><div{self.told.foreign}><p class="from">{escape(card.title)}</p>'
            f"{self.origin(card)}{where}<blockquote>{before}{words}{after}</blockquote></div>{whole}</div>"
        )

    def origin(self, card: Card) -> str:
        """Return whence the document of a passage comes."""
        if card.document is None:
            return ""
        known = " · ".join(markup.facts(card.document, self.told))
        return f'<p class="origin">{escape(known)}</p>' if known else ""

    def date(self, row: Row) -> str:
        """Return the date of an event, as exact as it is known."""
        year, *rest = row["date"].split("-")
        if not rest:
            return self.told("date.year", year=year)
        month = self.told(f"month.{int(rest[0])}")
        if len(rest) == 1:
            return self.told("date.month", year=year, month=month)
        return self.told("date.day", year=year, month=month, day=int(rest[1]))

    def name(self, row: Row) -> str:
        """Return an event in one line."""
        return " ".join(filter(None, (self.date(row), "、".join(row["issuers"]), row["title"])))


def _piece(piece: Piece) -> str:
    return f"<mark>{escape(piece.text)}</mark>" if piece.numbers else escape(piece.text)

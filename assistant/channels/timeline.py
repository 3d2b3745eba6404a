"""``GET /api/timeline``: what was issued when, worked out once for each index that serves."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from assistant.answer import Citation
from knowledge.timeline import Milestone, timeline

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.channels.desk import Assistant, Index


class Timelines:
    """The timeline of the index that serves; of another index it is worked out anew."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._lock = threading.Lock()
        self._index: Callable[[], Index | None] = lambda: None  # weak: an index that was replaced is let go of
        self._rows: tuple[dict[str, Any], ...] = ()

    def rows(self) -> tuple[dict[str, Any], ...]:
        """Return the events in order of time, in their public shape."""
        with self._lock:
            index = self._assistant.index
            if self._index() is not index:
                entries = index.catalogue.by_id
                # Of documents that are the same to the character one speaks for all.
                documents = [document for document in index.documents if entries[document.id].same_as is None]
                self._rows = tuple(_row(index, milestone) for milestone in timeline(documents))
                self._index = weakref.ref(index)
            return self._rows

    def chosen(self, year: str | None = None, issuer: str | None = None) -> list[dict[str, Any]]:
        """Return those of a year, and of issuers with ``issuer`` in their name."""
        return [
            row
            for row in self.rows()
            if (year is None or row["date"][:4] == year)
            and (not issuer or any(issuer in name for name in row["issuers"]))
        ]


def routes(timelines: Timelines) -> APIRouter:
    """Return the route."""
    router = APIRouter()

    @router.get("/api/timeline", summary="What was issued when, by whom, and where that is told")
    def told(
        year: Annotated[str | None, Query(pattern="^[0-9]{4}$", description="only of this year, four digits")] = None,
        issuer: Annotated[str | None, Query(description="only of issuers with this in their name")] = None,
    ) -> JSONResponse:
        return JSONResponse(timelines.chosen(year, issuer), headers={"Cache-Control": "no-store"})

    return router


def _row(index: Index, milestone: Milestone) -> dict[str, Any]:
    document = index.document(milestone.doc_id)
    start, end = milestone.start, milestone.end
    citation = Citation(document.id, document.title, start, end, document.text[start:end])
    return {
        "date": milestone.date,
        "precision": milestone.precision,
        "title": milestone.title,
        "issuers": list(milestone.issuers),
        "citation": citation.to_json(),
    }

"""The page of one answer at ``/a/{id}``: the answer and the passages it rests on, readable on a phone.

It can be read without a script; everything that came from a person or a document is escaped.
"""

from __future__ import annotations

import contextlib
from html import escape
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request

from assistant.channels import markup
from assistant.channels.cards import Source
from assistant.channels.plain_page import UNKEPT, Sheet, told
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from starlette.responses import HTMLResponse

    from assistant.channels.desk import Assistant
    from assistant.state.answers import Answers

MAX_ID = 64
_HEADERS = {**UNKEPT, "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


def routes(answers: Answers, assistant: Assistant) -> APIRouter:
    """Return the route of the page."""
    router = APIRouter(include_in_schema=False)

    def source(doc_id: str) -> Source | None:
        index = assistant.index  # another one may serve by the time a page is opened
        with contextlib.suppress(KeyError, KnowledgeError):
            return Source(index.document(doc_id), index.outline(doc_id))
        return None

    @router.get("/a/{answer_id}")
    def page(request: Request, answer_id: str) -> HTMLResponse:
        words = told(request.scope)
        sheet = Sheet(words("answer.title"), root="../", headers=_HEADERS)
        turn = answers.find(answer_id) if len(answer_id) <= MAX_ID else None
        if turn is None:
            return sheet.page(request.scope, f'<main><p class="gone">{escape(words("answer.gone"))}</p></main>', 404)
        shown = markup.conversation([turn], markup.Stage(words, source, root="../", is_live=False))
        return sheet.page(
            request.scope, f'<main>{shown}</main><footer class="about">{escape(words("answer.note"))}</footer>'
        )

    return router

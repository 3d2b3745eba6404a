"""The page of one answer at ``/a/{id}``: the answer and the passages it rests on, readable on a phone.

One HTML file: no script, nothing to load, everything that came from a person or a document escaped.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from assistant.channels import markup
from assistant.channels.cards import Source
from assistant.channels.messages import messages
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from assistant.channels.desk import Assistant
    from assistant.state.answers import Answers

MAX_ID = 64
_STYLE = Path(__file__).with_name("assets") / "answer.css"
_NOTE = "回答只根据收录的政策文件，原文以发布机关公布的为准。"
_GONE = "这个回答不存在，或已超过保存期限。请重新提问。"


def routes(answers: Answers, assistant: Assistant) -> APIRouter:
    """Return the route of the page."""
    router = APIRouter(include_in_schema=False)
    style = _STYLE.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    headers = {
        "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'",
        "Cache-Control": "private, no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow",
    }

    def source(doc_id: str) -> Source | None:
        index = assistant.index  # another one may serve by the time a page is opened
        with contextlib.suppress(KeyError, KnowledgeError):
            return Source(index.document(doc_id), index.outline(doc_id))
        return None

    @router.get("/a/{answer_id}")
    def page(answer_id: str) -> HTMLResponse:
        turn = answers.find(answer_id) if len(answer_id) <= MAX_ID else None
        if turn is None:
            return HTMLResponse(_html(f'<p class="gone">{_GONE}</p>', style), 404, headers)
        body = markup.conversation([turn], markup.Stage(messages(), source, root="../", is_live=False))
        return HTMLResponse(_html(f"{body}<footer>{_NOTE}</footer>", style), headers=headers)

    return router


def _html(body: str, style: str) -> str:
    """Return the page around a body that is HTML already."""
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="format-detection" content="telephone=no">'
        f"<title>{escape('政策问答')}</title><style>{style}</style></head>"
        f"<body><header>政策问答</header><main>{body}</main></body></html>"
    )

"""The shell around the chat page's engine: lets through only what the page uses, and dresses its first HTML.

The engine brings routes of its own (uploads, files, proxies, remote calls); none of them is reachable. Its page is
given what its components say in the language asked for, our title and style, and a content security policy under which
only its own scripts run.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from assistant.channels import header
from assistant.channels.messages import messages, remembering, wanted
from assistant.channels.problems import fault, problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from assistant.channels.messages import Messages

ASSETS = Path(__file__).with_name("assets")
SHARED = ("shared.css", "display.js")
"""Style and script of every page; the script runs before anything is shown."""
PLAIN_STYLE = "plain-pages.css"
"""The style of the pages beside the chat."""
_TOGETHER = {
    "chat.css": ("shared.css", "turn.css", "page.css", "reader.css"),
    "chat.js": ("reader.js", "page.js"),
    PLAIN_STYLE: ("shared.css", "turn.css", "reader.css", "plain.css"),
}
"""What the pages load in one piece each."""
_FOREVER = "public, max-age=31536000, immutable"  # the address names the version
PAGE_BODY = 1024 * 1024
"""Bytes of a body that the page may send: a question far too long still gets its explanation."""
PAGE_PATH = "/gradio_api/queue/join"

_OPEN = (
    ("GET", re.compile(r"/(assets|static)/[\w./-]+|/theme\.css|/gradio_api/(heartbeat/\w+|startup-events|queue/data)")),
    ("POST", re.compile(re.escape(PAGE_PATH))),
)
_OUTSIDE = re.compile(r'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>\s*|<link rel="manifest"[^>]*>\s*')
_CONFIG = "window.gradio_config = "

Layout = Mapping[str, Mapping[str, Any]]
"""What the engine's components say: element id -> property -> value."""


class Shell:
    """Serves the page at ``/``, its style and script under ``/page/``, and of the engine only what those use."""

    def __init__(
        self,
        engine: ASGIApp,
        layout: Callable[[Messages], Layout],
        title_of: Callable[[str], str | None],
        ancestors: str = "'none'",
    ) -> None:
        """Dress ``engine``; ``title_of`` tells the title of a document that the address names."""
        self._engine = engine
        self._layout = layout
        self._title_of = title_of
        self._ancestors = ancestors
        self._assets = StaticFiles(directory=ASSETS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        method, path = scope["method"], scope["path"]
        asked = "GET" if method == "HEAD" else method
        if asked == "GET" and path == "/":
            await self._page(scope, receive, send)
        elif asked == "GET" and path.removeprefix("/page/") in _TOGETHER and path.startswith("/page/"):
            await _together(path.removeprefix("/page/"))(scope, receive, send)
        elif asked == "GET" and path.startswith("/page/"):
            await self._assets({**scope, "path": path.removeprefix("/page"), "root_path": ""}, receive, send)
        elif ".." not in path and any(asked == verb and allowed.fullmatch(path) for verb, allowed in _OPEN):
            await self._engine(scope, receive, send)
        else:
            await fault(scope["path"], 404)(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the engine's first page, dressed."""
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        plain = {**scope, "headers": headers, "method": "GET", "query_string": b""}
        started: list[Message] = []
        body = bytearray()

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.append(message)
            else:
                body.extend(message.get("body", b""))

        await self._engine(plain, receive, keep)
        status = started[0]["status"]
        if not Headers(raw=started[0]["headers"]).get("content-type", "").startswith("text/html"):
            await problem(status if status >= 400 else 500)(scope, receive, send)  # noqa: PLR2004 - first error status
            return
        nonce = secrets.token_urlsafe(16)
        dressed = await asyncio.to_thread(self._dress, body.decode(), nonce, scope)
        response = Response(dressed, status, media_type="text/html")
        MutableHeaders(raw=response.raw_headers).update(
            {
                "Content-Security-Policy": _policy(nonce, self._ancestors),
                "Cache-Control": "no-store",
                **remembering(scope),
            }
        )
        await response(scope, receive, send)

    def _dress(self, html: str, nonce: str, scope: Scope) -> str:
        told = messages(wanted(scope))
        html = _OUTSIDE.sub("", html).replace('lang="en"', f'lang="{told.language.tag}"', 1)
        html = re.sub(r"<script(?=[\s>])", f'<script nonce="{nonce}"', _said(html, told("title"), self._layout(told)))
        head = (
            f"<title>{escape(told('title'))}</title>"
            f'<meta name="description" content="{escape(told("description"))}">'
            '<link rel="icon" href="page/icon.svg" type="image/svg+xml">'
            f"{header.data(told, nonce, document=self._document(scope))}"
            f'<script nonce="{nonce}">{_text("display.js")}</script>'
            f'<link rel="stylesheet" href="page/chat.css?{version()}">'
            f'<script nonce="{nonce}" src="page/chat.js?{version()}" defer></script>'
        )
        noscript = f"<noscript>{escape(told('noscript'))}</noscript>"
        return html.replace("</head>", f"{head}</head>", 1).replace("</body>", f"{noscript}</body>", 1)

    def _document(self, scope: Scope) -> dict[str, str] | None:
        """Return the document that alone is to answer, where the address names one that is known."""
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        doc_id = query.get("doc", [""])[-1]
        title = self._title_of(doc_id) if doc_id else None
        return None if title is None else {"id": doc_id, "title": title}


@lru_cache
def version() -> str:
    """Return what changes whenever one of the pages' styles and scripts does."""
    names = sorted(path.name for path in ASSETS.iterdir() if path.suffix in {".css", ".js"})
    return hashlib.sha256("".join(map(_text, names)).encode()).hexdigest()[:12]


@lru_cache
def _text(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _together(name: str) -> Response:
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    text = "\n".join(map(_text, _TOGETHER[name]))
    return Response(text, media_type=kind, headers={"Cache-Control": _FOREVER})


def _said(html: str, title: str, layout: Layout) -> str:
    """Return the engine's page with what its components say put in."""
    start = html.index(_CONFIG) + len(_CONFIG)
    config, end = json.JSONDecoder().raw_decode(html, start)
    config["title"] = title
    for component in config["components"]:
        props: dict[str, Any] = component["props"]
        props.update(layout.get(props.get("elem_id", ""), {}))
    return html[:start] + header.inert(json.dumps(config, ensure_ascii=False)) + html[end:]


def _policy(nonce: str, ancestors: str) -> str:
    """Return the policy: own scripts only, no inline handlers; the engine compiles its templates, hence the eval."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "base-uri 'self'",
            "form-action 'none'",
            f"frame-ancestors {ancestors}",
        )
    )

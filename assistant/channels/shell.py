"""The shell around the chat page's engine: lets through only what the page uses, and dresses its first HTML.

The engine brings routes of its own (uploads, files, proxies, remote calls); none of them is reachable. Its page is
given our language, title and style, and a content security policy under which only its own scripts run.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from assistant.channels.problems import fault, problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ASSETS = Path(__file__).with_name("assets")
STYLE, SCRIPT = "page.css", "page.js"
PAGE_BODY = 1024 * 1024
"""Bytes of a body that the page may send: a question far too long still gets its explanation."""
PAGE_PATH = "/gradio_api/queue/join"

_OPEN = (
    ("GET", re.compile(r"/(assets|static)/[\w./-]+|/theme\.css|/gradio_api/(heartbeat/\w+|startup-events|queue/data)")),
    ("POST", re.compile(re.escape(PAGE_PATH))),
)
_OUTSIDE = re.compile(r'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>\s*|<link rel="manifest"[^>]*>\s*')
_NOSCRIPT = "<noscript>这个页面需要 JavaScript。也可以用命令行或接口提问，见使用说明。</noscript>"


class Shell:
    """Serves the page at ``/``, its style and script under ``/page/``, and of the engine only what those use."""

    def __init__(self, engine: ASGIApp, *, title: str, description: str) -> None:
        self._engine = engine
        self._title = title
        self._description = description
        self._assets = StaticFiles(directory=ASSETS)
        digest = hashlib.sha256(b"".join((ASSETS / name).read_bytes() for name in (STYLE, SCRIPT)))
        self._version = digest.hexdigest()[:12]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        method, path = scope["method"], scope["path"]
        asked = "GET" if method == "HEAD" else method
        if asked == "GET" and path == "/":
            await self._page(scope, receive, send)
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
        response = Response(self._dress(body.decode(), nonce), status, media_type="text/html")
        MutableHeaders(raw=response.raw_headers).update(
            {"Content-Security-Policy": _policy(nonce), "Cache-Control": "no-store"}
        )
        await response(scope, receive, send)

    def _dress(self, html: str, nonce: str) -> str:
        html = _OUTSIDE.sub("", html).replace('lang="en"', 'lang="zh-CN"', 1)
        html = re.sub(r"<script(?=[\s>])", f'<script nonce="{nonce}"', html)
        head = (
            f"<title>{escape(self._title)}</title>"
            f'<meta name="description" content="{escape(self._description)}">'
            '<link rel="icon" href="page/icon.svg" type="image/svg+xml">'
            f'<link rel="stylesheet" href="page/{STYLE}?{self._version}">'
            f'<script nonce="{nonce}" src="page/{SCRIPT}?{self._version}" defer></script>'
        )
        return html.replace("</head>", f"{head}</head>", 1).replace("</body>", f"{_NOSCRIPT}</body>", 1)


def _policy(nonce: str) -> str:
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
            "frame-ancestors 'none'",
        )
    )

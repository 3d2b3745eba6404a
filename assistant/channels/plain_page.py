"""The pages beside the chat, in one frame: the bar at their head, one style, the language asked for. They are plain HTML.

Style and scripts are our own files; the content security policy lets nothing else run or load, and nothing that stands in
the page itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

from assistant.channels import header
from assistant.channels.messages import messages, remembering, wanted
from assistant.channels.shell import PLAIN_STYLE, SHARED, version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import Scope

    from assistant.channels.messages import Messages

UNKEPT = {"Cache-Control": "private, no-store"}
"""For pages of which no copy is to be kept on the way."""


def told(scope: Scope) -> Messages:
    """Return the messages in the language that a request asks for."""
    return messages(wanted(scope))


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a page is beside its body.

    ``root`` leads to the first page, ``here`` to this one with what narrows it, for a change of language; ``at`` is the
    way in the bar that leads here. ``script`` is the file of a script; where it says something, it gets the messages
    that every page's scripts say and those that begin with one of ``said``. ``ancestors`` are the sources that may show the page in a frame.
    """

    title: str
    root: str = ""
    at: str = ""
    here: str = ""
    script: str = ""
    said: Sequence[str] | None = None
    ancestors: str = "'none'"
    headers: Mapping[str, str] = field(default_factory=dict)

    def page(self, scope: Scope, body: str, status: int = 200) -> HTMLResponse:
        """Return the page around a body that is HTML already."""
        headers = {
            "Content-Security-Policy": _policy(self.ancestors),
            "Cache-Control": "no-cache",
            **self.headers,
            **remembering(scope),
        }
        return HTMLResponse(self._html(told(scope), body), status, headers)

    def _html(self, words: Messages, body: str) -> str:
        own = words("title")
        title = own if self.title == own else f"{self.title} · {own}"
        script = known = ""
        if self.script:
            script = f'<script src="{escape(self._asset(self.script))}" defer></script>'
            known = "" if self.said is None else header.data(words, also=self.said)
        return (
            f'<!DOCTYPE html><html lang="{words.language.tag}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="format-detection" content="telephone=no">'
            f"<title>{escape(title)}</title>{known}"
            f'<link rel="icon" href="{escape(self.root)}page/icon.svg" type="image/svg+xml">'
            f'<script src="{escape(self._asset(SHARED[1]))}"></script>'
            f'<link rel="stylesheet" href="{escape(self._asset(PLAIN_STYLE))}">{script}</head>'
            f'<body class="alone">{header.bar(words, self.root, at=self.at, here=self.here)}{body}</body></html>'
        )

    def _asset(self, name: str) -> str:
        return f"{self.root}page/{name}?{version()}"


def _policy(ancestors: str) -> str:
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
        f"form-action 'self'; frame-ancestors {ancestors}"
    )

"""Pages of one HTML file: style and script lie in it, allowed by their hashes, so that nothing else can run or load."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

_ASSETS = Path(__file__).with_name("assets")


@dataclass(frozen=True)
class Look:
    """The style and the script of some pages, and the content security policy that lets these two work and no other."""

    style: str
    script: str
    policy: str

    @classmethod
    def of(cls, *styles: str, script: str) -> Look:
        """Read the assets of some names, the styles put together."""
        style = "".join((_ASSETS / name).read_text(encoding="utf-8") for name in styles)
        code = (_ASSETS / script).read_text(encoding="utf-8")
        policy = (
            f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(code)}'; connect-src 'self'; "
            "img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
        return cls(style, code, policy)

    def page(self, title: str, body: str, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
        """Return a page around a body that is HTML already."""
        html = (
            '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="format-detection" content="telephone=no"><link rel="icon" href="data:,">'
            f"<title>{escape(title)}</title><style>{self.style}</style></head>"
            f"<body>{body}<script>{self.script}</script></body></html>"
        )
        told = {"Content-Security-Policy": self.policy, "Cache-Control": "private, no-store", **(headers or {})}
        return HTMLResponse(html, status, told)


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"

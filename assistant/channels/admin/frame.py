"""What every page of the administration stands in, and the small parts they share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

from assistant.channels import plain_page
from assistant.channels.plain_page import UNKEPT, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette.requests import Request
    from starlette.responses import HTMLResponse

    from assistant.channels.messages import Messages

PAGES = (("", "documents"), ("/statistics", "statistics"), ("/settings", "settings"))
_HEADERS = {**UNKEPT, "Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow"}


@dataclass(frozen=True)
class Frame:
    """Where a page of the administration is shown: its words, its paths, who looks at it."""

    request: Request
    mark: str = ""
    """Proves that a form is of a session; empty where nobody is signed in."""

    @cached_property
    def told(self) -> Messages:
        """The messages in the language asked for."""
        return plain_page.told(self.request.scope)

    @property
    def root(self) -> str:
        """The path of the administration."""
        return f"{self.request.scope.get('root_path', '')}/admin"

    def say(self, key: str, **values: object) -> str:
        """Return a message, escaped."""
        return escape(self.told(key, **values))

    def page(self, at: str, title: str, body: str, *, query: str = "", status: int = 200) -> HTMLResponse:
        """Return a page; ``title`` is a message's key, ``at`` the page among ``PAGES``, ``query`` what narrows it."""
        root = self.root
        here = f"{root}{at if self.mark else ''}{'?' if query else ''}{query}"
        sheet = Sheet(
            f"{self.told(title)} · {self.told('admin.title')}",
            f"{root.removesuffix('/admin')}/",
            here=here,
            script="admin.js",
            said=("admin.sending.",),
            headers=_HEADERS,
        )
        whole = (
            f'<main id="main" data-root="{escape(root)}">{self._ways(at)}'
            f'<h1 class="title-of-page">{self.say(title)}</h1>{body}</main>'
        )
        return sheet.page(self.request.scope, whole, status)

    def _ways(self, at: str) -> str:
        """Return the ways to the other pages, and out."""
        if not self.mark:
            return ""
        root = escape(self.root)
        links = "".join(
            f'<a href="{root}{path}"{" aria-current=page" if path == at else ""}>{self.say(f"admin.{name}")}</a>'
            for path, name in PAGES
        )
        return (
            f'<div class="office"><nav class="tabs" aria-label="{self.say("admin.pages")}">{links}</nav>'
            f'<form method="post" action="{root}/sign-out">{self.marked()}'
            f'<button type="submit">{self.say("admin.sign-out")}</button></form></div>'
        )

    def marked(self) -> str:
        """Return the hidden field that proves that a form is from our own page."""
        return f'<input type="hidden" name="mark" value="{escape(self.mark)}">'

    def table(
        self, caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]], empty: str = "admin.nothing"
    ) -> str:
        """Return a table of texts, the first column naming the row; a sentence where there are no rows.

        Caption, heads and that sentence are messages' keys.
        """
        lines = [
            f'<tr><th scope="row">{escape(str(first))}</th>'
            f"{''.join(f'<td>{escape(str(cell))}</td>' for cell in rest)}</tr>"
            for first, *rest in rows
        ]
        if not lines:
            return f'<p class="none-yet">{self.say(empty)}</p>'
        names = "".join(f'<th scope="col">{self.say(head)}</th>' for head in heads)
        return (
            f'<div class="scroll" role="region" aria-label="{self.say(caption)}" tabindex="0"><table>'
            f'<caption class="unseen">{self.say(caption)}</caption><thead><tr>{names}</tr></thead>'
            f"<tbody>{''.join(lines)}</tbody></table></div>"
        )


def alert(text: str, attribute: str = "") -> str:
    """Return what went wrong, said at once to who cannot see it; nothing for an empty text."""
    return f'<p class="alert" role="alert"{attribute}>{escape(text)}</p>' if text else ""

"""What every page of the administration stands in, and the small parts they share."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from assistant.channels.plain_page import Look

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette.responses import HTMLResponse

PAGES = (("", "文件"), ("/statistics", "提问统计"), ("/settings", "生效的设置"))


@dataclass(frozen=True)
class Frame:
    """The look of the administration at ``root``, the path that leads to it."""

    look: Look

    @classmethod
    def read(cls) -> Frame:
        """Read style and script."""
        return cls(Look.of("timeline.css", "admin.css", script="admin.js"))

    def page(self, root: str, at: str, title: str, body: str, *, mark: str = "", status: int = 200) -> HTMLResponse:
        """Return a page; with a ``mark`` somebody is signed in, and may go to the others and out."""
        links = "".join(
            f'<a href="{escape(root)}{path}"{" aria-current=page" if path == at else ""}>{name}</a>'
            for path, name in PAGES
        )
        ways = f'<nav aria-label="管理页面">{links}</nav>{_out(root, mark)}' if mark else ""
        head = f'<header class="bar"><a class="brand" href="{escape(root.removesuffix("/admin"))}/">政策问答</a>{ways}</header>'
        return self.look.page(
            f"{title} · 管理",
            f'{head}<main id="main" data-root="{escape(root)}"><h1>{escape(title)}</h1>{body}</main>',
            status,
            {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow"},
        )


def _out(root: str, mark: str) -> str:
    return (
        f'<form class="out" method="post" action="{escape(root)}/sign-out">{marked(mark)}'
        '<button type="submit" class="plain">退出</button></form>'
    )


def marked(mark: str) -> str:
    """Return the hidden field that proves that a form is from our own page."""
    return f'<input type="hidden" name="mark" value="{escape(mark)}">'


def alert(text: str) -> str:
    """Return what went wrong, said at once to who cannot see it; nothing for an empty text."""
    return f'<p class="alert" role="alert">{escape(text)}</p>' if text else ""


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]], empty: str = "没有。") -> str:
    """Return a table of texts, the first column naming the row; a sentence where there are no rows."""
    lines = [
        f'<tr><th scope="row">{escape(str(first))}</th>{"".join(f"<td>{escape(str(cell))}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    ]
    if not lines:
        return f'<p class="none-yet">{escape(empty)}</p>'
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    return (
        f'<div class="scroll" role="region" aria-label="{escape(caption)}" tabindex="0"><table>'
        f'<caption class="hidden">{escape(caption)}</caption><thead><tr>{names}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )
